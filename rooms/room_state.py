"""What all commits of a room add up to, apart from the activities' own states.

Replaying the log gives the same state (`methods.md G7`); each event has one place here that says
what it changes.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, get_args

import msgspec
from msgspec.structs import replace

from activities import consent
from rooms import (
    agenda_items,
    board_state,
    memo_states,
    reminders,
    rendering_events,
    words_state,
)
from rooms import helm as helms
from rooms import safety as safeties
from rooms.agenda_items import AgendaItem, Plan
from rooms.board_events import (
    BoardEvent,
    BoardRestored,
    BoardStepped,
    BoardUndone,
    NotesShared,
    NotesUnshared,
    Placing,
)
from rooms.board_state import Board
from rooms.commits import (
    ActivityEvent,
    ActivitySkipped,
    ActivityStarted,
    Commit,
    ConsentChanged,
    DeskLineSaid,
    DeviceAdded,
    DoorSet,
    HelpAsked,
    HelpSeen,
    ItemPlaced,
    KeyDropped,
    LeadChanged,
    MemoSent,
    NoteAdded,
    NoteDeleted,
    NoteReworded,
    NoteTicked,
    NoticeSaid,
    ProseSet,
    QuestionSet,
    RoomEvent,
    RoomOpened,
    SeatChanged,
    SeatGone,
    SeatTaken,
    ThemeScored,
    ThemesMerged,
    WordsKept,
)
from rooms.hall_events import (
    HALL_EVENTS,
    CallSet,
    ConsentHeard,
    Hall,
    HallEvent,
    SeatMoved,
    hall_after,
    moved,
)
from rooms.helm import Helm, HelmEvent
from rooms.keeping import Keep
from rooms.lead import Lead, facilitator_added
from rooms.memo_events import MEMO_EVENTS, CommentTakenBack
from rooms.memo_states import MemoStand
from rooms.safety import Safety, SafetyEvent
from rooms.seats import CARRIED, Device, Seat
from rooms.words_events import WORDS_EVENTS, ConsentScoped, WordsWritten
from rooms.words_state import WordsConsent, consent_changed, said_aloud


class RoomState(msgspec.Struct, frozen=True, dict=True):
    """What all commits add up to, apart from the activities' own states, which `Whole` keeps beside
    it."""

    seq: int = 0
    opened: int = 0
    last: int = 0
    title: str = ""
    language: str = "en"
    zone: str = "UTC"
    confidentiality: str = "circle"
    plan: Plan = Plan()
    current: str = ""
    started: Mapping[str, int] = msgspec.field(default_factory=dict)
    ended: Mapping[str, int] = msgspec.field(default_factory=dict)
    keys: Mapping[str, str] = msgspec.field(default_factory=dict)  # of tokens (`unnamed.py`)
    skipped: tuple[str, ...] = ()
    seats: Mapping[str, Seat] = msgspec.field(default_factory=dict)
    digests: Mapping[str, str] = msgspec.field(default_factory=dict)  # token digest -> device
    lead: Lead = Lead(lead="", acting="")
    door: bool = True
    generation: int = 1
    notice: str = ""
    notice_at: int = 0
    desk: tuple[DeskLineSaid, ...] = ()
    help: Mapping[str, HelpAsked] = msgspec.field(default_factory=dict)
    words: Mapping[str, WordsKept] = msgspec.field(default_factory=dict)
    consents: Mapping[str, WordsConsent] = msgspec.field(default_factory=dict)
    notes: Mapping[str, NoteAdded] = msgspec.field(default_factory=dict)
    photos: Mapping[str, str] = msgspec.field(default_factory=dict)  # ever shown -> words: its alt
    shared: frozenset[str] = frozenset()  # cards of circles whose authors gave them to the board
    placed: Mapping[str, str] = msgspec.field(default_factory=dict)  # words, no card -> theme
    ticks: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # words -> seats
    renderings: rendering_events.Renderings = msgspec.field(default_factory=dict)
    scores: Mapping[str, ThemeScored] = msgspec.field(default_factory=dict)
    questions: Mapping[str, str] = msgspec.field(default_factory=dict)
    prose: Mapping[str, str] = msgspec.field(default_factory=dict)
    reminded: Mapping[str, int] = msgspec.field(default_factory=dict)
    sent: int = 0
    withdrawals: int = 0
    default_scope: consent.Scope = "memo"  # of insights, questions, practices (`methods.md` 1.8)
    keep: Keep = Keep()
    kept_from: int = 0  # ms: the planned day, as the first guest read it (KEP1)
    written: Mapping[str, WordsWritten] = msgspec.field(default_factory=dict)  # by a scribe
    gone: frozenset[str] = frozenset()  # refused or withdrawn words whose text is deleted
    memo_version: int = 0  # of what people have: 1 once sent, more with every change after that
    sent_places: Mapping[str, str] = msgspec.field(default_factory=dict)  # source id -> section
    changed_since_sent: tuple[str, ...] = ()  # sections; "" for words given after it was sent
    memo: MemoStand = MemoStand()
    board_gone: bool = False  # the date of the raw board has come
    helm: Helm = Helm()
    safety: Safety = Safety()
    hall: Hall = Hall()
    board: Board = Board()

    @property
    def agenda(self) -> tuple[AgendaItem, ...]:
        """The items of the plan, in order."""
        return self.plan.items

    @property
    def has_guests(self) -> bool:
        """Whether anybody but facilitators ever came, and read until when things are kept."""
        return any(seat.role not in ("facilitator", "screen") for seat in self.seats.values())

    @property
    def begun(self) -> frozenset[str]:
        """Items of the plan that were started or left out."""
        return frozenset((*self.started, *self.skipped))

    def device(self, digest: str) -> Device | None:
        """The device whose token has this digest, with the seats it still speaks for."""
        if (id := self.digests.get(digest)) is None:
            return None
        return self.device_by_id(id)

    def device_by_id(self, id: str) -> Device:
        """The device with this id; its seats that are not removed: whose device it is first, then
        those it carries, in order of coming."""
        return Device(id, self.devices.get(id, ()))

    @cached_property
    def devices(self) -> Mapping[str, tuple[str, ...]]:
        """Every device with its seats, as in `device_by_id`."""
        # Asked for with every frame of every device.
        found: dict[str, tuple[str, ...]] = {}
        for seat in self.seats.values():
            for device in seat.devices if seat.status != "removed" else ():
                found[device] = (*found.get(device, ()), seat.id)

        def guest(id: str) -> bool:
            seat = self.seats[id]
            return seat.where in CARRIED or seat.status != "in"

        return {
            device: tuple(sorted(ids, key=guest)) if len(ids) > 1 else ids
            for device, ids in found.items()
        }


def evolve(state: RoomState, commit: Commit) -> RoomState:
    """The state after a commit. Total; activities' own events are evolved beside it."""
    if commit.words:
        state = replace(state, words={**state.words, **{w.ref: w for w in commit.words}})
    before = state
    for event in commit.events:
        was, state = state, _evolve(state, event, commit.at)
        if (
            commit.entered_by
            and isinstance(event, ConsentChanged | ConsentScoped)
            and words_state.lets_go(was, event)
        ):
            state = said_aloud(state, event.words, commit)
    return replace(_remembered(before, state, commit), seq=commit.seq, last=commit.at)


