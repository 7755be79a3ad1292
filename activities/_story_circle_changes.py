"""How events of one circle, of a turn and of what comes after change a story circle."""

from typing import Any

from msgspec.structs import replace

from activities import _story_circle_events as happened
from activities import rounds, timing
from activities._story_circle_state import (
    VOICE,
    Gift,
    Pause,
    Released,
    Shared,
    State,
    circle,
    is_tight,
    running,
    settling,
    story_length,
)
from activities.kernel import NotesChosen
from activities.rounds import RoundEvent
from activities.timing import SECOND, Timer


def changed(state: State, group: str, **changes: Any) -> State:
    """`state` with one circle changed."""
    return replace(
        state,
        circles=tuple(replace(one, **changes) if one.id == group else one for one in state.circles),
    )


def running_timer(kind: Any, length: int, bells: tuple[int, ...], at: int) -> Timer:
    return timing.start(timing.idle(kind, length, bells=bells), at)


# --- settling -----------------------------------------------------------------------------------


def rules_heard(state: State, event: happened.RulesHeard) -> State:
    return replace(state, heard=state.heard | {event.seat})


def volunteered(state: State, event: happened.Volunteered) -> State:
    """Who tells listens with no lens."""
    one = circle(state, event.group)
    lenses = {} if one is None else {s: n for s, n in one.lenses.items() if s != event.seat}
    return changed(state, event.group, first=event.seat, lenses=lenses)


def lens_taken(state: State, event: happened.LensTaken) -> State:
    one = circle(state, event.group)
    lenses = {} if one is None else {**one.lenses, event.seat: event.lens}
    return changed(state, event.group, lenses=lenses)


def settling_timer(state: State, at: int) -> Timer:
    """The clock of circles that settle: asked again, so that one without a host goes on."""
    return running_timer("soft", settling(state), (0, *rounds.LATER_BELLS), at)


def teller_sought(state: State, event: happened.TellerSought) -> State:
    """Back to settling; turns go on being counted, so that old taps stay stale."""
    one = circle(state, event.group)
    if one is None:
        return state
    return changed(
        state,
        one.id,
        stage="settle",
        round=rounds.Round(0, turn=one.round.turn),
        timer=settling_timer(state, event.at),
        first="",
        signal="",
        declined=one.declined | {event.seat},
    )


def gift_given(state: State, event: happened.GiftGiven) -> State:
    gift = Gift(event.seat, event.teller, event.group, event.lens, event.words)
    return replace(state, gifts=(*state.gifts, gift))


def gift_shared(state: State, event: happened.GiftShared) -> State:
    gifts = tuple(
        replace(gift, shared=True) if number == event.gift else gift
        for number, gift in enumerate(state.gifts)
    )
    return replace(state, gifts=gifts)


def witness_proposed(state: State, event: happened.WitnessProposed) -> State:
    return changed(state, event.group, proposed=event.seat, hands={}, witness="")


def hand_raised(state: State, event: happened.HandRaised) -> State:
    one = circle(state, event.group)
    hands = {} if one is None else {**one.hands, event.seat: event.yes}
    return changed(state, event.group, hands=hands)


def witness_decided(state: State, event: happened.WitnessDecided) -> State:
    return changed(state, event.group, witness=event.seat, proposed="", hands={})


def prompt_shown(state: State, event: happened.PromptShown) -> State:
    return changed(state, event.group, prompt_shown=True)


# --- telling ------------------------------------------------------------------------------------


def telling_began(state: State, event: happened.TellingBegan) -> State:
    away = frozenset(
        seat for seat in event.order if seat in state.members and not state.members[seat].here
    )
    one = circle(state, event.group)
    turn = one.round.turn if one is not None else 0  # of a teller who stepped back
    round_ = rounds.fresh(event.order, story_length(state), away, turn)
    return changed(
        state,
        event.group,
        stage="telling",
        lenses={} if one is None else {s: n for s, n in one.lenses.items() if s not in event.order},
        round=round_,
        timer=Timer(),
        proposed="",
        hands={},
        ready=False,
    )


def breath_began(state: State, event: happened.BreathBegan) -> State:
    timer = (
        timing.start(timing.idle("open"), event.at)
        if event.open
        else running_timer("hard", state.settings.breath_s * SECOND, (0,), event.at)
    )
    return changed(state, event.group, timer=timer, signal="")


