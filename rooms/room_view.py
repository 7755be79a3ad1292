"""The messages a seat is sent: its activity's view inside the frame of the room, people, the
private strip, its words."""

from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from activities.blocks import (
    AnyBlock,
    Cards,
    Line,
    NextStep,
    Note,
    Now,
    Offer,
    Release,
    Rules,
    Stories,
    Story,
    View,
    Who,
    Words,
    say,
    say_n,
)
from activities.kernel import LeadCommand, Lens, Viewer
from rooms import (
    helm_desk,
    helm_view,
    memo_stage,
    offers_words,
    reminders,
    safety_view,
    unnamed,
    wire,
    wire_hall,
)
from rooms import whole as wholes
from rooms.agenda import item_of, next_item, title_line
from rooms.agenda_view import outline, planned_rest
from rooms.board_moves import authors
from rooms.hats import autopilot, roles_of
from rooms.helm import Proposal
from rooms.lead import AUTOPILOT
from rooms.offers import Standing, note_offers, room_offers
from rooms.offers_hall import hall_offers, with_hall
from rooms.presence import Presence
from rooms.render import flat
from rooms.room_state import RoomState
from rooms.seats import Device, Seat
from rooms.whole import Activities, Whole
from rooms.wire_helm import LeadPropose

COMING_SHOWN = 12
"""Activities named to those who wait: what can be read in a glance."""

BOARD_KINDS = ("insight", "question", "practice", "parking")
CONFIDENTIALITY: dict[str, Line] = {
    "circle": say("What is told in a circle stays there, unless its teller releases it."),
    "unattributed": say("Ideas may be used; nobody says whose they were."),
    "record": say("What is agreed here is on the record."),
}


def default_lens(seat: Seat) -> Lens:
    """Facilitators see the panel, the wall sees the wall, everyone else their own screen."""
    if seat.role == "screen":
        return "screen"
    return "panel" if seat.role == "facilitator" else "seat"


def seat_view(
    whole: Whole, activities: Activities, seat: Seat, lens: Lens, standing: Standing
) -> tuple[View, str]:
    """What the seat sees and may do, and the id of the activity it is of ("" between
    activities)."""
    state = whole.room
    roles = roles_of(state, seat)
    id = wholes.current(whole, activities)
    if seat.status == "waiting":
        return safety_view.at_the_door(state), ""
    if seat.status == "left":
        id, view = "", _left(state)
    elif id:
        view = _activity_view(whole, activities, id, seat, lens, standing)
    elif lens == "seat" and (still := _still_asked(whole, activities, seat, standing)):
        id, view = still
        view = replace(view, blocks=(*view.blocks[:1], _onward(state), *view.blocks[1:]))
    else:
        view = _between(state, seat, roles, lens)
    view = with_hall(_as_consented(view, state), whole, activities, seat, lens, standing)
    if not id and seat.status in ("in", "left") and lens == "seat":
        kindly = reminders.notes(state.reminded, seat.id, standing.now)
        view = replace(view, blocks=(*view.blocks[:1], *kindly, *view.blocks[1:]))
    if seat.status == "in":
        over = (
            *safety_view.notes(state, seat, standing),
            *helm_view.notes(state, activities, seat, lens, id, standing.now),
            *offers_words.notes(whole, activities, seat, lens),
        )
        view = replace(view, blocks=(*view.blocks[:1], *over, *view.blocks[1:]))
        view = safety_view.closed(view, state, seat)
    if shadows(seat, lens):
        view = _as_proposals(view, state, id, standing)
    offers = room_offers(state, seat, roles, lens, standing)
    names = _names(whole, activities, (*view.may, *offers))
    if lens != "screen":
        offers += note_offers(view, roles)
        offers += hall_offers(whole, activities, seat, roles, standing)
        offers += offers_words.offers(whole, activities, seat, roles, lens)
        offers += tuple(helm_view.offers(state, seat, roles, standing))
        offers += tuple(safety_view.offers(state, seat, roles, lens, standing))
        offers += tuple(helm_view.approvals(state, roles, standing.now, names))
    view = replace(view, may=(*view.may, *offers))
    return safety_view.filtered(view, safety_view.fits(state, seat, roles)), id


