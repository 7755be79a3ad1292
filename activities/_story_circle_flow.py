"""How a circle goes on by itself: breath, door, next offer, and what happens when people go.

Decisions that need several events are written against an `Unfolding`: each event is applied as it
is decided, so that the next decision sees it.
"""

from activities import grouping, groups, rounds, turns
from activities._story_circle_events import (
    BreathBegan,
    CircleEnded,
    FloorReturned,
    HostChosen,
    LensTaken,
    PromptShown,
    SeatPlaced,
    SeatUnplaced,
    SeatWaits,
    TellerSought,
    TellingBegan,
)
from activities._story_circle_evolve import evolve
from activities._story_circle_state import (
    LENSES,
    Circle,
    State,
    Waiting,
    circle,
    circle_of,
    entering,
    hosted,
    in_round,
    is_here,
    largest,
    one_tells,
    open_to_all,
    placeable,
    running,
    seating,
    waiting,
)
from activities.kernel import Event

LARGEST = 15
"""No story circle is larger, whatever the settings (A1, *Size*); people who come while circles
settle may make one larger than the settings say, rather than stay outside."""

LEAST_HOSTED = 2
"""A circle of so few may choose to join another one; a single person must."""


class Unfolding:
    """The events of one decision, in order, with the state after them."""

    def __init__(self, state: State, now: int) -> None:
        self.state = state
        self.now = now
        self.events: list[Event] = []

    def add(self, *events: Event) -> None:
        """Decide `events` and see the state after them."""
        for event in events:
            self.events.append(event)
            self.state = evolve(self.state, event)

    def circle(self, group: str) -> Circle:
        """The circle `group` as it is now."""
        found = circle(self.state, group)
        assert found is not None, "a circle never disappears while it is decided about"
        return found


def go_on(story: Unfolding, group: str, *, told: bool) -> None:
    """The floor of `group` became free: a breath after a story (or when somebody waits at the
    door), else the next offer."""
    one = story.circle(group)
    if one.stage != "telling" or one.round.floor is not None or one.timer.state != "idle":
        return
    entering = any(w.group == group and may_enter(story.state, w.seat) for w in story.state.door)
    if told or entering:
        breathe(story, group)
    else:
        offer(story, group)


def breathe(story: Unfolding, group: str) -> None:
    """A breath: the door opens, then silence, then the next offer. One person alone waits until
    somebody comes."""
    story.add(BreathBegan(at=story.now, group=group))
    open_door(story, group)
    if len(story.circle(group).seats) == 1:
        story.add(BreathBegan(at=story.now, group=group, open=True))
    elif story.state.settings.breath_s == 0:
        offer(story, group)


def offer(story: Unfolding, group: str) -> None:
    """The floor goes to the next one, or the round is complete."""
    one = story.circle(group)
    if not story.state.settings.second_chance and not one.round.first:
        for seat in one.round.second:
            passed = one.round.status[seat] == "deferred"
            if passed:
                story.add(rounds.TurnPassed(at=story.now, group=group, seat=seat, turn=0))
            elif one.round.status[seat] == "waiting":
                story.add(rounds.TurnMissed(at=story.now, group=group, seat=seat))
    events: tuple[Event, ...] = turns.offer(story.circle(group).round, story.now, group)
    if one_tells(story.state) and events and isinstance(events[-1], rounds.RoundCompleted):
        events = (*events[:-1], _without_teller(story.circle(group), events[-1]))
    story.add(*events)


def _without_teller(one: Circle, completed: rounds.RoundCompleted) -> Event:
    """Where one tells for all and has not told, the circle looks for somebody else."""
    if "told" in one.round.status.values() or not one.seats:
        return completed
    return TellerSought(at=completed.at, group=one.id, seat="".join(one.round.ring[:1]))


