"""What follows from a command in a fishbowl, and which commands come too late."""

from collections.abc import Callable
from typing import Any, Final

from activities import _fishbowl_asking as asking
from activities import _fishbowl_groups as listeners
from activities import _fishbowl_moves as moves
from activities import _fishbowl_seats as seats
from activities import people, phases, turns
from activities._fishbowl_commands import (
    BatchChoose,
    FloorMark,
    ObservationAdd,
    PromptNext,
    QuestionAdd,
    QuestionDecline,
    QuestionDone,
    QuestionDrop,
    QuestionMerge,
    QuestionTake,
    QuoteRelease,
    RoundStart,
    SeatAnchor,
    SeatAsk,
    SeatDecline,
    SeatLeave,
    SeatOffer,
    SeatRelease,
    SeatRelief,
    SeatTake,
    SeatThank,
    SeatUnask,
    SeedAnswer,
    SeedAsk,
    ThreadPass,
    TopicSet,
)
from activities._fishbowl_events import (
    BatchWished,
    FloorMarked,
    InviteEnded,
    SeatInvited,
    SeedAnswered,
    SeedAsked,
    ThreadPassed,
    TopicGiven,
)
from activities._fishbowl_flow import (
    Unfolding,
    agree_with_presence,
    enter,
    go_on,
    heal,
    remove,
    settle,
)
from activities._fishbowl_seats import (
    ChairAnchored,
    ChairAsked,
    ChairFreed,
    ChairRelief,
    QueueLeft,
)
from activities._fishbowl_state import (
    State,
    alarms,
    batch_count,
    free_to_take,
    is_inside,
    may_go_round,
    may_rise,
    may_thread,
    takes_part,
    to_brief,
    to_invite,
)
from activities.blocks import Line, say
from activities.groups import GroupMerge, GroupMove, GroupReady, GroupSplit, TimeAsk, TimeGive
from activities.kernel import (
    PEOPLE,
    Command,
    Event,
    MemberAway,
    MemberBack,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    Reason,
    Refused,
    TimeUp,
)
from activities.phases import PhaseBack
from activities.turns import Begin, Done, Next, Pass

CHAIR_TAKEN: Final = say("The chair was taken a moment before you. You can ask for the next one.")
TWO_LEFT: Final = say("Only two are inside now. The lead is asked to find somebody, then you can.")

# --- too late -----------------------------------------------------------------------------------


def stale(state: State, command: Command, moment: Moment) -> Reason | None:
    """A tap on what has ended since. Raises `Refused` where there is a better sentence."""
    if (reason := phases.stale(state.phases, command, moment)) is not None:
        return reason
    match command:
        case TimeUp(timer=timer, at=at) if timer not in ("phase", "back"):
            return None if (at, timer) in set(alarms(state)) else "stale_turn"
        case RoundStart(phase=phase) | SeatAsk(phase=phase):
            if phase != state.phases.phase:
                return "stale_phase"
            inside = isinstance(command, SeatAsk) and is_inside(state, moment.seat)
            return "stale_seat" if inside else None
        case SeatTake():
            return _stale_chair(state, command, moment)
        case SeatUnask(number=number):
            one = seats.place_of(state.bowl, moment.seat)
            return None if one is not None and one.number == number else "stale_seat"
        case SeatLeave(sitting=sitting) | SeatRelief(sitting=sitting):
            chair = seats.chair_of(state.bowl, moment.seat)
            return None if chair is not None and chair.sitting == sitting else "stale_seat"
        case SeatAnchor() | SeatThank() | SeatRelease():
            found = seats.sitting(state.bowl, command.sitting)
            return "stale_seat" if found is None else None
        case FloorMark(sitting=sitting) if sitting:
            return "stale_seat" if seats.sitting(state.bowl, sitting) is None else None
        case ThreadPass(batch=batch):
            return "stale_phase" if batch != state.batch else None
        case Begin() | Done() | Pass() | Next():
            return _stale_turn(state, command)
        case GroupMove() | GroupMerge() | GroupSplit() | TimeGive():
            return moves.stale(state, command)
        case _:
            return asking.stale(state, command, moment)


def _stale_chair(state: State, command: SeatTake, moment: Moment) -> Reason | None:
    if state.phases.phase not in ("frame", "open"):
        return "stale_phase"
    if is_inside(state, moment.seat):
        return "stale_seat"
    if command.chair not in free_to_take(state):
        raise Refused("stale_seat", CHAIR_TAKEN)
    return None