def shadows(seat: Seat, lens: Lens) -> bool:
    """Whether this is the control panel of somebody who looks on and proposes."""
    return seat.role == "observer" and lens == "panel"


def _as_proposals(view: View, state: RoomState, activity: str, standing: Standing) -> View:
    """A shadow's panel: the lead's buttons, each as a proposal."""
    lead = frozenset({"lead"})
    acting = state.seats.get(state.lead.acting)
    room = room_offers(state, acting, lead, "panel", standing) if acting else ()
    wrapped = [helm_view.as_proposal(offer, activity) for offer in view.may]
    view = replace(
        view,
        may=tuple(new or old for new, old in zip(wrapped, view.may, strict=True)),
    )
    view = safety_view.filtered(view, lambda offer: isinstance(offer.command, LeadPropose))
    mine = [new for offer in room if (new := helm_view.as_proposal(offer, "")) is not None]
    return replace(view, may=(*view.may, *mine))


def _names(
    whole: Whole, activities: Activities, offers: tuple[Offer, ...]
) -> Callable[[Proposal], Line]:
    """What a proposed command is called: as the button of the lead's own screen that does exactly
    this, if there is one; else with all it carries."""

    def name(one: Proposal) -> Line:
        command = helm_desk.read(one, whole.running, activities)
        if not isinstance(command, LeadCommand):
            return helm_view.named(one.tag)
        for offer in offers:
            known = offer.command
            if type(known) is type(command) and not offer.needs:
                assert isinstance(known, LeadCommand)
                if replace(known, epoch=0) == replace(command, epoch=0):
                    return offer.label
        return helm_view.described(command, whole.room)

    return name


def _activity_view(
    whole: Whole, activities: Activities, id: str, seat: Seat, lens: Lens, standing: Standing
) -> View:
    state, here = whole.room, whole.running[id]
    activity = activities[here.kind]
    viewer = Viewer(
        seat.id,
        frozenset({"lead"}) if shadows(seat, lens) else roles_of(state, seat),
        lens,
        state.lead.epoch,
        autopilot(state),
        standing.token(id, seat.id) if activity.unnamed else "",
        state.lead.peer and state.lead.acting == seat.id,
    )
    return _with_documents(activity.view(here.state, viewer), id)


def _still_asked(
    whole: Whole, activities: Activities, seat: Seat, standing: Standing
) -> tuple[str, View] | None:
    """Between activities: what one that is over would still take from this seat."""
    for id in unnamed.lingering(whole, activities, standing.now, seat):
        view = _activity_view(whole, activities, id, seat, "seat", standing)
        if view.may:
            return id, view
    return None


def _onward(state: RoomState) -> Note:
    """What comes, over what an activity that is over still takes."""
    coming = next_item(state)
    if coming is not None:
        return Note(text=say("Next: {activity}", activity=title_line(coming)))
    return Note(text=say("This was the last activity. Thank you for being here."))


def _left(state: RoomState) -> View:
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


def _with_documents(view: View, activity: str) -> View:
    """Groups' documents get their room-wide names."""
    if not any(isinstance(b, Cards) and b.document.startswith("group/") for b in view.blocks):
        return view
    blocks = tuple(
        replace(b, document=f"group/{activity}-{b.document.removeprefix('group/')}")
        if isinstance(b, Cards) and b.document.startswith("group/")
        else b
        for b in view.blocks
    )
    return replace(view, blocks=blocks)


def _as_consented(view: View, state: RoomState) -> View:
    """Released stories as their tellers answered last: an activity knows the answer on its own
    card only, and a later one from *my words* holds on every screen (WRD3). The teller's own card
    begins empty where its words were deleted."""
    if not any(isinstance(block, Stories | Release) for block in view.blocks):
        return view
    blocks: list[AnyBlock] = []
    for block in view.blocks:
        if isinstance(block, Stories):
            left = tuple(s for one in block.stories if (s := _story(one, state)) is not None)
            if left:
                blocks.append(replace(block, stories=left))
        elif isinstance(block, Release):
            blocks.append(_release(block, state))
        else:
            blocks.append(block)
    return replace(view, blocks=tuple(blocks))


