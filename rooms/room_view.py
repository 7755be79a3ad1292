"""The messages a seat is sent: its activity's view inside the frame of the room, people, the
private strip, its words."""

from collections.abc import Callable

from msgspec.structs import replace

from activities.blocks import Cards, Line, Offer, View, Who, Words, say, say_n
from activities.kernel import LeadCommand, Lens, Viewer
from rooms import (
    helm_desk,
    helm_proposals,
    helm_view,
    memo_stage,
    offers_helm,
    offers_words,
    reminders,
    safety_view,
    unnamed,
    wire,
)
from rooms import whole as wholes
from rooms.agenda import item_of, title_line
from rooms.agenda_view import outline, planned_rest
from rooms.board_moves import authors
from rooms.hats import autopilot, roles_of
from rooms.helm import Proposal
from rooms.offers import Standing, note_offers, room_offers
from rooms.offers_hall import hall_offers, with_hall
from rooms.render import flat
from rooms.room_state import RoomState
from rooms.room_view_between import CONFIDENTIALITY, between, left, onward
from rooms.room_view_consent import as_consented
from rooms.seats import Seat
from rooms.whole import Activities, Whole
from rooms.wire_helm import LeadPropose


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
        id, view = "", left(state)
    elif id:
        view = _activity_view(whole, activities, id, seat, lens, standing)
    elif lens == "seat" and (still := _still_asked(whole, activities, seat, standing)):
        id, view = still
        view = replace(view, blocks=(*view.blocks[:1], onward(state), *view.blocks[1:]))
    else:
        view = between(state, seat, roles, lens)
    view = with_hall(as_consented(view, state), whole, activities, seat, lens, standing)
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
        offers += tuple(offers_helm.offers(state, seat, roles, standing))
        offers += tuple(safety_view.offers(state, seat, roles, lens, standing))
        offers += tuple(helm_proposals.approvals(state, roles, standing.now, names))
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
    wrapped = [helm_proposals.as_proposal(offer, activity) for offer in view.may]
    view = replace(
        view,
        may=tuple(new or old for new, old in zip(wrapped, view.may, strict=True)),
    )
    view = safety_view.filtered(view, lambda offer: isinstance(offer.command, LeadPropose))
    mine = [new for offer in room if (new := helm_proposals.as_proposal(offer, "")) is not None]
    return replace(view, may=(*view.may, *mine))


def _names(
    whole: Whole, activities: Activities, offers: tuple[Offer, ...]
) -> Callable[[Proposal], Line]:
    """What a proposed command is called: as the button of the lead's own screen that does exactly
    this, if there is one; else with all it carries."""

    def name(one: Proposal) -> Line:
        command = helm_desk.read(one, whole.running, activities)
        if not isinstance(command, LeadCommand):
            return helm_proposals.named(one.tag)
        for offer in offers:
            known = offer.command
            if type(known) is type(command) and not offer.needs:
                assert isinstance(known, LeadCommand)
                if replace(known, epoch=0) == replace(command, epoch=0):
                    return offer.label
        return helm_proposals.described(command, whole.room)

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
        kept=offers_words.keeps(state, seat.language),
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
