"""The state of a story circle: circles with their own rounds and clocks, inside shared phases."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from activities import groups, phases, timing, turns
from activities._story_circle_commands import Settings
from activities.blocks import Words
from activities.kernel import MINUTE, Choice, Deadline, Member, TimeUp
from activities.people import People
from activities.phases import BACK_WITHIN, PhaseChanged, Phases, Stage
from activities.rounds import Round
from activities.timing import SECOND, Timer

FORM: Final = MINUTE
SETTLE: Final = 2 * MINUTE
FRAME: Final = 5 * MINUTE
QUIET: Final = MINUTE
WELCOME: Final = 5 * MINUTE
"""Three minutes to settle and two to choose lenses, where one tells for all (A1, *Variant*)."""

GIVE_BACK: Final = 15 * MINUTE
ANSWER: Final = 5 * MINUTE
TOGETHER_AGAIN: Final = 5 * MINUTE
"""Listeners give back, the teller answers, all look at it together (A1, *Variant*)."""

LISTENERS: Final = 8
"""More listeners than this make another circle (A1, *Variant*: four to eight)."""

LENSES: Final = 4
RELEASE: Final = 3 * MINUTE
VOICE: Final = 2 * MINUTE
"""Lengths of A1's table."""

PLENARY_LEAST: Final = 10 * MINUTE
BETWEEN: Final = 30 * SECOND
"""Telling is planned as tellers x (turn + half a minute) (A1, *Time*)."""

SECOND_CHANCE: Final = 4 * MINUTE
"""Planned beside it for those who passed at first (template T3: 8 x 3.5 + 4)."""

SHORTEST_TURN: Final = 90 * SECOND
"""Turns shortened for all are never shorter (A1, *Too long*)."""

NEEDED: Final = 2 * MINUTE
"""What a teller to come needs at least; below it the host is offered to shorten (A1)."""

FEWEST: Final = 2
"""Fewer people make no circle: nobody would listen (G4)."""

QUESTIONS: Final = 5
"""How many reflect prompts there are; shown one at a time."""


class Pause(msgspec.Struct, frozen=True):
    """A pause number `id`, called by `by` at `at`. `until`: when the clock ends it (a break, or a
    pause of a circle somebody ended before half a minute had passed), 0 otherwise."""

    id: int
    at: int
    by: str = ""
    until: int = 0


class Circle(msgspec.Struct, frozen=True):
    """One circle. `round` begins with the telling; `timer` is the one of settling or breath.

    `stage`: settle, telling, done (its round is complete or was stopped).
    """

    id: str
    index: int
    seats: tuple[str, ...]
    host: str = ""
    stage: str = "settle"
    round: Round = msgspec.field(default_factory=lambda: Round(0))
    timer: Timer = msgspec.field(default_factory=Timer)
    second: bool = False  # the present offer is of the second queue
    prompt_shown: bool = False
    first: str = ""  # who volunteered to begin
    proposed: str = ""  # who offered to be the witness
    hands: Mapping[str, bool] = msgspec.field(default_factory=dict)
    witness: str = ""
    signal: str = ""
    ready: bool = False
    wants_time: bool = False
    more: int = 0  # ms it has beyond the others in this phase
    tight: bool = False  # less than two minutes are left for each teller to come
    question: int = 0
    pause: Pause | None = None
    voice: str = ""  # who speaks for it in the plenary
    lenses: Mapping[str, int] = msgspec.field(default_factory=dict)  # of who listens
    declined: frozenset[str] = frozenset()  # would rather not tell for all

    @property
    def step(self) -> str:
        """offer, turn or breath, while the circle tells."""
        if self.round.floor is None:
            return "breath"
        return "turn" if self.round.floor.speaking else "offer"

    @property
    def phase(self) -> str:
        """The phase its people are in while the shared phase is settle or telling."""
        if self.stage == "telling":
            return f"{'second_chance' if self.second else 'telling'}.{self.step}"
        return "settle" if self.stage == "settle" else "telling.done"

    @property
    def teller(self) -> str:
        """Who holds the floor, or ""."""
        return self.round.floor.seat if self.round.floor else ""


