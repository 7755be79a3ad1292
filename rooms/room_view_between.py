"""What a seat sees when no activity runs: before the first, between two, after the last; and when
it has left."""

from activities.blocks import Cards, Line, NextStep, Note, Now, Offer, Rules, View, Who, Words, say
from activities.kernel import Lens
from rooms import offers_words, wire
from rooms.agenda import next_item, title_line
from rooms.lead import AUTOPILOT
from rooms.room_state import RoomState
from rooms.seats import Seat

COMING_SHOWN = 12
"""Activities named to those who wait: what can be read in a glance."""

BOARD_KINDS = ("insight", "question", "practice", "parking")

HALL = frozenset({"room", "carried"})
"""Where people hear each other without a call."""

CONFIDENTIALITY: dict[str, Line] = {
    "circle": say("What is told in a circle stays there, unless its teller releases it."),
    "unattributed": say("Ideas may be used; nobody says whose they were."),
    "record": say("What is agreed here may be passed on, with who agreed it."),
}


ECHO = say("In the hall: sound on one device at each table, all others silent. More would echo.")


def onward(state: RoomState) -> Note:
    """What comes, over what an activity that is over still takes."""
    coming = next_item(state)
    if coming is not None:
        return Note(text=say("Next: {activity}", activity=title_line(coming)))
    return Note(text=say("This was the last activity. Thank you for being here."))


def left(state: RoomState) -> View:
    """The screen of somebody who has left."""
    back = Offer(command=wire.SeatReturn(), label=say("Come back in"), place="main")
    return View(
        phase="left",
        blocks=(
            Now(text=say("You have left")),
            Note(text=say("Your place, your words and your choices are kept.")),
        ),
        may=(back,),
        place=say("{room}", room=Words(state.title)),
    )


def between(state: RoomState, seat: Seat, roles: frozenset[str], lens: Lens) -> View:
    """Before the first activity, between two, and after the last."""
    coming = next_item(state)
    begun = bool(state.started)
    board = Cards(
        document="board",
        section="",
        title=say("Everyone's board"),
        kinds=BOARD_KINDS,
        sees="room",
        add=lens != "screen" and "observer" not in roles,
    )
    if coming is None and (begun or state.agenda):
        title = say("Thank you for being here")
        text = (
            say("Everyone has the memo. You can still change what may be quoted of you.")
            if state.sent
            else say("The memo is being drafted. You can still change what may be quoted of you.")
        )
        blocks: tuple[Now | Note | Cards, ...] = (Now(text=title), Note(text=text))
        if lens != "screen":  # a wall opens no documents
            blocks = (*blocks, board)
        return View(phase="after", blocks=blocks, place=say("{room}", room=Words(state.title)))
    next_title = title_line(coming) if coming else say("Nothing is planned yet")
    if lens == "panel":
        leads = seat.id == state.lead.acting
        head = say("A moment between") if begun else say("People are coming in")
        hint = (
            None
            if coming and not leads
            else say("Everyone sees it as soon as you start.")
            if begun
            else say("Start when enough people are here. Others can still come in.")
            if coming
            else say("Add activities on the agenda page; you will find them here.")
        )
        step = NextStep(text=next_title, hint=hint)
        shown: tuple[Now | NextStep | Cards | Note, ...] = (Now(text=head), step)
        if begun:
            shown = (*shown, board)
        return View(phase="between", blocks=shown, place=say("{room}", room=Words(state.title)))
    if begun:
        welcome = (
            Now(text=say("A moment to breathe")),
            Note(text=say("Next: {activity}", activity=next_title)),
        )
        return View(
            phase="between",
            blocks=(*welcome, board) if lens != "screen" else welcome,
            place=say("{room}", room=Words(state.title)),
        )
    lead = state.lead
    leader = lead.lead if lead.acting == AUTOPILOT else lead.acting
    waiting = say("{name} starts soon. Greet each other, test your sound.", name=Who(leader))
    return View(
        phase="before",
        blocks=(
            Now(text=say("Welcome to {room}", room=Words(state.title))),
            Note(text=waiting),
            *_echo(state, seat, lens),
            Note(text=CONFIDENTIALITY[state.confidentiality], tone="quiet"),
            Note(text=offers_words.keeps(state, seat.language), tone="quiet"),
            *_coming(state, lens),
        ),
        place=say("{room}", room=Words(state.title)),
    )


def _echo(state: RoomState, seat: Seat, lens: Lens) -> tuple[Note, ...]:
    """Where some are in the hall and some are not, the hall learns how not to echo
    (`methods.md` 1.9)."""
    if lens != "screen" and seat.where not in HALL:
        return ()
    where = {each.where for each in state.seats.values() if each.status == "in" and each.person}
    return (Note(text=ECHO, tone="look"),) if where & HALL and where - HALL else ()


def _coming(state: RoomState, lens: Lens) -> tuple[Rules, ...]:
    """What those who wait can read meanwhile; on a wall the code to come in is what matters."""
    if lens == "screen" or not state.agenda:
        return ()
    lines = tuple(title_line(item) for item in state.agenda if item.id not in state.skipped)
    return (Rules(say("What we do together"), lines[:COMING_SHOWN], open=True),)
