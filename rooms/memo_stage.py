"""Where the memo stands, as its page shows it: a short line of steps with one next button, who is
asked, what changed, and what people said about their copy (`methods.md` A18)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import msgspec

from activities import consent as consents
from activities.blocks import Line, Need, Note, Offer, Option, Place, Words, say, say_n
from activities.kernel import Choice, Item, Lens
from rooms import comment_desk, consent_desk, memo_states, wire, wire_memo
from rooms.memo_events import Step
from rooms.memo_places import named
from rooms.memo_tree import nameless
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Activities, Whole

NAMES: Final[Mapping[Step, Line]] = {
    "collecting": say("Collecting"),
    "draft": say("Draft"),
    "edited": say("Edited"),
    "consent_check": say("Quotes checked"),
    "sent": say("Sent"),
    "commented": say("Comments"),
    "discussed": say("Talked about"),
    "final": say("Final"),
}

TOLD: Final[Mapping[Step, Line]] = {
    "collecting": say("What people write comes in here by itself, while the session goes on."),
    "draft": say("The draft stands. Read it, and write what only you can."),
    "edited": say("Your part is done. Now the people who are quoted see how they are quoted."),
    "consent_check": say("The people who are quoted are asked. Not answering means no."),
    "sent": say("Everyone has the memo, and can say something about it."),
    "commented": say("Comments have come in. They stand beside the part they are about."),
    "discussed": say("You have talked about it together."),
    "final": say("This is the last edition. Words that are taken back still leave it at once."),
}
NOBODY_WAITS: Final = say("Your part is done, and everybody has answered. It can go out.")
ALL_ANSWERED: Final = say("Everybody has answered. It can go out.")
IS_OVER: Final = say("The time to answer is over. What was not answered is left out.")

NEXT: Final[Mapping[Step, tuple[Step, Line]]] = {
    "collecting": ("draft", say("Begin the draft now")),
    "draft": ("edited", say("The draft is ready")),
    "edited": ("consent_check", say("Ask the people who are quoted")),
    "sent": ("discussed", say("We have talked about it")),
    "commented": ("discussed", say("We have talked about it")),
    "discussed": ("final", say("Make it final")),
}
"""Step -> the one next step, with what its button says; sending has a button of its own."""

HINTS: Final[Mapping[Step, Line]] = {
    "consent_check": say(
        "They have 48 hours, under “My words” and in the room. You can go on writing."
    ),
    "discussed": say("After the call about it, or when there is none."),
    "final": say("Nobody can comment any more. Later changes go into a next edition."),
}

Told = Literal["done", "now", "later"]
Name = Callable[[str], str | None]

OPTIONS_MOST: Final = 60
"""Places a program is offered for a comment: more sections no memo has."""


class StepShown(msgspec.Struct, frozen=True):
    """One step of the line."""

    step: Step
    name: Line
    told: Told


class Next(msgspec.Struct, frozen=True):
    """The one next button: its command (`send`: `memo.send`, which the page finds on offer)."""

    label: Line
    hint: Line | None = None
    send: bool = False
    command: dict[str, Any] = {}


class Stage(msgspec.Struct, frozen=True):
    """Where it stands, for facilitators. `waiting`: quotes without an answer; `ends` (ms) of the
    check; `reopen`: the command that opens a new version, when one can be opened."""

    step: Step
    steps: tuple[StepShown, ...]
    line: Line
    next: Next | None
    writable: bool
    waiting: int = 0
    ends: int = 0
    reopen: dict[str, Any] | None = None


def mark(state: RoomState, seat: Seat) -> wire_memo.MemoMark | None:
    """What every view says of the memo: for facilitators always, for others once it is sent."""
    stand = state.memo
    if seat.status not in ("in", "left") or seat.role == "screen":
        return None
    if seat.role == "facilitator" and seat.status == "in":
        ends = 0 if stand.over else stand.ends
        moves = stand.moves + stand.answers
        return wire_memo.MemoMark(stand.step, state.memo_version, moves, ends)
    if not state.sent:
        return None
    step = stand.back if stand.opened else stand.step
    return wire_memo.MemoMark(step, state.memo_version, stand.moves)


def stage(state: RoomState, waiting: int, *, ready: bool) -> Stage:
    """The line of steps. `waiting`: quotes without an answer; `ready`: nothing keeps it from being
    sent."""
    stand = state.memo
    at = memo_states.STEPS.index(stand.step)
    steps = tuple(
        StepShown(step, NAMES[step], "done" if n < at else "now" if n == at else "later")
        for n, step in enumerate(memo_states.STEPS)
    )
    opened = state.sent > 0 and not stand.opened
    return Stage(
        step=stand.step,
        steps=steps,
        line=_line(state, waiting),
        next=_next(state, waiting, ready=ready),
        writable=memo_states.writable(state),
        waiting=waiting,
        ends=0 if stand.over else stand.ends,
        reopen={"type": "memo.open", "seen": state.memo_version} if opened else None,
    )


def _line(state: RoomState, waiting: int) -> Line:
    stand = state.memo
    if stand.opened and stand.step == "draft":
        return say(
            "You are writing version {n}. Everyone keeps the one before until you send it.",
            n=state.memo_version + 1,
        )
    if stand.step == "edited" and not waiting:
        return NOBODY_WAITS
    if stand.step != "consent_check":
        return TOLD[stand.step]
    if stand.over:
        return IS_OVER
    if not waiting:
        return ALL_ANSWERED
    return say_n(
        "{n} quote waits for its owner. Not answering means no.",
        "{n} quotes wait for their owners. Not answering means no.",
        waiting,
    )


def _next(state: RoomState, waiting: int, *, ready: bool) -> Next | None:
    stand = state.memo
    if any(state.changed_since_sent) and not memo_states.writable(state):
        return Next(say("Send the new version"), send=True)
    if stand.step == "consent_check" or (stand.step == "edited" and not waiting):
        label = say("Send the memo to everyone")
        return Next(say("Send the new version") if stand.opened else label, send=True)
    found = NEXT.get(stand.step)
    if found is None:
        return None
    to, label = found
    return Next(label, HINTS.get(to), command={"type": "memo.step", "seen": stand.step, "to": to})


class CommentShown(msgspec.Struct, frozen=True):
    """A comment as everyone who has the copy reads it; `mine`: of a seat of this device. Who wrote
    it stands there by name, never by seat."""

    id: str
    place: str
    name: str
    text: str
    at: int
    mine: bool
    taken: bool
    lost: bool = False  # its part is not in the memo any more


def comments(state: RoomState, own: Sequence[str], name: Name, text: Name) -> list[CommentShown]:
    """What people said, in the order they said it; what is hidden or deleted is not there."""
    known = comment_desk.places(state)
    return [
        CommentShown(
            id=one.id,
            place=one.place,
            name=name(one.seat) or "",
            text=said,
            at=one.at,
            mine=one.seat in own,
            taken=bool(one.taken),
            lost=one.place not in known,
        )
        for one in state.memo.comments.values()
        if (said := text(one.words))
    ]


def own_places(state: RoomState, places: Mapping[str, str], own: Sequence[str]) -> list[str]:
    """Sections of the copy in which something of these seats stands, in its order; nothing that
    was given without an author."""
    found: set[str] = set()
    for id, section in places.items():
        note = state.notes.get(id)
        known, kept = state.consents.get(id), state.words.get(id)
        seats = {note.seat if note else "", known.seat if known else "", kept.seat if kept else ""}
        if seats & set(own):
            found.add(nameless(section))
    return [place for place in comment_desk.places(state) if place in found]


def offers(state: RoomState, seat: Seat, lens: Lens, *, running: bool) -> tuple[Offer, ...]:
    """What this seat may do about the memo, for programs: its page draws buttons of its own."""
    if seat.status != "in" or lens == "screen":
        return ()
    found: list[Offer] = []
    stand = state.memo
    if seat.role == "facilitator" and state.started and not running:
        if (step := NEXT.get(stand.step)) is not None:
            to, label = step
            assert to in ("draft", "edited", "consent_check", "discussed", "final")
            command = wire_memo.MemoStep(seen=stand.step, to=to)
            found.append(Offer(command=command, label=label, place="menu", shown=False))
        if state.sent and not stand.opened:
            found.append(
                Offer(
                    command=wire_memo.MemoOpen(seen=state.memo_version),
                    label=say("Open a new version"),
                    place="menu",
                    shown=False,
                )
            )
    if seat.role in ("facilitator", "participant") and memo_states.commentable(state):
        known = comment_desk.places(state)[:OPTIONS_MOST]
        options = tuple(
            Option(value=place, label=label)
            for place, label in zip(known, named(state, _full(state, known)), strict=True)
        )
        found.append(
            Offer(
                command=wire_memo.MemoComment(place=known[0] if known else "", text=Words("")),
                label=say("Say something about the memo"),
                place="menu",
                needs={
                    "place": Need(kind="choice", label=say("About which part?"), options=options),
                    "text": Need(
                        kind="text",
                        label=say("Everyone here reads it, with your name."),
                        limit=wire_memo.COMMENT_LIMIT,
                    ),
                },
                shown=False,
            )
        )
    return tuple(found)


def _full(state: RoomState, known: Sequence[str]) -> tuple[str, ...]:
    """The ids of these sections as the log has them."""
    full = {nameless(id): id for id in state.memo.sections}
    return tuple(full.get(place, place) for place in known)


def waiting_of(whole: Whole, activities: Activities, seat: str) -> tuple[str, ...]:
    """Words of this seat that the memo waits for while its check is on, oldest first."""
    state = whole.room
    if not state.memo.ends or state.memo.over:
        return ()
    known: dict[str, tuple[str, ...]] | None = whole.__dict__.get("asked")
    if known is None:  # asked for with every frame for every seat
        known = whole.__dict__["asked"] = _all_waiting(whole, activities)
    return known.get(seat, ())


def _all_waiting(whole: Whole, activities: Activities) -> dict[str, tuple[str, ...]]:
    state = whole.room
    found = [item for _, item in consent_desk.items(whole, activities).values()]
    found += [
        Item(note.kind, Words(note.words), note.seat)
        for note in state.notes.values()
        if note.document == "board" or note.card in state.shared
    ]
    refs: dict[str, list[str]] = {}
    for item in found:
        ref = item.words.ref
        known = state.consents.get(ref)
        own = item.kind in consents.OWN_WORDS and item.seat and ref in state.words
        if not own or (known is not None and known.unheard):
            continue
        if consent_desk.consent_of(whole, ref, item.kind).state == "pending":
            refs.setdefault(item.seat, []).append(ref)
    return {seat: tuple(dict.fromkeys(mine)) for seat, mine in refs.items()}


def asked(state: RoomState, refs: Sequence[str]) -> tuple[Offer, ...]:
    """One tap for the first of these words (A18): without a name, with the first name, or not at
    all; the exact words stand above."""
    if not refs:
        return ()
    ref = refs[0]
    exact = state.words[ref].digest

    def answer(choice: Choice, label: Line, place: Place) -> Offer:
        command = wire.ConsentRelease(words=ref, choice=choice, exact=exact)
        return Offer(command=command, label=label, place=place)

    return (
        answer("unnamed", say("Yes, without my name"), "main"),
        answer("first_name", say("Yes, with my first name"), "beside"),
        answer("keep", say("No, leave it out"), "beside"),
    )


def notes(state: RoomState, refs: Sequence[str]) -> tuple[Note, ...]:
    """What stands over the buttons of `asked`: the words themselves, for their owner alone."""
    if not refs:
        return ()
    return (
        Note(
            title=say("May we quote this in the memo?"),
            text=say("“{words}”", words=Words(refs[0])),
            tone="private",
        ),
        Note(
            text=say_n(
                "Not answering means no. You can change it under “My words”.",
                "Not answering means no. You can change it under “My words”, where {n} wait.",
                len(refs),
            ),
            tone="quiet",
        ),
    )