class Waiting(msgspec.Struct, frozen=True):
    """Somebody at the door of circle `group` ("" while none has room), let in at its next breath
    once `admitted`. `status` and `kept`: how far their turn went in a circle that ended."""

    seat: str
    group: str
    admitted: bool = False
    status: str = ""
    kept: Timer | None = None


class Released(msgspec.Struct, frozen=True):
    """A teller's answer."""

    title: Words | None
    moments: tuple[Words, ...]
    quote: Words | None
    choice: Choice
    outside: bool


class Shared(msgspec.Struct, frozen=True):
    """What an author shares of the cards of their circle."""

    cards: tuple[str, ...]
    share: str


class Gift(msgspec.Struct, frozen=True):
    """What a listener gave back to a teller, and whether the teller let everybody have it."""

    seat: str
    teller: str
    group: str
    lens: int
    words: Words
    shared: bool = False


class Snapshot(msgspec.Struct, frozen=True):
    """The groups as they were left at `at`; `phases` keeps the rest of the way back."""

    at: int
    circles: tuple[Circle, ...]
    door: tuple[Waiting, ...]
    voice: int
    voice_timer: Timer
    tellers: tuple[str, ...]


class State(msgspec.Struct, frozen=True):
    """Everything a story circle knows."""

    settings: Settings
    phases: Phases = Phases("gather")
    members: People = msgspec.field(default_factory=dict)
    circles: tuple[Circle, ...] = ()
    door: tuple[Waiting, ...] = ()
    sample: int = 0  # which sample prompt, when the settings bring none
    heard: frozenset[str] = frozenset()
    interpreted: frozenset[str] = frozenset()
    drafts: Mapping[str, tuple[Words, ...]] = msgspec.field(default_factory=dict)
    releases: Mapping[str, Released] = msgspec.field(default_factory=dict)
    shares: Mapping[str, Shared] = msgspec.field(default_factory=dict)
    gifts: tuple[Gift, ...] = ()
    tellers: tuple[str, ...] = ()  # who told, in the order of their stories
    homes: Mapping[str, str] = msgspec.field(default_factory=dict)  # seat -> last circle
    voice: int = 0  # which circle speaks in the plenary, from 1
    voice_timer: Timer = msgspec.field(default_factory=Timer)
    pause: Pause | None = None
    pauses: int = 0
    rested: int = 0  # when the last break began
    before: Snapshot | None = None

    @property
    def phase(self) -> str:
        """The phase everybody shares."""
        return self.phases.phase

    @property
    def timer(self) -> Timer:
        """The clock everybody shares."""
        return self.phases.timer


# --- reading ------------------------------------------------------------------------------------


def one_tells(state: State) -> bool:
    """Whether this is a collective harvest: one teller a circle, the others listen for all."""
    return state.settings.variant == "collective_harvest"


def largest(state: State) -> int:
    """The most people of a circle."""
    return LISTENERS + 1 if one_tells(state) else state.settings.max


def settling(state: State) -> int:
    """How long circles settle (ms)."""
    return WELCOME if one_tells(state) else SETTLE


def story_length(state: State) -> int:
    """The length of a turn (ms)."""
    settings = state.settings
    return settings.story_min * MINUTE if one_tells(state) else settings.turn_s * SECOND


def placeable(member: Member) -> bool:
    """Whether this person takes a place in a circle: not observers, and not facilitators (one who
    is dealt in comes from the room as a member like any other, willing to host)."""
    return not member.observer and not member.facilitator


def circle(state: State, group: str) -> Circle | None:
    """The circle with this id."""
    return next((one for one in state.circles if one.id == group), None)


def circle_of(state: State, seat: str) -> Circle | None:
    """The circle this seat sits in."""
    if not seat:
        return None
    return next((one for one in state.circles if seat in one.seats), None)


def named(state: State, group: str, seat: str) -> Circle | None:
    """The circle a command is about: the named one, or the sender's own when none is named."""
    return circle(state, group) if group else circle_of(state, seat)


def waiting(state: State, seat: str) -> Waiting | None:
    """How this seat waits at a door."""
    return next((one for one in state.door if one.seat == seat), None)


def is_here(state: State, seat: str) -> bool:
    """Whether this person is here now."""
    member = state.members.get(seat)
    return member is not None and member.here


def hosted(state: State, one: Circle) -> bool:
    """Whether a host looks after this circle now; otherwise the autopilot does."""
    return bool(one.host) and is_here(state, one.host)


