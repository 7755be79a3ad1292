"""The log: what a commit is, and the room's own events.

A commit is one decision: who asked, with which request, and the events that followed, the room's
own and an activity's. What they add up to is in `room_state.py`. No text a person typed is in a
commit: names, titles and words are references.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from activities.blocks import Words
from activities.consent import Scope
from activities.kernel import Before, Choice, Command, Event, Member
from rooms.agenda_items import AgendaEvent, AgendaItem, Frame
from rooms.board_events import BoardEvent
from rooms.hall_events import HallEvent
from rooms.helm import HelmEvent
from rooms.keeping import Keep
from rooms.lead import Lead
from rooms.memo_events import MemoEvent
from rooms.reminders import OwnersReminded
from rooms.rendering_events import RenderingEvent
from rooms.safety import SafetyEvent
from rooms.sealed import is_sealed, seal, unseal
from rooms.seats import Seat
from rooms.storage import Newer
from rooms.words_events import WordsEvent


class WordsKept(msgspec.Struct, frozen=True):
    """Provenance of a text: whose words, typed by whom, in which language, with the hash of the
    exact words."""

    ref: str
    seat: str
    entered_by: str = ""
    language: str = ""
    activity: str = ""
    digest: str = ""
    at: int = 0  # ms, 0 in rooms of before


class RoomOpened(Event, frozen=True, tag="room.opened"):
    """The room exists, with its organiser's seat and a plan."""

    title: str
    language: str
    zone: str
    confidentiality: str
    agenda: tuple[AgendaItem, ...]
    seat: Seat
    device: str
    digest: str
    links: dict[str, str]  # kind -> digest of the secret it was opened with
    frame: Frame = Frame()
    co_may_time: bool = True
    default_scope: Scope = "memo"
    keep: Keep = Keep()


class SeatTaken(Event, frozen=True, tag="seat.taken"):
    """Someone came in. With `digest` on a new device, else on the carrying `device`."""

    seat: Seat
    device: str
    digest: str = ""


class DeviceAdded(Event, frozen=True, tag="device.added"):
    """A further device speaks for a seat (recovery link, wall screen)."""

    seat: str
    device: str
    digest: str


class SeatChanged(Event, frozen=True, tag="seat.changed"):
    """The seat's record is now this."""

    seat: Seat


class SeatGone(Event, frozen=True, tag="seat.gone"):
    """Left by choice, or removed by a facilitator; `erased` also forgets the name."""

    seat: str
    removed: bool = False


class LeadChanged(Event, frozen=True, tag="lead.changed"):
    """The lead record is now this."""

    lead: Lead


class ActivityStarted(Event, frozen=True, tag="activity.started"):
    """An activity began with these people; everything its `initial` saw is here."""

    activity: str
    kind: str
    version: int
    settings: dict[str, Any]
    members: tuple[Member, ...]
    seat: str
    roles: tuple[str, ...]
    now: int
    dice: int
    epoch: int
    autopilot: bool
    before: Before = Before()  # empty unless the activity inherits
    key: str = ""  # words: the key of its tokens, when it has unnamed commands


class KeyDropped(Event, frozen=True, tag="activity.key_dropped"):
    """The activity takes no more answers; whose were whose cannot be told from now on."""

    activity: str
    words: str


class ActivitySkipped(Event, frozen=True, tag="activity.skipped"):
    """An agenda item was left out."""

    activity: str


class ActivityEvent(Event, frozen=True, tag="activity.event"):
    """One event of the activity itself, as it encodes it."""

    activity: str
    event: msgspec.Raw


class DoorSet(Event, frozen=True, tag="door.set"):
    """The door was opened or closed. `generation` counts renewals of the link and code."""

    open: bool
    generation: int = 1


class NoticeSaid(Event, frozen=True, tag="notice.said"):
    """A line to everybody."""

    text: str
    at: int


class DeskLineSaid(Event, frozen=True, tag="desk.said"):
    """A line on the private strip."""

    id: str
    seat: str
    at: int
    text: str = ""
    code: str = ""  # instead of a text: a one-tap line, or one of the room's own
    about: str = ""  # the seat such a line is about


class HelpAsked(Event, frozen=True, tag="help.asked"):
    """Someone asked for help; `about` may be empty."""

    seat: str
    about: str
    at: int


class HelpSeen(Event, frozen=True, tag="help.seen"):
    """A facilitator saw to it."""

    seat: str


class NoteAdded(Event, frozen=True, tag="note.added"):
    """The server made a card from words; the document holds the card."""

    document: str
    card: str
    kind: str
    section: str
    theme: str
    words: str
    seat: str
    entered_by: str
    activity: str
    group: str
    language: str
    scope: str
    at: int
    origin: str = ""
    order: str = ""  # among what stands there (`board_order.py`)
    photo: str = ""  # the picture it shows (`photos.py`)
    alt: str = ""  # words: what is on the picture
    faces: str = ""  # of the picture: "none" can be recognised, or all "agreed"


class NoteDeleted(Event, frozen=True, tag="note.deleted"):
    """A card was taken away by its author; its words are erased."""

    document: str
    card: str
    words: str


class NoteReworded(Event, frozen=True, tag="note.reworded"):
    """A theme has another title; the words it had are erased."""

    card: str
    words: str
    before: str


class ThemesMerged(Event, frozen=True, tag="board.themes_merged"):
    """All cards of `theme` stand under `into`, and `theme` is gone from the board; unless that is
    taken back, its title is erased after a minute (`NoteDeleted`)."""

    theme: str
    into: str