def _remembered(before: RoomState, state: RoomState, commit: Commit) -> RoomState:
    """With the number of the commit at what it moved, and a checkpoint before what it restored."""
    moved = [id for event in commit.events for id in _touched(event)]
    if moved:
        known = {**state.board.moved, **dict.fromkeys(moved, commit.seq)}
        state = replace(state, board=replace(state.board, moved=known))
    for event in commit.events:
        match event:
            case BoardRestored():
                state = with_checkpoint(state, before, before.seq, commit.at, restore=True)
            case BoardStepped():
                step = _step_of(before, event, commit)
                state = replace(state, board=board_state.stepped(state.board, step))
            case BoardUndone():
                state = replace(state, board=board_state.undone(state.board, event.to))
            case _:
                pass
    return state


def _step_of(before: RoomState, done: BoardStepped, commit: Commit) -> board_state.Step:
    notes = (before.notes[card] for card in done.cards if card in before.notes)
    moved = before.board.moved
    return board_state.Step(
        at=commit.seq,
        seat=commit.seat,
        done=done,
        places=tuple(Placing(n.card, n.section, n.theme, n.order) for n in notes),
        moved={card: moved[card] for card in (*done.cards, done.merged) if card in moved},
        ticks=before.ticks.get(done.merged, ()),
        others=before.ticks.get(done.into, ()),
        items=tuple(w for w, at in before.placed.items() if done.merged and at == done.merged),
    )


def _touched(event: RoomEvent) -> tuple[str, ...]:
    if isinstance(event, NoteReworded):
        return (event.card,)
    return board_state.touched(event)


def with_checkpoint(
    state: RoomState, board: RoomState, at: int, time: int, *, restore: bool = False
) -> RoomState:
    """`state` with a checkpoint of `board`: how it was after commit `at`."""
    activity, step = state.board.step
    made = board_state.Checkpoint(at, time, activity, step, board.notes, board.shared, restore)
    return replace(state, board=board_state.checkpointed(state.board, made))


def _with_seat(state: RoomState, seat: Seat) -> RoomState:
    return replace(state, seats={**state.seats, seat.id: seat})


