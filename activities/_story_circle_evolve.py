"""How each event changes the state of a story circle. `evolve` is total."""

from typing import Any, Final

from msgspec.structs import replace

from activities import _story_circle_events as happened
from activities import rounds, timing
from activities._story_circle_state import (
    BETWEEN,
    FORM,
    FRAME,
    PLENARY_LEAST,
    QUIET,
    RELEASE,
    SECOND_CHANCE,
    SETTLE,
    VOICE,
    Circle,
    Pause,
    Released,
    Shared,
    Snapshot,
    State,
    Waiting,
    circle,
    is_tight,
    running,
    turn_length,
)
from activities.kernel import MINUTE, Event, NotesChosen
from activities.rounds import COMES_BACK, Round, RoundEvent
from activities.timing import SECOND, Timer


def evolve(state: State, event: Any) -> State:
    """The state after `event`; an event of another kind changes nothing."""
    if isinstance(event, NotesChosen):
        return _notes_chosen(state, event)
    changed = _CHANGE.get(type(event))
    if changed is not None:
        return keep_time(changed(state, event), event.at)
    if isinstance(event, RoundEvent):
        return keep_time(_in_round(state, event), event.at)
    return state


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
        timer=kept(state.timer, stop),
        voice_timer=kept(state.voice_timer, stop),
        circles=tuple(circles),
    )


# --- helpers ------------------------------------------------------------------------------------


def _with(state: State, group: str, **changes: Any) -> State:
    """`state` with one circle changed."""
    return replace(
        state,
        circles=tuple(replace(one, **changes) if one.id == group else one for one in state.circles),
    )


def _timer(kind: Any, length: int, bells: tuple[int, ...], at: int) -> Timer:
    return timing.start(timing.idle(kind, length, bells=bells), at)


def _phase_timer(state: State, phase: str, at: int) -> Timer:
    """The shared clock of `phase`."""
    match phase:
        case "frame":
            return _timer("soft", FRAME, (0,), at)
        case "form":
            return _timer("hard", FORM, (0,), at)
        case "telling":
            return _timer("hard", _planned(state), timing.CIRCLES_BELLS, at)
        case "quiet":
            return _timer("hard", QUIET, timing.HARD_BELLS, at)
        case "reflect":
            length = state.settings.reflect_min * MINUTE
            return _timer("soft", length, timing.CIRCLES_BELLS, at)
        case "release":
            return _timer("soft", RELEASE, (0, MINUTE), at)
        case "plenary":
            length = max(PLENARY_LEAST, VOICE * len(running(state)))
            return _timer("soft", length, (0,), at)
        case _:
            return Timer()


def _planned(state: State) -> int:
    """How long telling takes in the circle that needs most (A1, *Time*)."""
    turn = state.settings.turn_s * SECOND
    return SECOND_CHANCE + max(
        (
            sum(turn * turn_length(state, seat) + BETWEEN for seat in one.seats)
            for one in state.circles
        ),
        default=0,
    )


def _snapshot(state: State, at: int) -> Snapshot:
    return Snapshot(
        at,
        state.phase,
        state.timer,
        state.circles,
        state.door,
        state.voice,
        state.voice_timer,
        state.tellers,
    )


# --- people -------------------------------------------------------------------------------------


def _person_changed(state: State, event: happened.PersonChanged) -> State:
    return replace(state, members={**state.members, event.member.seat: event.member})


def _person_there(state: State, event: happened.PersonAway | happened.PersonBack) -> State:
    member = state.members.get(event.seat)
    if member is None:
        return state
    member = replace(member, here=isinstance(event, happened.PersonBack))
    return replace(state, members={**state.members, event.seat: member})


def _person_left(state: State, event: happened.PersonLeft) -> State:
    members = {seat: member for seat, member in state.members.items() if seat != event.seat}
    door = tuple(one for one in state.door if one.seat != event.seat)
    return replace(state, members=members, door=door)


# --- phases and circles -------------------------------------------------------------------------


def _phase_changed(state: State, event: happened.PhaseChanged) -> State:
    before = _snapshot(state, event.at)
    if state.phase in ("settle", "telling") and event.phase not in ("settle", "telling"):
        state = _stories_ended(state)
    if event.phase == "settle":
        settling = _timer("soft", SETTLE, (0, *rounds.LATER_BELLS), event.at)
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
        phase=event.phase,
        before=None if event.phase == "closed" else before,
        timer=_phase_timer(state, event.phase, event.at),
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


def _phase_returned(state: State, event: happened.PhaseReturned) -> State:
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
        phase=left.phase,
        timer=shifted(left.timer),
        circles=tuple(again(one) for one in left.circles),
        door=tuple(one for one in left.door if one.seat in state.members),
        voice=left.voice,
        voice_timer=shifted(left.voice_timer),
        tellers=left.tellers,
        before=None,
    )


