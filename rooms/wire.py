"""Every message and close code of the wire; the source of `web/src/wire.ts` and of
`docs/protocol.md`.

Room-level commands come from people; their tags are spelled as in `methods.md`. An activity's
commands are its own. Ids, epochs and times are what the sender's screen showed. Text is `Words`: a
string on the wire, a reference after decoding. Server messages travel as Hocuspocus *stateless*
payloads on the document `{room}`.
"""

from typing import Any, Final, Literal

import msgspec

from activities.blocks import AnyBlock, Line, Who, Words
from activities.kernel import Choice, Command, Cut, LeadCommand, Lens, Where
from rooms.wire_agenda import AgendaCommand, AgendaRow, PlanMessage, PlannedRest, PlanTimes
from rooms.wire_board import BoardCommand
from rooms.wire_hall import DeviceMessage, HallCommand, Table
from rooms.wire_helm import Baton, Bridge, Debrief, DutyRow, HelmCommand, ProposalRow
from rooms.wire_memo import MemoCommand, MemoMark
from rooms.wire_renderings import RenderingCommand
from rooms.wire_safety import SafetyCommand
from rooms.wire_words import Digest, MemoPlace, WordsCommand

# Limits, each with its reason

TEXT_LIMIT: Final = 4_000
"""Characters in one text of a command: two pages; more belongs in a document."""

NAME_LIMIT: Final = 60
"""Characters of a person's or organisation's name: fits a ring label and a table row."""

TITLE_LIMIT: Final = 120
"""Characters of a room's title: two lines on a phone."""

COMMAND_LIMIT: Final = 32_768
"""Bytes of one command as JSON: the longest release card with five texts in a four-byte script
fits."""

NESTING_LIMIT: Final = 16
"""Depth of JSON accepted from a client; our deepest command needs 4."""


class Goodbye(Exception):
    """Ends a session. `retry` tells the page whether coming back by itself makes sense."""

    def __init__(self, code: int, reason: str, retry: bool) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.retry = retry


CLOSE_CODES: Final = {
    1001: "The server is going away; come back at once.",
    1008: "Something on the wire was not as agreed.",
    1009: "A message was larger than the wire allows.",
    1011: "The server tripped; come back.",
    4401: "No valid seat: ask for one again.",
    4403: "Not yours to open.",
    4404: "There is no such room.",
    4408: "Nothing was said in time.",
    4410: "The room is closed or forgotten.",
    4411: "This seat has moved to another device.",
    4429: "Too much at once; come back in a while.",
    4503: "This process is full or restarting; come back.",
}

# Commands to the room


class LeadOffer(LeadCommand, frozen=True, tag="lead.offer"):
    """The lead offers the lead to a present facilitator (`methods.md A5`)."""

    to: str


class LeadAccept(Command, frozen=True, tag="lead.accept"):
    """The offered facilitator accepts; `epoch` is the offer's."""

    epoch: int


class LeadDecline(Command, frozen=True, tag="lead.decline"):
    """The offered facilitator declines, or the lead takes the offer back."""

    epoch: int


class LeadRequest(Command, frozen=True, tag="lead.request"):
    """A co-facilitator asks for the lead; nothing changes until the lead offers."""


class LeadTake(Command, frozen=True, tag="lead.take"):
    """A present co-facilitator takes over from a lead who has been away 30 s (ruling *Lead*)."""

    epoch: int


class LeadVolunteer(Command, frozen=True, tag="lead.volunteer"):
    """A willing member becomes peer lead after five minutes without any facilitator."""

    epoch: int


class ActivityStart(LeadCommand, frozen=True, tag="activity.start"):
    """Start the agenda item `item` (only when nothing runs)."""

    item: str


class ActivitySkip(LeadCommand, frozen=True, tag="activity.skip"):
    """Leave the agenda item out."""

    item: str


class SeatLeave(Command, frozen=True, tag="seat.leave"):
    """I leave by choice."""


class SeatReturn(Command, frozen=True, tag="seat.return"):
    """I come back after leaving: the same seat, order, words and consent (G9)."""


class SeatName(Command, frozen=True, tag="seat.name"):
    """Change my own name."""

    name: Words


class SeatLanguage(Command, frozen=True, tag="seat.language"):
    """Change the language of my screen (BCP 47)."""

    language: str


class SeatWilling(Command, frozen=True, tag="seat.willing"):
    """I am willing to host a circle, or no longer."""

    willing: bool


class SeatDealIn(Command, frozen=True, tag="seat.deal"):
    """A facilitator takes a place in groups, or leaves it."""

    dealt_in: bool


