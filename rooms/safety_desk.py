"""What the room decides for safety: freeze, hide, the door, new links (issue 3, *Safety*).

What is hidden stands in the event itself, so that a replay hides the same. Cards leave their
documents as an effect of the commit; words are simply not turned into text any more.
"""

from collections.abc import Callable, Iterable
from typing import Final, assert_never

from msgspec.structs import replace

from activities.blocks import Line, Offer, say
from activities.kernel import Moment, Refused, Viewer
from rooms import card_lookup, commits, renderings, safety, wire, wire_safety
from rooms.asking import Asking
from rooms.room_state import RoomState
from rooms.safety import HIDES_BACK, Frozen, Hidden, PauseAsk
from rooms.seats import Seat
from rooms.whole import Draft

FROZEN: Final = say(
    "A facilitator has paused writing for everyone. What you wrote is kept on this device."
)
FROZEN_BY_PEOPLE: Final = say(
    "Two of you asked for a pause. What you wrote is kept on this device. Two of you can go on."
)
LET_WRITE: Final = say("Let people write again")
NOTHING_GOES_ON: Final = say(
    "Everything is stopped. Choose “{button}” first; then it goes on where it was.",
    button=LET_WRITE,
)
NOT_ALONE: Final = say("A facilitator is here. Ask for help; only they see it.")
ANOTHER_DEVICE: Final = say("One more person has to ask, on another device.")
AT_THE_DOOR: Final = say("You are at the door. A facilitator lets you in soon.")
NOT_YOURSELF: Final = say(
    "You cannot remove yourself. Choose Leave; your place is kept and the lead passes on."
)
NOT_THE_ORGANISER: Final = say("The person who opened the room cannot be removed.")
NOT_A_FACILITATOR: Final = say("Only facilitators have a recovery link.")
OWN_LINK_ONLY: Final = say("You can renew your own link. Others' links renews who opened the room.")
NOT_TO_HIDE: Final = say("What this person does cannot be hidden. The lead can change their role.")
NOTHING_RECENT: Final = say("This person has written nothing in the last two minutes.")
NOTHING_HIDDEN: Final = say("Nothing of this person is hidden.")

STILL_FREE: Final = frozenset(
    {
        "seat.leave",
        "seat.return",
        "seat.language",
        "help.ask",
        "pause.call",
        "room.pause",
    }
)
"""What people may still do in a frozen room: leave, pause, ask for help, read it in their own
language."""

GOES_ON: Final = frozenset({"pause.resume", "activity.start"})
STEPS: Final = ("phase.", "turn.", "time.")
"""What moves the exchange on, as types of commands and as how they begin. In a frozen room not even
the lead's are taken: to end an activity, move somebody, hide and remove are (SAF8)."""

WAITING_MAY: Final = (wire.SeatLeave, wire.SeatLanguage)
"""What somebody may do who waits at the door."""

RECOVERY_MOST: Final = 100
"""Recovery links one facilitator may go through: each is tried when somebody comes with one."""


def why_frozen(state: RoomState) -> Line | None:
    """The sentence for a frozen room, None while people may write."""
    frozen = state.safety.frozen
    if frozen is None:
        return None
    return FROZEN_BY_PEOPLE if frozen.people else FROZEN


def is_free(state: RoomState, seat: Seat, tag: str) -> bool:
    """Whether a frozen room still takes this command from the seat: from facilitators everything
    that does not move the exchange on, a peer lead's handing over and ending, and `STILL_FREE` from
    everybody."""
    if state.safety.frozen is None:
        return True
    if tag in GOES_ON or tag.startswith(STEPS):
        return False
    if seat.role == "facilitator" or tag in STILL_FREE:
        return True
    if seat.role == "observer" and tag.startswith("desk."):
        return True
    leads = state.lead.peer and state.lead.acting == seat.id
    return leads and tag.split(".")[0] in ("activity", "lead")


def ensure_free(state: RoomState, seat: Seat, tag: str) -> None:
    """Raises `Refused("closed")` with a kind word when the room is frozen for this seat: to
    facilitators it says what thaws it."""
    if not is_free(state, seat, tag):
        leads = seat.role == "facilitator"
        raise Refused("closed", NOTHING_GOES_ON if leads else why_frozen(state))


