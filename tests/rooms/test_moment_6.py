"""Moment 6 on the wire: before sharing, nobody else's device has received the text. A word of its
own stands in every kind of document and box; every frame every other device is sent, and all it can
ask for, is searched for it (DOC2, SHR1, NML2)."""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pycrdt import Doc, Map, Text

from activities.kernel import Lens, Refused
from rooms.board_schema import author_of
from rooms.memo_export import FORMATS, export
from rooms.session import Session
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_awareness import encode
from tests.rooms.test_nameless_room import raw
from tests.rooms.test_share_desk import note, own_circle

LENSES: tuple[Lens, ...] = ("seat", "panel", "screen")
PLAIN = ("md", "html", "json", "txt")
"""Formats whose bytes can be searched as they are; the others are made of the same tree."""


class Wire:
    """Everybody in the room at their own device, with all documents open that they may open and
    some they may not; `heard` is all that ever reached a seat's device."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.sessions: dict[str, Session] = {}
        self.marks: dict[str, str] = {}
        self.wall = ""

    async def connect(self) -> None:
        for seat in self.house.tokens:
            if seat not in self.sessions:
                self.sessions[seat] = await self.house.session(seat)
            await self.open(seat)

    async def open(self, seat: str) -> None:
        """Ask for everything: own documents, everybody's private one, every circle."""
        session = self.sessions[seat]
        names = [*(await self.house.view(seat))["documents"], "desk", "memo", "mine/s2"]
        names += ["group/a1-c1", "group/a1-c2"]
        for name in dict.fromkeys(names):
            full = await self.house.open_document(session, name)
            await session.step1(full, b"\0")
            await session.query_awareness(full)
        await self.house.listen()

    def word(self, name: str) -> str:
        """A word that stands nowhere else."""
        self.marks[name] = f"{name}-{secrets.token_hex(6)}"
        return self.marks[name]

    async def who_has(self, name: str) -> set[str]:
        """The seats whose devices were sent the word, or can get it."""
        for seat in self.sessions:
            await self.open(seat)
        mark, found = self.marks[name].encode(), set()
        for seat, session in self.sessions.items():
            if mark in raw(self.house.heard[session]) or mark in await self.asked(seat):
                found.add(seat)
        return found

    async def asked(self, seat: str) -> bytes:
        """What a seat gets over HTTP: views with every lens, people, words, the board, the strip,
        the plan, previews of everybody's phone, the memo in every format, what is taken out."""
        house = self.house
        room, device = await house.room(), await house.device(seat)
        speaking = room.seat(device, seat)
        parts = [room.people(speaking), room.my_words(speaking), room.device_seats(device)]
        parts += [room.desk(speaking) or b"", room.plan(speaking) or b""]
        with suppress(Refused):
            parts.append(msgspec.json.encode(await room.board(device, seat)))
        for lens in LENSES:
            with suppress(Refused):
                parts.append(room.view(device, seat, lens))
        for other in house.tokens:
            with suppress(Refused):
                parts.append(room.preview(device, seat, other))
        with suppress(Refused):
            parts.append(msgspec.json.encode(await room.board_for_export(device)))
        for edition in ("participants", "public"):
            with suppress(Refused):
                memo = await room.memo(device, edition)
                parts.append(msgspec.json.encode(memo))
                parts += [export(memo, e).content for e in FORMATS if e in PLAIN]
        return b"".join(parts)


async def stories(folder: Path) -> tuple[House, Wire]:
    """Two circles in the quiet minute, a co-facilitator and the wall, all connected."""
    house = await House.open(folder, "circle", people=10)
    await house.do(house.lead, "seat.role", seat="s11", role="facilitator", epoch=1)
    await house.do("s11", "seat.deal", dealt_in=False)  # facilitates, and sits in no circle
    wire = Wire(house)
    wall = await house.hub.recover(await house.room(), house.opened.screen)
    assert wall.token
    house.tokens[wall.seat] = wall.token
    wire.wall = wall.seat
    await wire.connect()
    await house.start()
    await house.to("telling")
    await house.to("quiet")
    return house, wire


