"""Rules of one websocket: WIR, DOC, SEA6 (`rooms/RULES.md`)."""

import asyncio
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pycrdt import Map

from rooms import lib0
from rooms.outgoing import Ack, AuthNo, AuthOk, Aware, Bye, Say, Step1, Step2, Update
from rooms.sealed import unseal
from rooms.seats import Device
from rooms.session import OPEN_DOCUMENTS, SENTENCES, Session
from rooms.wire import COMMAND_LIMIT, Goodbye
from tests.rooms.house import House
from tests.rooms.page import Page


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in folder.iterdir() if f.is_file())


def said(house: House, session: Session, type: str) -> list[dict[str, Any]]:
    messages = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
    return [m for m in messages if m["type"] == type]


async def test_first_things_first_views_arrive_after_authentication_WIR1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        await house.listen()
        heard = house.heard[session]
        assert heard[0] == AuthOk(house.opened.room, readonly=True)
        assert [m["seat"] for m in said(house, session, "view")] == ["s2"]
        assert said(house, session, "people")
        assert said(house, session, "words")
        assert not said(house, session, "desk")


async def test_commands_are_still_taken_after_views_were_sent(tmp_path: Path) -> None:
    """The room's own document stays open when others are judged again."""
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        for number in range(3):
            await house.do(house.lead, "desk.say", text=str(number))
            await house.listen()
        assert "" in session.opened
        command = {"request": "r", "command": {"type": "help.ask"}}
        await session.stateless(house.opened.room, json.dumps(command))
        await house.listen()
        assert [m["request"] for m in said(house, session, "done")] == ["r"]


