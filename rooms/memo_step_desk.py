"""Moving the memo on: steps, sending, new versions, what may stand in the shareable copy
(`methods.md` A18). Each command names what its sender saw, so that two who press at once make one
step."""

from typing import Final, assert_never

import msgspec

from activities.blocks import Who, say
from activities.kernel import Refused
from rooms import commits, memo_states, wire, wire_memo
from rooms.asking import Asking
from rooms.memo_document import is_place
from rooms.memo_events import MemoCheckOver, MemoOpened, MemoStepped, ProseFit
from rooms.memo_source import ProseText
from rooms.room_state import RoomState
from rooms.whole import Draft
from rooms.words import digest

Command = wire.MemoSend | wire_memo.MemoStep | wire_memo.MemoOpen | wire_memo.MemoFit

NOT_READY: Final = say("Something is still missing in the memo. The list on its page says what.")
SENT: Final = say("The memo has been sent. Open a new version to change it.")
HAVE_IT: Final = say("Everybody has this version of the memo already.")
NOT_SENT: Final = say("The memo has not been sent yet. You can simply go on writing it.")
OPEN_ALREADY: Final = say("A new version is open already. You can write in it.")
ANOTHER_VERSION: Final = say("The memo has changed meanwhile. Look at it again. Nothing was lost.")
ON_ALREADY: Final = say("The memo went on by itself meanwhile. Nothing was lost.")
NO_WAY: Final = say("The memo cannot go there from where it stands.")
NOTHING_THERE: Final = say("Nothing is written in this place yet.")


def decide(draft: Draft, command: Command, asking: Asking) -> None:
    """Decide one of this module's commands. Raises `Refused`."""
    asking.ensure_facilitator()
    match command:
        case wire_memo.MemoStep():
            _step(draft, command, asking)
        case wire_memo.MemoOpen():
            _open(draft, command, asking)
        case wire_memo.MemoFit():
            _fit(draft, command, asking)
        case wire.MemoSend():
            _send(draft, asking)
        case _:
            assert_never(command)


def ensure_writable(state: RoomState) -> None:
    """Raises `Refused("closed")` once the memo has gone out, unless a new version is open."""
    if not memo_states.writable(state):
        raise Refused("closed", SENT)


def ring(draft: Draft) -> None:
    """What the clock does to the memo, when it is due."""
    at = memo_states.due(draft.room)
    if at is None or at > draft.now:
        return
    if draft.room.memo.step == "collecting":
        draft.add(MemoStepped(to="draft", at=draft.now))
    else:
        draft.add(MemoCheckOver(at=draft.now))


def _step(draft: Draft, command: wire_memo.MemoStep, asking: Asking) -> None:
    stand = draft.room.memo
    if command.seen != stand.step:
        if stand.by and stand.by != asking.seat.id:
            by = Who(stand.by)
            told = say("{name} has moved the memo on already. Nothing was lost.", name=by)
            raise Refused("stale_phase", told)
        raise Refused("stale_phase", ON_ALREADY)
    if command.to not in memo_states.MOVES[stand.step]:
        raise Refused("not_allowed", NO_WAY)
    ends = asking.now + memo_states.CHECK_LASTS if command.to == "consent_check" else 0
    draft.add(MemoStepped(to=command.to, at=asking.now, by=asking.seat.id, ends=ends))


def _open(draft: Draft, command: wire_memo.MemoOpen, asking: Asking) -> None:
    state = draft.room
    if not state.sent:
        raise Refused("not_allowed", NOT_SENT)
    if state.memo.opened:
        raise Refused("duplicate", OPEN_ALREADY)
    if command.seen != state.memo_version:
        raise Refused("stale_phase", ANOTHER_VERSION)
    known = asking.known
    draft.add(
        MemoOpened(
            at=asking.now,
            by=asking.seat.id,
            prose={
                place: _kept(asking, msgspec.json.encode(text).decode())
                for place, text in known.prose.items()
                if text.text
            },
            questions={
                theme: _kept(asking, text) if text else ""
                for theme, text in known.questions.items()
            },
        )
    )


def _kept(asking: Asking, text: str) -> str:
    """A text of facilitators under a reference of its own: it goes when the new version is sent."""
    ref = asking.new_id()
    asking.mint.texts[ref] = text
    return ref


def _fit(draft: Draft, command: wire_memo.MemoFit, asking: Asking) -> None:
    ensure_writable(draft.room)
    if not is_place(command.section):
        raise Refused("bad_request")
    written = asking.known.prose.get(command.section)
    if command.on and (written is None or not written.text.strip()):
        raise Refused("unknown", NOTHING_THERE)
    hash = digest(written.text) if command.on and written else ""
    if draft.room.memo.fit.get(command.section, "") == hash:
        raise Refused("duplicate")
    draft.add(ProseFit(section=command.section, digest=hash))


def _send(draft: Draft, asking: Asking) -> None:
    state, known = draft.room, asking.known
    if memo_states.writable(state):
        if not known.memo_ready:
            raise Refused("not_allowed", NOT_READY)
    elif not any(state.changed_since_sent):
        raise Refused("duplicate", HAVE_IT)
    draft.add(
        commits.MemoSent(
            at=asking.now,
            places=dict(known.places),
            sections=known.sections,
            by=asking.seat.id,
            before=tuple(sorted(memo_states.kept(state))),
        )
    )


def fit(state: RoomState, place: str, text: ProseText) -> bool:
    """Whether this text was read again for the shareable copy, exactly as it is."""
    return bool(text.text) and state.memo.fit.get(place) == digest(text.text)