def _stale_turn(state: State, command: Begin | Done | Pass | Next) -> Reason | None:
    if state.round is None:
        return "stale_turn"
    speaking: bool | None = None
    if isinstance(command, Begin | Done):
        speaking = isinstance(command, Done)
    elif isinstance(command, Pass):
        speaking = command.begun
    return turns.stale(state.round, command.turn, speaking)


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    """What follows from `command`. Raises `Refused`."""
    story = Unfolding(state, moment)
    _DECIDE[type(command)](story, command, moment)
    if story.state.phases.phase != phases.CLOSED:
        settle(story)
    return tuple(story.events)


def _phase(story: Unfolding, command: Any, moment: Moment) -> None:
    state = story.state
    if isinstance(command, TimeUp) and command.timer not in ("phase", "back"):
        _rang(story, command, moment)
        return
    story.add(*phases.decide(state.phases, command, moment, lambda: go_on(state, moment)))
    if isinstance(command, PhaseBack):
        agree_with_presence(story)


def _rang(story: Unfolding, command: TimeUp, moment: Moment) -> None:
    """The clock of a chair, of the waiting list or of a turn."""
    bowl, round_ = story.state.bowl, story.state.round
    if command.timer == "turn" and round_ is not None:
        story.add(*turns.timeup(round_, story.now, auto=moment.autopilot))
        return
    name = command.timer.removeprefix("bowl:")
    story.add(*seats.timeup(bowl, name, story.now, auto=moment.autopilot))


def _person(story: Unfolding, command: Any, _moment: Moment) -> None:
    story.add(*people.decide(story.state.people, command))
    match command:
        case MemberLeft(seat=seat):
            remove(story, seat)
        case MemberAway(seat=seat) | MemberBack(seat=seat):
            heal(story, seat)
        case MemberJoined(member=member) | MemberChanged(member=member):
            heal(story, member.seat)
        case _:
            raise AssertionError(command)


# Chairs: what people do for themselves.


def _take(story: Unfolding, command: SeatTake, moment: Moment) -> None:
    member = takes_part(story.state, moment.seat)
    if member is None:
        raise Refused("not_allowed")
    hall = listeners.hall(member)
    story.add(*seats.take(story.state.bowl, member.seat, command.chair, story.now, hall=hall))


def _ask(story: Unfolding, _command: SeatAsk, moment: Moment) -> None:
    member = takes_part(story.state, moment.seat)
    if member is None:
        raise Refused("not_allowed")
    hall = listeners.hall(member)
    story.add(*seats.ask(story.state.bowl, member.seat, story.now, hall=hall))


def _unask(story: Unfolding, _command: SeatUnask, moment: Moment) -> None:
    story.add(QueueLeft(at=story.now, seat=moment.seat))


def _leave(story: Unfolding, _command: SeatLeave, moment: Moment) -> None:
    if not may_rise(story.state):
        raise Refused("not_allowed", TWO_LEFT)
    story.add(ChairFreed(at=story.now, seat=moment.seat))


def _relief(story: Unfolding, _command: SeatRelief, moment: Moment) -> None:
    chair = seats.chair_of(story.state.bowl, moment.seat)
    if chair is None or chair.relief or may_rise(story.state):
        raise Refused("duplicate")
    story.add(ChairRelief(at=story.now, seat=moment.seat))


def _decline(story: Unfolding, _command: SeatDecline, moment: Moment) -> None:
    if moment.seat not in story.state.invited:
        raise Refused("duplicate")
    story.add(InviteEnded(at=story.now, seat=moment.seat))


def _seed_answer(story: Unfolding, command: SeedAnswer, moment: Moment) -> None:
    if takes_part(story.state, moment.seat) is None:
        raise Refused("not_allowed")
    story.add(SeedAnswered(at=story.now, seat=moment.seat, yes=command.yes))
    if not command.yes and moment.seat in story.state.invited:
        story.add(InviteEnded(at=story.now, seat=moment.seat))


def _choose_batch(story: Unfolding, command: BatchChoose, moment: Moment) -> None:
    state = story.state
    if takes_part(state, moment.seat) is None or state.settings.mode != "closed":
        raise Refused("not_allowed")
    batch = int(command.batch)
    if batch > max(1, batch_count(state)):
        raise Refused("stale_seat")
    story.add(BatchWished(at=story.now, seat=moment.seat, batch=batch))


