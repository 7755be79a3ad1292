"""What the room itself decides: the lead, seats, the door, help, notes, consent, the memo's
questions.

One small function per noun; each adds events to a `Draft` or raises `Refused`. The caller has
already checked that the
sender's device speaks for the seat. Nothing here does I/O.
"""

from collections.abc import Callable
from typing import assert_never, get_args

from msgspec.structs import replace

from activities import board
from activities.blocks import Cards, Words, say
from activities.kernel import (
    Before,
    Choice,
    Command,
    Cut,
    LeadCommand,
    Member,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Moment,
    Refused,
)
from rooms import (
    agenda_desk,
    board_desk,
    commits,
    consent_desk,
    hall_desk,
    helm_desk,
    safety,
    safety_desk,
    wire,
    wire_agenda,
    wire_hall,
    wire_safety,
)
from rooms import lead as leads
from rooms.agenda import item_of, next_item
from rooms.agenda_desk import Pen
from rooms.documents import CARDS_PER_SEAT
from rooms.hats import autopilot, facilitators, roles_of
from rooms.offers import Standing
from rooms.presence import Presence
from rooms.room_view import BOARD_KINDS, seat_view
from rooms.seats import Seat, member
from rooms.whole import Draft, Whole
from rooms.wire_helm import DutySet, HelmCommand
from rooms.words import Mint, is_language

CO_MAY = (
    wire.RoomSay,
    wire.DoorOpen,
    wire.DoorClose,
    wire.HelpAnswer,
    DutySet,
    wire_safety.RoomFreeze,
    wire_safety.RoomUnfreeze,
    wire_safety.SeatHide,
    wire_safety.SeatRestore,
    wire_safety.DoorAsk,
    wire_safety.SeatAdmit,
    wire_safety.SeatRefuse,
    wire_safety.LinkRenew,
    wire_safety.LinkRevoke,
    wire_hall.RoomCall,
    wire_hall.SeatCarry,
)
"""Room-level facilitators' commands a co-facilitator may send too (door, help, voice to all,
safety)."""

SECTION_LIMIT = 100
"""Characters of a section's id: ids, never text."""

NOT_READY = say("Something is still missing in the memo. The list on its page says what.")

FACILITATOR_KINDS = (*BOARD_KINDS, "theme")


class Asking:
    """Who asks, when, and what the room knows beside its log."""

    def __init__(
        self,
        *,
        seat: Seat,
        entered_by: str,
        now: int,
        dice: int,
        presence: Presence,
        new_id: Callable[[], str],
        language: str,
        memo_ready: bool = False,
        new_key: Callable[[], str] = str,
        device: str = "",
        nonce: str = "",
        adopting: Callable[[str, int], str] = lambda _device, _since: "",
        pen: Pen | None = None,
        mint: Mint | None = None,
        cards: tuple[safety_desk.Card, ...] = (),
        all_cards: tuple[safety_desk.Card, ...] = (),
    ) -> None:
        self.seat = seat
        self.entered_by = entered_by
        self.now = now
        self.dice = dice
        self.presence = presence
        self.new_id = new_id
        self.language = language
        self.memo_ready = memo_ready
        self.mint = mint
        self.cards = cards  # what the seat a command is about made or changed of late
        self.all_cards = all_cards  # all of it
        self.pen = pen or Pen(lambda _: Words(""), lambda _: 0)
        self.new_key = new_key  # stores a key for tokens and gives its reference
        self.device = device
        self.nonce = nonce
        self.adopting = adopting

    def tell(self, draft: Draft) -> Callable[[str], None]:
        """What tells the running activity that somebody's record changed."""
        return lambda seat: _tell_changed(draft, draft.room.seats[seat], self)


def moment_of(draft: Draft, seat: Seat | None, now: int, dice: int) -> Moment:
    """The moment an activity sees: of a seat, or of the clock (None)."""
    state = draft.room
    roles = frozenset({"clock"}) if seat is None else roles_of(state, seat)
    return Moment(
        seat=seat.id if seat else "",
        roles=roles,
        now=now,
        dice=dice,
        epoch=state.lead.epoch,
        autopilot=autopilot(state),
    )


def members_of(draft: Draft, presence: Presence) -> tuple[Member, ...]:
    """Everyone an activity is told about when it starts."""
    return tuple(
        member_of(draft, s, presence)
        for s in draft.room.seats.values()
        if s.status == "in" and s.person
    )


