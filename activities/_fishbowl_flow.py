"""How a fishbowl goes on: entering phases, and what follows from people coming and going.

Decisions that need several events are written against an `Unfolding`: each event is applied as it
is decided, so that the next decision sees it.
"""

from activities import _fishbowl_groups as listeners
from activities import _fishbowl_seats as seats
from activities import grouping, people, phases, turns
from activities._fishbowl_events import (
    BatchBegan,
    BatchesFixed,
    GroupsChanged,
    GroupsDealt,
    RoundBegan,
)
from activities._fishbowl_evolve import evolve
from activities._fishbowl_seats import LEAST, ChairAnchored, ChairFreed, ChairTaken, StageSet
from activities._fishbowl_state import (
    LARGEST_HALF,
    MANY,
    ROUND_TURN,
    SENTENCE,
    State,
    hold_of,
    in_groups,
    is_inside,
    outer_here,
    parties,
    phase_after,
    ready_to_begin,
    stage,
    takes_part,
)
from activities.blocks import say
from activities.kernel import Event, Moment, NotesChosen, Refused

TOO_FEW_INSIDE = say("Two people inside are needed to begin. Invite somebody, or wait.")


class Unfolding:
    """The events of one decision, in order, with the state after them."""

    def __init__(self, state: State, moment: Moment) -> None:
        self.state = state
        self.moment = moment
        self.now = moment.now
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        """Decide `events` and see the state after them."""
        for event in events:
            self.events.append(event)
            self.state = evolve(self.state, event)


def go_on(state: State, moment: Moment) -> tuple[Event, ...]:
    """The events of leaving the present phase for the next. Raises `Refused` where too few people
    are inside to begin."""
    if state.phases.phase == "frame" and not ready_to_begin(state):
        raise Refused("bad_request", TOO_FEW_INSIDE)
    story = Unfolding(state, moment)
    enter(story, _following(story))
    return tuple(story.events)


def _following(story: Unfolding) -> str:
    """The next phase; with no facilitator here never past `debrief` (A2, *L leaves*)."""
    phase = phase_after(story.state)
    return "debrief" if phase == "closed" and story.moment.autopilot else phase


def enter(story: Unfolding, phase: str) -> None:
    """Everybody goes to `phase`."""
    story.add(phases.enter(phase, stage(story.state.settings, phase), story.now))
    match phase:
        case "starters":
            _lock(story)
            if story.state.settings.chair_rule == "visitor":
                for seat in seats.inside(story.state.bowl):
                    story.add(ChairAnchored(at=story.now, seat=seat, on=True))
        case "open":
            story.add(StageSet(at=story.now, stage="open"))
        case "last_call":
            _lock(story)
            _begin_round(story, seats.inside(story.state.bowl), SENTENCE)
        case "round":
            _clear(story)
            ring = grouping.ring(people.placeable(story.state.people), story.moment.dice)
            _begin_round(story, tuple(member.seat for member in ring), ROUND_TURN)
        case "batch":
            _next_batch(story)
        case "talk":
            _lock(story)
            _deal(story, story.state.settings.satellites)
        case "answers":
            # What satellites wrote is for everybody once the questions are closed (A2).
            for group in story.state.groups:
                for seat in group.seats:
                    story.add(NotesChosen(seat=seat, share="all"))
        case "outer_speaks":
            if story.state.settings.mode == "closed":
                _clear(story)
            _lock(story)
            many = len(parties(story.state)) > MANY
            _deal(story, story.state.settings.satellites if many else LARGEST_HALF)
        case "swap" | "debrief" | "closed":
            _clear(story)
        case _:
            pass


def _lock(story: Unfolding) -> None:
    if story.state.bowl.stage != "locked":
        story.add(StageSet(at=story.now, stage="locked"))


def _clear(story: Unfolding) -> None:
    """Everybody stands up."""
    for seat in seats.inside(story.state.bowl):
        story.add(ChairFreed(at=story.now, seat=seat))
    _lock(story)


def _begin_round(story: Unfolding, order: tuple[str, ...], length: int) -> None:
    here = set(people.here(story.state.people))
    away = frozenset(seat for seat in order if seat not in here)
    story.add(RoundBegan(at=story.now, order=order, length=length, away=away))


def _next_batch(story: Unfolding) -> None:
    """The batches are fixed when the first begins; then each in turn goes inside.

    People who came late go inside with the last batch that has room; a batch of which one is left
    is filled up from the next, so that nobody sits there alone (FB7: nobody twice).
    """
    state = story.state
    if not state.batches:
        placeable = people.placeable(state.people)
        made = listeners.batches(placeable, state.wishes, state.settings.S, story.moment.dice)
        story.add(BatchesFixed(at=story.now, batches=made))
    _clear(story)
    _fill(story, story.state.batch)
    batches = story.state.batches
    number = story.state.batch + 1
    story.add(BatchBegan(at=story.now, batch=number))
    for chair, seat in enumerate(batches[number - 1] if number <= len(batches) else ()):
        member = takes_part(story.state, seat)
        if member is not None and member.here:
            hall = listeners.hall(member)
            story.add(ChairTaken(at=story.now, seat=seat, chair=chair, hall=hall))