def start(story: Unfolding, group: str) -> None:
    """Begin the round in `group`: volunteer first, else the host, else as drawn; then in ring
    order (`methods.md` 1.5 rule 9). The prompt is shown if it was not."""
    one = story.circle(group)
    if one.stage != "settle" or not one.seats:
        return
    if not one.prompt_shown:
        story.add(PromptShown(at=story.now, group=group))
    order = rounds.from_seat(one.seats, one.first or one.host)
    if one_tells(story.state):
        order = (teller_for_all(story.state, one),)
        deal_lenses(story, group, order[0])
    story.add(TellingBegan(at=story.now, group=group, order=order))
    if len(one.seats) == 1:
        story.add(BreathBegan(at=story.now, group=group, open=True))
    else:
        offer(story, group)
    all_started(story)


def teller_for_all(state: State, one: Circle) -> str:
    """Who tells where one tells for all: the volunteer, else the first in the ring who is here,
    has not declined, and does not host."""
    here = [seat for seat in one.seats if is_here(state, seat)] or list(one.seats)
    asked = [seat for seat in here if seat not in one.declined] or here
    others = [seat for seat in asked if seat != one.host] or asked
    return one.first or others[0]


def deal_lenses(story: Unfolding, group: str, teller: str) -> None:
    """Whoever listens and has chosen no lens gets the one with the fewest listeners (SC10)."""
    for seat in story.circle(group).seats:
        lenses = story.circle(group).lenses
        if seat != teller and seat not in lenses:
            taken = list(lenses.values())
            lens = min(range(LENSES), key=taken.count)
            story.add(LensTaken(at=story.now, group=group, seat=seat, lens=lens))


def all_started(story: Unfolding) -> None:
    """When no circle settles any more, the shared phase is telling."""
    if story.state.phase == "settle" and all(one.stage != "settle" for one in running(story.state)):
        story.add(entering(story.state, "telling", story.now))


# --- the door -----------------------------------------------------------------------------------


def may_enter(state: State, seat: str) -> bool:
    """Whether somebody at a door enters at the next breath: let in, or nobody hosts the circle."""
    wait = waiting(state, seat)
    if wait is None or not wait.group:
        return False
    one = circle(state, wait.group)
    return one is not None and (wait.admitted or not hosted(state, one))


def open_door(story: Unfolding, group: str) -> None:
    """Everybody who waits for `group` and may enter does, while it is open and not full."""
    for wait in story.state.door:
        one = story.circle(group)
        if wait.group != group or not open_to_all(story.state, one):
            continue
        room = len(one.seats) < largest(story.state) or wait.status
        if room and may_enter(story.state, wait.seat):
            place(story, wait.seat, group)


def place(story: Unfolding, seat: str, group: str) -> None:
    """`seat` sits in `group` now. A last member who waited alone is no longer alone."""
    story.add(SeatPlaced(at=story.now, group=group, seat=seat))
    if not is_here(story.state, seat):
        one = story.circle(group)
        story.add(*turns.away(one.round, seat, story.now, story.now, group))
    one = story.circle(group)
    if one_tells(story.state) and one.stage == "telling":
        deal_lenses(story, group, "".join(one.round.ring[:1]))
    if one.stage == "telling" and one.step == "breath" and one.timer.kind == "open":
        story.add(BreathBegan(at=story.now, group=group))


def arrive(story: Unfolding, seat: str) -> None:
    """Somebody without a circle: into the smallest one while circles form and settle, else to the
    door of one that has room (1.6, *Door*). From the quiet minute on they wait with C."""
    state = story.state
    member = state.members.get(seat)
    if member is None or not placeable(member) or circle_of(state, seat) is not None:
        return
    if not in_round(state):
        return
    wait = waiting(state, seat)
    group = wait.group if wait is not None and still_wanted(state, wait) else wanted(state, seat)
    one = circle(state, group)
    if one is not None and one.stage == "settle":
        place(story, seat, group)
    elif wait is None or wait.group != group:
        admitted = wait is not None and wait.admitted
        story.add(SeatWaits(at=story.now, group=group, seat=seat, admitted=admitted))
        knock(story, group)


