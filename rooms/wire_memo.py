"""The wire of the memo's page beside `rooms.wire`: moving it on, versions, what may travel, what
people say about their copy, and asking those whose words still wait (`methods.md` A18)."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities.blocks import Words
from activities.kernel import Command
from rooms.memo_events import Step

COMMENT_LIMIT: Final = 600
"""Characters of a comment: about 100 words, as much as a quote; longer ones are a call."""

Place = Annotated[str, Meta(max_length=120)]
"""The id of a place of the memo, as its page has it."""


class MemoRemind(Command, frozen=True, tag="memo.remind"):
    """A facilitator kindly reminds whoever has quotes waiting in the memo, or (`seat`) one of them;
    each at most once in ten minutes."""

    seat: str = ""


class MemoStep(Command, frozen=True, tag="memo.step"):
    """A facilitator moves the memo on, from the step they saw: begins the `draft`, declares it
    `edited`, lets quotes and names go to their owners (`consent_check`), says that it was
    `discussed`, and that it is `final`. Sending is `memo.send`."""

    seen: Step
    to: Literal["draft", "edited", "consent_check", "discussed", "final"]


class MemoOpen(Command, frozen=True, tag="memo.open"):
    """A facilitator opens a new version of a memo that was sent: it can be written again, and
    people keep the one they have until the new one is sent. `seen`: the version they saw."""

    seen: int


class MemoFit(Command, frozen=True, tag="memo.fit"):
    """A facilitator has read again what stands in a place: it may stand in the shareable copy, as
    it is now; or (`on` false) not."""

    section: Place
    on: bool = True


class MemoComment(Command, frozen=True, tag="memo.comment"):
    """Somebody says something about a place of the copy they have. Everyone who has it reads it,
    with their name; it is printed nowhere."""

    place: Place
    text: Words


class MemoUncomment(Command, frozen=True, tag="memo.uncomment"):
    """I take back a comment of mine; it is deleted."""

    comment: Place


class MemoTakeUp(Command, frozen=True, tag="memo.take_up"):
    """A facilitator has taken up what a comment says; or (`on` false) not yet."""

    comment: Place
    on: bool = True


MemoCommand = (
    MemoRemind
    | MemoStep
    | MemoOpen
    | MemoFit
    | MemoComment
    | MemoUncomment
    | MemoTakeUp
)  # fmt: skip


class MemoMark(msgspec.Struct, frozen=True):
    """Where the memo stands, in every view of whoever may read it: its step, the version people
    have (0: none yet), and a number that changes with everything that happens to it. `ends` (ms):
    of the check that is on."""

    step: Step
    version: int
    moves: int
    ends: int = 0
