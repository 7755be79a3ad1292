"""Where the memo stands, from the first note to the last edition (`methods.md` A18).

Theory
------
Two things are kept apart: what people *have* (`RoomState.sent`, `memo_version`, `sent_places`) and
what facilitators *write*. Until the first sending there is only the second. Then the copy people
have is closed, and facilitators write again only after they opened a new version; meanwhile people
keep reading the one they have, without what its owners have taken out of it since.

    collecting -> draft -> edited -> consent_check -> sent -> commented -> discussed -> final
         ^          |        ^            |            |  (any of these, by opening a new version)
         +----------+        +------------+            +--> draft ... and back by sending it

* `collecting`: the session goes on. An hour after the last activity it becomes a `draft` by
  itself, at once when a facilitator begins; another activity makes it `collecting` again.
* `consent_check`: quotes and names are with their owners. `ends` is a fact of the state and rings;
  when it is over (`over`), what has no answer is left out.
* Nobody needs the check when nobody's answer is missing: then any step before `sent` can be sent.
* `commented` comes with the first comment.

`writable` is the one place that decides whether the memo can be written on.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from rooms.memo_events import (
    CommentTakenBack,
    CommentTakenUp,
    MemoCheckOver,
    MemoCommented,
    MemoEvent,
    MemoOpened,
    MemoStepped,
    ProseFit,
    Step,
)

if TYPE_CHECKING:
    from rooms.commits import MemoSent
    from rooms.room_state import RoomState

HOUR: Final = 3_600_000
DRAFT_AFTER: Final = HOUR
"""Milliseconds after the last activity from which the memo is a draft (`methods.md` A18)."""

CHECK_LASTS: Final = 48 * HOUR
"""Milliseconds that quotes and names are with their owners (`methods.md` A18, `consent_hours`)."""

STEPS: Final[tuple[Step, ...]] = (
    "collecting", "draft", "edited", "consent_check", "sent", "commented", "discussed", "final",
)  # fmt: skip

MOVES: Final[Mapping[Step, tuple[Step, ...]]] = {
    "collecting": ("draft",),
    "draft": ("edited",),
    "edited": ("consent_check",),
    "consent_check": ("edited",),
    "sent": ("discussed",),
    "commented": ("discussed",),
    "discussed": ("final",),
    "final": (),
}
"""Step -> where a facilitator moves it with `memo.step`. Sending and opening are commands of their
own; a missing way is refused."""

PEOPLE_HAVE_IT: Final[frozenset[Step]] = frozenset({"sent", "commented", "discussed", "final"})


class Comment(msgspec.Struct, frozen=True):
    """What somebody said about a place: its id without anybody's seat, the reference of the words,
    the version they had; `taken` by whom up, "" not yet."""

    id: str
    place: str
    words: str
    seat: str
    version: int
    at: int
    taken: str = ""


class MemoStand(msgspec.Struct, frozen=True):
    """Where the memo stands.

    `step` as facilitators see it, moved there by `by` ("" the clock) at `since`; `ends` (ms) of the
    check, and whether it is `over`; `opened`: a new version is being written, `back`: the step it
    returns to when it is sent. `prose` and `questions` are what the copy people have says
    meanwhile, as words. `fit`: hashes of what may stand in the shareable copy, by place.
    `sections`: ids of those of the copy. `moves` counts everything that happened, and `answers`
    how often people answered for their words, so that pages know when to look again.
    """

    step: Step = "collecting"
    by: str = ""
    since: int = 0
    ends: int = 0
    over: bool = False
    opened: bool = False
    back: Step = "sent"
    prose: Mapping[str, str] = msgspec.field(default_factory=dict)
    questions: Mapping[str, str] = msgspec.field(default_factory=dict)
    fit: Mapping[str, str] = msgspec.field(default_factory=dict)
    sections: tuple[str, ...] = ()
    comments: Mapping[str, Comment] = msgspec.field(default_factory=dict)
    moves: int = 0
    answers: int = 0


def answered(before: "RoomState", after: "RoomState") -> "RoomState":
    """With one more answer, when the commit between them brought any."""
    if before.consents is after.consents:
        return after
    return replace(after, memo=replace(after.memo, answers=after.memo.answers + 1))


def writable(state: "RoomState") -> bool:
    """Whether facilitators can write the memo now: not what people have, unless a new version was
    opened."""
    return not state.sent or state.memo.opened


def kept(state: "RoomState") -> frozenset[str]:
    """Words of facilitators that the copy people have is made of."""
    return frozenset(filter(None, (*state.memo.prose.values(), *state.memo.questions.values())))


def commentable(state: "RoomState") -> bool:
    """Whether people may say something about the copy they have."""
    stand = state.memo
    return bool(state.sent) and (stand.back if stand.opened else stand.step) != "final"


def final(state: "RoomState") -> bool:
    """Whether what people have is the last edition."""
    stand = state.memo
    return bool(state.sent) and (stand.step == "final" and not stand.opened)


def due(state: "RoomState") -> int | None:
    """When the clock moves the memo on (ms), None when only people do."""
    stand = state.memo
    match stand.step:
        case "collecting" if state.current and state.current in state.ended:
            return state.ended[state.current] + DRAFT_AFTER
        case "consent_check" if not stand.over:
            return stand.ends
        case _:
            return None


def evolve(stand: MemoStand, event: MemoEvent) -> MemoStand:
    """The standing after an event. Total."""
    stand = replace(stand, moves=stand.moves + 1)
    match event:
        case MemoStepped():
            # Whoever goes back from a check asks again: silence was never an answer for good.
            return replace(
                stand, step=event.to, by=event.by, since=event.at, ends=event.ends, over=False
            )
        case MemoCheckOver():
            return replace(stand, over=True)
        case MemoOpened():
            back = "discussed" if stand.step == "final" else stand.step
            return replace(
                stand, step="draft", by=event.by, since=event.at, ends=0, over=False, opened=True,
                back=back, prose=event.prose, questions=event.questions,
            )  # fmt: skip
        case ProseFit():
            left = {place: hash for place, hash in stand.fit.items() if place != event.section}
            if event.digest:
                left[event.section] = event.digest
            return replace(stand, fit=left)
        case MemoCommented():
            return _commented(stand, event)
        case CommentTakenBack():
            left_over = {id: one for id, one in stand.comments.items() if id != event.comment}
            return replace(stand, comments=left_over)
        case CommentTakenUp():
            if (known := stand.comments.get(event.comment)) is None:
                return stand
            taken = replace(known, taken=event.by if event.on else "")
            return replace(stand, comments={**stand.comments, known.id: taken})


def _commented(stand: MemoStand, event: MemoCommented) -> MemoStand:
    made = Comment(
        id=event.comment,
        place=event.place,
        words=event.words,
        seat=event.seat,
        version=event.version,
        at=event.at,
    )
    stand = replace(stand, comments={**stand.comments, event.comment: made})
    if stand.opened:
        return replace(stand, back="commented") if stand.back == "sent" else stand
    return replace(stand, step="commented", since=event.at) if stand.step == "sent" else stand


def begun(stand: MemoStand) -> MemoStand:
    """An activity began: what had become a draft by itself is still being collected."""
    if stand.step != "draft" or stand.by or stand.opened:
        return stand
    return replace(stand, step="collecting", moves=stand.moves + 1)


def sent(state: "RoomState", event: "MemoSent") -> "RoomState":
    """The memo went out: for the first time, as a new version, or as it is after its owners changed
    it. What came new after that waits for another version."""
    stand = state.memo
    again = bool(state.sent)
    version = state.memo_version + 1 if stand.opened or not again else state.memo_version
    if not again:
        step: Step = "sent"
    else:
        step = stand.back if stand.opened else stand.step
    after = replace(
        stand, step=step, by=event.by, since=event.at, ends=0, over=False, opened=False,
        prose={}, questions={}, sections=event.sections, moves=stand.moves + 1,
    )  # fmt: skip
    news = () if stand.opened or not again else tuple(p for p in state.changed_since_sent if not p)
    return replace(
        state,
        sent=event.at if stand.opened or not again else state.sent,
        sent_places=event.places,
        memo_version=max(1, version),
        changed_since_sent=news,
        memo=after,
    )


def without_words(stand: MemoStand, lost: frozenset[str]) -> MemoStand:
    """These texts are no more, and the comments they were."""
    comments = {id: one for id, one in stand.comments.items() if one.words not in lost}
    if len(comments) == len(stand.comments):
        return stand
    return replace(stand, comments=comments, moves=stand.moves + 1)
