"""What people release to the memo and take back, and what facilitators write into it."""

from typing import Final, assert_never

from activities.blocks import say
from activities.kernel import Choice, Refused
from rooms import commits, consent_desk, memo_step_desk, wire, words_desk
from rooms.asking import Asking
from rooms.memo_document import is_place
from rooms.whole import Draft, Whole

OTHER_WORDS: Final = say("These words were changed meanwhile. Read them again, then answer.")

ConsentCommand = wire.ConsentRelease | wire.ConsentWithdraw
MemoCommand = wire.MemoQuestion | wire.MemoProse


def release(draft: Draft, command: ConsentCommand, asking: Asking) -> None:
    """Decide what may be done with words, for whose they are. Raises `Refused`."""
    whole = Whole(draft.room, draft.running)
    if consent_desk.owner(whole, draft.activities, command.words) != asking.seat.id:
        raise Refused("not_allowed")  # SC9
    known = draft.room.consents.get(command.words)
    if isinstance(command, wire.ConsentRelease):
        kept = draft.room.words.get(command.words)
        if kept is None:
            raise Refused("closed", words_desk.TEXT_GONE)
        if command.exact and command.exact != kept.digest:
            raise Refused("stale_turn", OTHER_WORDS)
        draft.add(
            commits.ConsentChanged(
                words=command.words,
                seat=asking.seat.id,
                choice=command.choice,
                outside=command.outside,
            )
        )
        return
    if known and known.consent.state == "withdrawn":
        raise Refused("duplicate")
    stands = consent_desk.stands(whole, draft.activities, command.words)
    # Words that were never given cannot be taken back, only kept.
    choice: Choice | None = None if stands.state == "given" else "keep"
    draft.add(commits.ConsentChanged(words=command.words, seat=asking.seat.id, choice=choice))


def decide(draft: Draft, command: MemoCommand, asking: Asking) -> None:
    """Decide about the memo itself. Raises `Refused`."""
    asking.ensure_facilitator()
    memo_step_desk.ensure_writable(draft.room)
    match command:
        case wire.MemoQuestion():
            note = draft.room.notes.get(command.theme)
            if note is None or note.kind != "theme":
                raise Refused("unknown")
            words = command.text.ref if command.text else ""
            before = draft.room.questions.get(command.theme, "")
            draft.add(commits.QuestionSet(theme=command.theme, words=words, before=before))
        case wire.MemoProse():
            if not is_place(command.section):
                raise Refused("bad_request")
            draft.add(commits.ProseSet(section=command.section, words=command.text.ref))
        case _:
            assert_never(command)