class SeatRole(LeadCommand, frozen=True, tag="seat.role"):
    """Make a participant co-facilitator, shadow or interpreter, or one of them participant."""

    seat: str
    role: Literal["facilitator", "participant", "observer", "interpreter"]


class SeatRemove(LeadCommand, frozen=True, tag="seat.remove"):
    """Remove a person: every token of the seat ends at once. `cards`: what they wrote stays, or is
    hidden until restored."""

    seat: str
    cards: Literal["keep", "hide"] = "keep"


class DoorOpen(LeadCommand, frozen=True, tag="door.open"):
    """New people may come in."""


class DoorClose(LeadCommand, frozen=True, tag="door.close"):
    """Nobody new comes in; seats that exist keep working."""


class HelpAsk(Command, frozen=True, tag="help.ask"):
    """Ask the facilitators for help, privately; `about` may be empty."""

    about: Words | None = None


class HelpAnswer(LeadCommand, frozen=True, tag="help.answer"):
    """A facilitator has seen to it."""

    seat: str


class RoomSay(LeadCommand, frozen=True, tag="say.all"):
    """One line to everybody's screen."""

    text: Words


class DeskSay(Command, frozen=True, tag="desk.say"):
    """One line on the facilitators' private strip."""

    text: Words


class ConsentRelease(Command, frozen=True, tag="consent.release"):
    """My answer to the release card for words of mine, at any time."""

    words: str
    choice: Choice
    outside: bool = False
    exact: Digest = ""  # of the words that were shown; others need another answer


class ConsentWithdraw(Command, frozen=True, tag="consent.withdraw"):
    """Take words of mine back out of the memo."""

    words: str


class MemoQuestion(Command, frozen=True, tag="memo.question"):
    """A facilitator edits (with text) or confirms (without) the question after a theme."""

    theme: str
    text: Words | None = None


class MemoProse(Command, frozen=True, tag="memo.prose"):
    """A facilitator writes the prose of a place of the memo; kept by its id, never overwritten by
    the generator (ME3)."""

    section: str
    text: Words


class MemoSend(LeadCommand, frozen=True, tag="memo.send"):
    """Send the memo to everyone; refused while something is missing (ME6)."""


RoomCommand = (
    LeadOffer
    | LeadAccept
    | LeadDecline
    | LeadRequest
    | LeadTake
    | LeadVolunteer
    | ActivityStart
    | ActivitySkip
    | Cut
    | SeatLeave
    | SeatReturn
    | SeatName
    | SeatLanguage
    | SeatWilling
    | SeatDealIn
    | SeatRole
    | SeatRemove
    | DoorOpen
    | DoorClose
    | HelpAsk
    | HelpAnswer
    | RoomSay
    | DeskSay
    | BoardCommand
    | RenderingCommand
    | ConsentRelease
    | ConsentWithdraw
    | MemoQuestion
    | MemoProse
    | MemoSend
    | HallCommand
    | AgendaCommand
    | HelmCommand
    | SafetyCommand
    | WordsCommand
    | MemoCommand
)

# From a client


class ClientCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command as sent: `request` is the sender's own id, unique in the room; a resent one is
    answered, not repeated."""

    request: str
    command: msgspec.Raw
    activity: str | None = None
    seat: str | None = None


class ClientLens(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which screen this device shows for a seat; by default facilitators get "panel", screens
    "screen", others "seat"."""

    lens: Lens
    seat: str | None = None


# To a client


class Person(msgspec.Struct, frozen=True):
    """One row of the people list, as this viewer may see it (`group`, `note` for facilitators
    only)."""

    seat: str
    name: Who
    where: Where
    presence: Literal["here", "away", "gone", "waiting"]  # waiting: at the door
    role: str
    since: int = 0  # ms, when away
    group: Line | None = None
    note: Line | None = None
    help: bool = False
    about: Words | None = None  # what help is about
    hidden: bool = False  # something of this seat is hidden; facilitators only


class LeadInfo(msgspec.Struct, frozen=True):
    """Who leads, as everyone may know it."""

    lead: str
    acting: str  # seat id, or "autopilot"
    epoch: int
    name: Who | None = None
    offered_to: str = ""
    offer_ends: int | None = None
    asked: tuple[str, ...] = ()  # co-facilitators who asked for the lead
    peer: bool = False  # a participant leads, with limited rights


