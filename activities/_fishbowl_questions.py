"""The questions of those who listen: collected, merged, answered or left open
(`methods.md` A2, *experience*).

Each belongs to the groups it came from: merging two gives one question of both. Every group has
one answered before any group has a second (FB8); what the fish decline stays open.
"""

from collections import Counter
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from activities.blocks import Words
from activities.kernel import Event

Kind = Literal["question", "observation"]
Status = Literal["open", "declined", "answered"]

QUESTIONS_EACH: Final = 3
OBSERVATIONS_EACH: Final = 1
"""A satellite writes up to three questions and one observation (A2)."""

HEARD_EACH: Final = 1
"""A pair of an open bowl brings one question (A2, `outer_speaks`)."""

TEXT_LIMIT: Final = 280
"""Characters of a question: what one breath can ask."""


class Question(msgspec.Struct, frozen=True):
    """One question or observation. `seat`: whose words; `groups`: where it came from."""

    id: str
    kind: Kind
    words: Words
    seat: str
    groups: tuple[str, ...]
    status: Status = "open"
    into: str = ""  # the question it was merged into


Board = tuple[Question, ...]
"""All of them, in the order they were written."""


class QuestionEvent(Event, frozen=True, kw_only=True):
    """Something about one question; `at` in ms."""

    at: int
    question: str


class QuestionAdded(QuestionEvent, frozen=True, kw_only=True, tag="question.added"):
    """`seat` wrote it for `group`."""

    kind: Kind
    words: Words
    seat: str
    group: str


class QuestionDropped(QuestionEvent, frozen=True, tag="question.dropped"):
    """Its author took it back."""


class QuestionMerged(QuestionEvent, frozen=True, kw_only=True, tag="question.merged"):
    """It asks the same as `into`."""

    into: str


class QuestionSettled(QuestionEvent, frozen=True, kw_only=True, tag="question.settled"):
    """It was answered, or the fish leave it open."""

    status: Status


EVENTS: Final[tuple[type[Event], ...]] = (
    QuestionAdded,
    QuestionDropped,
    QuestionMerged,
    QuestionSettled,
)


def evolve(board: Board, event: Event) -> Board:
    """The board after `event`; total."""
    match event:
        case QuestionAdded():
            new = Question(event.question, event.kind, event.words, event.seat, (event.group,))
            return board if find(board, event.question) else (*board, new)
        case QuestionDropped():
            return tuple(one for one in board if one.id != event.question)
        case QuestionMerged():
            return _merged(board, event.question, event.into)
        case QuestionSettled():
            return tuple(
                replace(one, status=event.status) if one.id == event.question else one
                for one in board
            )
        case _:
            return board


def _merged(board: Board, question: str, into: str) -> Board:
    one, other = find(board, question), find(board, into)
    if one is None or other is None or one is other:
        return board
    groups = (*other.groups, *(group for group in one.groups if group not in other.groups))

    def changed(each: Question) -> Question:
        if each.id == into:
            return replace(each, groups=groups)
        # What was merged into the one that goes now goes with it.
        return replace(each, into=into) if question in (each.id, each.into) else each

    return tuple(changed(each) for each in board)


def find(board: Board, question: str) -> Question | None:
    """The question with this id."""
    return next((one for one in board if one.id == question), None)


def standing(board: Board) -> Board:
    """Questions that stand for themselves: no observation, and not merged into another."""
    return tuple(one for one in board if one.kind == "question" and not one.into)


def unanswered(board: Board) -> Board:
    """What stays open, declined or never reached: for the memo."""
    return tuple(one for one in standing(board) if one.status != "answered")


def to_take(board: Board) -> Board:
    """Questions that may be answered now (FB8): while a group that still asks has none answered,
    only such a group's, and first those that give nobody a second."""
    open_ = [one for one in standing(board) if one.status != "answered"]
    answered = Counter(
        group for one in standing(board) if one.status == "answered" for group in one.groups
    )
    waiting = {
        group
        for one in open_
        if one.status == "open"
        for group in one.groups
        if not answered[group]
    }
    if not waiting:
        return tuple(open_)
    first = [one for one in open_ if one.status == "open" and waiting & set(one.groups)]
    only = [one for one in first if all(not answered[group] for group in one.groups)]
    return tuple(only or first)


def left(board: Board, group: str, kind: Kind, limits: tuple[int, int]) -> int:
    """How many more of `kind` a group may write; `limits`: questions, observations."""
    limit = limits[0] if kind == "question" else limits[1]
    return limit - sum(1 for one in board if one.kind == kind and group in one.groups)


def of_group(board: Board, group: str) -> Board:
    """What a group wrote."""
    return tuple(one for one in board if group in one.groups)


def times(board: Board, question: Question) -> int:
    """How often a question was asked: itself, and what was merged into it."""
    return 1 + sum(1 for one in board if one.into == question.id)
