"""The story circle: the invariants of A1 in generated histories, and its edge cases by name."""

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities import rounds
from activities import _story_events as happened
from activities import _story_state as story
from activities._story_words import PROMPTS
from activities.blocks import Cards, Groups, Line, NextStep, Note, Now, Prompt, Release, Ring, Words
from activities.kernel import MINUTE, ConsentGiven, Member
from activities.story_circle import STORY_CIRCLE, Settings
from activities.timing import SECOND
from tests.activities.driver import (
    History,
    Move,
    World,
    events_of,
    explore,
    histories,
    parts,
    play,
    tag,
    words_in,
    world,
)

SECRET = "the-prompt"


def settings() -> st.SearchStrategy[Settings]:
    """Settings near the edges: small circles, short turns, no breath, everything on and off."""
    return st.builds(
        Settings,
        max=st.integers(3, 8),
        turn_s=st.sampled_from((60, 120, 180, 420)),
        breath_s=st.sampled_from((0, 15, 60)),
        second_chance=st.booleans(),
        witness=st.sampled_from(("off", "ask")),
        prompt=st.sampled_from((None, Words(SECRET))),
        reflect_min=st.sampled_from((5, 13)),
        release=st.booleans(),
        plenary=st.booleans(),
        overtime_prompt_s=st.sampled_from((60, 120)),
    )


@st.composite
def evenings(draw: st.DrawFn, people: int = 12, length: int = 60) -> History:
    """Histories of which most come as far as the stories: the lead goes on a few times first."""
    history = draw(histories(STORY_CIRCLE, settings(), people=people, length=length))
    leads = (Move("lead"),) * draw(st.integers(0, 8))
    return replace(history, moves=leads + history.moves)


# --- what must hold after every move ------------------------------------------------------------


def also(room: World) -> None:
    """The invariants of A1 and 1.11 that a state and its views can break."""
    state: story.State = room.state
    check_people(state)
    check_release(room)
    for seat, view in room.views():
        check_prompt(state, seat, view)
        check_words(state, seat, view)
        if view.phase.startswith(("telling", "second_chance")):
            assert not any(isinstance(block, Cards) for block in view.blocks), "SC3"


def check_people(state: story.State) -> None:
    """G2, G3, G4, G5."""
    running = story.running(state)
    for one in running:
        assert one.teller in (*one.seats, ""), "G2: a floor without its holder"
    if not story.in_groups(state):
        assert not state.door
        return
    seated = [seat for one in running for seat in one.seats]
    waits = [wait.seat for wait in state.door]
    assert len({*seated, *waits}) == len(seated) + len(waits), "G3"
    if story.in_round(state):
        placed = {seat for seat, member in state.members.items() if story.placeable(member)}
        assert {*seated, *waits} == placed, "G3, G5"
        for one in running:
            if len(one.seats) == 1:
                assert one.step != "turn" or one.stage != "telling", "G4: told to nobody"
                others = [c for c in running if c.id != one.id and c.stage != "done"]
                assert one.stage == "done" or not others, "G4: alone beside another circle"


def check_prompt(state: story.State, seat: str, view: Any) -> None:
    """SC5: the prompt is sent to nobody whose circle has not revealed it."""
    shown = [part.text for part in parts(view) if isinstance(part, Prompt)]
    secret = [text for text in shown if text in (*PROMPTS, state.settings.prompt)]
    if not secret:
        assert SECRET not in words_in(view)
        return
    one = story.circle_of(state, seat)
    wait = story.waiting(state, seat)
    if one is None and wait is not None:
        one = story.circle(state, wait.group)
    circles = story.running(state) if one is None else (one,)
    assert all(circle.prompt_shown for circle in circles), "SC5"


def check_words(state: story.State, seat: str, view: Any) -> None:
    """SC3: drafts reach their teller only. SC6: of stories others see what was released."""
    seen = words_in(view)
    for teller, drafts in state.drafts.items():
        if teller != seat:
            assert not seen & {words.ref for words in drafts}, "SC3"
    public = {teller for teller, _ in story.released(state)}
    for teller, answer in state.releases.items():
        words = [answer.title, *answer.moments, answer.quote]
        if teller not in public:
            hidden = {one.ref for one in words if one is not None}
            mine = {one.ref for one in state.drafts.get(seat, ())}
            assert not (seen - mine) & hidden, "SC6"


