"""Settling, telling and the pauses of one circle: what a command of its people decides."""

from activities import groups, timing, turns
from activities._story_circle_commands import (
    BreathHold,
    DraftErase,
    PauseCall,
    PauseResume,
    PromptReveal,
    SignalSend,
    TellingStart,
    TurnInterpret,
    TurnShorten,
    TurnVolunteer,
    WitnessAnswer,
    WitnessAsk,
    WitnessDraft,
)
from activities._story_circle_events import (
    CircleTimeGiven,
    DraftsErased,
    DraftWritten,
    HandRaised,
    Interpreted,
    PauseCalled,
    PauseEnded,
    PauseShortened,
    PromptShown,
    SignalSent,
    TellerSought,
    TimeAdded,
    TimeAsked,
    Volunteered,
    WitnessDecided,
    WitnessProposed,
)
from activities._story_circle_flow import Unfolding, go_on, start
from activities._story_circle_state import (
    TOGETHER,
    Circle,
    State,
    circle,
    circle_of,
    fair_length,
    hosted,
    is_here,
    may_go_on,
    may_resume_all,
    named,
    one_tells,
    running,
    turn_length,
)
from activities.blocks import Who, say
from activities.groups import TimeAsk, TimeGive
from activities.kernel import Moment, Refused, WordsErased
from activities.timing import SECOND
from activities.turns import Begin, Defer, Done, Extend, Next, Pass, Reorder

HOLD_BREATH = 30 * SECOND
"""One tap of the host: half a minute more of silence."""


def facilitates(moment: Moment) -> bool:
    """Whether the speaker is the lead or a co-facilitator."""
    return bool(moment.roles & {"lead", "co"})


def led(state: State, group: str, moment: Moment) -> Circle:
    """The circle `group` (or the speaker's own), if the speaker hosts it or facilitates."""
    one = named(state, group, moment.seat)
    if one is None or not one.seats:
        raise Refused("unknown")
    if not facilitates(moment) and one.host != moment.seat:
        raise Refused("not_allowed")
    return one


# --- settle -------------------------------------------------------------------------------------


def volunteer(story: Unfolding, _command: TurnVolunteer, moment: Moment) -> None:
    """The first who says so begins."""
    one = circle_of(story.state, moment.seat)
    if one is None:
        raise Refused("unknown")
    if one.first:
        raise Refused("duplicate", say("{name} begins already.", name=Who(one.first)))
    story.add(Volunteered(at=story.now, group=one.id, seat=moment.seat))


def ask_witness(story: Unfolding, _command: WitnessAsk, moment: Moment) -> None:
    """Somebody would write for the tellers; the circle is asked."""
    one = circle_of(story.state, moment.seat)
    if one is None or story.state.settings.witness == "off":
        raise Refused("not_allowed")
    if one.proposed or one.witness:
        raise Refused("duplicate")
    story.add(WitnessProposed(at=story.now, group=one.id, seat=moment.seat))
    _count_hands(story, one.id)


def answer_witness(story: Unfolding, command: WitnessAnswer, moment: Moment) -> None:
    """A hand. One no is enough: writing down needs everybody's yes, and nobody learns whose no it
    was."""
    one = circle_of(story.state, moment.seat)
    if one is None:
        raise Refused("unknown")
    if one.proposed != command.witness or moment.seat == command.witness:
        raise Refused("stale_seat")
    story.add(HandRaised(at=story.now, group=one.id, seat=moment.seat, yes=command.yes))
    _count_hands(story, one.id)


def _count_hands(story: Unfolding, group: str) -> None:
    one = story.circle(group)
    others = [s for s in one.seats if s != one.proposed and is_here(story.state, s)]
    if not all(seat in one.hands for seat in others):
        return
    agreed = all(one.hands[seat] for seat in others)
    seat = one.proposed if agreed else ""
    story.add(WitnessDecided(at=story.now, group=group, seat=seat))


