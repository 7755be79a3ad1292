"""Deciders of what listeners ask and notice, of the answers, and of sentences people release."""

from typing import Any

from msgspec.structs import replace

from activities import _fishbowl_questions as questions
from activities._fishbowl_commands import (
    ObservationAdd,
    PromptNext,
    QuestionAdd,
    QuestionDecline,
    QuestionDone,
    QuestionDrop,
    QuestionMerge,
    QuestionTake,
    QuoteRelease,
)
from activities._fishbowl_events import GroupsChanged, PromptShown, QuestionPut, QuoteReleased
from activities._fishbowl_flow import Unfolding
from activities._fishbowl_questions import (
    QuestionAdded,
    QuestionDropped,
    QuestionMerged,
    QuestionSettled,
)
from activities._fishbowl_state import (
    PROMPTS,
    QUOTES_EACH,
    State,
    is_inside,
    limits,
    my_group,
    quotes_of,
)
from activities.groups import GroupReady
from activities.kernel import Command, ConsentGiven, Moment, Reason, Refused, WordsErased


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """A tap on a question, a group or a prompt that is another by now."""
    match command:
        case QuestionAdd(group=group) | ObservationAdd(group=group) | GroupReady(group=group):
            mine = my_group(state, moment.seat)
            return None if mine is not None and mine.id == group else "stale_phase"
        case QuestionTake() | QuestionDone() | QuestionDecline():
            return _stale_answer(state, command, moment)
        case QuestionMerge(question=question, into=into):
            there = {one.id for one in mergeable(state)}
            return None if {question, into} <= there else "stale_turn"
        case QuestionDrop(question=question):
            return None if questions.find(state.board, question) is not None else "stale_turn"
        case PromptNext(prompt=prompt):
            return None if prompt == state.prompt else "stale_phase"
        case _:
            return None


def _stale_answer(
    state: State, command: QuestionTake | QuestionDone | QuestionDecline, moment: Moment
) -> Reason | None:
    """A fish may; the lead only with the epoch of their screen."""
    if not is_inside(state, moment.seat) and command.epoch != moment.epoch:
        return "stale_epoch"
    match command:
        case QuestionTake(question=question):
            able = {one.id for one in questions.to_take(state.board)}
            return None if not state.put and question in able else "stale_turn"
        case QuestionDone(question=question) if state.phases.phase == "debrief":
            left = {one.id for one in questions.unanswered(state.board)}
            return None if question in left else "stale_turn"
        case _:
            return None if state.put == command.question else "stale_turn"


def mergeable(state: State) -> questions.Board:
    """Questions that may be put together: open, and not being answered."""
    return tuple(one for one in questions.unanswered(state.board) if one.id != state.put)


# --- writing ------------------------------------------------------------------------------------


def add(story: Unfolding, command: Any, moment: Moment) -> None:
    """A question or an observation of one's group. Raises `Refused("full")` at the limit."""
    kind: questions.Kind = "question" if isinstance(command, QuestionAdd) else "observation"
    state = story.state
    if questions.left(state.board, command.group, kind, limits(state)) <= 0:
        raise Refused("full")
    story.add(
        QuestionAdded(
            at=story.now,
            question=f"q{state.asked + 1}",
            kind=kind,
            words=command.words,
            seat=moment.seat,
            group=command.group,
        )
    )


def drop(story: Unfolding, command: QuestionDrop, moment: Moment) -> None:
    """Its author takes it back, and the text is forgotten."""
    one = questions.find(story.state.board, command.question)
    if one is None or one.seat != moment.seat:
        raise Refused("not_allowed")
    story.add(
        QuestionDropped(at=story.now, question=one.id),
        WordsErased(words=(one.words,)),
    )


def ready(story: Unfolding, command: GroupReady, moment: Moment) -> None:
    """Anybody of the group says it; the lead is asked, never forced."""
    mine = my_group(story.state, moment.seat)
    if mine is None or mine.ready == command.ready:
        raise Refused("duplicate")
    groups = tuple(
        replace(one, ready=command.ready) if one.id == mine.id else one
        for one in story.state.groups
    )
    story.add(GroupsChanged(at=story.now, groups=groups))


# --- answering ----------------------------------------------------------------------------------


def merge(story: Unfolding, command: QuestionMerge, _moment: Moment) -> None:
    """Two ask the same."""
    if command.question == command.into:
        raise Refused("duplicate")
    story.add(QuestionMerged(at=story.now, question=command.question, into=command.into))


def take(story: Unfolding, command: QuestionTake, moment: Moment) -> None:
    """A fish chooses what to answer, or the lead puts it to them."""
    seat = moment.seat if is_inside(story.state, moment.seat) else ""
    story.add(QuestionPut(at=story.now, question=command.question, seat=seat))


def done(story: Unfolding, command: QuestionDone, moment: Moment) -> None:
    """Who answers says so, or the lead."""
    _ensure_may_settle(story, moment)
    _settle(story, command.question, "answered")


def _ensure_may_settle(story: Unfolding, moment: Moment) -> None:
    """Who answers may, anybody inside when it is put to all, and the lead."""
    if story.state.answering not in ("", moment.seat) and "lead" not in moment.roles:
        raise Refused("not_allowed")


def decline(story: Unfolding, command: QuestionDecline, moment: Moment) -> None:
    """We leave this open. Nobody asks why, and it may be taken up again."""
    _ensure_may_settle(story, moment)
    _settle(story, command.question, "declined")


def _settle(story: Unfolding, question: str, status: questions.Status) -> None:
    story.add(QuestionSettled(at=story.now, question=question, status=status))
    if story.state.put == question:
        story.add(QuestionPut(at=story.now, question=""))


# --- the end ------------------------------------------------------------------------------------


def show_prompt(story: Unfolding, command: PromptNext, _moment: Moment) -> None:
    """The next of the three questions of the talk at the end."""
    if story.state.settings.mode != "experience":
        raise Refused("not_allowed")
    if command.prompt + 1 >= PROMPTS:
        raise Refused("full")
    story.add(PromptShown(at=story.now, prompt=command.prompt + 1))


def quote(story: Unfolding, command: QuoteRelease, moment: Moment) -> None:
    """A sentence of one's own, with the answer what may become of it (SC9's rule, G8)."""
    known = quotes_of(story.state, moment.seat)
    if command.words not in known and len(known) >= QUOTES_EACH:
        raise Refused("full")
    if command.words not in known:
        story.add(
            QuoteReleased(
                at=story.now, seat=moment.seat, words=command.words, choice=command.choice
            )
        )
    story.add(
        ConsentGiven(
            words=command.words,
            seat=moment.seat,
            choice=command.choice,
            outside=command.outside,
        )
    )