def in_round(state: State) -> bool:
    """Whether circles are the place where people are and may still change."""
    return state.phase in ("form", "settle", "telling")


def in_groups(state: State) -> bool:
    """Whether the shared phase is one of circles (`methods.md` G3)."""
    return in_round(state) or state.phase in ("quiet", "reflect", "release")


def running(state: State) -> tuple[Circle, ...]:
    """Circles with people in them."""
    return tuple(one for one in state.circles if one.seats)


def open_to_all(state: State, one: Circle) -> bool:
    """Whether somebody may be added to this circle now (SC4)."""
    if not in_round(state):
        return False
    return one.stage == "settle" or (one.stage == "telling" and one.step == "breath")


def still(state: State, one: Circle | None = None) -> bool:
    """Whether the clocks of everything (or of this circle) stand still."""
    return state.pause is not None or (one is not None and one.pause is not None)


TOGETHER: Final = ("frame", "quiet", "release", "plenary")
"""Phases with one clock for all, in which "pause please" of anybody is a pause for everyone."""


def may_resume_all(state: State, seat: str, autopilot: bool) -> bool:
    """Whether somebody who does not facilitate may end a pause of everything: their own, or any
    while nobody leads; never a break."""
    pause = state.pause
    return pause is not None and not pause.until and (pause.by == seat or autopilot)


def turn_length(state: State, seat: str) -> int:
    """How many times a turn's length `seat` gets: twice when interpreted (1.4)."""
    return 2 if seat in state.interpreted else 1


def to_tell(one: Circle) -> int:
    """How many of this circle have not told yet, without the one who speaks."""
    return len(set(one.round.first) | set(one.round.second))


def seating(state: State) -> dict[str, tuple[str, ...]]:
    """Who sits where, as `groups` reads it."""
    return {one.id: one.seats for one in state.circles}


def own_time(state: State, one: Circle) -> Timer:
    """The phase's clock as this circle sees it: another may have been given more."""
    return groups.own_clock(state.timer, {c.id: c.more for c in running(state)}, one.id)


def time_left(timer: Timer, at: int) -> int | None:
    """What a timer has left at `at` (ms), also while it stands still; None without an end."""
    return timer.remaining if timer.ends_at is None else timer.ends_at - at