def member_of(draft: Draft, seat: Seat, presence: Presence) -> Member:
    """A seat as the activities see it; people in the hall who share a device sit at one table (who
    is on the phone sits nowhere near whoever speaks for them)."""
    table = ""
    if seat.devices and seat.where != "phone":
        company = draft.room.device_by_id(seat.devices[0]).seats
        if sum(draft.room.seats[id].where != "phone" for id in company) > 1:
            table = seat.devices[0]
    kept = draft.room.words.get(seat.organisation)
    organisation = kept.digest if kept else ""
    return member(seat, here=presence.here(seat.id), table=table, organisation=organisation)


def decide(draft: Draft, command: Command, asking: Asking) -> None:
    """Decide a room-level command. Raises `Refused`."""
    if asking.seat.status == "waiting" and not isinstance(command, safety_desk.WAITING_MAY):
        raise Refused("not_present", safety_desk.AT_THE_DOOR)
    if asking.seat.status not in ("in", "waiting") and not isinstance(command, wire.SeatReturn):
        raise Refused("not_present")
    safety_desk.ensure_free(draft.room, asking.seat, helm_desk.tag(command))
    if isinstance(command, LeadCommand):
        _check_lead(draft, command, asking)
    match command:
        case wire.LeadOffer() | wire.LeadAccept() | wire.LeadDecline():
            _lead_by_offer(draft, command, asking)
        case wire.LeadRequest() | wire.LeadTake() | wire.LeadVolunteer():
            _lead_by_asking(draft, command, asking)
        case wire.ActivityStart() | wire.ActivitySkip() | Cut():
            _plan(draft, command, asking)
        case wire.SeatReturn():
            _return(draft, asking)
        case wire.SeatLeave() | wire.SeatRemove() | wire.SeatRole():
            _membership(draft, command, asking)
        case wire.SeatName() | wire.SeatLanguage() | wire.SeatWilling() | wire.SeatDealIn():
            _own_seat(draft, command, asking)
        case wire.DoorOpen():
            draft.add(commits.DoorSet(open=True, generation=draft.room.generation))
            if draft.room.safety.door_asks:
                draft.add(safety.DoorAsks(on=False))
        case wire.DoorClose():
            draft.add(commits.DoorSet(open=False, generation=draft.room.generation))
        case wire.HelpAsk() | wire.HelpAnswer():
            _help(draft, command, asking)
        case wire.RoomSay():
            draft.add(commits.NoticeSaid(text=command.text.ref, at=asking.now))
        case wire.DeskSay():
            helm_desk.ensure_strip(asking)
            draft.add(
                commits.DeskLineSaid(
                    id=asking.new_id(), seat=asking.seat.id, at=asking.now, text=command.text.ref
                )
            )
        case wire.NoteAdd() | wire.NoteMove() | wire.NoteDelete():
            _notes(draft, command, asking)
        case wire.ConsentRelease() | wire.ConsentWithdraw():
            _consent(draft, command, asking)
        case wire.MemoQuestion() | wire.MemoProse() | wire.MemoSend():
            _memo(draft, command, asking)
        case (
            wire_agenda.AgendaAdd()
            | wire_agenda.AgendaEdit()
            | wire_agenda.AgendaMove()
            | wire_agenda.AgendaRemove()
            | wire_agenda.AgendaUse()
            | wire_agenda.AgendaImport()
            | wire_agenda.AgendaFrame()
        ):
            agenda_desk.decide(draft, command, asking.seat, asking.pen)
        case _ if isinstance(command, wire_hall.HallCommand):
            hall_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(HelmCommand)):
            helm_desk.decide(draft, command, asking, decide, _tell_as_lead)
        case _ if isinstance(command, get_args(wire_safety.SafetyCommand)):
            safety_desk.decide(draft, command, asking, _came)
        case _:
            raise Refused("unknown")


def _tell_as_lead(draft: Draft, id: str, command: Command, asking: Asking) -> None:
    """An approved proposal of an activity's command, sent by the lead."""
    if id != draft.current():
        raise Refused("stale_phase")
    moment = moment_of(draft, asking.seat, asking.now, asking.dice)
    helm_desk.check_activity(draft, moment.roles, command)
    draft.tell(id, command, moment)


def _check_lead(draft: Draft, command: LeadCommand, asking: Asking) -> None:
    state = draft.room
    roles = roles_of(state, asking.seat)
    if not roles & {"lead", "co"}:
        raise Refused("not_allowed")
    if command.epoch != state.lead.epoch:
        raise Refused("stale_epoch")
    if "lead" not in roles and not isinstance(command, CO_MAY):
        raise Refused("not_allowed")
    if state.lead.peer and "lead" in roles and not helm_desk.peer_may(command):
        raise Refused("not_allowed")


