"""What happens in a fishbowl: the events of its log."""

from typing import Final

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import people, phases, rounds
from activities._fishbowl_groups import Listeners
from activities.blocks import Words
from activities.kernel import Choice, ConsentGiven, Event, NotesChosen, WordsErased


class FishEvent(Event, frozen=True, kw_only=True):
    """What happened at `at` (ms)."""

    at: int


class TopicGiven(FishEvent, frozen=True, tag="topic.given"):
    """The question of this fishbowl."""

    words: Words


class SeatInvited(FishEvent, frozen=True, tag="seat.invited"):
    """`seat` is invited inside, privately."""

    seat: str


class InviteEnded(FishEvent, frozen=True, tag="invite.ended"):
    """`seat` said no thank you."""

    seat: str


class SeedAsked(FishEvent, frozen=True, tag="seed.asked"):
    """`seat` is asked privately whether they may be invited later."""

    seat: str


class SeedAnswered(FishEvent, frozen=True, tag="seed.answered"):
    """Their answer."""

    seat: str
    yes: bool


class FloorMarked(FishEvent, frozen=True, tag="floor.marked"):
    """`seat` speaks now ("": nobody that was tapped on)."""

    seat: str


class BatchWished(FishEvent, frozen=True, tag="batch.wished"):
    """`seat` would sit inside in this batch; 0: only listens."""

    seat: str
    batch: int


class BatchesFixed(FishEvent, frozen=True, tag="batches.fixed"):
    """Who sits inside when."""

    batches: tuple[tuple[str, ...], ...]


class BatchBegan(FishEvent, frozen=True, tag="batch.began"):
    """Batch number `batch` (from 1) goes inside."""

    batch: int


class ThreadPassed(FishEvent, frozen=True, tag="thread.passed"):
    """One who goes leaves a sentence for those who come."""

    seat: str
    words: Words


class GroupsDealt(FishEvent, frozen=True, tag="groups.dealt"):
    """Satellites or pairs of those who listen."""

    groups: tuple[Listeners, ...]


class GroupsChanged(FishEvent, frozen=True, tag="groups.changed"):
    """Somebody came, left, or a group is ready."""

    groups: tuple[Listeners, ...]


class RoundBegan(FishEvent, frozen=True, tag="round.began"):
    """Everybody in `order` speaks once, `length` ms each."""

    order: tuple[str, ...]
    length: int
    away: frozenset[str] = frozenset()


class QuestionPut(FishEvent, frozen=True, tag="question.put"):
    """This question is being answered, by `seat` ("": by whoever wants); "": none."""

    question: str
    seat: str = ""


class PromptShown(FishEvent, frozen=True, tag="prompt.shown"):
    """The question of the talk at the end."""

    prompt: int


class QuoteReleased(FishEvent, frozen=True, tag="quote.released"):
    """`seat` answered for a sentence of theirs."""

    seat: str
    words: Words
    choice: Choice


EVENTS: Final[tuple[type[Event], ...]] = (
    *phases.EVENTS,
    *people.EVENTS,
    *seats.EVENTS,
    *questions.EVENTS,
    TopicGiven,
    SeatInvited,
    InviteEnded,
    SeedAsked,
    SeedAnswered,
    FloorMarked,
    BatchWished,
    BatchesFixed,
    BatchBegan,
    ThreadPassed,
    GroupsDealt,
    GroupsChanged,
    RoundBegan,
    QuestionPut,
    PromptShown,
    QuoteReleased,
    NotesChosen,
    ConsentGiven,
    WordsErased,
    *rounds.EVENTS,
)