def _release(card: Release, state: RoomState) -> Release:
    def there(words: Words | None) -> Words | None:
        return words if words is not None and words.ref in state.words else None

    return replace(
        card,
        title=there(card.title),
        given=tuple(words for words in card.given if there(words)),
        drafted=tuple(words for words in card.drafted if there(words)),
        quote=there(card.quote),
    )


def _story(story: Story, state: RoomState) -> Story | None:
    """What is still given of a story, under the least name given with any of it."""

    def given(words: Words | None) -> Words | None:
        known = state.consents.get(words.ref) if words else None
        return words if known is not None and known.consent.state == "given" else None

    title, quote = given(story.title), given(story.quote)
    moments = tuple(words for words in story.moments if given(words))
    shown = [words for words in (title, *moments, quote) if words]
    if not shown:
        return None
    names = {state.consents[words.ref].consent.attribution for words in shown}
    return replace(
        story,
        title=title,
        moments=moments,
        quote=quote,
        who=Who(story.who.seat, first="first_name" in names)
        if story.who and names <= {"first_name", "name_org"}
        else None,
        organisation=story.organisation and names == {"name_org"},
    )


def _between(state: RoomState, seat: Seat, roles: frozenset[str], lens: Lens) -> View:
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
            Note(text=CONFIDENTIALITY[state.confidentiality], tone="quiet"),
            Note(text=offers_words.keeps(state), tone="quiet"),
            *_coming(state, lens),
        ),
        place=say("{room}", room=Words(state.title)),
    )


def _coming(state: RoomState, lens: Lens) -> tuple[Rules, ...]:
    """What those who wait can read meanwhile; on a wall the code to come in is what matters."""
    if lens == "screen" or not state.agenda:
        return ()
    lines = tuple(title_line(item) for item in state.agenda if item.id not in state.skipped)
    return (Rules(say("What we do together"), lines[:COMING_SHOWN], open=True),)


def documents_of(whole: Whole, activities: Activities, seat: Seat) -> tuple[str, ...]:
    """The documents this seat may open now, without the room's prefix (`architecture.md`,
    Documents)."""
    if seat.status != "in" or seat.role == "screen":
        return ()
    mine = [f"group/{g.id}" for g in wholes.groups(whole, activities) if seat.id in g.members]
    names = ["board", f"mine/{seat.id}", *mine]
    if seat.role == "facilitator":
        names += ["memo", "desk"]
    return tuple(names)


def room_info(
    state: RoomState,
    activities: Activities,
    seat: Seat,
    here: int,
    code: str,
    running: str,
    now: int,
) -> wire.RoomInfo:
    """The frame round a view. `running` is the activity that is on now, "" between two. Who waits
    at the door is told the room's title and nothing else."""
    lead = state.lead
    if seat.status == "waiting":
        nobody = wire.LeadInfo(lead="", acting="", epoch=0)
        return wire.RoomInfo(title=Words(state.title), lead=nobody, agenda=(), door="ask", here=0)
    inside = seat.role == "facilitator" and seat.status == "in"
    rows, plan = outline(state, running)
    return wire.RoomInfo(
        title=Words(state.title),
        lead=wire.LeadInfo(
            lead=lead.lead,
            acting=lead.acting,
            epoch=lead.epoch,
            name=Who(lead.lead),
            offered_to=lead.offered_to,
            offer_ends=lead.offer_ends or None,
            asked=lead.asked if inside else (),
            peer=lead.peer,
        ),
        agenda=rows,
        door=("ask" if state.safety.door_asks else "open") if state.door else "closed",
        here=here,
        notice=Words(state.notice) if state.notice else None,
        notice_at=state.notice_at,
        code=code if state.door and (inside or seat.role == "screen") else "",
        confidentiality=CONFIDENTIALITY[state.confidentiality],
        kept=offers_words.keeps(state),
        plan=plan,
        frozen=safety_view.frozen_line(state, seat),
        memo=memo_stage.mark(state, seat),
        bridge=helm_view.bridge(state, running, now),
        waiting=sum(s.status == "waiting" for s in state.seats.values()) if inside else 0,
        co_time=state.helm.co_time,
        duties=helm_view.duties(state) if inside else (),
        baton=helm_view.baton(state, activities, seat, running, now) if inside else None,
    )