def reveal(story: Unfolding, command: PromptReveal, moment: Moment) -> None:
    """The circle sees the prompt (SC5)."""
    one = led(story.state, command.group, moment)
    if one.prompt_shown:
        raise Refused("duplicate")
    story.add(PromptShown(at=story.now, group=one.id))


def begin_round(story: Unfolding, command: TellingStart, moment: Moment) -> None:
    """The round starts in this circle."""
    one = led(story.state, command.group, moment)
    if one.stage != "settle":
        raise Refused("stale_phase")
    start(story, one.id)


def interpret(story: Unfolding, command: TurnInterpret, moment: Moment) -> None:
    """Whether an interpreter speaks after somebody; before their turn begins. They say so
    themselves, or their host or a facilitator does."""
    one = circle_of(story.state, command.seat)
    if one is None:
        raise Refused("unknown")
    if moment.seat not in (command.seat, one.host) and not facilitates(moment):
        raise Refused("not_allowed")
    if one.teller == command.seat and one.step == "turn":
        raise Refused("stale_turn")
    if (command.seat in story.state.interpreted) == command.on:
        raise Refused("duplicate")
    story.add(Interpreted(at=story.now, seat=command.seat, on=command.on))


# --- turns --------------------------------------------------------------------------------------


def own_turn(story: Unfolding, command: Begin | Done | Pass | Defer, moment: Moment) -> None:
    """What the holder of the floor does with it."""
    one = named(story.state, command.group, moment.seat)
    if one is None or one.teller != moment.seat:
        raise Refused("not_allowed")
    speaking = one.step == "turn"
    round_, now, group = one.round, story.now, one.id
    match command:
        case Begin():
            times = turn_length(story.state, moment.seat)
            story.add(*turns.begin(round_, now, group, times))
        case Done():
            story.add(*turns.done(round_, now, group))
        case Pass() | Defer() if one_tells(story.state) and not speaking:
            story.add(TellerSought(at=now, group=group, seat=moment.seat))
        case Pass():
            story.add(*turns.pass_(round_, now, group))
        case Defer():
            story.add(*turns.later(round_, now, group))
    go_on(story, group, told=speaking)


def next_turn(story: Unfolding, command: Next, moment: Moment) -> None:
    """The host closes a turn kindly that has been over long enough, or an offer that stayed
    silent."""
    one = led(story.state, command.group, moment)
    floor = one.round.floor
    if floor is None:
        raise Refused("stale_turn")
    if floor.speaking and not may_go_on(story.state, one):
        raise Refused("not_allowed", say("The story may take its time for another minute."))
    if one_tells(story.state) and not floor.speaking and turns.may_move_on(one.round):
        story.add(TellerSought(at=story.now, group=one.id, seat=floor.seat))
    else:
        story.add(*turns.move_on(one.round, story.now, one.id))
    go_on(story, one.id, told=floor.speaking)


def extend_turn(story: Unfolding, command: Extend, moment: Moment) -> None:
    """More time for this turn."""
    one = led(story.state, command.group, moment)
    story.add(*turns.extend(one.round, command, story.now, one.id))


def reorder(story: Unfolding, command: Reorder, moment: Moment) -> None:
    """Another order for those who wait for a first turn (logged, SC7)."""
    one = led(story.state, command.group, moment)
    story.add(*turns.reorder(one.round, command.order, story.now, one.id))


def shorten(story: Unfolding, command: TurnShorten, moment: Moment) -> None:
    """All turns to come get the same share of what is left, not under 90 s (A1, *Too long*)."""
    one = led(story.state, command.group, moment)
    length = fair_length(story.state, one, story.now)
    if length is None:
        raise Refused("not_allowed", say("There is time for everybody as it is."))
    story.add(*turns.shorten(one.round, length, story.now, one.id))


def signal(story: Unfolding, command: SignalSend, moment: Moment) -> None:
    """A card for the teller only."""
    one = led(story.state, command.group, moment)
    story.add(SignalSent(at=story.now, group=one.id, turn=command.turn, signal=command.signal))


