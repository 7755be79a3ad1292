"""The wire of the memo's page beside `rooms.wire`: asking those whose words still wait."""

from activities.kernel import Command


class MemoRemind(Command, frozen=True, tag="memo.remind"):
    """A facilitator kindly reminds whoever has quotes waiting in the memo, or (`seat`) one of them;
    each at most once in ten minutes."""

    seat: str = ""
