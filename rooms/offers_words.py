"""What a seat is shown and may ask about people's words, beside the activity: that somebody wrote
down what it said, what changed in a memo that went out, and how long all is kept.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from activities.blocks import AnyBlock, Line, Need, Note, Offer, Option, Who, Words, say
from activities.kernel import Lens
from rooms import consent_desk, memo_stage, wire_words, words_desk
from rooms import whole as wholes
from rooms.keeping import promised
from rooms.memo_places import named
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Activities, Whole

NO_WORDS = Words("")
AGAIN_MOST = 3
"""Places a panel names that must be sent again; the memo's page has them all."""


def notes(whole: Whole, activities: Activities, seat: Seat, lens: Lens) -> tuple[AnyBlock, ...]:
    """What stands over a screen: words of one's own that wait, asked after a turn and never during
    one; for facilitators, that the memo people have is no longer the memo."""
    state = whole.room
    if lens == "panel":
        return _sent_again(state) if seat.role == "facilitator" else ()
    if lens != "seat":
        return ()
    if refs := _waiting(whole, activities, seat):
        return memo_stage.notes(state, refs)
    mine = [
        one
        for ref, one in state.written.items()
        if one.seat == seat.id
        and one.by != seat.id
        and ref in state.words
        and consent_desk.consent_of(whole, ref, one.kind).state == "pending"
        and ref not in state.consents
    ]
    if not mine or words_desk.tells(whole, activities, seat.id):
        return ()
    return (
        Note(
            title=say("{name} wrote down something you said.", name=Who(mine[-1].by)),
            text=say("Nobody else reads it until you have answered, under “My words” in the menu."),
            tone="private",
        ),
    )


def _sent_again(state: RoomState) -> tuple[AnyBlock, ...]:
    if not state.changed_since_sent:
        return ()
    places = named(state, state.changed_since_sent)
    text: Line = places[0]
    for place in places[1:AGAIN_MOST]:
        text = say("{some}, {more}", some=text, more=place)
    return (
        Note(
            title=say("The memo has changed since you sent it."),
            text=say("{places}. Send it again from the memo’s page.", places=text),
            tone="look",
        ),
    )


NAMED: Final = 40
"""People up to which each view names all whose words one may write down. In a larger hall the page
takes its list of people: in each view of each of 200, their names were three quarters of what a
phone was sent whenever something changed."""


def keeps(state: RoomState, language: str) -> Line:
    """The sentence on how long what is written here is kept, for everybody: its dates are in the
    reader's `language`."""
    return promised(state.keep, state.kept_from, state.zone, language)


def offers(
    whole: Whole, activities: Activities, seat: Seat, roles: frozenset[str], lens: Lens
) -> tuple[Offer, ...]:
    """What this seat may do about words of others."""
    if seat.status != "in" or lens == "screen":
        return ()
    running = bool(wholes.current(whole, activities))
    found = [*memo_stage.offers(whole.room, seat, lens, running=running)]
    if lens == "seat" and not running:
        found += memo_stage.asked(whole.room, _waiting(whole, activities, seat))
    options = _speakers(whole, activities, seat) if roles & {"member", "lead", "co"} else None
    if options is not None:
        found.append(
            Offer(
                command=wire_words.WordsWrite(seat="", text=NO_WORDS),
                label=say("Write down what somebody said"),
                place="menu",
                needs={
                    "seat": Need(kind="seat", label=say("Whose words?"), options=options),
                    "text": Need(
                        kind="text",
                        label=say("Their exact words. They decide what becomes of them."),
                        limit=wire_words.SPOKEN_LIMIT,
                    ),
                },
            )
        )
    if "lead" in roles and seat.role == "facilitator":
        state = whole.room
        others = [s for s in state.seats.values() if s.person and s.name and not s.organiser]
        others = [s for s in others if s.id != seat.id]
        if others:
            found.append(
                Offer(
                    command=wire_words.SeatForget(epoch=state.lead.epoch, seat=""),
                    label=say("Delete someone and all their words"),
                    place="menu",
                    needs={"seat": Need(kind="seat", label=say("Who?"), options=_options(others))},
                    confirm=say(
                        "Name, cards, notes and everything they said are deleted for good. Nobody"
                        " can bring them back."
                    ),
                )
            )
    return tuple(found)


def _waiting(whole: Whole, activities: Activities, seat: Seat) -> tuple[str, ...]:
    """Words of this seat the memo asks for, between activities only: never over a teller."""
    if wholes.current(whole, activities):
        return ()
    return memo_stage.waiting_of(whole, activities, seat.id)


def _speakers(whole: Whole, activities: Activities, seat: Seat) -> tuple[Option, ...] | None:
    """Whose words this seat may write down now; empty: those of anybody who is here, None:
    nobody's."""
    if words_desk.tells(whole, activities, seat.id):
        return None
    everybody = _everybody(whole, activities)
    if seat.role != "facilitator" and (groups := wholes.groups(whole, activities)):
        near = {id for group in groups if seat.id in group.members for id in group.members}
        return tuple([one for one in everybody if one.value in near - {seat.id}]) or None
    if len(everybody) > NAMED:
        return ()
    return tuple([one for one in everybody if one.value != seat.id]) or None


def _everybody(whole: Whole, activities: Activities) -> tuple[Option, ...]:
    """All whose words may be written down now: the same for everybody's view of one moment."""
    known: tuple[Option, ...] | None = whole.__dict__.get("speakers")
    if known is None:
        people = [s for s in whole.room.seats.values() if s.person and s.status == "in"]
        free = [s for s in people if not words_desk.tells(whole, activities, s.id)]
        known = whole.__dict__["speakers"] = _options(free)
    return known


def _options(seats: Sequence[Seat]) -> tuple[Option, ...]:
    return tuple([_option(s.id) for s in seats])


@lru_cache(maxsize=2_048)
def _option(seat: str) -> Option:
    # The same in every view and every room: a hall of 200 shows 40,000 of them.
    return Option(value=seat, label=say("{name}", name=Who(seat)))