def floor_returned(state: State, event: happened.FloorReturned) -> State:
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
    return changed(state, one.id, round=round_)


def in_round(state: State, event: RoundEvent) -> State:
    one = circle(state, event.group)
    if one is None:
        return state
    round_ = rounds.evolve(one.round, event)
    match event:
        case rounds.TurnOffered():
            state = changed(state, one.id, timer=Timer(), second=not one.round.first, signal="")
        case rounds.TurnDone(seat=seat) if seat not in state.tellers:
            state = replace(state, tellers=(*state.tellers, seat))
        case rounds.RoundCompleted():
            state = changed(state, one.id, stage="done", timer=Timer())
        case _:
            pass
    state = changed(state, one.id, round=round_)
    now = circle(state, one.id)
    return state if now is None else changed(state, one.id, tight=is_tight(state, now, event.at))


def bell_rang(state: State, event: happened.BellRang) -> State:
    if event.timer == "voice":
        return replace(state, voice_timer=timing.ring(state.voice_timer))
    one = circle(state, event.timer)
    return state if one is None else changed(state, one.id, timer=timing.ring(one.timer))


def time_added(state: State, event: happened.TimeAdded) -> State:
    if event.timer == "voice":
        return replace(state, voice_timer=timing.extend(state.voice_timer, event.by, event.at))
    one = circle(state, event.timer)
    if one is None:
        return state
    return changed(state, one.id, timer=timing.extend(one.timer, event.by, event.at))


def ready_changed(state: State, event: happened.ReadyChanged) -> State:
    return changed(state, event.group, ready=event.ready)


def time_asked(state: State, event: happened.TimeAsked) -> State:
    return changed(state, event.group, wants_time=True)


def circle_time_given(state: State, event: happened.CircleTimeGiven) -> State:
    if event.by:
        timer = timing.extend(state.timer, event.by, event.at)
        state = replace(state, phases=replace(state.phases, timer=timer))
    state = changed(state, event.group, wants_time=False, more=event.more)
    one = circle(state, event.group)
    return state if one is None else changed(state, one.id, tight=is_tight(state, one, event.at))


def interpreted(state: State, event: happened.Interpreted) -> State:
    others = state.interpreted - {event.seat}
    return replace(state, interpreted=others | {event.seat} if event.on else others)


def signal_sent(state: State, event: happened.SignalSent) -> State:
    return changed(state, event.group, signal=event.signal)


def draft_written(state: State, event: happened.DraftWritten) -> State:
    mine = (*state.drafts.get(event.teller, ()), event.words)
    return replace(state, drafts={**state.drafts, event.teller: mine})


def drafts_erased(state: State, event: happened.DraftsErased) -> State:
    return replace(
        state, drafts={seat: words for seat, words in state.drafts.items() if seat != event.teller}
    )


# --- after the stories --------------------------------------------------------------------------


def question_shown(state: State, event: happened.QuestionShown) -> State:
    return changed(state, event.group, question=event.question)


def notes_chosen(state: State, event: NotesChosen) -> State:
    return replace(state, shares={**state.shares, event.seat: Shared(event.cards, event.share)})


def story_circle_released(state: State, event: happened.StoryReleased) -> State:
    answer = Released(event.title, event.moments, event.quote, event.choice, event.outside)
    return replace(state, releases={**state.releases, event.seat: answer})


def voice_chosen(state: State, event: happened.VoiceChosen) -> State:
    return changed(state, event.group, voice=event.seat)


def voice_called(state: State, event: happened.VoiceCalled) -> State:
    over = event.turn > len(running(state))
    timer = Timer() if over else running_timer("soft", VOICE, (0,), event.at)
    return replace(state, voice=event.turn, voice_timer=timer)


def pause_called(state: State, event: happened.PauseCalled) -> State:
    pause = Pause(event.pause, event.at, event.by, event.until)
    rests = bool(event.until) and not event.group
    rested = event.at if rests else state.rested
    state = replace(state, pauses=event.pause, rested=rested)
    return changed(state, event.group, pause=pause) if event.group else replace(state, pause=pause)


def pause_shortened(state: State, event: happened.PauseShortened) -> State:
    one = circle(state, event.group)
    if one is None or one.pause is None:
        return state
    return changed(state, one.id, pause=replace(one.pause, until=event.until))


def pause_ended(state: State, event: happened.PauseEnded) -> State:
    return changed(state, event.group, pause=None) if event.group else replace(state, pause=None)