def _back_closed(state: State, event: happened.BackClosed) -> State:
    return replace(state, before=None)


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
        round_ = _seated(round_, event.seat, waited, event.at, one.id)
    state = _with(state, event.group, seats=(*one.seats, event.seat), round=round_)
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

    return _with(
        state,
        one.id,
        seats=seats,
        hands=hands,
        host=kept(one.host),
        first=kept(one.first),
        proposed=kept(one.proposed),
        witness=kept(one.witness),
        voice=kept(one.voice),
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
    return _with(
        state, one.id, seats=(), host="", stage="done", round=ended, timer=Timer(), witness=""
    )


def _circle_split(state: State, event: happened.CircleSplit) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    left = tuple(seat for seat in one.seats if seat not in event.seats)
    state = _with(state, one.id, seats=left, first="", proposed="", hands={}, witness="")
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
    return _with(state, event.group, host=event.seat)


# --- settling -----------------------------------------------------------------------------------


def _rules_heard(state: State, event: happened.RulesHeard) -> State:
    return replace(state, heard=state.heard | {event.seat})


def _volunteered(state: State, event: happened.Volunteered) -> State:
    return _with(state, event.group, first=event.seat)


def _witness_proposed(state: State, event: happened.WitnessProposed) -> State:
    return _with(state, event.group, proposed=event.seat, hands={}, witness="")


def _hand_raised(state: State, event: happened.HandRaised) -> State:
    one = circle(state, event.group)
    hands = {} if one is None else {**one.hands, event.seat: event.yes}
    return _with(state, event.group, hands=hands)


def _witness_decided(state: State, event: happened.WitnessDecided) -> State:
    return _with(state, event.group, witness=event.seat, proposed="", hands={})


def _prompt_shown(state: State, event: happened.PromptShown) -> State:
    return _with(state, event.group, prompt_shown=True)


# --- telling ------------------------------------------------------------------------------------


def _telling_began(state: State, event: happened.TellingBegan) -> State:
    away = frozenset(
        seat for seat in event.order if seat in state.members and not state.members[seat].here
    )
    round_ = rounds.fresh(event.order, state.settings.turn_s * SECOND, away)
    return _with(
        state,
        event.group,
        stage="telling",
        round=round_,
        timer=Timer(),
        proposed="",
        hands={},
        ready=False,
    )


def _breath_began(state: State, event: happened.BreathBegan) -> State:
    timer = (
        timing.start(timing.idle("open"), event.at)
        if event.open
        else _timer("hard", state.settings.breath_s * SECOND, (0,), event.at)
    )
    return _with(state, event.group, timer=timer, signal="")


def _floor_returned(state: State, event: happened.FloorReturned) -> State:
    one = circle(state, event.group)
    if one is None or one.round.floor is None:
        return state
    floor, round_ = one.round.floor, one.round
    kept = dict(round_.kept)
    status: dict[str, Any] = dict(round_.status)
    first, second = round_.first, round_.second
    if floor.speaking:
        kept[floor.seat] = timing.pause(floor.timer, event.at)
        status[floor.seat] = "interrupted"
        second = (floor.seat, *second)
    elif status[floor.seat] == "waiting" and not one.second:
        first = (floor.seat, *first)
    else:
        second = (floor.seat, *second)
    round_ = replace(round_, floor=None, first=first, second=second, kept=kept, status=status)
    return _with(state, one.id, round=round_)


def _in_round(state: State, event: RoundEvent) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    round_ = rounds.evolve(one.round, event)
    match event:
        case rounds.TurnOffered():
            state = _with(state, one.id, timer=Timer(), second=not one.round.first, signal="")
        case rounds.TurnDone(seat=seat) if seat not in state.tellers:
            state = replace(state, tellers=(*state.tellers, seat))
        case rounds.RoundCompleted():
            state = _with(state, one.id, stage="done", timer=Timer())
        case _:
            pass
    state = _with(state, one.id, round=round_)
    changed = circle(state, one.id)
    return (
        state if changed is None else _with(state, one.id, tight=is_tight(state, changed, event.at))
    )


def _bell_rang(state: State, event: happened.BellRang) -> State:
    if event.timer == "phase":
        return replace(state, timer=timing.ring(state.timer))
    if event.timer == "voice":
        return replace(state, voice_timer=timing.ring(state.voice_timer))
    one = circle(state, event.timer)
    return state if one is None else _with(state, one.id, timer=timing.ring(one.timer))


def _time_added(state: State, event: happened.TimeAdded) -> State:
    if event.timer == "phase":
        timer = timing.extend(state.timer, event.by, event.at)
        state = replace(state, timer=timer)
        given = tuple(
            replace(one, wants_time=False, tight=is_tight(state, one, event.at))
            for one in state.circles
        )
        return replace(state, circles=given)
    if event.timer == "voice":
        return replace(state, voice_timer=timing.extend(state.voice_timer, event.by, event.at))
    one = circle(state, event.timer)
    if one is None:
        return state
    return _with(state, one.id, timer=timing.extend(one.timer, event.by, event.at))


def _ready_changed(state: State, event: happened.ReadyChanged) -> State:
    return _with(state, event.group, ready=event.ready)


def _time_asked(state: State, event: happened.TimeAsked) -> State:
    return _with(state, event.group, wants_time=True)


def _circle_time_given(state: State, event: happened.CircleTimeGiven) -> State:
    if event.by:
        state = replace(state, timer=timing.extend(state.timer, event.by, event.at))
    state = _with(state, event.group, wants_time=False, more=event.more)
    one = circle(state, event.group)
    return state if one is None else _with(state, one.id, tight=is_tight(state, one, event.at))


def _interpreted(state: State, event: happened.Interpreted) -> State:
    others = state.interpreted - {event.seat}
    return replace(state, interpreted=others | {event.seat} if event.on else others)


def _signal_sent(state: State, event: happened.SignalSent) -> State:
    return _with(state, event.group, signal=event.signal)


def _draft_written(state: State, event: happened.DraftWritten) -> State:
    mine = (*state.drafts.get(event.teller, ()), event.words)
    return replace(state, drafts={**state.drafts, event.teller: mine})


def _drafts_erased(state: State, event: happened.DraftsErased) -> State:
    return replace(
        state, drafts={seat: words for seat, words in state.drafts.items() if seat != event.teller}
    )


# --- after the stories --------------------------------------------------------------------------


def _question_shown(state: State, event: happened.QuestionShown) -> State:
    return _with(state, event.group, question=event.question)


def _notes_chosen(state: State, event: NotesChosen) -> State:
    return replace(state, shares={**state.shares, event.seat: Shared(event.cards, event.share)})


def _story_circle_released(state: State, event: happened.StoryReleased) -> State:
    answer = Released(event.title, event.moments, event.quote, event.choice, event.outside)
    return replace(state, releases={**state.releases, event.seat: answer})


def _voice_chosen(state: State, event: happened.VoiceChosen) -> State:
    return _with(state, event.group, voice=event.seat)


def _voice_called(state: State, event: happened.VoiceCalled) -> State:
    over = event.turn > len(running(state))
    timer = Timer() if over else _timer("soft", VOICE, (0,), event.at)
    return replace(state, voice=event.turn, voice_timer=timer)


def _pause_called(state: State, event: happened.PauseCalled) -> State:
    pause = Pause(event.pause, event.at, event.by, event.until)
    state = replace(state, pauses=event.pause)
    return _with(state, event.group, pause=pause) if event.group else replace(state, pause=pause)


def _pause_shortened(state: State, event: happened.PauseShortened) -> State:
    one = circle(state, event.group)
    if one is None or one.pause is None:
        return state
    return _with(state, one.id, pause=replace(one.pause, until=event.until))


def _pause_ended(state: State, event: happened.PauseEnded) -> State:
    return _with(state, event.group, pause=None) if event.group else replace(state, pause=None)


_CHANGE: Final[dict[type[Event], Any]] = {
    happened.PersonChanged: _person_changed,
    happened.PersonAway: _person_there,
    happened.PersonBack: _person_there,
    happened.PersonLeft: _person_left,
    happened.PhaseChanged: _phase_changed,
    happened.PhaseReturned: _phase_returned,
    happened.BackClosed: _back_closed,
    happened.CirclesFormed: _circles_formed,
    happened.SeatPlaced: _seat_placed,
    happened.SeatUnplaced: _seat_unplaced,
    happened.SeatWaits: _seat_waits,
    happened.CircleEnded: _circle_ended,
    happened.CircleSplit: _circle_split,
    happened.HostChosen: _host_chosen,
    happened.RulesHeard: _rules_heard,
    happened.Volunteered: _volunteered,
    happened.WitnessProposed: _witness_proposed,
    happened.HandRaised: _hand_raised,
    happened.WitnessDecided: _witness_decided,
    happened.PromptShown: _prompt_shown,
    happened.TellingBegan: _telling_began,
    happened.BreathBegan: _breath_began,
    happened.FloorReturned: _floor_returned,
    happened.BellRang: _bell_rang,
    happened.TimeAdded: _time_added,
    happened.ReadyChanged: _ready_changed,
    happened.TimeAsked: _time_asked,
    happened.CircleTimeGiven: _circle_time_given,
    happened.Interpreted: _interpreted,
    happened.SignalSent: _signal_sent,
    happened.DraftWritten: _draft_written,
    happened.DraftsErased: _drafts_erased,
    happened.QuestionShown: _question_shown,
    happened.StoryReleased: _story_circle_released,
    happened.VoiceChosen: _voice_chosen,
    happened.VoiceCalled: _voice_called,
    happened.PauseCalled: _pause_called,
    happened.PauseShortened: _pause_shortened,
    happened.PauseEnded: _pause_ended,
}