def check_release(room: World) -> None:
    """SC9: the last answer was sent by the teller whose story it is."""
    for event in room.log[-8:]:
        if isinstance(event, happened.StoryReleased | ConsentGiven):
            answers = [tap.seat for tap in room.taps if tag(tap.command) == "release.answer"]
            assert event.seat in answers, "SC9"


# --- what must hold of the whole log ------------------------------------------------------------


def check_whole(room: World) -> None:
    """SC1, SC2, SC4, SC7, SC8, walking the log with the states before and after each event."""
    state: story.State = STORY_CIRCLE.initial(room.settings, room.members, room.first)
    length: dict[str, int] = {}
    done: set[str] = set()
    for event in room.log:
        before, state = state, STORY_CIRCLE.evolve(state, event)
        match event:
            case happened.PhaseReturned():
                done = set(state.tellers)
            case happened.CirclesFormed(circles=circles):
                counts = [len(one.seats) for one in circles]
                assert max(counts) - min(counts) <= 1, "SC8"
            case happened.SeatPlaced(group=group):
                one = story.circle(before, group)
                assert one is not None
                assert story.open_to_all(before, one), "SC4"
            case happened.TellingBegan(group=group):
                length[group] = room.settings.turn_s * SECOND
            case rounds.LengthChanged(group=group, length=changed):
                length[group] = changed
            case rounds.TurnBegun(group=group, seat=seat, duration=duration):
                assert duration == length[group] * story.turn_length(before, seat), "SC2"
            case rounds.TurnDone(seat=seat):
                assert seat not in done, "SC1: two turns"
                done.add(seat)
            case rounds.RoundCompleted(group=group):
                one = story.circle(state, group)
                assert one is not None
                ended = {"told", "passed", "missed"}
                assert {one.round.status[seat] for seat in one.seats} <= ended, "SC1"
            case _:
                pass
    check_order(room)


def check_order(room: World) -> None:
    """SC7: first offers follow the ring, then arrivals; who was away or moved about excepted."""
    if events_of(room, happened.PhaseReturned, rounds.RoundReordered):
        return
    order: dict[str, list[str]] = defaultdict(list)
    offers: dict[str, list[str]] = defaultdict(list)
    unsure = {
        getattr(event, "seat", "")
        for event in events_of(
            room, rounds.TurnSkipped, rounds.SeatLeft, happened.SeatUnplaced, happened.SeatWaits
        )
    }
    for event in room.log:
        match event:
            case happened.TellingBegan(group=group, order=seats):
                order[group] += seats
            case happened.SeatPlaced(group=group, seat=seat) if order[group]:
                order[group].append(seat)
            case rounds.TurnOffered(group=group, seat=seat) if seat not in offers[group]:
                offers[group].append(seat)
            case happened.CircleEnded() | happened.FloorReturned():
                return
            case _:
                pass
    for group, seats in offers.items():
        kept = [seat for seat in seats if seat not in unsure]
        assert kept == [seat for seat in order[group] if seat in kept], "SC7"


def check_harvest(room: World) -> None:
    """G10: only counts and tellers' own words; nothing of who passed, was silent or late."""
    state: story.State = room.state
    harvest = STORY_CIRCLE.harvest(state)
    assert set(harvest.counts) == {"stories_told", "circles"}
    assert harvest.counts["stories_told"] == len(set(state.tellers))
    for item in harvest.items:
        assert item.kind in ("story_title", "key_moment", "quote")
        assert item.seat in state.tellers
        assert item.words.ref


@given(evenings())
def test_SC1_to_SC9_G2_to_G10_hold_in_any_history(history: History) -> None:
    room = play(STORY_CIRCLE, history, also)
    check_whole(room)
    check_harvest(room)


@pytest.mark.slow
@given(evenings(people=24, length=200))
def test_SC1_to_SC9_hold_in_long_histories(history: History) -> None:
    room = play(STORY_CIRCLE, history, checked=False)
    check_people(room.state)
    check_whole(room)
    check_harvest(room)


@pytest.mark.slow
def test_every_phase_is_reached_by_the_table() -> None:
    some = (Settings(max=3), Settings(max=3, breath_s=0), Settings(turn_s=60))
    assert explore(STORY_CIRCLE, some, seed=1, length=160) == set(STORY_CIRCLE.phases)