class RoomInfo(msgspec.Struct, frozen=True):
    """The frame round every view: the room itself."""

    title: Words
    lead: LeadInfo
    agenda: tuple[AgendaRow, ...]
    door: Literal["open", "ask", "closed"]
    here: int
    notice: Words | None = None  # the last line said to all
    notice_at: int = 0
    code: str = ""  # spoken code, while the door is open; for facilitators and screens
    confidentiality: Line | None = None
    kept: Line | None = None  # until when what is written here is kept
    tables: tuple[Table, ...] = ()  # shared devices, for facilitators
    call: Words | None = None  # where the room talks, as it was typed; for facilitators
    plan: PlanTimes | None = None
    frozen: Line | None = None  # why nobody can write just now
    memo: MemoMark | None = None  # for facilitators, and for everybody once it is sent
    bridge: Bridge | None = None
    waiting: int = 0  # people at the door; facilitators only, as all that follows
    co_time: bool = True
    duties: tuple[DutyRow, ...] = ()
    baton: Baton | None = None  # for who leads and who leads next
    rest: PlannedRest | None = None


class ActivityInfo(msgspec.Struct, frozen=True):
    """Which activity a view is of."""

    id: str
    kind: str
    phase: str
    title: Line | None = None


class ViewMessage(msgspec.Struct, frozen=True, tag_field="type", tag="view"):
    """What a seat sees and may do. Whole, never a change; only the newest matters."""

    seat: str
    lens: Lens
    seq: int
    now: int
    activity: ActivityInfo | None
    ends_at: int | None
    blocks: tuple[AnyBlock, ...]
    may: tuple[dict[str, Any], ...]
    room: RoomInfo
    place: Line | None = None
    sub: Line | None = None
    documents: tuple[str, ...] = ()  # what this seat may open now, without the room's prefix
    authors: dict[str, str] = {}  # card -> seat: whose cards without a name are, if it may know


class PeopleMessage(msgspec.Struct, frozen=True, tag_field="type", tag="people"):
    """Who is here."""

    seq: int
    now: int
    people: tuple[Person, ...]


class DeskLine(msgspec.Struct, frozen=True):
    """One line of the private strip."""

    id: str
    who: Who
    at: int
    text: Line | Words
    code: str = ""  # of a one-tap line


class DeskMessage(msgspec.Struct, frozen=True, tag_field="type", tag="desk"):
    """The private strip of facilitators and shadows, never exported (G8): lines, the log of
    proposals, and after the last activity the facilitators' debrief (facilitators only)."""

    seq: int
    now: int
    lines: tuple[DeskLine, ...]
    watcher: str = ""  # who reads the strip
    proposals: tuple[ProposalRow, ...] = ()
    debrief: Debrief | None = None


class MyWords(msgspec.Struct, frozen=True):
    """Words of this seat that could be quoted, with their consent and where they stand."""

    words: str
    text: Words
    kind: str
    state: str
    scope: str
    attribution: str
    in_memo: bool
    story: str = ""
    unheard: bool = False  # said aloud, and no second person has confirmed it yet
    by: Who | None = None  # who wrote it down for me
    digest: str = ""  # of these exact words: what an answer is for
    gone: bool = False  # refused or taken back, and deleted; it may be written anew
    until: int = 0  # ms: when it is deleted, after a no
    card: bool = False  # a card of a board
    own: bool = True  # exact words; the rest may be printed without an answer
    verbal: str = ""  # the seat that heard the answer given aloud
    places: tuple[MemoPlace, ...] = ()  # where it stands in the memo, on `GET .../words` only


class WordsMessage(msgspec.Struct, frozen=True, tag_field="type", tag="words"):
    """My words: everything of mine that could be quoted. `kept_until` and `memo_until` (ms): when
    the board and the memo are deleted; `sent`: people have the memo already; `asked_until` (ms):
    the memo waits for answers until then, 0 when it does not."""

    seat: str
    seq: int
    now: int
    words: tuple[MyWords, ...]
    kept_until: int = 0
    memo_until: int = 0
    sent: bool = False
    asked_until: int = 0


class DoneMessage(msgspec.Struct, frozen=True, tag_field="type", tag="done"):
    """The command of `request` is in the log."""

    request: str
    seq: int
    now: int


class RefusedMessage(msgspec.Struct, frozen=True, tag_field="type", tag="refused"):
    """The command was not done, or (`document`) an update was not applied. `message` is one plain
    sentence. `again`: only because nothing can be saved at the moment; the page keeps it and sends
    it again by itself."""

    seq: int
    now: int
    reason: str
    message: str
    request: str = ""
    document: str = ""
    again: bool = False


class ByeMessage(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The session ends; with `retry` false the page must not come back by itself."""

    seq: int
    now: int
    code: int
    reason: str
    retry: bool


ServerMessage = (
    ViewMessage
    | PeopleMessage
    | DeskMessage
    | WordsMessage
    | DeviceMessage
    | DoneMessage
    | RefusedMessage
    | ByeMessage
    | PlanMessage
)