class ItemPlaced(Event, frozen=True, tag="board.item_placed"):
    """Words that an activity left behind stand under a theme, or under none."""

    words: str
    theme: str = ""


class NoteTicked(Event, frozen=True, tag="board.note_ticked"):
    """`seat` ticked a card of the board ("also ours"), or took the tick back."""

    card: str
    seat: str
    on: bool


class ThemeScored(Event, frozen=True, tag="board.theme_scored"):
    """So many dots lie on a theme; `runoff` orders equal ones."""

    theme: str
    votes: int
    runoff: int = 0


class ConsentChanged(Event, frozen=True, tag="consent.changed"):
    """The owner answered again, or withdrew (`choice` None)."""

    words: str
    seat: str
    choice: Choice | None
    outside: bool = False


class QuestionSet(Event, frozen=True, tag="memo.question_set"):
    """The question after a theme was edited (`words`) or confirmed as suggested (empty); the
    words it had (`before`) are erased."""

    theme: str
    words: str
    before: str = ""


class ProseSet(Event, frozen=True, tag="memo.prose_set"):
    """A facilitator wrote the prose of a section."""

    section: str
    words: str


class MemoSent(Event, frozen=True, tag="memo.sent"):
    """The memo went out to everyone. `places`: where words stood in it, by the id of what was
    printed; `sections`: all it had, in order; `before`: facilitators' words of the version people
    had until now, which are erased."""

    at: int
    places: dict[str, str] = msgspec.field(default_factory=dict)
    sections: tuple[str, ...] = ()
    by: str = ""
    before: tuple[str, ...] = ()


RoomEvent = (
    RoomOpened
    | SeatTaken
    | DeviceAdded
    | SeatChanged
    | SeatGone
    | LeadChanged
    | ActivityStarted
    | ActivitySkipped
    | KeyDropped
    | ActivityEvent
    | DoorSet
    | NoticeSaid
    | DeskLineSaid
    | HelpAsked
    | HelpSeen
    | NoteAdded
    | NoteDeleted
    | NoteReworded
    | ThemesMerged
    | ItemPlaced
    | NoteTicked
    | ThemeScored
    | ConsentChanged
    | QuestionSet
    | ProseSet
    | MemoSent
    | BoardEvent
    | HallEvent
    | AgendaEvent
    | HelmEvent
    | SafetyEvent
    | WordsEvent
    | OwnersReminded
    | MemoEvent
    | RenderingEvent
)


VERSION: Final = 1
"""Of what a commit means. A reader of a lower one hands the room over (SCA5): raise it when an
event that older versions know is to be read otherwise. A new kind of event needs no raising, and a
new field only if it changes what the others say."""


class Commit(msgspec.Struct, frozen=True):
    """One entry of the log. `at` in ms; `v` is the `VERSION` it has to be read by."""

    seq: int
    at: int
    events: tuple[RoomEvent, ...]
    seat: str = ""
    entered_by: str = ""
    request: str = ""
    words: tuple[WordsKept, ...] = ()
    v: int = VERSION


_encoder = msgspec.json.Encoder(enc_hook=lambda value: _reference(value))
_decoder = msgspec.json.Decoder(Commit, dec_hook=lambda kind, value: _from_reference(kind, value))


def _reference(value: Any) -> Any:
    if isinstance(value, Words):
        return value.ref
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise NotImplementedError(type(value).__name__)


def _from_reference(kind: type, value: Any) -> Any:
    if kind is Words and isinstance(value, str):
        return Words(value)
    raise NotImplementedError(kind.__name__)


def encode_event(event: Event) -> msgspec.Raw:
    """An activity's event as the log keeps it: words as references."""
    return msgspec.Raw(_encoder.encode(event))


def decode_event(raw: msgspec.Raw, union: Any) -> Event:
    """An activity's event read from the log. Raises `msgspec.DecodeError` on a foreign one."""
    event: Event = msgspec.json.decode(raw, type=union, dec_hook=_from_reference)
    return event


def encode_command(command: Command) -> msgspec.Raw:
    """A command that waits in the log, such as a proposal: words as references."""
    return msgspec.Raw(_encoder.encode(command))


def decode_command(raw: msgspec.Raw, union: Any) -> Command:
    """A command read from the log. Raises `msgspec.DecodeError` on a foreign one."""
    command: Command = msgspec.json.decode(raw, type=union, dec_hook=_from_reference)
    return command


def settings_from(kept: Mapping[str, Any], kind: type[msgspec.Struct]) -> msgspec.Struct:
    """An activity's settings as it knows them; words are references. Raises
    `msgspec.ValidationError`."""
    made: msgspec.Struct = msgspec.convert(kept, kind, dec_hook=_from_reference)
    return made


def settings_to(settings: msgspec.Struct) -> dict[str, Any]:
    """Settings as agenda and log keep them."""
    kept: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=_reference)
    return kept


def encode(commit: Commit) -> bytes:
    """A commit as stored."""
    return seal(_encoder.encode(commit))


def decode(stored: bytes) -> Commit:
    """A stored commit. Raises `msgspec.DecodeError` when it is none or was damaged, and `Newer`
    when it is whole and only a newer version understands it."""
    body = unseal(stored)
    try:
        commit: Commit = _decoder.decode(body)
    except msgspec.DecodeError as error:
        if is_sealed(stored):
            raise Newer(f"a commit: {error}") from error
        raise
    if commit.v > VERSION:
        raise Newer(f"commit {commit.seq} is of version {commit.v}")
    return commit
