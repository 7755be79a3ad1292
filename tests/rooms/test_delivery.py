"""What leaves a room, to whom, in which order: WIR1, WIR6, DOC8 (`rooms/RULES.md`)."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pycrdt
import pytest
from pycrdt import Doc, Map

from rooms import delivery
from rooms.outgoing import Aware, Bye, ClosedDocument, Outgoing, Say, Update
from rooms.sheet import Sheet
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_awareness import encode


def types(items: list[Outgoing]) -> list[str]:
    return [json.loads(i.payload)["type"] for i in items if isinstance(i, Say)]


async def test_what_did_not_change_is_not_sent_again_WIR1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        await house.listen()
        house.heard[session].clear()
        await house.do("s3", "help.ask")  # nothing that s2 may know
        await house.listen()
        assert types(house.heard[session]) == []
        await house.do(house.lead, "say.all", text="hello", epoch=1)
        await house.listen()
        assert types(house.heard[session]) == ["view"]


async def test_only_the_newest_view_waits_for_a_slow_reader_WIR1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        for number in range(20):
            await house.do(house.lead, "say.all", text=f"line {number}", epoch=1)
            (await house.delivery()).flush()
        await house.listen()
        views = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
        views = [v for v in views if v["type"] == "view"]
        assert len(views) == 1
        assert views[0]["room"]["notice"] == "line 19"


async def test_many_edits_leave_as_one_frame_shared_by_all_readers(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        pages = [
            await Page.open(house, await house.session(s), "board", n + 1)
            for n, s in enumerate(["s2", "s3", "s4"])
        ]
        (await house.delivery()).tick.close()  # flushed by hand from here on
        for page in pages:
            page.forget()
        writer = pages[0]
        for number in range(120):  # more than are merged at once
            update = writer.change(_empty(f"s2-{number}"))
            await writer.session.update(writer.full, update)
        await house.listen()
        frames = [[i for i in house.heard[page.session] if isinstance(i, Update)] for page in pages]
        assert [len(f) for f in frames] == [0, 1, 1]
        assert frames[1][0] is frames[2][0]
        await pages[1].pull()
        assert len(pages[1].doc.get("cards", type=Map)) == 120


async def test_each_author_gets_what_the_others_did(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        one = await Page.open(house, await house.session("s2"), "board", 1)
        two = await Page.open(house, await house.session("s3"), "board", 2)
        (await house.delivery()).tick.close()
        for page, card in ((one, "s2-a"), (two, "s3-b")):
            update = page.change(_empty(card))
            await page.session.update(page.full, update)
        await one.pull()
        await two.pull()
        for page in (one, two):
            assert set(page.doc.get("cards", type=Map)) == {"s2-a", "s3-b"}


async def test_what_cannot_be_merged_is_sent_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        """As pycrdt's native code raises it."""

    def panic(*_: bytes) -> bytes:
        raise PanicException("in the native code")

    async with await House.open(tmp_path, people=2) as house:
        writer = await Page.open(house, await house.session("s2"), "board", 1)
        reader = await Page.open(house, await house.session("s3"), "board", 2)
        (await house.delivery()).tick.close()
        reader.forget()
        monkeypatch.setattr(pycrdt, "merge_updates", panic)
        for card in ("s2-a", "s2-b"):
            update = writer.change(_empty(card))
            await writer.session.update(writer.full, update)
        await reader.pull()
        assert set(reader.doc.get("cards", type=Map)) == {"s2-a", "s2-b"}


def _empty(card: str) -> Callable[[Doc[Any]], object]:
    """Puts an empty card."""
    return lambda doc: doc.get("cards", type=Map).update({card: Map()})


async def test_a_group_document_closes_before_anything_more_of_it_leaves_DOC8(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, template="circle", people=5) as house:
        await house.start()
        await house.to("form")
        await house.to("settle")
        room = await house.room()
        name = next(n for n in room.documents(await house.device("s2")) if n[:6] == "group/")
        mates = [
            s for s in house.tokens if s != "s2" and name in room.documents(await house.device(s))
        ]
        assert mates
        session = await house.session("s2")
        page = await Page.open(house, session, name, 1)
        other = await Page.open(house, await house.session(mates[0]), name, 2)
        assert await other.card(f"{mates[0]}-a", "while we sat together")
        await page.pull()
        (await house.delivery()).tick.close()
        house.heard[session].clear()
        await house.do("s2", "seat.leave")
        # Edited after the leave, flushed with it: the leaver is cut off first.
        update = other.change(
            lambda doc: doc.get("cards", type=Map).update({f"{mates[0]}-b": Map()})
        )
        await other.session.update(other.full, update)
        await session.step1(page.full, b"\0")
        await house.listen()
        heard = house.heard[session]
        assert ClosedDocument(page.full, "permission-denied") in heard
        assert not [i for i in heard if isinstance(i, Update) or type(i).__name__ == "Step2"]
        assert "" in session.opened


