"""What a facilitator may see of a participant's screen: its shape and its public words, and
nothing that is that person's alone.

A preview is built from the participant's own view, then everything private is taken out: private
notes, what they chose, gave or drafted, boards of theirs and of their circle, and every word that
stands on none of the facilitator's own screens. It opens no document, and its buttons carry no
command that could be sent.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from activities.blocks import (
    AnyBlock,
    Ballot,
    Call,
    Cards,
    Choices,
    Commitments,
    Form,
    Line,
    Note,
    Offer,
    Piles,
    Release,
    Words,
    say,
)
from activities.kernel import Lens, Refused
from rooms import wire
from rooms.hats import roles_of
from rooms.offers import Standing
from rooms.room_view import default_lens, room_info, seat_view
from rooms.seats import Seat
from rooms.whole import Activities, Whole

ONLY_THEY: Final = say("Here stands something only they see.")
KEPT: Final = say("Here stand words that their circle keeps to itself.")
NOBODY: Final = Seat(id="", name="")
"""A participant who is not there yet: what a phone shows before anybody has come."""

OWN: Final[tuple[Lens, ...]] = ("panel", "seat", "screen")
"""A facilitator's own screens, the wall in the hall included."""


def refs(value: Any) -> Iterator[str]:
    """Every reference to words inside a block, an offer or a line."""
    match value:
        case Words():
            if value.ref:
                yield value.ref
        case Line():
            for each in value.args.values():
                yield from refs(each)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                yield from refs(getattr(value, name))
        case dict():
            for each in value.values():
                yield from refs(each)
        case list() | tuple():
            for each in value:
                yield from refs(each)


def cleaned(block: AnyBlock, known: frozenset[str]) -> AnyBlock:
    """A block without what is its viewer's alone. `known` are the words the asking facilitator
    sees anyway."""
    match block:
        case Note(tone="private"):
            return Note(text=ONLY_THEY, tone="private")
        case Choices():
            block = replace(block, chosen=None)
        case Release():
            block = Release(offer=block.offer, moments=block.moments)
        case Form():
            fields = tuple(replace(field, value=None) for field in block.fields)
            block = replace(block, fields=fields, given=False)
        case Ballot():
            options = tuple(replace(option, mine=0) for option in block.options)
            block = replace(block, options=options, used=0)
        case Piles():
            piles = tuple(
                replace(pile, notes=tuple(replace(note, mine=False) for note in pile.notes))
                for pile in block.piles
            )
            block = replace(block, piles=piles)
        case Commitments():
            cards = tuple(
                replace(card, offers=()) for card in block.cards if set(refs(card)) <= known
            )
            block = replace(block, cards=cards)
        case Call():
            return Note(text=block.label, tone="quiet")  # it is its people's: no way in
        case Cards(document=document) if document != "board":
            block = replace(block, document="mine", add=False)
        case _:
            pass
    return block if set(refs(block)) <= known else Note(text=KEPT, tone="quiet")


def _button(offer: Offer, known: frozenset[str]) -> dict[str, Any] | None:
    """How a button looks. Those of the menu are left out: they do not show on a phone."""
    if not offer.shown or offer.place == "menu" or not set(refs(offer.label)) <= known:
        return None
    tag = offer.command.__struct_config__.tag
    return {"type": tag, "label": offer.label, "place": offer.place, "needs": {}}


def _whose(whole: Whole, wanted: str, standing: Standing) -> Seat:
    """The seat asked for, or any participant: one who is here, if there is one."""
    seats = whole.room.seats
    people = [s for s in seats.values() if s.status == "in" and s.role == "participant"]
    if wanted:
        found = next((seat for seat in people if seat.id == wanted), None)
        if found is None:
            raise Refused("unknown")
        return found
    return min(people, key=lambda seat: not standing.here(seat.id), default=NOBODY)


def _nobodys(standing: Standing) -> Standing:
    """Standing in which nobody has answered what is answered without a name: a button that says
    "change" would tell whose the newest answer is (EV1, VO3)."""

    def token(activity: str, seat: str) -> str:
        return "nobody" if standing.token(activity, seat) else ""

    shown = copy(standing)
    shown.token = token
    return shown


def preview_message(
    whole: Whole,
    activities: Activities,
    asking: Seat,
    wanted: str,
    standing: Standing,
    here: int,
) -> wire.ViewMessage:
    """A participant's screen as `asking`, a facilitator, may see it; `wanted` is a seat, or ""
    for anybody's.

    Raises `Refused`: `not_allowed` for all but facilitators and who leads, `unknown` for a seat
    that is no participant's.
    """
    if not roles_of(whole.room, asking) & {"lead", "co"}:
        raise Refused("not_allowed")
    seat = _whose(whole, wanted, standing)
    own = [lens for lens in OWN if lens != "panel" or default_lens(asking) == "panel"]
    screens = (seat_view(whole, activities, asking, lens, standing)[0] for lens in own)
    known = frozenset(ref for screen in screens for ref in refs(screen.blocks))
    known |= {whole.room.title}
    if whole.room.notice:
        known |= {whole.room.notice}
    view, id = seat_view(whole, activities, seat, "seat", _nobodys(standing))
    info = None
    if id:
        kind = whole.running[id].kind
        info = wire.ActivityInfo(id=id, kind=kind, phase=view.phase)
    buttons = (_button(offer, known) for offer in view.may)
    return wire.ViewMessage(
        seat=seat.id,
        lens="seat",
        seq=whole.room.seq,
        now=standing.now,
        activity=info,
        ends_at=view.ends_at,
        blocks=tuple(cleaned(block, known) for block in view.blocks),
        may=tuple(button for button in buttons if button),
        room=room_info(whole.room, activities, seat, here, "", id, standing.now),
        place=_line(view.place, known, whole),
        sub=_line(view.sub, known, whole) if view.sub else None,
        documents=(),
    )


def _line(line: Line | None, known: frozenset[str], whole: Whole) -> Line:
    title = say("{room}", room=Words(whole.room.title))
    return line if line is not None and set(refs(line)) <= known else title
