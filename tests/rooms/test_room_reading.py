"""What can be read from a room, by whom: DOC2, WRD3, MEM2 (`rooms/RULES.md`)."""

import json
import secrets
from pathlib import Path

import msgspec
import pytest

from activities.kernel import Lens, Refused
from rooms.memo_export import FORMATS, export
from rooms.outgoing import Outgoing
from tests.rooms.house import House
from tests.rooms.page import Page


def told(items: list[Outgoing], canary: str) -> list[Outgoing]:
    """What of this carries the canary, in any field."""
    packed = [(i, msgspec.msgpack.encode(msgspec.structs.asdict(i))) for i in items]
    return [item for item, raw in packed if canary.encode() in raw]


async def _everything(house: House, seat: str) -> bytes:
    """All that this seat can ask for over HTTP."""
    room, device = await house.room(), await house.device(seat)
    speaking = room.seat(device, seat)
    parts = [room.people(speaking), room.my_words(speaking), room.desk(speaking) or b""]
    lenses: tuple[Lens, ...] = ("seat", "panel")
    for lens in lenses:
        try:
            parts.append(room.view(device, seat, lens))
        except Refused:
            continue
    parts.append(msgspec.json.encode(await room.board(device, seat)))
    for edition in ("participants", "public"):
        try:
            memo = await room.memo(device, edition)
        except Refused:
            continue
        parts.append(msgspec.json.encode(memo))
        parts += [export(memo, e).content for e in FORMATS if e in ("md", "html", "json", "txt")]
    return b"\n".join(parts)


async def test_private_text_reaches_nobody_else_DOC2(tmp_path: Path) -> None:
    typed, sent = secrets.token_hex(8), secrets.token_hex(8)
    async with await House.open(tmp_path, template="circle", people=5) as house:
        await house.do(house.lead, "seat.role", seat="s6", role="facilitator", epoch=1)
        sessions = {seat: await house.session(seat) for seat in house.tokens}
        for number, (seat, session) in enumerate(sessions.items()):
            for name in ("board", f"mine/{seat}", "desk", "memo", "mine/s2"):
                await house.open_document(session, name)
            if seat != "s2":
                # Whoever asks for another's document gets nothing, even by its name.
                full = f"{house.opened.room}/mine/s2"
                await session.step1(full, b"\0")
                await session.query_awareness(full)
            assert number < 6
        await house.start()
        await house.to("telling")
        await house.to("quiet")
        mine = await Page.open(house, sessions["s2"], "mine/s2", 5)
        assert await mine.draft("a1/release", f"I dare not say {typed}")
        assert await mine.card("s2-own", f"a note {typed}", root="notes")
        note = next(o for o in (await house.view("s2"))["may"] if o["type"] == "note.add")
        assert note["document"] == "mine"
        await house.do(
            "s2",
            "note.add",
            document="mine",
            section=note["section"],
            kind=note["needs"]["kind"]["options"][0]["value"],
            text=f"by command {sent}",
        )
        await house.listen()
        others = {seat: s for seat, s in sessions.items() if seat != "s2"}
        for seat, session in others.items():
            for canary in (typed, sent):
                assert not told(house.heard[session], canary), seat
                assert canary.encode() not in await _everything(house, seat), seat
        # The owner has both: on this device and by asking.
        room = await house.room()
        cards = json.dumps(await room.board(await house.device("s2")), default=str)
        assert typed in cards
        assert sent in cards
        rows = b"".join(raw for _, raw in await house.storage.commits(room.id))
        assert typed.encode() not in rows
        assert sent.encode() not in rows
        await house.crash()
        for seat in others:
            assert sent.encode() not in await _everything(house, seat)


async def test_what_may_be_read_by_whom(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        member, lead = await house.device("s2"), await house.device(house.lead)
        await house.do(house.lead, "desk.say", text="between us")
        assert room.desk(room.seat(member)) is None
        assert b"between us" in (room.desk(room.seat(lead)) or b"")
        with pytest.raises(Refused, match="not_allowed"):
            room.view(member, "s2", "panel")
        with pytest.raises(Refused, match="not_allowed"):
            room.view(member, house.lead)
        with pytest.raises(Refused, match="not_allowed"):
            await room.memo(member, "participants")
        assert (await room.memo(lead, "public")).edition == "public"
        assert not room.is_organiser(member)
        assert room.is_organiser(lead)


async def test_a_facilitator_who_left_reads_the_strip_no_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do("s2", "help.ask")
        assert room.desk(room.seat(await house.device("s2"))) is not None
        await house.do("s2", "seat.leave")
        device = await house.device("s2")
        assert room.desk(room.seat(device)) is None
        assert b'"help":true' not in room.people(room.seat(device))
        with pytest.raises(Refused, match="not_allowed"):
            await room.board(device)
        assert room.documents(device) == frozenset()


async def test_requests_for_help_are_for_facilitators_only(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room = await house.room()
        await house.do("s2", "help.ask", about="my microphone")
        assert b"my microphone" in room.people(room.seat(await house.device(house.lead)))
        for seat in ("s2", "s3"):
            shown = room.people(room.seat(await house.device(seat)))
            assert b"my microphone" not in shown
            assert b'"help":true' not in shown


async def test_the_memo_opens_to_everyone_once_sent_MEM2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room, member = await house.room(), await house.device("s2")
        await house.do(house.lead, "memo.send", epoch=await house.epoch())
        assert (await room.memo(member, "participants")).edition == "participants"
        with pytest.raises(Refused, match="not_allowed"):
            await room.memo(member, "public")


async def test_the_memo_waits_for_what_is_missing_MEM3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        room, epoch = await house.room(), await house.epoch()
        await house.start()
        await house.do(house.lead, "activity.cut", activity="a1", epoch=epoch)
        board = {"document": "board", "section": ""}
        await house.do(house.lead, "note.add", **board, kind="theme", text="Water")
        theme = (await room.shelf.cards("board"))[0].id
        for seat in ("s2", "s3"):
            await house.do(seat, "note.add", **board, kind="insight", text="It rises", theme=theme)
        assert not (await room.draft_memo("participants")).ready
        with pytest.raises(Refused, match="not_allowed") as refused:
            await house.do(house.lead, "memo.send", epoch=epoch)
        assert refused.value.message is not None
        assert not room.whole.room.sent
        await house.do(house.lead, "memo.question", theme=theme, text="What rises where you are?")
        await house.do(house.lead, "memo.send", epoch=epoch)
        assert room.whole.room.sent


async def test_a_device_writes_for_its_present_seats_only(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        second = await house.carry("s2", "Second")
        device = await house.device("s2")
        assert room.writer(device, "board").seats == {"s2", second}
        await house.do(second, "seat.leave")
        assert room.writer(device, "board").seats == {"s2"}
        assert not room.writer(device, "board").facilitator
        assert not room.writer(device, "group/a1-nothing").writes


async def test_names_and_languages_of_unknown_seats(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        room = await house.room()
        assert room.name_of("nobody") is None
        assert room.language_of("nobody") == room.language == "en"
        assert room.device("") is None
        assert room.device("\ud800") is None
        assert len(room.code()) == 9
