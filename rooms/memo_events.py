"""What happened to the memo: the step it came to, versions of it, and what people said about it
(`methods.md` A18)."""

from typing import Final, Literal

from activities.kernel import Event

Step = Literal[
    "collecting", "draft", "edited", "consent_check", "sent", "commented", "discussed", "final"
]
"""Where a memo stands, in order (`methods.md` A18)."""


class MemoStepped(Event, frozen=True, tag="memo.stepped"):
    """The memo came to this step; `by` moved it there, "" the clock. `ends` (ms): when a check of
    quotes is over."""

    to: Step
    at: int
    by: str = ""
    ends: int = 0


class MemoCheckOver(Event, frozen=True, tag="memo.check_over"):
    """The time of the check has passed: what has no answer is left out."""

    at: int


class MemoOpened(Event, frozen=True, tag="memo.opened"):
    """A new version is being written. What facilitators had written in the one people have is kept
    for them meanwhile: words by place, and words of the question by theme."""

    at: int
    by: str
    prose: dict[str, str]
    questions: dict[str, str]


class ProseFit(Event, frozen=True, tag="memo.prose_fit"):
    """What stands in this place was read again for the shareable copy: exactly the text with this
    hash. Empty: it is not for that copy."""

    section: str
    digest: str


class MemoCommented(Event, frozen=True, tag="memo.commented"):
    """Somebody said something about a place of the copy they have."""

    comment: str
    place: str
    words: str
    seat: str
    version: int
    at: int


class CommentTakenBack(Event, frozen=True, tag="memo.comment_taken_back"):
    """Whose comment it was took it back; its words are erased."""

    comment: str
    words: str


class CommentTakenUp(Event, frozen=True, tag="memo.comment_taken_up"):
    """A facilitator has taken up what a comment says, or not yet after all."""

    comment: str
    by: str
    on: bool


MemoEvent = (
    MemoStepped
    | MemoCheckOver
    | MemoOpened
    | ProseFit
    | MemoCommented
    | CommentTakenBack
    | CommentTakenUp
)
MEMO_EVENTS: Final = (
    MemoStepped,
    MemoCheckOver,
    MemoOpened,
    ProseFit,
    MemoCommented,
    CommentTakenBack,
    CommentTakenUp,
)