def still_wanted(state: State, wait: Waiting) -> bool:
    """Whether the circle somebody waits for still has a place for them."""
    one = circle(state, wait.group)
    if one is None or not one.seats or one.stage == "done":
        return False
    most = LARGEST if one.stage == "settle" else largest(state)
    return bool(wait.status) or len(one.seats) < most


def welcome(story: Unfolding) -> None:
    """Whoever still has no circle goes where there is room by now. After every decision."""
    if not in_round(story.state):
        return
    seated = {seat for one in story.state.circles for seat in one.seats}
    for seat in story.state.members:
        if seat not in seated:
            arrive(story, seat)


def knock(story: Unfolding, group: str) -> None:
    """If `group` is in a breath, its door is open already."""
    one = circle(story.state, group)
    if one is not None and one.seats and one.stage == "telling" and one.step == "breath":
        open_door(story, group)


def wanted(state: State, seat: str) -> str:
    """Which circle `seat` comes to ("" when none has room): the one it was in, else the smallest.

    While circles settle nobody is turned away; once they tell, a full one stays as it is.
    """
    stages = {one.id: one.stage for one in running(state) if one.stage in ("settle", "telling")}
    most = {id: LARGEST if at == "settle" else largest(state) for id, at in stages.items()}
    settling = [id for id, at in stages.items() if at == "settle"]
    return groups.door(seating(state), settling, most, state.homes.get(seat, ""))


# --- people go ----------------------------------------------------------------------------------


def leave_circle(story: Unfolding, seat: str) -> None:
    """`seat` leaves its circle: the order closes up, a host is found, a last member is not left
    alone."""
    one = circle_of(story.state, seat)
    if one is None:
        return
    speaking = one.step == "turn" and one.teller == seat
    story.add(*turns.leave(one.round, seat, story.now, one.id))
    story.add(SeatUnplaced(at=story.now, group=one.id, seat=seat))
    if one.host == seat:
        story.add(HostChosen(at=story.now, group=one.id, seat=new_host(story.state, one.id)))
    repair(story, one.id)
    if in_round(story.state):
        go_on(story, one.id, told=speaking)
        all_started(story)


def new_host(state: State, group: str) -> str:
    """Who goes on as host: a member who is willing and has already told (or, before the stories,
    is willing); "" is the autopilot (A1, *Facilitator leaves*)."""
    one = circle(state, group)
    if one is None:
        return ""
    people = [state.members[seat] for seat in one.seats if seat in state.members]
    if one.stage != "settle":
        people = [m for m in people if m.seat in state.tellers or m.facilitator]
    return grouping.host(people)


def repair(story: Unfolding, group: str) -> None:
    """A circle of one joins the smallest other circle at its next breath; where there is none,
    the last member keeps place and time and waits (G4, read as)."""
    one = story.circle(group)
    if not in_round(story.state):
        return
    if not one.seats and one.stage != "done":
        end_circle(story, group, "")
    if len(one.seats) != 1:
        return
    into = other(story.state, group)
    if into:
        end_circle(story, group, into)
    elif one.stage == "telling":
        if one.round.floor is not None:
            story.add(FloorReturned(at=story.now, group=group))
        story.add(BreathBegan(at=story.now, group=group, open=True))
        open_door(story, group)


def other(state: State, group: str) -> str:
    """The smallest circle but this one that is not done, full or not; "" when there is none."""
    counts = {one.id: len(one.seats) for one in running(state) if one.stage != "done"}
    return grouping.smallest(counts, None, group) or ""


def end_circle(story: Unfolding, group: str, into: str) -> None:
    """`group` is no more; its people, and who waited at its door, go to the door of `into`."""
    one = story.circle(group)
    waits = [wait.seat for wait in story.state.door if wait.group == group]
    story.add(CircleEnded(at=story.now, group=group, into=into))
    target = circle(story.state, into)
    if target is not None and target.stage == "settle":
        for seat in one.seats:
            place(story, seat, into)
    elif target is not None:
        knock(story, into)
    for seat in waits:
        arrive(story, seat)