def decide(
    draft: Draft,
    command: wire_safety.SafetyCommand,
    asking: Asking,
) -> None:
    """Decide one of this module's commands; the epoch of facilitators' commands and their right to
    them is checked already. Raises `Refused`."""
    match command:
        case wire_safety.RoomFreeze():
            _freeze(draft, command, asking)
        case wire_safety.RoomUnfreeze():
            if draft.room.safety.frozen is None:
                raise Refused("duplicate")
            thaw(draft, asking)
        case wire_safety.RoomPause():
            _pause(draft, command, asking)
        case wire_safety.SeatHide():
            if not hide(draft, _other(draft, command.seat, asking), asking):
                raise Refused("duplicate", NOTHING_RECENT)
        case wire_safety.SeatRestore() | wire_safety.SeatErase():
            hidden = draft.room.safety.hidden.get(command.seat)
            if hidden is None:
                raise Refused("duplicate", NOTHING_HIDDEN)
            erase = isinstance(command, wire_safety.SeatErase)
            if erase:
                _let_go(draft, hidden)
            event = safety.SeatErased if erase else safety.SeatRestored
            draft.add(event(seat=command.seat, hidden=hidden))
        case wire_safety.DoorAsk():
            draft.add(commits.DoorSet(open=True, generation=draft.room.generation))
            draft.add(safety.DoorAsks(on=True))
        case wire_safety.SeatAdmit() | wire_safety.SeatRefuse():
            _door(draft, command, asking)
        case wire_safety.LinkRenew():
            state = draft.room
            draft.add(commits.DoorSet(open=state.door, generation=state.generation + 1))
        case wire_safety.LinkRevoke():
            _revoke(draft, command, asking)
        case _:
            assert_never(command)


# Freezing -----------------------------------------------------------------------------------------


def _freeze(draft: Draft, command: wire_safety.RoomFreeze, asking: Asking) -> None:
    seat = _other(draft, command.seat, asking) if command.seat else None
    already = draft.room.safety.frozen is not None
    if already and seat is None:
        raise Refused("duplicate")
    if not already:
        freeze(draft, asking, people=False)
    if seat is not None:
        hide(draft, seat, asking)


def freeze(draft: Draft, asking: Asking, *, people: bool) -> None:
    """People cannot write, the door is shut, the running activity's clocks stand still."""
    stopped = _clocks(draft, asking, "pause.call")
    frozen = Frozen(at=asking.now, by=asking.seat.id, people=people, activity=stopped)
    draft.add(safety.RoomFrozen(frozen=frozen))
    if draft.room.door:
        draft.add(commits.DoorSet(open=False, generation=draft.room.generation))


def thaw(draft: Draft, asking: Asking) -> None:
    """People may write again, and clocks that stood still for it go on."""
    frozen = draft.room.safety.frozen
    draft.add(safety.RoomThawed())
    if frozen is not None and frozen.activity and frozen.activity == draft.current():
        _clocks(draft, asking, "pause.resume")


def _clocks(draft: Draft, asking: Asking, tag: str) -> str:
    """Pause all or go on, by the offer the running activity itself makes to a lead; returns its
    id, "" when it has none (it is paused already, or has no clocks)."""
    id = draft.current()
    if not id:
        return ""
    here = draft.running[id]
    roles = frozenset({"lead"})
    viewer = Viewer(asking.seat.id, roles, "panel", draft.room.lead.epoch)
    offer = _of_all(draft.activities[here.kind].view(here.state, viewer).may, tag)
    if offer is None:
        return ""
    moment = Moment(
        seat=asking.seat.id,
        roles=roles,
        now=asking.now,
        dice=asking.dice,
        epoch=draft.room.lead.epoch,
    )
    try:
        draft.tell(id, offer.command, moment)
    except Refused:
        return ""
    return id


def _of_all(offers: Iterable[Offer], tag: str) -> Offer | None:
    """The offer of this type that is about everybody, not one group."""
    return next(
        (
            offer
            for offer in offers
            if offer.command.__struct_config__.tag == tag
            and not getattr(offer.command, "group", "")
        ),
        None,
    )


def alone(state: RoomState, here: Callable[[str], bool]) -> bool:
    """Whether no facilitator is here; a peer lead is none."""
    return not any(
        s.role == "facilitator" and s.status == "in" and here(s.id) for s in state.seats.values()
    )


def _pause(draft: Draft, command: wire_safety.RoomPause, asking: Asking) -> None:
    state = draft.room
    if asking.seat.role != "participant":
        raise Refused("not_allowed")
    if not alone(state, asking.presence.here):
        raise Refused("not_allowed", NOT_ALONE)
    frozen = state.safety.frozen
    if (frozen is not None) == command.on:
        raise Refused("duplicate")
    if frozen is not None and not frozen.people:
        raise Refused("not_allowed", FROZEN)  # what a facilitator froze, a facilitator thaws
    if not safety.asks_the_same(state.safety, asking.seat.id, command.on, asking.now):
        old = state.safety.ask
        mine = old is not None and old.seat == asking.seat.id and old.on == command.on
        if mine and old is not None and asking.now - old.at <= safety.PAUSE_ASKED_LASTS:
            raise Refused("duplicate", say("One more person has to ask for the same."))
        ask = PauseAsk(seat=asking.seat.id, on=command.on, at=asking.now)
        draft.add(safety.PauseAsked(ask=ask))
    elif _same_hand(state, asking):
        raise Refused("duplicate", ANOTHER_DEVICE)
    elif command.on:
        freeze(draft, asking, people=True)
    else:
        thaw(draft, asking)