def _evolve(state: RoomState, event: RoomEvent, at: int) -> RoomState:
    match event:
        case RoomOpened():
            return replace(
                state,
                opened=at,
                title=event.title,
                language=event.language,
                zone=event.zone,
                confidentiality=event.confidentiality,
                plan=agenda_items.opened(event.agenda, event.frame),
                seats={event.seat.id: event.seat},
                digests={event.digest: event.device},
                lead=Lead(lead=event.seat.id, acting=event.seat.id),
                helm=Helm(co_time=event.co_may_time),
                default_scope=event.default_scope,
                keep=event.keep,
                kept_from=max(at, event.frame.starts),
            )
        case SeatTaken():
            state = _with_seat(state, event.seat)
            if event.digest:
                state = replace(state, digests={**state.digests, event.digest: event.device})
            if event.seat.role == "facilitator":
                state = replace(state, lead=facilitator_added(state.lead, event.seat.id))
            return state
        case DeviceAdded():
            seat = state.seats[event.seat]
            state = _with_seat(state, replace(seat, devices=(*seat.devices, event.device)))
            return replace(state, digests={**state.digests, event.digest: event.device})
        case SeatChanged():
            state = _with_seat(state, event.seat)
            if event.seat.role == "facilitator":
                state = replace(state, lead=facilitator_added(state.lead, event.seat.id))
            elif event.seat.role != "observer":
                state = replace(state, helm=helms.without(state.helm, event.seat.id))
            return state
        case SeatGone():
            seat = state.seats[event.seat]
            how: Literal["left", "removed"] = "removed" if event.removed else "left"
            helps = {s: h for s, h in state.help.items() if s != event.seat}
            state = replace(state, helm=helms.without(state.helm, event.seat))
            return replace(_with_seat(state, replace(seat, status=how)), help=helps)
        case LeadChanged():
            if event.lead.acting != state.lead.acting:
                state = replace(state, helm=helms.lead_changed(state.helm, at))
            return replace(state, lead=event.lead)
        case ActivityStarted():
            plan = agenda_items.begun(state.plan) if not state.started else state.plan
            started = {**state.started, event.activity: event.now}
            keys = {**state.keys, event.activity: event.key} if event.key else state.keys
            memo = memo_states.begun(state.memo)
            return replace(
                state, current=event.activity, started=started, keys=keys, plan=plan, memo=memo
            )
        case KeyDropped():
            keys = {id: ref for id, ref in state.keys.items() if id != event.activity}
            return replace(state, keys=keys)
        case ActivitySkipped():
            return replace(state, skipped=(*state.skipped, event.activity))
        case ActivityEvent():
            return state
        case _ if isinstance(event, HALL_EVENTS):
            return _evolve_hall(state, event)
        case (
            agenda_items.AgendaItemPut()
            | agenda_items.AgendaItemMoved()
            | agenda_items.AgendaItemRemoved()
            | agenda_items.AgendaReplaced()
            | agenda_items.AgendaFramed()
        ):
            if isinstance(event, agenda_items.AgendaFramed) and not state.has_guests:
                state = replace(state, kept_from=max(state.opened, event.frame.starts))
            return replace(state, plan=agenda_items.evolve(state.plan, event, state.begun))
        case _:
            return _evolve_words(state, event, at)


def _evolve_hall(state: RoomState, event: HallEvent) -> RoomState:
    if isinstance(event, ConsentHeard):
        return _heard(state, event)
    seat = None if isinstance(event, CallSet) else state.seats.get(event.seat)
    state = replace(state, hall=hall_after(state.hall, event, seat))
    if isinstance(event, SeatMoved) and seat is not None:
        state = _with_seat(state, moved(seat, event))
        if event.digest:
            state = replace(state, digests={**state.digests, event.digest: event.device})
    return state


def _heard(state: RoomState, event: ConsentHeard) -> RoomState:
    kept = dict(state.consents)
    for ref in event.words:
        if (known := kept.get(ref)) is not None and known.unheard:
            given = replace(known.consent, state="given")
            kept[ref] = replace(known, consent=given, heard=event.by)
    return replace(state, consents=kept)


