"""What the room itself decides: each command goes to the desk it belongs to.

A desk is a module of small functions about one noun; each adds events to a `Draft` or raises
`Refused`. The caller has already checked that the sender's device speaks for the seat. Nothing
here does I/O.
"""

from typing import assert_never, get_args

from activities.kernel import Command, Cut, LeadCommand, Refused
from rooms import (
    activity_desk,
    agenda_desk,
    comment_desk,
    commits,
    hall_desk,
    helm_desk,
    lead_desk,
    lead_rights,
    memo_step_desk,
    note_desk,
    release_desk,
    reminders_desk,
    rendering_desk,
    safety,
    safety_desk,
    seat_desk,
    section_desk,
    share_desk,
    step_desk,
    theme_desk,
    wire,
    wire_agenda,
    wire_board,
    wire_hall,
    wire_memo,
    wire_renderings,
    wire_safety,
    wire_words,
    words_desk,
)
from rooms.asking import Asking
from rooms.whole import Draft
from rooms.wire_helm import HelmCommand


def decide(draft: Draft, command: Command, asking: Asking) -> None:
    """Decide a room-level command. Raises `Refused`."""
    if asking.seat.status == "waiting" and not isinstance(command, safety_desk.WAITING_MAY):
        raise Refused("not_present", safety_desk.AT_THE_DOOR)
    if asking.seat.status not in ("in", "waiting") and not isinstance(command, wire.SeatReturn):
        raise Refused("not_present")
    safety_desk.ensure_free(draft.room, asking.seat, lead_rights.tag(command))
    if isinstance(command, LeadCommand):
        lead_rights.ensure_lead(draft.room, asking.seat, command)
    match command:
        case (
            wire.LeadOffer()
            | wire.LeadAccept()
            | wire.LeadDecline()
            | wire.LeadRequest()
            | wire.LeadTake()
            | wire.LeadVolunteer()
        ):
            lead_desk.decide(draft, command, asking)
        case wire.ActivityStart() | wire.ActivitySkip() | Cut():
            activity_desk.decide(draft, command, asking)
        case (
            wire.SeatReturn()
            | wire.SeatLeave()
            | wire.SeatRemove()
            | wire.SeatRole()
            | wire.SeatName()
            | wire.SeatLanguage()
            | wire.SeatWilling()
            | wire.SeatDealIn()
        ):
            seat_desk.decide(draft, command, asking)
        case wire.DoorOpen() | wire.DoorClose():
            _door(draft, command)
        case wire.HelpAsk() | wire.HelpAnswer():
            _help(draft, command, asking)
        case wire.RoomSay():
            draft.add(commits.NoticeSaid(text=command.text.ref, at=asking.now))
        case wire.DeskSay():
            helm_desk.say_on_strip(draft, asking, text=command.text.ref)
        case _ if isinstance(command, get_args(note_desk.NoteCommand)):
            note_desk.decide(draft, command, asking)
        case _ if isinstance(command, wire_renderings.RenderingCommand):
            rendering_desk.decide(draft, command, asking)
        case wire_board.NoteShare():
            share_desk.share(draft, command, asking)
        case wire_board.BoardUndo():
            step_desk.undo(draft, command, asking)
        case _ if isinstance(command, get_args(theme_desk.ThemeCommand)):
            theme_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(section_desk.SectionCommand)):
            section_desk.decide(draft, command, asking)
        case wire.ConsentRelease() | wire.ConsentWithdraw():
            release_desk.release(draft, command, asking)
        case wire.MemoQuestion() | wire.MemoProse():
            release_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(memo_step_desk.Command)):
            memo_step_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(comment_desk.Command)):
            comment_desk.decide(draft, command, asking)
        case wire_memo.MemoRemind():
            reminders_desk.decide(draft, command, asking)
        case (
            wire_agenda.AgendaAdd()
            | wire_agenda.AgendaEdit()
            | wire_agenda.AgendaMove()
            | wire_agenda.AgendaRemove()
            | wire_agenda.AgendaUse()
            | wire_agenda.AgendaImport()
            | wire_agenda.AgendaFrame()
        ):
            agenda_desk.decide(draft, command, asking)
        case _ if isinstance(command, wire_hall.HallCommand):
            hall_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(HelmCommand)):
            helm_desk.decide(draft, command, asking, decide)
        case _ if isinstance(command, get_args(wire_words.WordsCommand)):
            words_desk.decide(draft, command, asking)
        case _ if isinstance(command, get_args(wire_safety.SafetyCommand)):
            safety_desk.decide(draft, command, asking)
        case _:
            raise Refused("unknown")


def _door(draft: Draft, command: wire.DoorOpen | wire.DoorClose) -> None:
    opens = isinstance(command, wire.DoorOpen)
    draft.add(commits.DoorSet(open=opens, generation=draft.room.generation))
    if opens and draft.room.safety.door_asks:
        draft.add(safety.DoorAsks(on=False))


def _help(draft: Draft, command: wire.HelpAsk | wire.HelpAnswer, asking: Asking) -> None:
    state = draft.room
    match command:
        case wire.HelpAsk():
            if asking.seat.id in state.help:
                raise Refused("duplicate")
            about = command.about.ref if command.about else ""
            draft.add(commits.HelpAsked(seat=asking.seat.id, about=about, at=asking.now))
        case wire.HelpAnswer():
            if command.seat not in state.help:
                raise Refused("duplicate")
            draft.add(commits.HelpSeen(seat=command.seat))
        case _:
            assert_never(command)