async def test_moment_6_every_scope_reaches_its_people_and_nobody_else_DOC2_SHR1(
    tmp_path: Path,
) -> None:
    house, wire = await stories(tmp_path)
    async with house:
        circle = next(g for g in (await house.view("s2"))["documents"] if g.startswith("group/"))
        facilitators = {house.lead, "s11"}
        mates = {seat for seat in house.tokens if circle in (await house.view(seat))["documents"]}
        assert "s2" in mates
        assert not mates & facilitators
        assert len(mates) < len(house.tokens) - len(facilitators)  # another circle listens too

        # Only you: a draft in a box, one for another activity, a note by hand and one by command.
        mine = await Page.open(house, wire.sessions["s2"], "mine/s2", 501)
        assert await mine.draft("a1/note-quiet", wire.word("draft"))
        assert await mine.draft("room/help", wire.word("box"))
        assert await mine.card("s2-own", wire.word("typed"), root="notes")
        private = await note(house, "s2", wire.word("note"))
        await wire.sessions["s2"].awareness(
            mine.full, encode((501, 1, f'{{"seat":"s2","t":"{wire.word("pointer")}"}}'))
        )
        # What is refused comes back to nobody but its sender.
        await house.refused(
            "s2", "note.add", "not_allowed",
            document="board", section="no", kind="insight", text=wire.word("refused"),
        )  # fmt: skip
        for name in ("draft", "box", "typed", "note", "pointer", "refused"):
            assert await wire.who_has(name) <= {"s2"}, name
        assert await wire.who_has("note") == {"s2"}
        assert await wire.who_has("draft") == {"s2"}

        # Your circle: a note by command, one typed, and a private one that is shown to it.
        await house.to("reflect")
        assert await own_circle(house, "s2") == circle
        given = await note(house, "s2", wire.word("circle"), circle)
        group = await Page.open(house, wire.sessions["s2"], circle, 502)

        def more(doc: Doc[Any]) -> None:
            text = doc.get("cards", type=Map)[given]["text"]
            text.insert(0, f"{wire.word('edited')} ")

        assert await group.edit(more)
        await house.do("s2", "note.share", cards=[private], to=circle)
        for name in ("circle", "edited", "note"):
            assert await wire.who_has(name) == mates, name
        for name in ("draft", "box", "typed"):
            assert await wire.who_has(name) == {"s2"}, name

        # The facilitators' own places: the strip, a call for help, the memo's prose.
        await house.do(house.lead, "desk.say", text=wire.word("strip"))
        await house.do("s3", "help.ask", about=wire.word("help"))
        await house.do(house.lead, "memo.prose", section="why", text=wire.word("prose"))
        for name in ("strip", "help", "prose"):
            assert await wire.who_has(name) - {"s3"} == facilitators, name

        # Everyone here: one tap of the author's, and only then.
        await house.do("s2", "note.share", cards=[given], to="board")
        everyone = set(house.tokens) - {wire.wall}  # no wall opens a document
        assert await wire.who_has("circle") == everyone
        assert await wire.who_has("note") == mates
        for name in ("draft", "box", "typed"):
            assert await wire.who_has(name) == {"s2"}, name
        rows = b"".join(row for _, row in await house.storage.commits((await house.room()).id))
        for name, mark in wire.marks.items():
            assert mark.encode() not in rows, name
        # A server that starts again gives no more away.
        await house.crash()
        for seat in everyone - {"s2"}:
            said = await wire.asked(seat)
            for name in ("draft", "box", "typed"):
                assert wire.marks[name].encode() not in said, (seat, name)


@pytest.mark.parametrize("names", ["peers", "all"])
async def test_moment_6_a_line_without_a_name_reaches_nobody_before_it_is_shown_NML2(
    tmp_path: Path, names: str
) -> None:
    async with await House.open(tmp_path, "empty", people=4) as house:
        await house.do(house.lead, "seat.role", seat="s5", role="facilitator", epoch=1)
        await house.plan("plenary", form="write", names=names)
        await house.start()
        wire = Wire(house)
        await wire.connect()
        tag = {"peers": "line.give", "all": "line.drop"}[names]
        page = await Page.open(house, wire.sessions["s2"], "mine/s2", 503)

        def begin(doc: Doc[Any]) -> None:
            doc.get("drafts", type=Map)["a1/line"] = Text(wire.word("draft"))

        assert await page.edit(begin)
        for seat in ("s2", "s3", "s4"):
            await house.do(seat, tag, words=wire.word(seat))
        for seat in ("s2", "s3", "s4"):
            assert await wire.who_has(seat) == set(), seat
        assert await wire.who_has("draft") == {"s2"}
        await house.do(house.lead, "lines.show", epoch=await house.epoch())
        for seat in ("s2", "s3", "s4"):
            assert await wire.who_has(seat) == set(house.tokens), seat
        cards = await (await house.room()).shelf.cards("board")
        assert {author_of(card.id) for card in cards} == {""}
        assert await wire.who_has("draft") == {"s2"}