def _evolve_words(state: RoomState, event: RoomEvent, at: int) -> RoomState:
    match event:
        case DoorSet():
            return replace(state, door=event.open, generation=event.generation)
        case NoticeSaid():
            return replace(state, notice=event.text, notice_at=event.at)
        case DeskLineSaid():
            return replace(state, desk=(*state.desk, event)[-100:])
        case HelpAsked():
            return replace(state, help={**state.help, event.seat: event})
        case HelpSeen():
            return replace(state, help={s: h for s, h in state.help.items() if s != event.seat})
        case NoteAdded():
            if event.photo:
                state = replace(state, photos={**state.photos, event.photo: event.alt})
            return replace(state, notes={**state.notes, event.card: event})
        case NoteDeleted():
            left = {c: n for c, n in state.notes.items() if c != event.card}
            board = board_state.forgotten(state.board, event.card)
            ticks = {c: t for c, t in state.ticks.items() if c != event.card}
            return replace(state, notes=left, board=board, ticks=ticks)
        case NotesShared():
            return notes_shared(state, event)
        case NotesUnshared():
            return replace(state, shared=state.shared - frozenset(event.cards))
        case _ if isinstance(event, get_args(BoardEvent)):
            board, notes = board_state.evolve(state.board, state.notes, event)
            return replace(state, board=board, notes=notes)
        case NoteReworded() | ThemeScored() | ItemPlaced() | NoteTicked():
            return _board_changed(state, event)
        case ThemesMerged():
            return _themes_merged(state, event, at)
        case rendering_events.RenderingMade() | rendering_events.RenderingGone():
            made = rendering_events.evolve(state.renderings, event)
            lost = rendering_events.erased(event)
            return words_state.without_words(replace(state, renderings=made), (lost,))
        case ConsentChanged():
            state = consent_changed(state, event, at)
            return replace(state, reminded=reminders.answered(state.reminded, event.seat))
        case reminders.OwnersReminded():
            return replace(state, reminded=reminders.reminded(state.reminded, event))
        case QuestionSet():
            return replace(state, questions={**state.questions, event.theme: event.words})
        case ProseSet():
            return replace(state, prose={**state.prose, event.section: event.words})
        case MemoSent():
            return memo_states.sent(state, event)
        case _ if isinstance(event, MEMO_EVENTS):
            state = replace(state, memo=memo_states.evolve(state.memo, event))
            if isinstance(event, CommentTakenBack):
                state = words_state.without_words(state, (event.words,))
            return state
        case _ if isinstance(event, get_args(HelmEvent)):
            return replace(state, helm=helms.evolve(state.helm, event))
        case _ if isinstance(event, WORDS_EVENTS):
            return words_state.evolve(state, event)
        case _ if isinstance(event, get_args(SafetyEvent)):
            return replace(state, safety=safeties.evolve(state.safety, event))
        case _:
            return state


def _board_changed(
    state: RoomState,
    event: NoteReworded | ThemeScored | ItemPlaced | NoteTicked,
) -> RoomState:
    notes, ticks = state.notes, state.ticks
    match event:
        case NoteReworded(card=card) if card in notes:
            reworded = replace(notes[card], words=event.words)
            state = words_state.answers_moved(state, event.before, event.words, reworded.kind)
            return replace(state, notes={**notes, card: reworded})
        case ItemPlaced():
            return replace(state, placed={**state.placed, event.words: event.theme})
        case NoteTicked(card=card):
            others = tuple(seat for seat in ticks.get(card, ()) if seat != event.seat)
            now = (*others, event.seat) if event.on else others
            return replace(state, ticks={**ticks, card: now})
        case ThemeScored():
            return replace(state, scores={**state.scores, event.theme: event})
        case _:
            return state


def _themes_merged(state: RoomState, event: ThemesMerged, at: int) -> RoomState:
    theme, notes, ticks = event.theme, state.notes, state.ticks
    left = {
        card: replace(note, theme=event.into) if note.theme == theme else note
        for card, note in notes.items()
        if card != theme
    }
    placed = {w: event.into if t == theme else t for w, t in state.placed.items()}
    both = tuple(dict.fromkeys((*ticks.get(event.into, ()), *ticks.get(theme, ()))))
    kept = {c: seats for c, seats in ticks.items() if c != theme}
    if both and event.into:
        kept[event.into] = both
    board = state.board
    if theme in notes:
        gone = board_state.Taken(notes[theme], at, merged=True)
        board = replace(board, taken={**board.taken, theme: gone})
    return replace(state, notes=left, placed=placed, ticks=kept, board=board)


def notes_shared(state: RoomState, event: NotesShared) -> RoomState:
    """Their author let more people see cards: private ones stand in another document now, those of
    a circle also on the board. They came there at this moment; those that stood there before stand
    where they stood."""
    circle = event.document.removeprefix("group/") if event.document != "board" else ""
    moved: dict[str, NoteAdded] = {}
    copied: set[str] = set()
    for card, origin in event.cards:
        if (note := state.notes.get(card)) is None:
            continue
        here = replace(note, section=event.section, theme="", order="", at=event.at)
        if origin.startswith("group/"):
            copied.add(card)
            moved[card] = note if note.order else here
        else:
            scope = "circle" if circle else state.default_scope
            moved[card] = replace(here, document=event.document, group=circle, scope=scope)
    return replace(state, notes={**state.notes, **moved}, shared=state.shared | copied)