def _thread(story: Unfolding, command: ThreadPass, moment: Moment) -> None:
    if not may_thread(story.state, moment.seat):
        raise Refused("duplicate")
    story.add(ThreadPassed(at=story.now, seat=moment.seat, words=command.words))


# Chairs: what the lead does.


def _topic(story: Unfolding, command: TopicSet, _moment: Moment) -> None:
    story.add(TopicGiven(at=story.now, words=command.words))


def _offer(story: Unfolding, command: SeatOffer, _moment: Moment) -> None:
    if command.seat not in [member.seat for member in to_invite(story.state)]:
        raise Refused("stale_seat")
    story.add(SeatInvited(at=story.now, seat=command.seat))


def _seed_ask(story: Unfolding, command: SeedAsk, _moment: Moment) -> None:
    if command.seat not in [member.seat for member in to_brief(story.state)]:
        raise Refused("stale_seat")
    story.add(SeedAsked(at=story.now, seat=command.seat))


def _anchor(story: Unfolding, command: SeatAnchor, _moment: Moment) -> None:
    chair = _seated(story.state, command.sitting)
    if chair.anchored == command.on:
        raise Refused("duplicate")
    story.add(ChairAnchored(at=story.now, seat=chair.seat, on=command.on))


def _thank(story: Unfolding, command: SeatThank, _moment: Moment) -> None:
    chair = _seated(story.state, command.sitting)
    if chair.thanked:
        raise Refused("duplicate")
    story.add(ChairAsked(at=story.now, seat=chair.seat))


def _release(story: Unfolding, command: SeatRelease, _moment: Moment) -> None:
    chair = _seated(story.state, command.sitting)
    if not seats.may_release(story.state.bowl):
        raise Refused("stale_seat")
    story.add(ChairFreed(at=story.now, seat=chair.seat))


def _mark(story: Unfolding, command: FloorMark, _moment: Moment) -> None:
    seat = _seated(story.state, command.sitting).seat if command.sitting else ""
    if seat == story.state.floor:
        raise Refused("duplicate")
    story.add(FloorMarked(at=story.now, seat=seat))


def _seated(state: State, sitting: int) -> seats.Chair:
    chair = seats.sitting(state.bowl, sitting)
    if chair is None:
        raise Refused("stale_seat")
    return chair


def _go_round(story: Unfolding, _command: RoundStart, _moment: Moment) -> None:
    if not may_go_round(story.state):
        raise Refused("stale_phase", ENOUGH)
    enter(story, "round")


ENOUGH: Final[Line] = say("Enough people are here for the fishbowl now.")


# Turns.


def _turn(story: Unfolding, command: Any, _moment: Moment) -> None:
    round_ = story.state.round
    if round_ is None:
        raise Refused("stale_turn")
    match command:
        case Begin():
            story.add(*turns.begin(round_, story.now))
        case Done():
            story.add(*turns.done(round_, story.now))
        case Pass():
            story.add(*turns.pass_(round_, story.now))
        case Next():
            story.add(*turns.move_on(round_, story.now))
        case _:
            raise AssertionError(command)


Decider = Callable[[Unfolding, Any, Moment], None]

_DECIDE: Final[dict[type[Command], Decider]] = {
    **dict.fromkeys(phases.DECIDED, _phase),
    **dict.fromkeys(PEOPLE, _person),
    **dict.fromkeys((Begin, Done, Pass, Next), _turn),
    SeatTake: _take,
    SeatAsk: _ask,
    SeatUnask: _unask,
    SeatLeave: _leave,
    SeatRelief: _relief,
    SeatDecline: _decline,
    SeedAnswer: _seed_answer,
    BatchChoose: _choose_batch,
    ThreadPass: _thread,
    TopicSet: _topic,
    SeatOffer: _offer,
    SeedAsk: _seed_ask,
    SeatAnchor: _anchor,
    SeatThank: _thank,
    SeatRelease: _release,
    FloorMark: _mark,
    RoundStart: _go_round,
    QuestionAdd: asking.add,
    ObservationAdd: asking.add,
    QuestionDrop: asking.drop,
    QuestionMerge: asking.merge,
    QuestionTake: asking.take,
    QuestionDone: asking.done,
    QuestionDecline: asking.decline,
    GroupReady: asking.ready,
    **dict.fromkeys((GroupMove, GroupMerge, GroupSplit), moves.regroup),
    TimeAsk: moves.ask_time,
    TimeGive: moves.give_time,
    PromptNext: asking.show_prompt,
    QuoteRelease: asking.quote,
}
"""Command -> decider. That every command has one is tested."""