def _fill(story: Unfolding, begun: int) -> None:
    """Who came late, and who was drawn into a batch that would be one person."""
    state = story.state
    size = state.settings.S
    batches = [list(batch) for batch in state.batches]
    if begun >= len(batches):
        return
    planned = {seat for batch in batches for seat in batch}
    for member in people.placeable(state.people):
        late = member.seat not in planned and state.wishes.get(member.seat) != 0
        room = [batch for batch in batches[begun:] if len(batch) < size]
        if late and room:
            min(room, key=len).append(member.seat)
    here = {member.seat for member in people.placeable(state.people)}
    batches[begun] = [seat for seat in batches[begun] if seat in here]
    for batch in batches[begun + 1 :]:
        for seat in [seat for seat in batch if seat in here]:
            if len(batches[begun]) < LEAST:
                batch.remove(seat)
                batches[begun].append(seat)
    left = (*batches[: begun + 1], *(batch for batch in batches[begun + 1 :] if batch))
    changed = tuple(map(tuple, left))
    if changed != state.batches:
        story.add(BatchesFixed(at=story.now, batches=changed))


def _deal(story: Unfolding, size: int) -> None:
    """Satellites or pairs of everybody outside; one alone makes none (G4)."""
    state = story.state
    outside = outer_here(state)
    made: tuple[listeners.Listeners, ...] = ()
    if len(outside) >= LEAST:
        made = listeners.deal(
            outside,
            size,
            story.moment.dice,
            mixed=state.settings.mixed_sides,
            first=state.dealt + 1,
        )
    story.add(GroupsDealt(at=story.now, groups=made))


# --- after every decision -----------------------------------------------------------------------


def settle(story: Unfolding) -> None:
    """Free chairs go to those who wait, those outside have a group, the floor goes on, and a
    round that is over leads on."""
    story.add(*seats.settle(story.state.bowl, story.now))
    _welcome(story)
    if story.state.phases.phase == "last_call" and story.state.round is not None:
        for seat in story.state.round.status:
            if not is_inside(story.state, seat):  # whose chair was freed has no sentence
                _out_of_round(story, seat)
    round_ = story.state.round
    if round_ is None or story.state.phases.paused:
        return
    story.add(*turns.offer(round_, story.now))
    if story.state.round is not None and story.state.round.complete:
        enter(story, _following(story))
        settle(story)


def _welcome(story: Unfolding) -> None:
    """Late comers, and who came out of the bowl: into the smallest satellite (A2, *Late*)."""
    phase = story.state.phases.phase
    if phase not in ("talk", "questions", "outer_speaks"):
        return
    outside = outer_here(story.state)
    if not story.state.groups and len(outside) >= LEAST:
        pairs = phase == "outer_speaks"
        _deal(story, LARGEST_HALF if pairs else story.state.settings.satellites)
    if not in_groups(story.state):
        return
    for member in outside:
        if listeners.group_of(story.state.groups, member.seat) is None:
            groups = listeners.place(story.state.groups, member)
            story.add(GroupsChanged(at=story.now, groups=groups))


# --- people -------------------------------------------------------------------------------------


def heal(story: Unfolding, seat: str) -> None:
    """The bowl and the round know whether `seat` is here."""
    member = takes_part(story.state, seat)
    if member is None:
        remove(story, seat)
        return
    bowl, now = story.state.bowl, story.now
    round_ = story.state.round
    if member.here:
        story.add(*seats.back(bowl, seat, now))
        if round_ is not None and seat in round_.status:
            story.add(*turns.back(round_, seat, now))
        elif round_ is not None and story.state.phases.phase == "round":
            story.add(*turns.join(round_, seat, now))
    else:
        story.add(*seats.away(bowl, seat, now, hold_of(member)))
        if round_ is not None:
            story.add(*turns.away(round_, seat, now, now))


def remove(story: Unfolding, seat: str) -> None:
    """Out of the bowl, the waiting list, the round and the group."""
    story.add(*seats.gone(story.state.bowl, seat, story.now))
    _out_of_round(story, seat)
    if listeners.group_of(story.state.groups, seat) is not None:
        groups = listeners.without(story.state.groups, seat)
        story.add(GroupsChanged(at=story.now, groups=groups))


def _out_of_round(story: Unfolding, seat: str) -> None:
    if story.state.round is not None:
        story.add(*turns.leave(story.state.round, seat, story.now))


def agree_with_presence(story: Unfolding) -> None:
    """After a phase was taken back: chairs and groups are as they were left, people as they are
    now."""
    state = story.state
    known = {
        *seats.inside(state.bowl),
        *(one.seat for one in state.bowl.queue),
        *(seat for group in state.groups for seat in group.seats),
        *(state.round.status if state.round is not None else ()),
    }
    for seat in sorted(known):
        heal(story, seat)
