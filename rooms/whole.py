"""The whole of a room as a value: its own state and every activity's, advanced by commits alone."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from activities.kernel import (
    Activity,
    Command,
    ConsentGiven,
    Deadline,
    Event,
    Group,
    Job,
    Moment,
    Refused,
    WordsErased,
    step,
)
from activities.phases import PAUSED
from rooms import board_desk, commits, room_state, words_state
from rooms.commits import ActivityEvent, ActivityStarted, Commit, RoomEvent
from rooms.room_state import RoomState
from rooms.storage import Newer

Activities = Mapping[str, Activity[Any]]


class Running(msgspec.Struct, frozen=True):
    """An activity instance: which activity, and its state."""

    kind: str
    state: Any


class Whole(msgspec.Struct, frozen=True, dict=True):
    """Everything the log says."""

    room: RoomState = RoomState()
    running: Mapping[str, Running] = msgspec.field(default_factory=dict)


def apply(whole: Whole, commit: Commit, activities: Activities) -> Whole:
    """The whole after a commit (`methods.md G7`). Raises `Newer` when it is about an activity, or
    a version of one, that is not here."""
    running = dict(whole.running)
    room = room_state.evolve(whole.room, commit)
    if room.agenda is not whole.room.agenda:
        for item in room.agenda:
            if item.kind not in activities:
                raise Newer(f"an activity {item.kind!r} on the agenda")
    for event in commit.events:
        try:
            room = _apply_activity(room, running, event, activities, commit)
        except msgspec.DecodeError as error:  # also of settings; the commit itself is whole
            raise Newer(f"an event of an activity: {error}") from error
    room = _note_end(room, running, commit.at, activities)
    room = words_state.sent_again(whole.room, _note_step(room, running, activities))
    return Whole(room, running)


def _note_end(
    room: RoomState, running: Mapping[str, Running], at: int, activities: Activities
) -> RoomState:
    """Remember when the current activity was over."""
    id = room.current
    if not id or id in room.ended or not activities[running[id].kind].closed(running[id].state):
        return room
    return msgspec.structs.replace(room, ended={**room.ended, id: at})


def _note_step(
    room: RoomState, running: Mapping[str, Running], activities: Activities
) -> RoomState:
    """A checkpoint of the board where an activity began or went on to another phase (BRD7)."""
    if not (id := room.current):
        return room
    step = (id, activities[running[id].kind].phase(running[id].state, ""))
    if step == room.board.step or step[1] == PAUSED:
        return room
    board = msgspec.structs.replace(room.board, step=step)
    room = msgspec.structs.replace(room, board=board)
    return room_state.with_checkpoint(room, room, room.seq, room.last)


def _apply_activity(
    room: RoomState,
    running: dict[str, Running],
    event: RoomEvent,
    activities: Activities,
    commit: Commit,
) -> RoomState:
    if isinstance(event, ActivityStarted):
        running[event.activity] = Running(event.kind, begin(event, activities))
    elif isinstance(event, ActivityEvent):
        here = running[event.activity]
        activity = activities[here.kind]
        inner = commits.decode_event(event.event, activity.event_union())
        running[event.activity] = Running(here.kind, activity.evolve(here.state, inner))
        if isinstance(inner, ConsentGiven):
            room = words_state.consent_given(room, inner, commit.at)
            if commit.entered_by:
                room = words_state.said_aloud(room, inner.words.ref, commit)
        elif isinstance(inner, WordsErased):
            room = words_state.without_words(room, (words.ref for words in inner.words))
    return room


def begin(event: ActivityStarted, activities: Activities) -> Any:
    """The first state of an activity, from what the log kept of its beginning. Raises `Newer`."""
    activity = activities.get(event.kind)
    if activity is None or event.version > activity.version:
        raise Newer(f"the activity {event.kind!r} in version {event.version}")
    settings = commits.settings_from(event.settings, activity.settings)
    moment = Moment(
        seat=event.seat,
        roles=frozenset(event.roles),
        now=event.now,
        dice=event.dice,
        epoch=event.epoch,
        autopilot=event.autopilot,
        before=event.before,
    )
    return activity.initial(settings, event.members, moment)


class Draft:
    """A commit in the making: each event changes the copy at once, so that later decisions see
    it."""

    def __init__(
        self, whole: Whole, activities: Activities, now: int, entered_by: str = ""
    ) -> None:
        self.activities = activities
        self.now = now
        self._entered_by = entered_by
        self.room = whole.room
        self.running = dict(whole.running)
        self.events: list[RoomEvent] = []
        self.inner: list[tuple[str, Event]] = []  # activity events as values, for effects
        self.unnamed = ""  # activity: the commit keeps no seat, no request, nobody who typed it

    def add(self, event: RoomEvent) -> None:
        """Record one event."""
        self.events.append(event)
        commit = Commit(
            seq=self.room.seq, at=self.now, events=(event,), entered_by=self._entered_by
        )
        self.room = room_state.evolve(self.room, commit)
        self.room = _apply_activity(self.room, self.running, event, self.activities, commit)

    def tell(self, id: str, command: Command, moment: Moment) -> None:
        """Let the activity `id` decide a command. Raises `Refused`."""
        here = self.running[id]
        events, _ = step(self.activities[here.kind], here.state, command, moment)
        for event in events:
            self.inner.append((id, event))
            self.add(ActivityEvent(activity=id, event=commits.encode_event(event)))
            for follows in board_desk.following(self.room, id, event):
                self.add(follows)

    def current(self) -> str:
        """The id of the activity that is running now, or ""."""
        id = self.room.current
        if id and not self.activities[self.running[id].kind].closed(self.running[id].state):
            return id
        return ""

    def tell_current(self, command: Command, moment: Moment) -> None:
        """Tell the running activity something about people; one that cannot use it changes
        nothing."""
        if id := self.current():
            try:
                self.tell(id, command, moment)
            except Refused:
                return


def current(whole: Whole, activities: Activities) -> str:
    """The id of the activity that is running now, or ""."""
    id = whole.room.current
    if not id or activities[whole.running[id].kind].closed(whole.running[id].state):
        return ""
    return id


def deadline(whole: Whole, activities: Activities) -> tuple[str, Deadline] | None:
    """When the running activity's clock speaks next."""
    if not (id := current(whole, activities)):
        return None
    due = activities[whole.running[id].kind].deadline(whole.running[id].state)
    return None if due is None else (id, due)


def work(whole: Whole, activities: Activities) -> tuple[str, Job] | None:
    """What the running activity wants computed off the loop."""
    if not (id := current(whole, activities)):
        return None
    job = activities[whole.running[id].kind].work(whole.running[id].state)
    return None if job is None else (id, job)


def groups(whole: Whole, activities: Activities) -> tuple[Group, ...]:
    """Every circle and pair of every activity so far, with room-wide ids ("a2-c1")."""
    # Asked for with every frame and for every view: kept with the value it is read from.
    known: tuple[Group, ...] | None = whole.__dict__.get("groups")
    if known is None:
        known = whole.__dict__["groups"] = tuple(_groups(whole, activities))
    return known


def _groups(whole: Whole, activities: Activities) -> Iterator[Group]:
    for id, here in whole.running.items():
        activity = activities[here.kind]
        over = activity.closed(here.state)
        for group in activity.groups(here.state):
            yield msgspec.structs.replace(group, id=f"{id}-{group.id}", closed=group.closed or over)