def view_message(
    whole: Whole,
    activities: Activities,
    seat: Seat,
    lens: Lens,
    standing: Standing,
    here: int,
    code: str,
) -> wire.ViewMessage:
    """The whole `view` message, ready to be rendered."""
    state = whole.room
    view, id = seat_view(whole, activities, seat, lens, standing)
    running = wholes.current(whole, activities)
    frame = room_info(state, activities, seat, here, code, running, standing.now)
    if seat.role == "facilitator" and seat.status == "in":
        typed = Words(state.hall.call) if state.hall.call else None
        rest = planned_rest(whole, activities, running)
        frame = replace(frame, tables=standing.tables, call=typed, rest=rest)
    info = None
    if id:
        item = item_of(state, id)
        activity = activities[whole.running[id].kind]
        info = wire.ActivityInfo(
            id=id,
            kind=activity.kind,
            phase=view.phase,
            title=title_line(item) if item else activity.title,
        )
    return wire.ViewMessage(
        seat=seat.id,
        lens=lens,
        seq=state.seq,
        now=standing.now,
        activity=info,
        ends_at=view.ends_at,
        blocks=view.blocks,
        may=tuple(flat(offer) for offer in view.may),
        room=frame,
        place=view.place or say("{room}", room=Words(state.title)),
        sub=view.sub or say_n("{n} person here", "{n} people here", here)
        if seat.status != "waiting"
        else None,
        documents=documents_of(whole, activities, seat),
        authors={}
        if lens == "screen" or seat.status != "in"
        else authors(state, seat.id, inside=seat.role == "facilitator"),
    )


def people_message(
    whole: Whole,
    activities: Activities,
    presence: Presence,
    now: int,
    *,
    inside: bool,
    waiting: bool = False,
) -> wire.PeopleMessage:
    """Who is here; groups, requests for help and who is at the door only for facilitators
    (`inside`). Nobody is listed for who waits there (`waiting`)."""
    state = whole.room
    if waiting:
        return wire.PeopleMessage(seq=state.seq, now=now, people=())
    group_of: dict[str, Line] = {}
    if inside and (id := wholes.current(whole, activities)):
        here = whole.running[id]
        for group in activities[here.kind].groups(here.state):
            group_of.update(dict.fromkeys(group.members, group.name))
    people = tuple(
        wire.Person(
            seat=s.id,
            name=Who(s.id),
            where=s.where,
            presence=_presence(s, presence),
            role="lead" if state.lead.acting == s.id else s.role,
            since=presence.since(s.id),
            group=group_of.get(s.id),
            help=inside and s.id in state.help,
            about=Words(state.help[s.id].about)
            if inside and s.id in state.help and state.help[s.id].about
            else None,
            hidden=inside and s.id in state.safety.hidden,
        )
        for s in state.seats.values()
        if s.person and s.status != "removed" and (inside or s.status != "waiting")
    )
    return wire.PeopleMessage(seq=state.seq, now=now, people=people)


def _presence(seat: Seat, presence: Presence) -> Literal["here", "away", "gone", "waiting"]:
    if seat.status == "waiting":
        return "waiting"
    return presence.word(seat.id) if seat.status == "in" else "gone"


def device_message(
    state: RoomState, device: Device, now: int, code: Callable[[str, str], str]
) -> wire_hall.DeviceMessage:
    """Who is on this device, for the device itself. `code(seat, nonce)`: what another phone types
    in."""
    seats: list[wire_hall.OwnSeat] = []
    for id in device.seats:
        seat, offer = state.seats[id], state.hall.offer(id, now)
        seats.append(
            wire_hall.OwnSeat(
                seat=id,
                name=Who(id),
                role=seat.role,
                where=seat.where,
                status="in" if seat.status == "removed" else seat.status,
                language=seat.language,
                steward=id == device.seats[0] and len(device.seats) > 1,
                code=code(id, offer.nonce) if offer else "",
                code_ends=offer.until if offer else None,
            )
        )
    return wire_hall.DeviceMessage(seq=state.seq, now=now, seats=tuple(seats))
