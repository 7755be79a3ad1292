"""How each event changes the state of a story circle. `evolve` is total."""

from typing import Any, Final

from msgspec.structs import replace

from activities import _story_circle_changes as changes
from activities import _story_circle_events as happened
from activities import people, phases, rounds, timing
from activities._story_circle_state import (
    Circle,
    Snapshot,
    State,
    Waiting,
    circle,
    is_tight,
    one_tells,
)
from activities.kernel import Event, NotesChosen
from activities.phases import PhaseChanged, PhaseRestored, PhaseSettled, PhaseSoftened
from activities.rounds import COMES_BACK, Round, RoundEvent
from activities.timing import Timer, TimerExtended, TimerRang


def evolve(state: State, event: Any) -> State:
    """The state after `event`; an event of another kind changes nothing."""
    if isinstance(event, NotesChosen):
        return changes.notes_chosen(state, event)
    changed = _CHANGE.get(type(event))
    if changed is not None:
        return keep_time(changed(state, event), event.at)
    if isinstance(event, RoundEvent):
        return keep_time(changes.in_round(state, event), event.at)
    return _person(state, event) if isinstance(event, people.PersonEvent) else state


def keep_time(state: State, at: int) -> State:
    """Every clock stands still or goes on, as pauses say. Changes nothing that is right."""

    def kept(timer: Timer, stop: bool) -> Timer:
        return timing.pause(timer, at) if stop else timing.resume(timer, at)

    stop = state.pause is not None
    circles = []
    for one in state.circles:
        halt = stop or one.pause is not None
        round_ = one.round
        if round_.paused != halt:
            kind = rounds.RoundPaused if halt else rounds.RoundResumed
            round_ = rounds.evolve(round_, kind(at=at, group=one.id))
        circles.append(replace(one, round=round_, timer=kept(one.timer, halt)))
    return replace(
        state,
        phases=replace(state.phases, timer=kept(state.timer, stop)),
        voice_timer=kept(state.voice_timer, stop),
        circles=tuple(circles),
    )


# --- helpers ------------------------------------------------------------------------------------


def _snapshot(state: State, at: int) -> Snapshot:
    return Snapshot(
        at,
        state.circles,
        state.door,
        state.voice,
        state.voice_timer,
        state.tellers,
    )


# --- people -------------------------------------------------------------------------------------


def _person(state: State, event: people.PersonEvent) -> State:
    """Who is gone waits at no door."""
    members = people.evolve(state.members, event)
    door = tuple(one for one in state.door if one.seat in members)
    return replace(state, members=members, door=door)


# --- phases and circles -------------------------------------------------------------------------


def _phase_changed(state: State, event: PhaseChanged) -> State:
    before = _snapshot(state, event.at)
    if state.phase in ("settle", "telling") and event.phase not in ("settle", "telling"):
        state = _stories_ended(state)
    if event.phase == "settle":
        settling = changes.settling_timer(state, event.at)
        state = replace(state, circles=tuple(replace(one, timer=settling) for one in state.circles))
    if event.phase in ("reflect", "plenary", "telling"):
        state = replace(
            state,
            circles=tuple(
                replace(one, ready=False, wants_time=False, more=0) for one in state.circles
            ),
        )
    if event.phase in ("plenary", "closed"):
        state = replace(state, door=())
    return replace(
        state,
        phases=phases.evolve(state.phases, event),
        before=None if event.phase == "closed" else before,
        voice=0,
        voice_timer=Timer(),
    )


def _stories_ended(state: State) -> State:
    """All rounds are over. Who was telling, or had begun to, has told."""
    told = state.tellers
    circles = []
    for one in state.circles:
        floor = one.round.floor
        if floor is not None and floor.speaking and floor.seat not in told:
            told = (*told, floor.seat)
        begun = [seat for seat, how in one.round.status.items() if how == "interrupted"]
        told = (*told, *(seat for seat in begun if seat not in told))
        round_ = replace(one.round, floor=None, complete=True)
        circles.append(replace(one, stage="done", round=round_, timer=Timer(), signal=""))
    return replace(state, circles=tuple(circles), tellers=told)