def fair_length(state: State, one: Circle, at: int) -> int | None:
    """How long turns to come would be if what is left were shared equally, not under 90 s; None
    when there is time as it is, or nobody to come."""
    left = time_left(state.timer, at)
    coming = to_tell(one) + int(one.step == "offer" and one.stage == "telling")
    if state.phase != "telling" or left is None or not coming:
        return None
    share = left // coming - BETWEEN
    length = max(SHORTEST_TURN, share // SECOND * SECOND)
    return length if length < one.round.length else None


def is_tight(state: State, one: Circle, at: int) -> bool:
    """Whether at `at` less than two minutes are left for each who has not begun, and shorter
    turns would help (A1, *Too long*)."""
    left = time_left(state.timer, at)
    coming = to_tell(one) + int(one.step == "offer" and one.stage == "telling")
    short = left is not None and left < coming * NEEDED
    return short and fair_length(state, one, at) is not None


def may_go_on(state: State, one: Circle) -> bool:
    """Whether a host may close a turn kindly, or go on after a silent offer."""
    floor = one.round.floor
    if floor is None or not turns.may_move_on(one.round):
        return False
    late = state.settings.overtime_prompt_s * SECOND
    return not floor.speaking or timing.rung_at(floor.timer, late)


def enough(state: State) -> bool:
    """Whether there are people for a circle (G4)."""
    return sum(placeable(member) for member in state.members.values()) >= FEWEST


def speaker(one: Circle) -> str:
    """Who speaks for this circle in the plenary: who took it, else its host."""
    return one.voice or one.host


def voices(state: State) -> tuple[Circle, ...]:
    """The circles in the order in which they speak in the plenary."""
    return running(state)


def released(state: State) -> Iterator[tuple[str, Released]]:
    """Stories the others may see, in the order they were told (SC6)."""
    for seat in state.tellers:
        answer = state.releases.get(seat)
        if answer is not None and answer.choice in ("unnamed", "first_name", "name_org"):
            yield seat, answer


def all_answered(state: State) -> bool:
    """Whether every teller who is here has answered the release card."""
    return all(seat in state.releases or not is_here(state, seat) for seat in state.tellers)


def phase(state: State, seat: str) -> str:
    """The shared phase, or the one of the seat's own circle while circles settle and tell."""
    member = state.members.get(seat)
    if member is None or not in_groups(state) or not placeable(member):
        return state.phase
    one = circle_of(state, seat)
    if one is None:
        return "door"
    return one.phase if state.phase in ("settle", "telling") else state.phase


def roles(state: State, seat: str, given: frozenset[str]) -> frozenset[str]:
    """The room's hats, and member, host, teller, witness, told and voice."""
    mine = set(given)
    one = circle_of(state, seat)
    if seat in state.tellers and seat in state.members:
        mine.add("told")
    if one is not None:
        mine.add("member")
        mine |= {
            role
            for role, who in (
                ("host", one.host),
                ("teller", one.teller),
                ("witness", one.witness),
                ("voice", speaker(one)),
            )
            if who == seat
        }
    return frozenset(mine)


def phase_after(state: State, phase: str) -> str:
    """Which shared phase follows, given the settings and whether anybody told."""
    match phase:
        case "gather":
            return "frame"
        case "frame":
            return "form"
        case "form":
            return "settle"
        case "settle":
            return "telling"
        case "telling":
            return "quiet"
        case "quiet":
            return "reflect"
        case "reflect" if state.settings.release and state.tellers:
            return "release"
        case "reflect" | "release" if state.settings.plenary:
            return "plenary"
        case _:
            return "closed"


def stage(state: State, phase: str) -> Stage:
    """How `phase` ends (A1's table)."""
    match phase:
        case "frame":
            return Stage("soft", FRAME, bells=(0,))
        case "form":
            return Stage("hard", FORM, sharp=True)
        case "telling":
            return Stage("hard", _planned(state), bells=timing.CIRCLES_BELLS)
        case "quiet":
            return Stage("hard", QUIET)
        case "reflect":
            giving = GIVE_BACK + ANSWER + TOGETHER_AGAIN
            length = giving if one_tells(state) else state.settings.reflect_min * MINUTE
            return Stage("soft", length, bells=timing.CIRCLES_BELLS)
        case "release":
            return Stage("soft", RELEASE, bells=(0, MINUTE))
        case "plenary":
            return Stage("soft", max(PLENARY_LEAST, VOICE * len(running(state))), bells=(0,))
        case _:
            return Stage()


def entering(state: State, phase: str, now: int) -> PhaseChanged:
    """The event of `phase` beginning."""
    return phases.enter(phase, stage(state, phase), now)


def _planned(state: State) -> int:
    """How long telling takes in the circle that needs most (A1, *Time*)."""
    turn = story_length(state)
    if one_tells(state):
        return turn + BETWEEN
    return SECOND_CHANCE + max(
        (
            sum(turn * turn_length(state, seat) + BETWEEN for seat in one.seats)
            for one in state.circles
        ),
        default=0,
    )


# --- the clock ----------------------------------------------------------------------------------


def alarms(state: State) -> tuple[tuple[int, str], ...]:
    """Every moment at which the clock will speak, with the name of the timer."""
    found: list[tuple[int | None, str]] = [(timing.due(state.timer), "phase")]
    if state.pause is not None and state.pause.until:
        found.append((state.pause.until, "break"))
    if state.phases.before is not None:
        found.append((state.phases.before.at + BACK_WITHIN + 1, "back"))
    if in_groups(state):
        for one in state.circles:
            if one.pause is not None and one.pause.until:
                found.append((one.pause.until, f"pause:{one.id}"))
            found.append((timing.due(one.timer), f"circle:{one.id}"))
            found.append((turns.due(one.round), f"turn:{one.id}"))
    found.append((timing.due(state.voice_timer), "voice"))
    return tuple((at, timer) for at, timer in found if at is not None)


def deadline(state: State) -> Deadline | None:
    """The next alarm."""
    if state.phase == "closed":
        return None
    first: Any = min(alarms(state), default=None)
    return None if first is None else Deadline(first[0], TimeUp(timer=first[1], at=first[0]))