async def test_a_lens_of_a_role_one_no_longer_has_is_dropped(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        session = await house.session("s2")
        await session.stateless(house.opened.room, '{"lens": "panel"}')
        await house.do(house.lead, "seat.role", seat="s2", role="participant", epoch=1)
        await house.listen()
        views = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
        assert [v["lens"] for v in views if v["type"] == "view"][-1] == "seat"


async def test_a_view_that_cannot_be_made_ends_that_session_only_WIR6(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        bad, good = await house.session("s2"), await house.session("s3")
        await house.listen()
        whole = Sheet.words

        def words(sheet: Sheet, seat: Any) -> Any:
            if seat.id == "s2":
                raise ZeroDivisionError("a bug")
            return whole(sheet, seat)

        monkeypatch.setattr(Sheet, "words", words)
        await house.do(house.lead, "say.all", text="hello", epoch=1)
        await house.listen()
        last = house.heard[bad][-1]
        assert isinstance(last, Bye)
        assert (last.code, last.retry) == (1011, True)
        assert "view" in types(house.heard[good])
        assert not [i for i in house.heard[good] if isinstance(i, Bye)]


def test_updates_are_merged_in_bounded_calls() -> None:
    assert delivery.MERGED_AT_ONCE == 50


@pytest.mark.slow
async def test_a_commit_reaches_two_hundred_seats_in_time(tmp_path: Path) -> None:
    """About 25 ms of processor time; what fails here is quadratic."""
    import time

    async with await House.open(tmp_path, people=199) as house:
        for seat in house.tokens:
            await house.session(seat)
        await house.listen()
        found = await house.delivery()
        found.tick.close()
        await house.do(house.lead, "say.all", text="hello", epoch=1)
        began = time.process_time()
        found.flush()
        assert time.process_time() - began < 0.6


async def test_pointers_never_reach_who_may_no_longer_read_a_document_DOC8(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        role = partial(house.do, house.lead, "seat.role", seat="s2", epoch=1)
        await role(role="facilitator")
        lead, other = await house.session(house.lead), await house.session("s2")
        for session in (lead, other):
            full = await house.open_document(session, "memo")
        found = await house.delivery()
        found.close()
        await house.listen()
        await role(role="participant")
        await lead.awareness(full, encode((7, 1, "{}")))
        found._flush_pointers()  # the slower tick comes before the views
        house.heard[other] = await other.outbox.get()
        assert ClosedDocument(full, "permission-denied") in house.heard[other]
        assert not [i for i in house.heard[other] if isinstance(i, Aware)]


async def test_a_crowd_is_told_of_pointers_half_as_often(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        found = await house.delivery()
        assert found._pointers_rest(0.001) == delivery.POINTERS == 0.040
        sessions: Any = range(delivery.CROWD)
        found.sessions.update(sessions)
        assert found._pointers_rest(0.001) == delivery.POINTERS_CROWDED == 0.080
        found.sessions.clear()


async def test_in_a_hall_comings_and_goings_wait_for_a_moment_and_taps_do_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "HALL", 1)
    async with await House.open(tmp_path, people=3) as house:
        found = await house.delivery()
        reader = await house.session("s2")
        await house.listen()
        found.close()  # flushed by hand from here on
        comer = await house.session("s3")
        house.heard[reader].clear()
        found._flush_content()
        await hear(house, reader, comer)
        assert "view" in types(house.heard[comer]), "who comes in has all at once"
        await comer.closed()
        found._flush_content()
        await hear(house, reader)
        assert types(house.heard[reader]) == [], "the others are told in a moment"
        found._flush_late()
        await hear(house, reader)
        assert "people" in types(house.heard[reader])
        house.heard[reader].clear()
        await house.do(house.lead, "say.all", text="hello", epoch=1)
        found._flush_content()
        await hear(house, reader)
        assert "view" in types(house.heard[reader]), "what somebody taps is shown at once"


async def hear(house: House, *sessions: Any) -> None:
    """Take what waits, without a flush."""
    for session in sessions:
        while session.outbox.waiting:
            house.heard[session] += await session.outbox.get()


async def test_those_who_come_in_at_once_are_sent_the_same_list_of_people(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        sessions = [await house.session(seat) for seat in ("s2", "s3", "s4")]
        await house.listen()
        lists = [
            next(i for i in house.heard[s] if isinstance(i, Say) and '"people"' in i.payload[:40])
            for s in sessions
        ]
        assert len({id(each) for each in lists}) == 1