def _phase_returned(state: State, event: PhaseRestored) -> State:
    """Phase and groups as they were left, with the time that was left then. People, answers and
    pauses stay as they are now."""
    left = state.before
    if left is None:
        return state

    def shifted(timer: Timer) -> Timer:
        if timer.state not in ("running", "over"):
            return timer
        return timing.resume(timing.pause(timer, left.at), event.at)

    def again(one: Circle) -> Circle:
        now = circle(state, one.id)
        round_ = one.round
        if not round_.paused:
            round_ = rounds.evolve(round_, rounds.RoundPaused(at=left.at, group=one.id))
            round_ = rounds.evolve(round_, rounds.RoundResumed(at=event.at, group=one.id))
        pause = now.pause if now is not None else one.pause
        return replace(one, round=round_, timer=shifted(one.timer), pause=pause)

    return replace(
        state,
        phases=phases.evolve(state.phases, event),
        circles=tuple(again(one) for one in left.circles),
        door=tuple(one for one in left.door if one.seat in state.members),
        voice=left.voice,
        voice_timer=shifted(left.voice_timer),
        tellers=left.tellers,
        before=None,
    )


def _back_closed(state: State, event: PhaseSettled) -> State:
    return replace(state, phases=phases.evolve(state.phases, event), before=None)


def _softened(state: State, event: PhaseSoftened) -> State:
    return replace(state, phases=phases.evolve(state.phases, event))


def _rang(state: State, event: TimerRang) -> State:
    return replace(state, phases=phases.evolve(state.phases, event))


def _extended(state: State, event: TimerExtended) -> State:
    """More time for everybody: nobody has to ask for it any more."""
    state = replace(state, phases=phases.evolve(state.phases, event))
    given = tuple(
        replace(one, wants_time=False, tight=is_tight(state, one, event.at))
        for one in state.circles
    )
    return replace(state, circles=given)


def _circles_formed(state: State, event: happened.CirclesFormed) -> State:
    circles = tuple(
        Circle(f"c{index + 1}", index, group.seats, group.host)
        for index, group in enumerate(event.circles)
    )
    homes = {seat: one.id for one in circles for seat in one.seats}
    return replace(state, circles=circles, homes=homes, door=())


def _seat_placed(state: State, event: happened.SeatPlaced) -> State:
    one = circle(state, event.group)
    if one is None or event.seat in one.seats:
        return state
    waited = next((w for w in state.door if w.seat == event.seat), None)
    round_ = one.round
    if one.stage == "telling":
        listens = one_tells(state) and event.seat not in round_.status
        if not listens:
            round_ = _seated(round_, event.seat, waited, event.at, one.id)
    state = changes.changed(state, event.group, seats=(*one.seats, event.seat), round=round_)
    return replace(
        state,
        door=tuple(w for w in state.door if w.seat != event.seat),
        homes={**state.homes, event.seat: event.group},
    )


def _seated(round_: Round, seat: str, waited: Waiting | None, at: int, group: str) -> Round:
    """The round with one more: a newcomer, somebody who comes back, or one from a circle that
    ended, whose turn goes on where it was."""
    if seat in round_.status:
        return rounds.evolve(round_, rounds.SeatBack(at=at, group=group, seat=seat))
    status: Any = waited.status if waited is not None else ""
    if status in ("", "waiting", "speaking"):
        return rounds.evolve(round_, rounds.SeatJoined(at=at, group=group, seat=seat))
    kept = dict(round_.kept)
    if waited is not None and waited.kept is not None:
        kept[seat] = waited.kept
    return replace(
        round_,
        ring=(*round_.ring, seat),
        status={**round_.status, seat: status},
        second=(*round_.second, seat) if status in COMES_BACK else round_.second,
        kept=kept,
    )


def _seat_unplaced(state: State, event: happened.SeatUnplaced) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    seats = tuple(seat for seat in one.seats if seat != event.seat)
    hands = {seat: yes for seat, yes in one.hands.items() if seat != event.seat}

    def kept(who: str) -> str:
        return "" if who == event.seat else who

    return changes.changed(
        state,
        one.id,
        seats=seats,
        hands=hands,
        host=kept(one.host),
        first=kept(one.first),
        proposed=kept(one.proposed),
        witness=kept(one.witness),
        voice=kept(one.voice),
        lenses={seat: lens for seat, lens in one.lenses.items() if seat != event.seat},
    )