def hold_breath(story: Unfolding, command: BreathHold, moment: Moment) -> None:
    """Half a minute more of silence."""
    one = led(story.state, command.group, moment)
    if one.stage != "telling" or one.step != "breath" or timing.due(one.timer) is None:
        raise Refused("stale_phase")
    story.add(TimeAdded(at=story.now, timer=one.id, by=HOLD_BREATH))


def write_draft(story: Unfolding, command: WitnessDraft, moment: Moment) -> None:
    """The witness writes for the teller; nobody else receives it."""
    one = named(story.state, command.group, moment.seat)
    if one is None or one.witness != moment.seat or one.teller == moment.seat:
        raise Refused("not_allowed")
    story.add(DraftWritten(at=story.now, group=one.id, teller=one.teller, words=command.words))


def erase_drafts(story: Unfolding, _command: DraftErase, moment: Moment) -> None:
    """The teller lets go of what the witness wrote."""
    drafts = story.state.drafts.get(moment.seat)
    if not drafts:
        raise Refused("duplicate")
    story.add(DraftsErased(at=story.now, teller=moment.seat), WordsErased(words=drafts))


def ask_time(story: Unfolding, command: TimeAsk, moment: Moment) -> None:
    """The circle asks the facilitators for two more minutes: its host, or anybody in it."""
    one = named(story.state, command.group, moment.seat)
    if one is None or moment.seat not in one.seats:
        raise Refused("unknown")
    if one.wants_time:
        raise Refused("duplicate")
    story.add(TimeAsked(at=story.now, group=one.id))


def give_time(story: Unfolding, command: TimeGive, _moment: Moment) -> None:
    """Facilitators give a circle more time, or all: the others' time ends when it would have."""
    state = story.state
    more = {one.id: one.more for one in running(state)}
    if command.group and command.group not in more:
        raise Refused("unknown")
    by, more = groups.given(state.timer, more, command)
    if not command.group:
        story.add(timing.TimerExtended(at=story.now, by=by))
        return
    own = more[command.group]
    story.add(CircleTimeGiven(at=story.now, group=command.group, by=by, more=own))


# --- pauses -------------------------------------------------------------------------------------


def pause(story: Unfolding, command: PauseCall, moment: Moment) -> None:
    """Facilitators stop everything or one circle; anybody stops the own circle (the guardian), or
    everything while all are together."""
    state = story.state
    everything = not command.group and (facilitates(moment) or state.phase in TOGETHER)
    if everything and facilitates(moment) and command.epoch is None:
        raise Refused("bad_request")
    one = None if everything else named(state, command.group, moment.seat)
    if not everything and (one is None or not one.seats):
        raise Refused("unknown")
    if one is not None and moment.seat not in one.seats and not facilitates(moment):
        raise Refused("not_allowed")
    if (state.pause if one is None else one.pause) is not None:
        raise Refused("duplicate")
    story.add(
        PauseCalled(
            at=story.now,
            group="" if one is None else one.id,
            pause=state.pauses + 1,
            by=moment.seat,
        )
    )


def resume(story: Unfolding, command: PauseResume, moment: Moment) -> None:
    """The host or a facilitator lets time go on; where nobody hosts, anybody of the circle. A
    circle's pause lasts half a minute at least: ended earlier, it ends then."""
    state = story.state
    if not command.group:
        if not may_resume_all(state, moment.seat, moment.autopilot) and not facilitates(moment):
            raise Refused("not_allowed")
        story.add(PauseEnded(at=story.now, group=""))
        return
    one = circle(state, command.group)
    if one is None or one.pause is None:
        raise Refused("stale_phase")
    may = facilitates(moment) or one.host == moment.seat
    if not may and (hosted(state, one) or moment.seat not in one.seats):
        raise Refused("not_allowed")
    until = one.pause.at + timing.MIN_PAUSE
    if story.now >= until:
        story.add(PauseEnded(at=story.now, group=one.id))
    elif not one.pause.until:
        story.add(PauseShortened(at=story.now, group=one.id, until=until))
    else:
        raise Refused("duplicate")