def _same_hand(state: RoomState, asking: Asking) -> bool:
    ask = state.safety.ask
    return ask is not None and one_voice(state, ask.seat, asking.seat.id, asking.presence.here)


def one_voice(state: RoomState, one: str, other: str, here: Callable[[str], bool]) -> bool:
    """Whether these two seats ask for a pause with one voice: they are of one device, whose hand
    may be one, while somebody at another device is here to ask as well (SAF6)."""
    devices = set(state.seats[one].devices), set(state.seats[other].devices)
    if not devices[0] & devices[1]:
        return False
    return any(
        seat.role == "participant" and seat.status == "in" and here(seat.id)
        for seat in state.seats.values()
        if not set(seat.devices) & (devices[0] | devices[1])
    )


# Hiding -------------------------------------------------------------------------------------------


def _other(draft: Draft, id: str, asking: Asking) -> Seat:
    """The seat something is to be hidden of. Raises `Refused`."""
    seat = draft.room.seats.get(id)
    if seat is None or not seat.person:
        raise Refused("unknown")
    if seat.organiser or seat.id == asking.seat.id:
        raise Refused("not_allowed", NOT_TO_HIDE)
    return seat


def hide(draft: Draft, seat: Seat, asking: Asking, *, everything: bool = False) -> bool:
    """Hide what the seat made or changed in the last two minutes (`everything`: all its cards);
    False when there is nothing new to hide."""
    state = draft.room
    since = asking.now - HIDES_BACK
    known = state.safety.words
    by = {ref: one.by for ref, one in state.written.items()}
    words = tuple(
        ref
        for ref, kept in state.words.items()
        if (kept.seat == seat.id or by.get(ref) == seat.id) and kept.at > since and ref not in known
    )
    if everything:
        made = (one.words for one in renderings.made_by(state, seat.id))
        words = (*words, *(ref for ref in made if ref not in known))
    there = asking.known.cards if everything else asking.known.recent
    noted = {
        (note.document, note.card): note.words
        for note in card_lookup.of_seat(state, seat.id)
        if not note.document.startswith("mine/")
    }
    fresh = (key for key in noted if everything or state.notes[key[1]].at > since)
    cards = tuple(dict.fromkeys((*there, *fresh)))
    refs = tuple(dict.fromkeys((*words, *(noted[c] for c in cards if c in noted))))
    if not cards and not refs:
        return False
    hidden = Hidden(at=asking.now, by=asking.seat.id, cards=cards, words=refs)
    draft.add(safety.SeatHidden(seat=seat.id, hidden=hidden))
    return True


def _let_go(draft: Draft, hidden: Hidden) -> None:
    """What hidden cards were put into other languages as goes with them, and hidden renderings."""
    cards = frozenset(card for _, card in hidden.cards)
    words = frozenset(hidden.words)
    for event in tuple(renderings.gone(draft.room, cards=cards, words=words)):
        draft.add(event)


# The door and the links ---------------------------------------------------------------------------


def _door(
    draft: Draft,
    command: wire_safety.SeatAdmit | wire_safety.SeatRefuse,
    asking: Asking,
) -> None:
    if isinstance(command, wire_safety.SeatRefuse) and not command.seat:
        raise Refused("unknown")  # one by one: only letting in is for everybody at once
    waiting = [s for s in draft.room.seats.values() if s.status == "waiting"]
    chosen = [s for s in waiting if command.seat in ("", s.id)]
    if not chosen:
        raise Refused("duplicate" if command.seat in draft.room.seats else "unknown")
    for seat in chosen:
        if isinstance(command, wire_safety.SeatRefuse):
            draft.add(commits.SeatGone(seat=seat.id, removed=True))
        else:
            asking.let_in(draft, seat)


def _revoke(draft: Draft, command: wire_safety.LinkRevoke, asking: Asking) -> None:
    seat = draft.room.seats.get(command.seat)
    if seat is None or seat.status == "removed":
        raise Refused("unknown")
    if seat.role != "facilitator":
        raise Refused("not_allowed", NOT_A_FACILITATOR)
    if seat.id != asking.seat.id and not asking.seat.organiser:
        raise Refused("not_allowed", OWN_LINK_ONLY)
    if seat.recovery >= RECOVERY_MOST:
        raise Refused("too_many")
    devices = seat.devices
    if command.devices:
        devices = tuple(d for d in devices if d == asking.device)
    draft.add(commits.SeatChanged(seat=replace(seat, recovery=seat.recovery + 1, devices=devices)))