def _seat_waits(state: State, event: happened.SeatWaits) -> State:
    others = tuple(one for one in state.door if one.seat != event.seat)
    before = next((one for one in state.door if one.seat == event.seat), None)
    if before is None:
        return replace(state, door=(*others, Waiting(event.seat, event.group, event.admitted)))
    changed = replace(before, group=event.group, admitted=event.admitted)
    return replace(state, door=(*others, changed))


def _circle_ended(state: State, event: happened.CircleEnded) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    door = list(state.door)
    floor = one.round.floor
    for seat in one.seats:
        status = one.round.status.get(seat, "")
        timer = one.round.kept.get(seat)
        if floor is not None and floor.seat == seat and floor.speaking:
            status, timer = "interrupted", timing.pause(floor.timer, event.at)
        door.append(Waiting(seat, event.into, True, status, timer))
    state = replace(state, door=tuple(door))
    ended = replace(one.round, floor=None, complete=True)
    return changes.changed(
        state, one.id, seats=(), host="", stage="done", round=ended, timer=Timer(), witness=""
    )


def _circle_split(state: State, event: happened.CircleSplit) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    left = tuple(seat for seat in one.seats if seat not in event.seats)
    state = changes.changed(state, one.id, seats=left, first="", proposed="", hands={}, witness="")
    new = Circle(
        event.new,
        len(state.circles),
        event.seats,
        event.host,
        timer=one.timer,
        prompt_shown=one.prompt_shown,
        pause=one.pause,
    )
    homes = {**state.homes, **dict.fromkeys(event.seats, new.id)}
    return replace(state, circles=(*state.circles, new), homes=homes)


def _host_chosen(state: State, event: happened.HostChosen) -> State:
    return changes.changed(state, event.group, host=event.seat)


_CHANGE: Final[dict[type[Event], Any]] = {
    PhaseChanged: _phase_changed,
    PhaseRestored: _phase_returned,
    PhaseSettled: _back_closed,
    PhaseSoftened: _softened,
    TimerRang: _rang,
    TimerExtended: _extended,
    happened.CirclesFormed: _circles_formed,
    happened.SeatPlaced: _seat_placed,
    happened.SeatUnplaced: _seat_unplaced,
    happened.SeatWaits: _seat_waits,
    happened.CircleEnded: _circle_ended,
    happened.CircleSplit: _circle_split,
    happened.HostChosen: _host_chosen,
    happened.RulesHeard: changes.rules_heard,
    happened.Volunteered: changes.volunteered,
    happened.WitnessProposed: changes.witness_proposed,
    happened.HandRaised: changes.hand_raised,
    happened.WitnessDecided: changes.witness_decided,
    happened.LensTaken: changes.lens_taken,
    happened.TellerSought: changes.teller_sought,
    happened.GiftGiven: changes.gift_given,
    happened.GiftShared: changes.gift_shared,
    happened.PromptShown: changes.prompt_shown,
    happened.TellingBegan: changes.telling_began,
    happened.BreathBegan: changes.breath_began,
    happened.FloorReturned: changes.floor_returned,
    happened.BellRang: changes.bell_rang,
    happened.TimeAdded: changes.time_added,
    happened.ReadyChanged: changes.ready_changed,
    happened.TimeAsked: changes.time_asked,
    happened.CircleTimeGiven: changes.circle_time_given,
    happened.Interpreted: changes.interpreted,
    happened.SignalSent: changes.signal_sent,
    happened.DraftWritten: changes.draft_written,
    happened.DraftsErased: changes.drafts_erased,
    happened.QuestionShown: changes.question_shown,
    happened.StoryReleased: changes.story_circle_released,
    happened.VoiceChosen: changes.voice_chosen,
    happened.VoiceCalled: changes.voice_called,
    happened.PauseCalled: changes.pause_called,
    happened.PauseShortened: changes.pause_shortened,
    happened.PauseEnded: changes.pause_ended,
}