async def test_an_agenda_too_large_is_refused_by_its_name_WIR3(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        session = await house.session(house.lead)
        before = (await house.room()).whole
        plan = {"type": "agenda.import", "revision": 0, "plan": ["x" * COMMAND_LIMIT]}
        await session.stateless(house.opened.room, json.dumps({"request": "r", "command": plan}))
        await house.listen()
        (no,) = said(house, session, "refused")
        assert (no["request"], no["reason"]) == ("r", "too_large")
        assert "agenda" in no["message"]
        assert "32" in no["message"]
        assert (await house.room()).whole == before


async def test_a_refusal_names_its_request_and_says_a_sentence_WIR3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        raw = json.dumps({"request": "r1", "command": {"type": "door.close", "epoch": 1}})
        await session.stateless(house.opened.room, raw)
        await session.stateless(house.opened.room, json.dumps({"request": "r2", "command": 3}))
        long = json.dumps({"request": "r3", "command": "x" * COMMAND_LIMIT})
        await session.stateless(house.opened.room, long)
        await session.stateless(house.opened.room, "nonsense")
        await session.stateless(house.opened.room, '{"lens": "everything"}')
        await session.stateless(house.opened.room, '{"lens": "panel"}')
        await house.listen()
        refused = said(house, session, "refused")
        assert [(m["request"], m["reason"]) for m in refused] == [
            ("r1", "not_allowed"),
            ("r2", "bad_request"),
            ("r3", "too_large"),
            ("", "bad_request"),
            ("", "bad_request"),
            ("", "not_allowed"),
        ]
        assert all(m["message"] == SENTENCES[m["reason"]].id for m in refused)


@pytest.mark.parametrize("token", ["", "x", "x" * 200, "\ud800"])
async def test_an_unknown_token_ends_the_session_WIR4(tmp_path: Path, token: str) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = house.hub.session()
        with pytest.raises(Goodbye) as goodbye:
            await session.authenticate(house.opened.room, token)
        assert (goodbye.value.code, goodbye.value.retry) == (4401, False)


async def test_no_such_room_WIR4(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        for name in ("nothing", "", "x" * 41, "réseau", "../etc", "a\0b"):
            session = house.hub.session()
            with pytest.raises(Goodbye) as goodbye:
                await session.authenticate(name, house.opened.token)
            assert goodbye.value.code == 4404


async def test_a_token_of_another_room_opens_nothing_WIR4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        other = await house.hub.open_room(title="Elsewhere", facilitator="Zoe")
        session = house.hub.session()
        with pytest.raises(Goodbye):
            await session.authenticate(house.opened.room, other.token)
        mine = await house.session("s2")
        await mine.authenticate(other.room, other.token)
        await mine.authenticate(f"{other.room}/board", other.token)
        await mine.authenticate(house.opened.room, house.opened.token)  # another device's
        refused = [i for i in await mine.outbox.get() if isinstance(i, AuthNo)]
        assert len(refused) == 3


async def test_saying_anything_before_a_token_ends_the_session(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = house.opened.room
        session = house.hub.session()
        for call in (
            session.step1(room, b"\0"),
            session.update(f"{room}/board", b"\0\0"),
            session.stateless(room, "{}"),
            session.query_awareness(room),
        ):
            with pytest.raises(Goodbye) as goodbye:
                await call
            assert goodbye.value.code == 4401
        session.beat()
        await session.closed()


async def test_a_session_that_opened_a_wrong_document_first_still_gets_views(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = house.hub.session()
        house.heard[session] = []
        token = house.tokens["s2"]
        await session.authenticate(f"{house.opened.room}/desk", token)
        await session.authenticate(house.opened.room, token)
        await house.listen()
        seen = len(said(house, session, "view"))
        await house.start()
        await house.listen()
        assert len(said(house, session, "view")) == seen + 1
        assert (await house.room()).presence.word("s2") == "here"


async def test_documents_open_by_role_DOC1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        member, lead = await house.session("s2"), await house.session(house.lead)
        for name, who in [
            ("board", {member, lead}),
            ("mine/s2", {member}),
            ("mine/s1", {lead}),
            ("mine/s3", set()),
            ("memo", {lead}),
            ("desk", {lead}),
            ("group/a1-c1", set()),
            ("nothing", set()),
            ("board/", set()),
        ]:
            for session in (member, lead):
                await house.open_document(session, name)
                assert (name in session.opened) == (session in who), name


async def test_one_socket_opens_so_many_documents_and_no_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        session.opened |= {f"d{n}" for n in range(OPEN_DOCUMENTS - 1)}
        await session.authenticate(house.opened.room, house.tokens["s2"])
        with pytest.raises(Goodbye) as goodbye:
            await house.open_document(session, "board")
        assert goodbye.value.code == 4429


async def test_an_edit_is_acknowledged_once_and_reaches_others_DOC4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        one = await Page.open(house, await house.session("s2"), "board", 1)
        two = await Page.open(house, await house.session("s3"), "board", 2)
        assert await one.card("s2-a", "hello")
        await two.pull()
        assert "s2-a" in two.doc.get("cards", type=Map)
        acks = [i for i in house.heard[one.session] if isinstance(i, Ack)]
        assert acks == [Ack(one.full, True)]
        assert not [i for i in house.heard[one.session] if isinstance(i, Update)]


async def test_an_edit_on_its_way_reaches_others_though_its_writer_is_gone_DOC4_LOG5(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        one = await Page.open(house, await house.session("s2"), "board", 1)
        two = await Page.open(house, await house.session("s3"), "board", 2)
        house.storage.held = asyncio.Event()
        house.storage.written.clear()
        update = one.change(lambda doc: doc.get("cards", type=Map).update({"s2-a": Map()}))
        sending = asyncio.ensure_future(one.session.update(one.full, update))
        await house.storage.written.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await one.session.closed()
        house.storage.held.set()
        assert await two.card("s3-b", "after")
        await two.pull()
        assert set(two.doc.get("cards", type=Map)) == {"s2-a", "s3-b"}


async def test_what_is_not_mine_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        assert not await page.card("s3-a", "as somebody else")
        refused = said(house, session, "refused")
        assert (refused[-1]["reason"], refused[-1]["document"]) == ("not_allowed", page.full)
        assert not await (await house.room()).shelf.cards("board")


async def test_an_edit_after_a_gap_is_asked_for_again(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        page.change(lambda doc: doc.get("cards", type=Map).update({"s2-a": Map()}))
        assert not await page.edit(lambda doc: doc.get("cards", type=Map).update({"s2-b": Map()}))
        assert isinstance(house.heard[session][-1], Step1)
        await session.step2(page.full, page.doc.get_update())
        await house.listen()
        assert house.heard[session][-1] == Ack(page.full, True)


async def test_the_room_document_takes_no_edits(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        room = house.opened.room
        await session.step1(room, b"\0")
        await session.step2(room, b"\0\0")
        await session.update(room, b"\1\1")
        await house.listen()
        tail = [i for i in house.heard[session] if isinstance(i, Step2 | Ack)]
        assert tail == [Step2(room, b"\0\0"), Ack(room, True), Ack(room, False)]


async def test_a_full_disk_refuses_an_edit_and_takes_it_later_DOC6_STO1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        other = await Page.open(house, await house.session("s3"), "board", 2)
        house.storage.full_documents = True
        assert not await page.card("s2-a", "hello")
        assert said(house, session, "refused")[-1]["reason"] == "full"
        house.storage.full_documents = False
        await session.step2(page.full, page.doc.get_update())
        await other.pull()
        assert set(other.doc.get("cards", type=Map)) == {"s2-a"}


def _awareness(client: int, clock: int, state: str) -> bytes:
    return lib0.uint(1) + lib0.uint(client) + lib0.uint(clock) + lib0.text(state)


async def test_a_pointer_cannot_claim_to_be_somebody_else_DOC3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        liar, other = await house.session("s2"), await house.session("s3")
        for session in (liar, other):
            await house.open_document(session, "board")
        full = f"{house.opened.room}/board"
        await other.awareness(full, _awareness(77, 1, '{"seat": "s3"}'))
        await liar.awareness(full, _awareness(5, 1, '{"seat": "s3", "name": "Person 2"}'))
        await liar.awareness(full, _awareness(77, 9, '{"seat": "s3"}'))
        await liar.awareness(full, _awareness(77, 10, "null"))
        await house.listen()
        heard = [i.data for i in house.heard[other] if isinstance(i, Aware)]
        assert len(heard) == 1
        assert b'"seat":"s2"' in heard[0]
        assert b'"name":"Person 1"' in heard[0]
        assert b"s3" not in heard[0]
        await other.query_awareness(full)
        await liar.closed()
        await house.listen()
        assert b"null" in [i.data for i in house.heard[other] if isinstance(i, Aware)][-1]


async def test_pointers_are_only_on_shared_documents_DOC3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        full = await house.open_document(session, "mine/s2")
        await session.awareness(full, _awareness(5, 1, '{"seat": "s2"}'))
        await session.awareness(house.opened.room, _awareness(5, 1, "{}"))
        await house.listen()
        assert not [i for i in house.heard[session] if isinstance(i, Aware)]


async def test_a_removed_person_is_sent_away_at_once_SEA6_DOC8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        other = await Page.open(house, await house.session("s3"), "board", 2)
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        # At once, before any tick: nothing is answered any more.
        for call in (
            session.step1(page.full, b"\0"),
            session.update(page.full, b"\0\0"),
            session.query_awareness(page.full),
            session.stateless(house.opened.room, "{}"),
        ):
            with pytest.raises(Goodbye) as goodbye:
                await call
            assert (goodbye.value.code, goodbye.value.retry) == (4403, False)
        await other.card("s3-a", "not for the one who was removed")
        await house.listen()
        heard = house.heard[session]
        assert isinstance(heard[-1], Bye)
        assert (heard[-1].code, heard[-1].retry) == (4403, False)
        assert not [i for i in heard if isinstance(i, Update)]
        with pytest.raises(Goodbye):
            await house.session("s2")


async def test_one_of_five_at_a_table_is_removed_and_the_others_stay_SEA6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        third = await house.carry("s2", "Third")
        session = await house.session("s2")
        await house.open_document(session, f"mine/{third}")
        await house.do(house.lead, "seat.remove", seat=third, epoch=1)
        await house.listen()
        assert f"mine/{third}" not in session.opened
        assert "" in session.opened
        assert not [i for i in house.heard[session] if isinstance(i, Bye)]


async def test_a_forgotten_room_says_goodbye_and_takes_nothing_STO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        await page.card("s2-a", "zebracanary")
        await house.do("s2", "help.ask", about="zebracanary")
        await house.hub.forget(house.opened.room)
        await house.listen()
        last = house.heard[session][-1]
        assert isinstance(last, Bye)
        assert (last.code, last.retry) == (4410, False)
        with pytest.raises(Goodbye) as goodbye:
            await session.update(page.full, b"\0\0")
        assert goodbye.value.code == 4410
        with pytest.raises(Goodbye) as goodbye:
            await house.session("s2")
        assert goodbye.value.code == 4404
        assert not await house.storage.commits(house.opened.room)
        await house.clock.advance(1_000_000)
        files = bytes_of(tmp_path)
        assert b"zebracanary" not in files
        assert house.opened.room.encode() not in files


async def test_a_missed_document_that_must_be_loaded_first_is_still_sent(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        await page.card("s2-a", "hello")
        room = await house.room()
        room.shelf._documents.drop(page.full)  # as after an edit that could not be kept
        house.heard[session].clear()
        session.outbox.overflowed.add(page.full)
        session.outbox.put(Ack(page.full, True))
        await house.listen()
        await asyncio.gather(*session._background)
        await house.listen()
        assert [i for i in house.heard[session] if isinstance(i, Step2)]


async def test_two_devices_of_one_person_are_one_seat_SEA3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        joined = await house.hub.recover(room, house.opened.facilitate)
        assert joined.token
        first = await house.session(house.lead)
        second = house.hub.session()
        house.heard[second] = []
        await second.authenticate(room.id, joined.token)
        await first.closed()
        assert room.presence.here(house.lead)
        await house.do(house.lead, "desk.say", text="hello")
        await house.listen()
        assert said(house, second, "desk")[-1]["lines"][-1]["text"] == "hello"
        assert room.here() == 2
        await second.closed()
        assert not room.presence.here(house.lead)


async def test_five_seats_on_one_device_have_five_views_SEA4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        table = ["s2"] + [await house.carry("s2", f"Carried {n}") for n in range(4)]
        await house.start()
        await house.listen()
        assert {m["seat"] for m in said(house, session, "view")} == set(table)
        for seat in table:
            assert said(house, session, "view") != []
            raw = {"request": f"q{seat}", "seat": seat, "command": {"type": "help.ask"}}
            await session.stateless(house.opened.room, json.dumps(raw))
        room = await house.room()
        assert set(room.whole.room.help) == set(table)
        rows = [msgspec.json.decode(unseal(r)) for _, r in await house.storage.commits(room.id)]
        by = {r["seat"]: r.get("entered_by", "") for r in rows if r.get("request", "")[:1] == "q"}
        assert by == {"s2": "", **dict.fromkeys(table[1:], "s2")}
        assert all(room.presence.here(seat) for seat in table)
        await session.closed()
        assert not any(room.presence.here(seat) for seat in table)
        session = await house.session("s2")
        assert all(room.presence.here(seat) for seat in table)


async def test_STO1_what_could_not_be_saved_is_done_in_order_when_it_is_sent_again(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")

        async def ask(request: str) -> dict[str, Any]:
            body = {"request": request, "command": {"type": "help.ask"}}
            await session.stateless(house.opened.room, json.dumps(body))
            await house.listen()
            said = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
            answer: dict[str, Any] = [one for one in said if one.get("request") == request][-1]
            return answer

        house.storage.full = True
        assert (await ask("r1"))["again"]
        house.storage.full = False
        assert (await ask("r2"))["again"], "not before the first"
        assert (await ask("r1"))["type"] == "done"
        later = await ask("r2")
        assert (later["reason"], later["again"]) == ("duplicate", False), "help was asked for"
        # Who never sends it again holds nothing up for long.
        await house.do(house.lead, "help.answer", seat="s2", epoch=await house.epoch())
        house.storage.full = True
        assert (await ask("r3"))["again"]
        house.storage.full = False
        await house.clock.advance(10_000)
        assert (await ask("r4"))["type"] == "done"


async def test_STO1_a_document_that_cannot_be_saved_is_to_be_sent_again(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 102)
        house.storage.full_documents = True
        assert not await page.card("s2-1", "kept on this device")
        refused = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)][-1]
        assert refused["again"]
        assert "cannot save right now" in refused["message"]
        house.storage.full_documents = False
        await session.step1(page.full, page.doc.get_state())
        await session.step2(page.full, page.doc.get_update())
        await house.listen()
        assert [i for i in house.heard[session] if isinstance(i, Ack)][-1].ok


async def test_signs_of_life_count_once_a_second_unless_something_happened(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        session, room = await house.session("s2"), await house.room()
        heard: list[int] = []
        called = room.called

        def call(device: Device) -> None:
            heard.append(house.clock.now())
            called(device)

        begun = house.clock.now()
        for at in (0, 0, 999, 1_000, 1_500, 2_000):
            await house.clock.advance(begun + at - house.clock.now())
            room.called = call  # type: ignore[method-assign]
            session.beat()
        assert [at - begun for at in heard] == [0, 1_000, 2_000]
        await house.do(house.lead, "door.close", epoch=1)
        heard.clear()
        session.beat()
        session.beat()
        assert len(heard) == 1