def _facilitator(draft: Draft, asking: Asking) -> None:
    if asking.seat.role != "facilitator":
        raise Refused("not_allowed")


def _present(draft: Draft, asking: Asking) -> frozenset[str]:
    return frozenset(s.id for s in facilitators(draft.room) if asking.presence.here(s.id))


def _lead_by_offer(
    draft: Draft, command: wire.LeadOffer | wire.LeadAccept | wire.LeadDecline, asking: Asking
) -> None:
    record, me, now = draft.room.lead, asking.seat.id, asking.now
    match command:
        case wire.LeadOffer():
            new = leads.offer(record, me, command.to, _present(draft, asking), now)
        case wire.LeadAccept():
            new = leads.accept(record, me, command.epoch, now)
        case wire.LeadDecline():
            new = leads.decline(record, me, command.epoch)
        case _:
            assert_never(command)
    draft.add(commits.LeadChanged(lead=new))


def _lead_by_asking(
    draft: Draft,
    command: wire.LeadRequest | wire.LeadTake | wire.LeadVolunteer,
    asking: Asking,
) -> None:
    record, me, now = draft.room.lead, asking.seat.id, asking.now
    match command:
        case wire.LeadRequest():
            new = leads.request(record, me)
        case wire.LeadTake():
            away = asking.presence.since(record.lead)
            new = leads.take(record, me, command.epoch, away, now)
        case wire.LeadVolunteer():
            if not asking.seat.willing or asking.seat.role != "participant":
                raise Refused("not_allowed")
            new = leads.volunteer(record, me, command.epoch, now)
        case _:
            assert_never(command)
    draft.add(commits.LeadChanged(lead=new))


def _plan(
    draft: Draft, command: wire.ActivityStart | wire.ActivitySkip | Cut, asking: Asking
) -> None:
    state = draft.room
    if isinstance(command, Cut):
        if not (id := draft.current()):
            raise Refused("stale_phase")
        draft.tell(id, command, moment_of(draft, asking.seat, asking.now, asking.dice))
        return
    item = item_of(state, command.item)
    if item is None:
        raise Refused("unknown")
    if item.id in state.started or item.id in state.skipped:
        raise Refused("stale_phase")
    if isinstance(command, wire.ActivitySkip):
        draft.add(commits.ActivitySkipped(activity=item.id))
        return
    if draft.current():
        raise Refused("stale_phase", say("Another activity is still running."))
    if (first := next_item(state)) is None or first.id != item.id:
        raise Refused("stale_phase")
    activity = draft.activities[item.kind]
    settings = commits.settings_to(commits.settings_from(item.settings, activity.settings))
    draft.add(
        commits.ActivityStarted(
            activity=item.id,
            kind=item.kind,
            version=activity.version,
            settings=settings,
            members=members_of(draft, asking.presence),
            seat=asking.seat.id,
            roles=tuple(sorted(roles_of(state, asking.seat))),
            now=asking.now,
            dice=asking.dice,
            epoch=state.lead.epoch,
            autopilot=autopilot(state),
            key=asking.new_key() if activity.unnamed else "",
            before=board_desk.before(state, draft.running, draft.activities)
            if activity.inherits
            else Before(),
        )
    )


def _membership(
    draft: Draft, command: wire.SeatLeave | wire.SeatRemove | wire.SeatRole, asking: Asking
) -> None:
    state = draft.room
    if isinstance(command, wire.SeatLeave):
        # Who goes while waiting at the door does not come back in by asking.
        _gone(draft, asking.seat, asking, removed=asking.seat.status == "waiting")
        return
    seat = state.seats.get(command.seat)
    if seat is None or seat.status != "in" or not seat.person:
        raise Refused("unknown")
    if isinstance(command, wire.SeatRemove):
        if seat.id == asking.seat.id:
            raise Refused("not_allowed", safety_desk.NOT_YOURSELF)
        if seat.organiser:
            raise Refused("not_allowed", safety_desk.NOT_THE_ORGANISER)
        if command.cards == "hide":
            safety_desk.hide(draft, seat, asking, everything=True)
        _gone(draft, seat, asking, removed=True)
        return
    if seat.id == asking.seat.id or command.role == seat.role:
        raise Refused("duplicate")
    if seat.organiser and command.role != "facilitator":
        raise Refused("not_allowed")
    new = replace(seat, role=command.role, dealt_in=command.role == "facilitator")
    draft.add(commits.SeatChanged(seat=new))
    if seat.role == "facilitator":
        record = leads.facilitator_gone(
            draft.room.lead, seat.id, _present(draft, asking), asking.now
        )
        draft.add(commits.LeadChanged(lead=record))
    _tell_changed(draft, new, asking)


