"""What happens in a story circle: the events of its log."""

from typing import Final

from activities import people, rounds
from activities.blocks import Words
from activities.board import NoteGiven
from activities.grouping import Grouped
from activities.kernel import Choice, ConsentGiven, Event, NotesChosen, WordsErased
from activities.phases import PhaseChanged, PhaseRestored, PhaseSettled, PhaseSoftened
from activities.timing import TimerExtended, TimerRang


class StoryEvent(Event, frozen=True, kw_only=True):
    """What happened at `at` (ms)."""

    at: int


class CircleEvent(StoryEvent, frozen=True, kw_only=True):
    """What happened in circle `group`."""

    group: str


class CirclesFormed(StoryEvent, frozen=True, tag="circles.formed"):
    """The circles, as the dice and the objectives made them."""

    circles: tuple[Grouped, ...]


class SeatPlaced(CircleEvent, frozen=True, tag="circle.entered"):
    """`seat` sits in this circle now."""

    seat: str


class SeatUnplaced(CircleEvent, frozen=True, tag="circle.exited"):
    """`seat` no longer sits in this circle."""

    seat: str


class SeatWaits(CircleEvent, frozen=True, tag="door.waits"):
    """`seat` waits for this circle's next breath, let in already or not."""

    seat: str
    admitted: bool = False


class CircleEnded(CircleEvent, frozen=True, tag="circle.ended"):
    """The last ones of this circle go to the door of the circle `into`."""

    into: str


class CircleSplit(CircleEvent, frozen=True, tag="circle.split"):
    """These people of the circle have one of their own now: `new`, hosted by `host`."""

    new: str
    seats: tuple[str, ...]
    host: str


class HostChosen(CircleEvent, frozen=True, tag="circle.host"):
    """`seat` looks after this circle ("": the autopilot)."""

    seat: str


class RulesHeard(StoryEvent, frozen=True, tag="rules.heard"):
    """`seat` has heard the rules."""

    seat: str


class Volunteered(CircleEvent, frozen=True, tag="circle.volunteered"):
    """`seat` begins."""

    seat: str


class WitnessProposed(CircleEvent, frozen=True, tag="witness.proposed"):
    """`seat` would write drafts for the tellers."""

    seat: str


class HandRaised(CircleEvent, frozen=True, tag="witness.hand"):
    """A show of hands."""

    seat: str
    yes: bool


class WitnessDecided(CircleEvent, frozen=True, tag="witness.decided"):
    """The circle has a witness, or ("") none."""

    seat: str


class PromptShown(CircleEvent, frozen=True, tag="prompt.revealed"):
    """The circle sees the prompt."""


class LensTaken(CircleEvent, frozen=True, tag="lens.taken"):
    """`seat` listens with this lens."""

    seat: str
    lens: int


class TellerSought(CircleEvent, frozen=True, tag="teller.sought"):
    """`seat` does not tell: the circle settles again and looks for another teller."""

    seat: str


class GiftGiven(CircleEvent, frozen=True, tag="gift.given"):
    """`seat` gives back to `teller` what they heard with `lens`."""

    seat: str
    teller: str
    lens: int
    words: Words


class GiftShared(StoryEvent, frozen=True, tag="gift.shared"):
    """The teller lets everybody have the gift with this number."""

    gift: int


class TellingBegan(CircleEvent, frozen=True, tag="telling.started"):
    """The round begins, in this order."""

    order: tuple[str, ...]


class BreathBegan(CircleEvent, frozen=True, tag="breath.began"):
    """Silence; the door is open. `open`: until somebody comes (a last member waits)."""

    open: bool = False


class FloorReturned(CircleEvent, frozen=True, tag="floor.returned"):
    """Nobody is left to listen: the holder keeps place and time."""


class BellRang(StoryEvent, frozen=True, tag="bell.rang"):
    """A bell of a voice ("voice") or of a circle (its id)."""

    timer: str


class TimeAdded(StoryEvent, frozen=True, tag="time.added"):
    """`by` ms more for a timer, named as in `BellRang`."""

    timer: str
    by: int


class ReadyChanged(CircleEvent, frozen=True, tag="circle.ready"):
    """The circle is ready, or not yet."""

    ready: bool


class TimeAsked(CircleEvent, frozen=True, tag="time.asked"):
    """Its people ask for more time."""


class CircleTimeGiven(CircleEvent, frozen=True, tag="time.given"):
    """This circle has `more` ms beyond the others; the phase waits `by` ms for it."""

    by: int
    more: int


class Interpreted(StoryEvent, frozen=True, tag="turn.interpreted"):
    """Whether an interpreter speaks after `seat`."""

    seat: str
    on: bool


class SignalSent(CircleEvent, frozen=True, tag="signal.sent"):
    """A card for the teller only."""

    turn: int
    signal: str


class DraftWritten(CircleEvent, frozen=True, tag="draft.written"):
    """The witness wrote something down for `teller`."""

    teller: str
    words: Words


class DraftsErased(StoryEvent, frozen=True, tag="draft.erased"):
    """The teller let go of them."""

    teller: str


class QuestionShown(CircleEvent, frozen=True, tag="question.shown"):
    """The circle sees this question."""

    question: int


class StoryReleased(StoryEvent, frozen=True, tag="story.released"):
    """A teller answered the release card (also when the answer is no)."""

    seat: str
    title: Words | None
    moments: tuple[Words, ...]
    quote: Words | None
    choice: Choice
    outside: bool


class VoiceChosen(CircleEvent, frozen=True, tag="voice.chosen"):
    """`seat` speaks for this circle."""

    seat: str


class VoiceCalled(StoryEvent, frozen=True, tag="voice.called"):
    """Circle number `turn` of the plenary speaks; beyond the last, all have spoken."""

    turn: int


class PauseCalled(StoryEvent, frozen=True, tag="pause.called"):
    """Clocks stand still: of `group`, or of everything. `until`: a break, back at that time."""

    group: str
    pause: int
    by: str
    until: int = 0


class PauseShortened(CircleEvent, frozen=True, tag="pause.shortened"):
    """Somebody would go on: the pause ends at `until`, when its half minute has passed."""

    until: int


class PauseEnded(StoryEvent, frozen=True, tag="pause.ended"):
    """Clocks go on with what they kept."""

    group: str


EVENTS: Final[tuple[type[Event], ...]] = (
    *people.EVENTS,
    PhaseChanged,
    PhaseRestored,
    PhaseSettled,
    PhaseSoftened,
    TimerRang,
    TimerExtended,
    CirclesFormed,
    SeatPlaced,
    SeatUnplaced,
    SeatWaits,
    CircleEnded,
    CircleSplit,
    HostChosen,
    RulesHeard,
    Volunteered,
    WitnessProposed,
    HandRaised,
    WitnessDecided,
    PromptShown,
    TellingBegan,
    BreathBegan,
    FloorReturned,
    BellRang,
    TimeAdded,
    ReadyChanged,
    TimeAsked,
    CircleTimeGiven,
    Interpreted,
    SignalSent,
    DraftWritten,
    DraftsErased,
    QuestionShown,
    LensTaken,
    TellerSought,
    GiftGiven,
    GiftShared,
    NoteGiven,
    NotesChosen,
    StoryReleased,
    VoiceChosen,
    VoiceCalled,
    PauseCalled,
    PauseShortened,
    PauseEnded,
    ConsentGiven,
    WordsErased,
    *rounds.EVENTS,
)
