"""What pages read from a room."""

from __future__ import annotations

import msgspec

from rooms.memo_tree import Missing
from server.reading import facilitator_seat, memo_page, organiser_name, own_seats, title_of
from server.site import Site
from tests.server.conftest import Opened


async def test_title_seats_and_memo(site: Site, opened: Opened) -> None:
    guest = await opened.join("Rosa", language="ar")
    room = await site.hub.room(opened.room)
    lead, phone = room.device(opened.lead.token), room.device(guest.token)
    assert lead
    assert phone
    assert title_of(room) == "Living with the river"
    [seat] = own_seats(room, phone)
    assert (seat.name, seat.language, seat.role) == ("Rosa", "ar", "participant")
    assert organiser_name(room) == "Amina"
    assert facilitator_seat(room, lead) == opened.lead.seat
    assert facilitator_seat(room, phone) == ""
    drafted = await room.memo(lead, "participants")
    memo = msgspec.structs.replace(drafted, missing=(Missing("question", "themes"),))
    shown = await memo_page(room, lead, memo)
    assert "ledger" not in shown
    assert {"sections", "missing", "counts"} <= set(shown)
    assert shown["missing"]
    assert shown["stage"]["step"] == "collecting"
    # What is missing names whose words wait: it is for facilitators.
    theirs = await memo_page(room, phone, memo)
    assert not theirs["missing"]
    assert "stage" not in theirs