def _gone(draft: Draft, seat: Seat, asking: Asking, *, removed: bool) -> None:
    draft.add(commits.SeatGone(seat=seat.id, removed=removed))
    if seat.id == draft.room.lead.lead or seat.id in draft.room.lead.succession:
        present = _present(draft, asking) - {seat.id}
        record = leads.facilitator_gone(draft.room.lead, seat.id, present, asking.now)
        if record != draft.room.lead:
            draft.add(commits.LeadChanged(lead=record))
    clock = moment_of(draft, None, asking.now, asking.dice)
    draft.tell_current(MemberLeft(seat=seat.id), clock)


def _return(draft: Draft, asking: Asking) -> None:
    if asking.seat.status == "in":
        raise Refused("duplicate")
    if asking.seat.status == "removed":
        raise Refused("not_allowed")
    _came(draft, asking.seat, asking)


def _came(draft: Draft, who: Seat, asking: Asking) -> None:
    """Somebody is in again, or was let in at the door."""
    joined = asking.now if who.status == "waiting" else who.joined
    seat = replace(who, status="in", joined=joined)
    draft.add(commits.SeatChanged(seat=seat))
    clock = moment_of(draft, None, asking.now, asking.dice)
    draft.tell_current(MemberJoined(member=member_of(draft, seat, asking.presence)), clock)


def _own_seat(
    draft: Draft,
    command: wire.SeatName | wire.SeatLanguage | wire.SeatWilling | wire.SeatDealIn,
    asking: Asking,
) -> None:
    seat = asking.seat
    match command:
        case wire.SeatName():
            new = replace(seat, name=command.name.ref)
        case wire.SeatLanguage():
            if not is_language(command.language):
                raise Refused("bad_request")
            new = replace(seat, language=command.language)
        case wire.SeatWilling():
            new = replace(seat, willing=command.willing)
        case wire.SeatDealIn():
            _facilitator(draft, asking)
            new = replace(seat, dealt_in=command.dealt_in)
        case _:
            assert_never(command)
    if new == seat:
        raise Refused("duplicate")
    draft.add(commits.SeatChanged(seat=new))
    if not isinstance(command, wire.SeatName):
        _tell_changed(draft, new, asking)


def _tell_changed(draft: Draft, seat: Seat, asking: Asking) -> None:
    if seat.status != "in":
        return
    clock = moment_of(draft, None, asking.now, asking.dice)
    who = member_of(draft, seat, asking.presence)
    draft.tell_current(MemberChanged(member=who), clock)


def _help(draft: Draft, command: wire.HelpAsk | wire.HelpAnswer, asking: Asking) -> None:
    state = draft.room
    if isinstance(command, wire.HelpAnswer):
        if command.seat not in state.help:
            raise Refused("duplicate")
        draft.add(commits.HelpSeen(seat=command.seat))
        return
    if asking.seat.id in state.help:
        raise Refused("duplicate")
    about = command.about.ref if command.about else ""
    draft.add(commits.HelpAsked(seat=asking.seat.id, about=about, at=asking.now))


def _notes(
    draft: Draft, command: wire.NoteAdd | wire.NoteMove | wire.NoteDelete, asking: Asking
) -> None:
    match command:
        case wire.NoteAdd():
            draft.add(added := _note(draft, command, asking))
            if added.document == "board":
                _tell_board(draft, board.NoteCame(note=board_desk.note_of(added)), asking)
        case wire.NoteMove():
            note = draft.room.notes.get(command.card)
            theme = draft.room.notes.get(command.theme) if command.theme else None
            if note is None or (command.theme and (theme is None or theme.kind != "theme")):
                raise Refused("unknown")
            if note.document != "board" and note.card not in draft.room.shared:
                raise Refused("not_allowed")  # a circle's or a private card has no theme
            if note.seat != asking.seat.id:
                _facilitator(draft, asking)
            if note.kind == "theme":
                raise Refused("bad_request")
            draft.add(commits.NoteMoved(card=command.card, theme=command.theme))
            _tell_board(draft, board.NoteShifted(card=note.card, theme=command.theme), asking)
        case wire.NoteDelete():
            note = draft.room.notes.get(command.card)
            if note is None or note.document != _full_name(command.document, asking):
                raise Refused("unknown")
            if note.seat != asking.seat.id:
                raise Refused("not_allowed")
            draft.add(
                commits.NoteDeleted(document=note.document, card=command.card, words=note.words)
            )
            _tell_board(draft, board.NoteWent(card=note.card), asking)
        case _:
            assert_never(command)


def _tell_board(draft: Draft, command: Command, asking: Asking) -> None:
    draft.tell_current(command, moment_of(draft, None, asking.now, asking.dice))


def _full_name(document: str, asking: Asking) -> str:
    return f"mine/{asking.seat.id}" if document == "mine" else document


def _note(draft: Draft, command: wire.NoteAdd, asking: Asking) -> commits.NoteAdded:
    """A card may be added where the seat's own screen has a section for it; facilitators always
    on the board."""
    seat, state = asking.seat, draft.room
    document = _full_name(command.document, asking)
    if not _section_offered(draft, command, asking):
        drawer = seat.role == "facilitator" and document == "board"
        if not drawer or command.kind not in FACILITATOR_KINDS:
            raise Refused("not_allowed")
    if len(command.section) > SECTION_LIMIT:
        raise Refused("bad_request")
    there = sum(n.seat == seat.id and n.document == document for n in state.notes.values())
    if there >= CARDS_PER_SEAT:
        raise Refused("full")
    group = document.removeprefix("group/") if document.startswith("group/") else ""
    if command.theme and (t := state.notes.get(command.theme)) and t.kind != "theme":
        raise Refused("bad_request")
    scope = {"mine": "self", "group": "circle"}.get(document.split("/")[0], "memo")
    return commits.NoteAdded(
        document=document,
        card=f"{seat.id}-{asking.new_id()}",
        kind=command.kind,
        section=command.section,
        theme=command.theme if command.theme in state.notes else "",
        words=command.text.ref,
        seat=seat.id,
        entered_by=asking.entered_by,
        activity=state.current,
        group=group,
        language=asking.language,
        scope=scope,
        at=asking.now,
    )


def _section_offered(draft: Draft, command: wire.NoteAdd, asking: Asking) -> bool:
    standing = Standing(
        here=asking.presence.here, since=asking.presence.since, now=asking.now, running=False
    )
    whole = Whole(draft.room, draft.running)
    view, _ = seat_view(whole, draft.activities, asking.seat, "seat", standing)
    return any(
        isinstance(block, Cards)
        and block.add
        and block.document == command.document
        and block.section == command.section
        and command.kind in block.kinds
        for block in view.blocks
    )


def _consent(
    draft: Draft, command: wire.ConsentRelease | wire.ConsentWithdraw, asking: Asking
) -> None:
    whole = Whole(draft.room, draft.running)
    if consent_desk.owner(whole, draft.activities, command.words) != asking.seat.id:
        raise Refused("not_allowed")  # SC9
    known = draft.room.consents.get(command.words)
    if isinstance(command, wire.ConsentRelease):
        draft.add(
            commits.ConsentChanged(
                words=command.words,
                seat=asking.seat.id,
                choice=command.choice,
                outside=command.outside,
            )
        )
        return
    if known and known.consent.state == "withdrawn":
        raise Refused("duplicate")
    stands = consent_desk.stands(whole, draft.activities, command.words)
    # Words that were never given cannot be taken back, only kept.
    choice: Choice | None = None if stands.state == "given" else "keep"
    draft.add(commits.ConsentChanged(words=command.words, seat=asking.seat.id, choice=choice))


def _memo(
    draft: Draft, command: wire.MemoQuestion | wire.MemoProse | wire.MemoSend, asking: Asking
) -> None:
    _facilitator(draft, asking)
    match command:
        case wire.MemoQuestion():
            note = draft.room.notes.get(command.theme)
            if note is None or note.kind != "theme":
                raise Refused("unknown")
            words = command.text.ref if command.text else ""
            draft.add(commits.QuestionSet(theme=command.theme, words=words))
        case wire.MemoProse():
            if not 0 < len(command.section) <= 80:
                raise Refused("bad_request")
            draft.add(commits.ProseSet(section=command.section, words=command.text.ref))
        case wire.MemoSend():
            if not asking.memo_ready:
                raise Refused("not_allowed", NOT_READY)
            draft.add(commits.MemoSent(at=asking.now))
        case _:
            assert_never(command)
