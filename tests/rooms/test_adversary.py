"""What somebody who means harm can do with an honest link: words, identity and control that must
neither leak nor be lost (`reliability.md` 3.3; `methods.md` 1.8, G8, G10, SC9)."""

import contextlib
import json
import secrets
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Map, Text

from activities.kernel import Refused
from activities.registry import ACTIVITIES
from rooms import commits
from rooms import whole as wholes
from rooms.agenda_settings import changed
from rooms.board_events import Placing
from rooms.board_schema import Card, put_card
from rooms.card_words import CardKind, CardScope
from rooms.documents import CARDS_PER_SEAT
from rooms.memo_export import to_json
from rooms.memo_html import page as memo_html
from rooms.outgoing import AuthNo, Say, Step2, Update
from rooms.session import Session
from rooms.shelf_cards import ShelfCards
from rooms.words import Mint
from tests.rooms.crowd import STEP, Crowd, Inside
from tests.rooms.house import House
from tests.rooms.page import Page


def canary() -> str:
    """Sixteen signs that occur nowhere else."""
    return "zq" + secrets.token_hex(7)


def received(house: House, session: Session) -> bytes:
    """Every byte of content this session was handed."""
    parts: list[bytes] = []
    for item in house.heard[session]:
        if isinstance(item, Say):
            parts.append(item.payload.encode())
        elif isinstance(item, Update | Step2):
            parts.append(item.update)
    return b"\n".join(parts)


def stored(folder: Path) -> bytes:
    """Every byte of the data folder."""
    return b"".join(f.read_bytes() for f in folder.rglob("*") if f.is_file())


def _put(card: Card, doc: Doc[Any]) -> None:
    put_card(doc, card)


async def circles(house: House) -> dict[str, tuple[str, ...]]:
    """The circles now, by the name of their document."""
    room = await house.room()
    return {f"group/{g.id}": g.members for g in wholes.groups(room.whole, room.world.activities)}


# Words ------------------------------------------------------------------------------------------


async def test_nothing_of_a_circle_reaches_anybody_else(tmp_path: Path) -> None:
    """A4 of `reliability.md` 3.3: notes, drafts, private notes; every byte each device receives."""
    async with await House.open(tmp_path, template="circle", people=9) as house:
        room = await house.room()
        wall = await house.hub.recover(room, house.hub.links(room, house.lead)["screen"])
        house.tokens[wall.seat] = str(wall.token)
        sessions = {seat: await house.session(seat) for seat in house.tokens}
        await house.start()
        await house.to("reflect")
        found = await circles(house)
        assert len(found) == 2
        (document, insiders), (_, others) = found.items()
        author = insiders[0]
        note, typed, private, drafted = (canary() for _ in range(4))
        add = {"document": document.replace("a1-", "", 1), "section": "reflect", "kind": "insight"}
        shown = next(
            b
            for b in (await house.view(author))["blocks"]
            if b["type"] == "cards" and b["document"].startswith("group/")
        )
        await house.do(author, "note.add", **{**add, "document": shown["document"], "text": note})
        group = await Page.open(house, sessions[author], document, 11)
        assert await group.card(f"{author}-own", typed)
        mine = await Page.open(house, sessions[author], f"mine/{author}", 12)
        assert await mine.card(f"{author}-p", private, root="notes")
        assert await mine.draft("a1/quote", drafted)
        for session in sessions.values():
            for name in ("board", document, f"mine/{author}", "desk", "memo"):
                await house.open_document(session, name)
                if name in session.opened:
                    await session.step1(f"{room.id}/{name}", b"\0")
        await house.to("plenary")
        await house.everyone_beats()
        await house.listen()
        for seat, session in sessions.items():
            bytes_ = received(house, session)
            device = await house.device(seat)
            board = b""
            if seat != wall.seat:
                board = json.dumps(await room.board(device, seat)).encode()
            for word in (note, typed):
                assert (word.encode() in bytes_) == (seat in insiders), (seat, word)
                assert (word.encode() in board) == (seat in insiders), (seat, word)
            for word in (private, drafted):
                if seat != author:
                    assert word.encode() not in bytes_ + board, seat
        for edition in ("participants", "public"):
            memo = str(await room.draft_memo(edition))
            assert not any(word in memo for word in (note, typed, private, drafted))
        assert others


async def test_a_former_circles_document_is_closed_to_who_moved(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=9) as house:
        await house.start()
        await house.to("form")
        found = await circles(house)
        (first, members), (second, _) = found.items()
        mover = members[0]
        session = await house.session(mover)
        page = await Page.open(house, session, first, 5)
        await house.do(
            house.lead, "group.move", activity="a1", seat=mover,
            to=second.removeprefix("group/a1-"), epoch=await house.epoch(),
        )  # fmt: skip
        assert first not in (await house.room()).documents(await house.device(mover))
        staying = await Page.open(house, await house.session(members[1]), first, 6)
        word = canary()
        page.forget()
        assert await staying.card(f"{members[1]}-a", word)
        await session.step1(page.full, b"\0")
        await house.listen()
        assert word.encode() not in received(house, session)
        await house.open_document(session, first)
        await house.listen()
        assert isinstance(house.heard[session][-1], AuthNo)


@pytest.mark.parametrize("how", ["whole", "letters"])
async def test_a_card_or_draft_its_author_deleted_is_in_no_file_DOC9(
    tmp_path: Path, how: str
) -> None:
    """Words somebody thought better of: taken away in the document, gone from the disk."""
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        board = await Page.open(house, session, "board", 1)
        mine = await Page.open(house, session, "mine/s2", 2)
        card, draft = canary(), canary()
        assert await board.card("s2-a", card)
        assert await mine.draft("a1/quote", draft)
        if how == "whole":
            assert await board.edit(lambda doc: doc.get("cards", type=Map).pop("s2-a"))
            assert await mine.edit(lambda doc: doc.get("drafts", type=Map).pop("a1/quote"))
        else:

            def empty(root: str, *keys: str) -> Any:
                def work(doc: Doc[Any]) -> None:
                    found: Any = doc.get(root, type=Map)
                    for key in keys:
                        found = found[key]
                    assert isinstance(found, Text)
                    found.clear()

                return work

            assert await board.edit(empty("cards", "s2-a", "text"))
            assert await mine.edit(empty("drafts", "a1/quote"))
        await session.closed()
        await house.clock.advance(1_000_000)
        await house.hub.close()
        await house.storage.close()
        files = stored(tmp_path)
        assert card.encode() not in files
        assert draft.encode() not in files


# Consent and identity ---------------------------------------------------------------------------


async def test_a_story_released_again_without_a_name_loses_it_on_every_screen(
    tmp_path: Path,
) -> None:
    """The later answer holds everywhere: the wall and the circles' plenary too (WRD3)."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released("name_org")
        room = await house.room()
        wall = await house.hub.recover(room, house.hub.links(room, house.lead)["screen"])
        house.tokens[wall.seat] = str(wall.token)
        viewers = [s for s in house.tokens if s != teller]

        async def stories(seat: str) -> list[Any]:
            return [b for b in (await house.view(seat))["blocks"] if b["type"] == "stories"]

        name = room.name_of(teller)
        assert str(name) in "".join([json.dumps(await stories(s)) for s in viewers])
        mine = json.loads(room.my_words(room.whole.room.seats[teller]))["words"]
        for word in mine:
            await house.do(teller, "consent.release", words=word["words"], choice="unnamed")
        for seat in viewers:
            assert str(name) not in json.dumps(await stories(seat)), seat
        for word in mine:
            await house.do(teller, "consent.withdraw", words=word["words"])
        for seat in viewers:
            shown = json.dumps(await stories(seat))
            assert str(name) not in shown, seat
            assert "The boat" not in shown


async def test_the_memo_as_a_file_does_not_say_who_wrote_a_note(tmp_path: Path) -> None:
    """1.8: unattributed unless released; ids in files must not carry the author's seat."""
    async with await House.open(tmp_path, people=2) as house:
        for seat, text in (("s2", "Elders read the water"), ("s3", "Boats before the flood")):
            page = await Page.open(house, await house.session(seat), "board", int(seat[1:]))
            card = Card(f"{seat}-k{seat[1:]}", "insight", text, author=seat, scope="memo")
            assert await page.edit(partial(_put, card))
        await house.do(
            house.lead, "note.add", document="board", section="", kind="theme", text="The river"
        )
        room = await house.room()
        theme = next(iter(room.whole.room.notes))
        for card in await room.shelf.cards("board"):
            if card.kind != "theme":
                await ShelfCards(room.shelf).place([Placing(card.id, "", theme, "a")])
        memo = await room.draft_memo("participants")
        assert "Elders read the water" in str(memo)
        shared = to_json(memo)
        assert b"Elders read the water" in shared
        for seat in ("s1-", "s2-", "s3-"):
            assert seat.encode() not in shared
            assert seat not in memo_html(memo.shared())


@pytest.mark.parametrize("kind", ["quote", "story_title", "key_moment", "mood"])
@pytest.mark.parametrize("scope", ["memo", "public"])
async def test_a_card_a_client_makes_cannot_pass_for_released_words_G8_CH4(
    tmp_path: Path, kind: CardKind, scope: CardScope
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        page = await Page.open(house, await house.session("s2"), "board", 1)
        word = canary()
        card = Card("s2-a", kind, word, author="s2", scope=scope)
        assert await page.edit(lambda doc: put_card(doc, card))
        room = await house.room()
        for edition in ("participants", "public"):
            assert word not in str((await room.draft_memo(edition)).shared())
        exported = json.dumps(await room.board_for_export(await house.device(house.lead)))
        assert word not in exported


async def test_a_card_turned_into_a_quote_needs_its_consent_G8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.released()
        seat = next(s for s in house.tokens if s != house.lead)
        word = canary()
        blocks = (await house.view(seat))["blocks"]
        board = next(b for b in blocks if b["type"] == "cards" and b["document"] == "board")
        place = {"document": "board", "section": board["section"], "kind": "insight"}
        await house.do(seat, "note.add", text=word, **place)
        room = await house.room()
        card, note = next(iter(room.whole.room.notes.items()))
        page = await Page.open(house, await house.session(seat), "board", 3)

        def quote(doc: Doc[Any]) -> None:
            doc.get("cards", type=Map)[card]["kind"] = "quote"

        assert not await page.edit(quote)  # its kind is the log's (BRD1)
        await room.shelf.edit("board", quote)  # as in rooms of before
        assert word not in str(await room.draft_memo("participants"))
        for other in (one for one in house.tokens if one != seat):
            with pytest.raises(Refused):
                await house.do(other, "consent.release", words=note.words, choice="unnamed")
        assert word not in str(await room.draft_memo("participants"))


async def test_only_facilitators_make_themes_over_the_document_too(tmp_path: Path) -> None:
    """A theme is a chapter of the memo, and one whose question nobody can answer stops it."""
    async with await House.open(tmp_path, people=2) as house:
        page = await Page.open(house, await house.session("s2"), "board", 1)
        assert not await page.card("s2-t", "A chapter of my own", kind="theme")
        again = await Page.open(house, await house.session("s2"), "board", 2)
        assert await again.card("s2-u", "first a note")

        def promote(doc: Doc[Any]) -> None:
            doc.get("cards", type=Map)["s2-u"]["kind"] = "theme"

        assert not await again.edit(promote)
        lead = await Page.open(house, await house.session(house.lead), "board", 3)
        assert await lead.card(f"{house.lead}-t", "A chapter", kind="theme")


async def test_nobody_writes_a_card_in_anothers_name(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        lead = await Page.open(house, await house.session(house.lead), "board", 1)
        assert not await lead.card("s2-a", "put into somebody's mouth")
        member = await Page.open(house, await house.session("s2"), "board", 2)
        assert await member.card("s2-b", "mine")
        again = await Page.open(house, await house.session(house.lead), "board", 3)

        def rewrite(doc: Doc[Any]) -> None:
            text: Any = doc.get("cards", type=Map)["s2-b"]["text"]
            text.insert(0, "not ")

        assert not await again.edit(rewrite)
        assert [c.text for c in await (await house.room()).shelf.cards("board")] == ["mine"]


async def test_a_device_writes_in_a_circle_only_as_who_sits_in_it(tmp_path: Path) -> None:
    """The lead's laptop carries a member of the circle: the lead is no member for that."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        carried = await house.carry(house.lead, "Carried")
        await house.start()
        await house.to("reflect")
        name = next(d for d, members in (await circles(house)).items() if carried in members)
        session = await house.session(house.lead)
        page = await Page.open(house, session, name, 1)
        assert await page.card(f"{carried}-a", "said by the one who sits there")
        assert not await page.card(f"{house.lead}-a", "said by one who does not")
        room = await house.room()
        writer = room.writer(await house.device(house.lead), name)
        assert writer.seats == {carried}
        assert not writer.facilitator


async def test_consent_is_answered_through_the_own_device_only_SC9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        carried = await house.carry("s2", "Carried")
        room = await house.room()
        for seat in ("s3", house.lead):
            raw = {
                "request": "x", "seat": carried, "activity": "a1",
                "command": {"type": "release.answer", "choice": "first_name", "quote": "I said"},
            }  # fmt: skip
            with pytest.raises(Refused, match="not_allowed"):
                await room.command(await house.device(seat), json.dumps(raw).encode())


async def test_what_a_teller_let_go_of_is_in_no_file_WRD4(tmp_path: Path) -> None:
    """A1, Distress: the teller may delete what the witness wrote."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.start()
        await house.to("settle")
        able = [s for s in house.tokens if "witness.ask" in await house.offered(s)]
        witness = able[0]
        await house.do(witness, "witness.ask", activity="a1")
        for seat in house.tokens:
            for offer in (await house.view(seat))["may"]:
                if offer["type"] == "witness.answer" and offer["yes"]:
                    await house.do(seat, "witness.answer", activity="a1", witness=witness, yes=True)
                    break
        await house.to("telling")
        word = canary()
        for _ in range(4):
            for seat in house.tokens:
                begin = [o for o in (await house.view(seat))["may"] if o["type"] == "turn.begin"]
                if begin:
                    await house.do(seat, "turn.begin", activity="a1", turn=begin[0]["turn"])
                    teller = seat
                    break
            if teller != witness:
                break
            done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
            await house.clock.advance(20_000)
            await house.everyone_beats()
            await house.do(teller, "turn.done", activity="a1", turn=done["turn"])
            await house.clock.advance(16_000)
            await house.everyone_beats()
        write = next(o for o in (await house.view(witness))["may"] if o["type"] == "witness.draft")
        fields = {k: write[k] for k in ("turn", "group")}
        await house.do(witness, "witness.draft", activity="a1", words=word, **fields)
        room = await house.room()
        assert word in (await room.world.storage.words(room.id)).values().__str__()
        await house.clock.advance(20_000)
        await house.everyone_beats()
        done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
        await house.do(teller, "turn.done", activity="a1", turn=done["turn"])
        for phase in ("quiet", "reflect", "release"):
            await house.to(phase)
        assert word in json.dumps(await house.view(teller))
        await house.do(teller, "draft.erase", activity="a1")
        assert word not in json.dumps(await house.view(teller))
        assert word.encode() not in b"".join((await room.world.storage.words(room.id)).values())


# Control ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Ami\u200bna Diallo",
        "Amina\u2060 Diallo",
        "Amina Diallo\u200f",
        "A\u00admina Diallo",
        "Amina Diallo\U000e0041",
        "Amina\u200d Diallo",
        "\ufeffAmina Diallo",
        "Amina\u3164Diallo",
        "Amina Diallo\u061c",
    ],
)
async def test_a_name_with_invisible_signs_is_the_name_without_them(
    tmp_path: Path, name: str
) -> None:
    async with await House.open(tmp_path) as house:
        seat = await house.join(name)
        # The lead is Amina Diallo: somebody who would pass for her is seen to be another.
        assert (await house.room()).name_of(seat) == "Amina Diallo (2)"


@pytest.mark.parametrize("name", ["\u3164", "\u115f\u1160", "\u2800", "\uffa0", "\u200b\u200d"])
async def test_a_name_of_nothing_visible_is_refused(tmp_path: Path, name: str) -> None:
    async with await House.open(tmp_path) as house:
        with pytest.raises(Refused, match="bad_request"):
            await house.join(name)


@pytest.mark.parametrize("name", ["می‌خواهم", "ක්‍රිස්", "नमस्‍ते", "Ana María", "O’Brien"])
async def test_joiners_that_a_script_needs_stay_in_a_name(tmp_path: Path, name: str) -> None:
    async with await House.open(tmp_path) as house:
        seat = await house.join(name)
        assert (await house.room()).name_of(seat) == name


async def test_a_demoted_facilitator_loses_documents_panel_and_link(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        epoch = await house.epoch()
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=epoch)
        session = await house.session("s2")
        await house.open_document(session, "desk")
        await house.open_document(session, "memo")
        await session.stateless(house.opened.room, '{"lens": "panel"}')
        room = await house.room()
        link = house.hub.links(room, "s2")["facilitate"]
        assert {"desk", "memo"} <= session.opened
        await house.do(house.lead, "seat.role", seat="s2", role="participant", epoch=epoch)
        word = canary()
        house.heard[session].clear()
        await house.do(house.lead, "desk.say", text=word)
        lead = await Page.open(house, await house.session(house.lead), "desk", 9)
        assert await lead.edit(
            lambda doc: doc.get("lines", type=Map).update(
                {f"{house.lead}-x": Map({"text": Text(word)})}
            )
        )
        await house.listen()
        assert not {"desk", "memo"} & session.opened
        assert word.encode() not in received(house, session)
        with pytest.raises(Refused, match="not_allowed"):
            await house.hub.recover(room, link)
        with pytest.raises(Refused, match="not_allowed"):
            room.view(await house.device("s2"), "s2", "panel")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "door.close", epoch=epoch)


async def test_a_removed_facilitators_link_opens_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        room = await house.room()
        link = house.hub.links(room, "s2")["facilitate"]
        assert (await house.hub.recover(room, link)).seat == "s2"
        await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.hub.recover(room, link)


async def test_a_screen_sends_nothing_and_opens_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        wall = await house.hub.recover(room, house.hub.links(room, house.lead)["screen"])
        house.tokens[wall.seat] = str(wall.token)
        session = await house.session(wall.seat)
        for name in ("board", "desk", "memo", f"mine/{wall.seat}", "mine/s2"):
            await house.open_document(session, name)
        assert session.opened == {""}
        tries: tuple[tuple[str, dict[str, Any]], ...] = (
            ("help.ask", {}),
            ("seat.leave", {}),
            ("door.close", {"epoch": 1}),
        )
        for kind, fields in tries:
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(wall.seat, kind, **fields)
        device = await house.device(wall.seat)
        for lens in ("seat", "panel", "screen"):
            with_lens = None
            try:
                with_lens = json.loads(room.view(device, wall.seat, lens))
            except Refused:
                continue
            assert with_lens["lens"] == "screen"
        with pytest.raises(Refused):
            await room.board(device)
        with pytest.raises(Refused):
            await room.memo(device, "participants")
        with pytest.raises(Refused):
            await house.carry(wall.seat, "Carried by a wall")


async def test_an_observer_reads_and_writes_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="observer", epoch=1)
        page = await Page.open(house, await house.session("s2"), "board", 1)
        assert not await page.card("s2-a", "hello")
        mine = await Page.open(house, await house.session("s2"), "mine/s2", 2)
        assert not await mine.draft("a1/quote", "hello")
        with pytest.raises(Refused):
            await house.do(
                "s2", "note.add", document="board", section="", kind="insight", text="hello"
            )
        assert not await (await house.room()).shelf.cards("board")


async def test_one_request_id_of_two_seats_on_one_device_is_two_requests(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        carried = await house.carry("s2", "Carried")
        await house.do("s2", "help.ask", request="same")
        await house.do(carried, "help.ask", request="same")
        assert set((await house.room()).whole.room.help) == {"s2", carried}


async def test_members_move_nothing_that_is_the_leads(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do("s3", "help.ask")
        room, epoch = await house.room(), await house.epoch()
        before = room.whole.room
        for kind, fields in (
            ("seat.role", {"seat": "s2", "role": "facilitator"}),
            ("seat.role", {"seat": "s3", "role": "observer"}),
            ("seat.remove", {"seat": "s3"}),
            ("help.answer", {"seat": "s3"}),
            ("door.close", {}),
            ("say.all", {"text": "I lead now"}),
            ("activity.start", {"item": "a1"}),
            ("activity.skip", {"item": "a1"}),
            ("lead.offer", {"to": "s2"}),
            ("lead.take", {}),
            ("lead.accept", {}),
            ("lead.volunteer", {}),
            ("memo.send", {}),
        ):
            with pytest.raises(Refused):
                await house.do("s2", kind, epoch=epoch, **fields)
        more: tuple[tuple[str, dict[str, Any]], ...] = (
            ("lead.request", {}),
            ("seat.deal", {"dealt_in": True}),
            ("desk.say", {"text": "hello"}),
            ("memo.prose", {"section": "why", "text": "mine"}),
        )
        for kind, fields in more:
            with pytest.raises(Refused):
                await house.do("s2", kind, **fields)
        after = room.whole.room
        assert (after.seats, after.lead, after.door, after.help) == (
            before.seats, before.lead, before.door, before.help,
        )  # fmt: skip


async def test_a_co_facilitator_sends_no_command_of_the_leads(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        for kind, fields in (
            ("seat.role", {"seat": "s3", "role": "facilitator"}),
            ("seat.remove", {"seat": "s3"}),
            ("activity.start", {"item": "a1"}),
            ("memo.send", {}),
            ("lead.offer", {"to": "s2"}),
            ("lead.take", {}),
        ):
            with pytest.raises(Refused, match="not_allowed"):
                await house.do("s2", kind, epoch=1, **fields)


async def test_a_closed_door_is_closed_to_codes_links_and_carriers(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "door.close", epoch=1)
        with pytest.raises(Refused, match="closed"):
            await house.join("Late")
        with pytest.raises(Refused, match="closed"):
            await house.carry("s2", "Late")


async def test_a_token_of_another_room_speaks_for_nobody_here(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        other = await house.hub.open_room(title="Elsewhere", facilitator="Zoe")
        room = await house.room()
        assert room.device(other.token) is None
        elsewhere = await house.hub.room(other.room)
        assert elsewhere.device(house.tokens["s2"]) is None
        for secret in (other.facilitate, other.screen, other.join):
            with pytest.raises(Refused):
                await house.hub.recover(room, secret)
        # A device made elsewhere, kept in somebody's hands, is nobody here.
        stranger = elsewhere.device(other.token)
        assert stranger
        raw = b'{"request": "x", "command": {"type": "help.ask"}}'
        with pytest.raises(Refused, match="not_allowed"):
            await room.command(stranger, raw)


async def test_who_left_reads_nothing_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "board", 1)
        await house.do("s2", "seat.leave")
        await house.listen()
        page.forget()
        other = await Page.open(house, await house.session("s3"), "board", 2)
        word = canary()
        assert await other.card("s3-a", word)
        await session.step1(page.full, b"\0")
        await house.listen()
        assert word.encode() not in received(house, session)
        with pytest.raises(Refused):
            await (await house.room()).board(await house.device("s2"))


# Floods -----------------------------------------------------------------------------------------


async def test_a_long_text_in_a_command_is_refused_in_words(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        with pytest.raises(Refused, match="too_large"):
            await house.do("s2", "help.ask", about="x" * 100_000)
        with pytest.raises(Refused, match="too_large"):
            await house.do("s2", "help.ask", about="x" * 5_000)


async def test_four_hundred_people_come_in_and_no_more(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        for number in range(399):
            await house.join(f"P{number}")
        with pytest.raises(Refused, match="full"):
            await house.join("One more")
        with pytest.raises(Refused, match="full"):
            await house.carry(house.lead, "One more")


async def test_a_huge_paste_is_refused_and_the_session_stays(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        session = await house.session("s2")
        page = await Page.open(house, session, "mine/s2", 1)
        assert not await page.draft("a1/quote", "x" * 1_000_000)
        said = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
        refused = [m for m in said if m["type"] == "refused"]
        assert [(m["reason"], m["document"]) for m in refused] == [("too_large", page.full)]
        fresh = await Page.open(house, session, "board", 2)
        assert await fresh.card("s2-a", "still here")


async def test_thousands_of_cards_of_one_seat_end_in_full_and_others_go_on(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        page = await Page.open(house, await house.session("s2"), "board", 1)
        taken = 0
        for batch in range(50):

            def many(doc: Doc[Any], batch: int = batch) -> None:
                for n in range(100):
                    put_card(doc, Card(f"s2-{batch}.{n}", "insight", "word", author="s2"))

            if not await page.edit(many):
                break
            taken += 100
        assert taken == CARDS_PER_SEAT
        said = [json.loads(i.payload) for i in house.heard[page.session] if isinstance(i, Say)]
        assert [m["reason"] for m in said if m["type"] == "refused"] == ["full"]
        other = await Page.open(house, await house.session("s3"), "board", 2)
        assert await other.card("s3-a", "there is room for others")
        shelf = (await house.room()).shelf
        assert await shelf.cards("board") is await shelf.cards("board")
        assert await other.card("s3-b", "read afresh after an edit")
        assert "s3-b" in {c.id for c in await shelf.cards("board")}


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\u200d", "\ufeff"])
async def test_unreleased_words_are_an_echo_with_invisible_signs_in_them_too_G8(
    tmp_path: Path, sign: str
) -> None:
    """A facilitator who heard a story puts its quote into a theme or a paragraph."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.telling()
        await house.clock.advance(20_000)
        await house.everyone_beats()
        done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
        await house.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
        for phase in ("quiet", "reflect", "release"):
            await house.to(phase)
        quote = "We carried the old boat over the hill"
        await house.do(teller, "release.answer", activity="a1", quote=quote, choice="keep")
        hidden = quote.replace("carried", f"car{sign}ried").replace("boat", f"b{sign}oat")
        for kind in ("theme", "insight", "question"):
            await house.do(
                house.lead, "note.add", document="board", section="", kind=kind, text=hidden
            )
        await house.do(house.lead, "memo.prose", section="why", text=f"As they said: {hidden}.")
        room = await house.room()
        for edition in ("participants", "public"):
            memo = str((await room.draft_memo(edition)).shared())
            assert "the old" not in memo
        exported = json.dumps(await room.board_for_export(await house.device(house.lead)))
        assert "the old" not in exported


async def test_what_an_author_no_longer_shares_leaves_the_board_and_the_memo(
    tmp_path: Path,
) -> None:
    """Ruling *Words*: all, some or none, and the last answer holds."""
    async with await House.open(tmp_path, template="circle", people=4) as house:
        await house.start()
        await house.to("reflect")
        document, members = next(iter((await circles(house)).items()))
        author = members[0]
        one, two = canary(), canary()
        place = {"document": document, "section": "reflect", "kind": "insight"}
        for word in (one, two):
            await house.do(author, "note.add", text=word, **place)
        room = await house.room()
        first = next(card for card, note in room.whole.room.notes.items() if note.seat == author)
        page = await Page.open(house, await house.session(members[1]), "board", 4)

        async def shown() -> set[str]:
            await page.pull()
            texts = {c.text for c in await room.shelf.cards("board")}
            memo = str(await room.draft_memo("participants"))
            assert {word for word in (one, two) if word in memo} == texts
            assert len(page.doc.get("cards", type=Map)) == len(texts)
            return texts

        for share, cards, left in (
            ("all", [], {one, two}),
            ("some", [first], {one}),
            ("none", [], set()),
            ("all", [], {one, two}),
        ):
            await house.do(author, "notes.share", activity="a1", share=share, cards=cards)
            assert await shown() == left, share
            assert (len(room.whole.room.shared)) == len(left)
        await house.crash()
        room = await house.room()
        assert {c.text for c in await room.shelf.cards("board")} == {one, two}


async def test_a_peer_lead_removes_nobody_and_sends_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do("s2", "seat.willing", willing=True)
        sessions = [await house.session(s) for s in ("s2", "s3")]
        await house.do(house.lead, "seat.leave")
        for _ in range(40):
            await house.clock.advance(9_000)
            for session in sessions:
                session.beat()
            await (await house.room()).sweep()
        epoch = await house.epoch()
        await house.do("s2", "lead.volunteer", epoch=epoch)
        epoch = await house.epoch()
        tries: tuple[tuple[str, dict[str, Any]], ...] = (
            ("seat.remove", {"seat": "s3"}),
            ("seat.role", {"seat": "s3", "role": "facilitator"}),
            ("door.close", {}),
            ("say.all", {"text": "hello"}),
            ("memo.send", {}),
            ("help.answer", {"seat": "s3"}),
        )
        for kind, fields in tries:
            with pytest.raises(Refused, match="not_allowed"):
                await house.do("s2", kind, epoch=epoch, **fields)
        room, device = await house.room(), await house.device("s2")
        assert not {"memo", "desk"} & room.documents(device)
        with pytest.raises(Refused, match="not_allowed"):
            await room.memo(device, "participants")
        await house.do("s2", "activity.start", item="a1", epoch=epoch)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s3", "activity.cut", epoch=epoch)


# An agenda, a crew, a hall (issue 3) ------------------------------------------------------------


async def crew(house: House, *kinds: str) -> str:
    """s2 facilitates too, s3 looks on; what stood on the plan is left out for `kinds`. Returns the
    last item."""
    await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
    await house.do(house.lead, "seat.role", seat="s3", role="observer", epoch=1)
    if kinds:
        await house.do(house.lead, "activity.skip", item="a1", epoch=1)
        await house.plan(*kinds)
    return [item.id for item in (await house.room()).whole.room.agenda][-1]


async def approvals(house: House) -> list[str]:
    """What the lead reads on the buttons that do what a shadow proposed."""
    may = (await house.view(house.lead))["may"]
    return [o["label"] for o in may if o["type"] == "lead.approve"]


async def test_hiding_who_began_an_evaluation_does_not_end_it_EV1(tmp_path: Path) -> None:
    """The key of the tokens is nobody's text: what hides a facilitator's words leaves it."""
    async with await House.open(tmp_path, people=5) as house:
        last = await crew(house, "evaluation")
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        epoch = await house.epoch()
        await house.do("s2", "activity.start", item=last, epoch=epoch)
        await house.do("s2", "say.all", text="Write in quiet", epoch=epoch)
        await house.do("s4", "evaluation.give", activity=last, plus="one")
        await house.do(house.lead, "seat.hide", seat="s2", epoch=epoch)
        await house.do("s4", "evaluation.give", activity=last, plus="another")
        await house.do(house.lead, "lead.force", to=house.lead, epoch=epoch)
        await house.do(house.lead, "seat.erase", seat="s2", epoch=await house.epoch())
        await house.do("s5", "evaluation.give", activity=last, plus="two")
        await house.crash()
        await house.do("s5", "evaluation.give", activity=last, plus="three")
        assert len((await house.room()).whole.running[last].state.given) == 2


@pytest.mark.parametrize("door", ["open", "ask"])
async def test_who_came_when_it_was_over_answers_nothing_EV2(tmp_path: Path, door: str) -> None:
    """An activity that lingers does so for those who were there, not for whoever joins now."""
    async with await House.open(tmp_path, people=4) as house:
        last = await crew(house, "evaluation")
        await house.start(last)
        late = ""
        if door == "ask":
            await house.do(house.lead, "door.ask", epoch=1)
            late = await house.join("Late")
        await house.clock.advance(1_000)
        await house.do(house.lead, "activity.cut", epoch=1)
        await house.clock.advance(1_000)
        if late:
            await house.do(house.lead, "seat.admit", seat=late, epoch=1)
        else:
            late = await house.join("Late")
        for seat in (late, "s3", "s2"):
            assert "evaluation.give" not in await house.offered(seat)
            with pytest.raises(Refused, match="not_allowed"):
                await house.do(seat, "evaluation.give", activity=last, plus="I was not there")
        await house.do("s4", "evaluation.give", activity=last, plus="I was")
        await house.do("s5", "seat.leave")
        await house.do("s5", "seat.return")
        await house.do("s5", "evaluation.give", activity=last, plus="So was I")


async def test_a_proposal_to_end_an_activity_ends_no_other(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await crew(house)
        await house.plan("plenary")
        await house.start()
        await house.do("s3", "lead.propose", command={"type": "activity.cut", "epoch": 1})
        await house.do(house.lead, "activity.cut", epoch=1)
        await house.start([i.id for i in (await house.room()).whole.room.agenda][-1])
        proposal = (await house.room()).whole.room.helm.proposals[0].id
        with pytest.raises(Refused, match="stale_phase"):
            await house.do(house.lead, "lead.approve", proposal=proposal, epoch=1)
        assert (await house.view(house.lead))["activity"]


async def test_the_lead_approves_exactly_what_the_button_says(tmp_path: Path) -> None:
    """A shadow's page can propose any command: its button must not wear another's label."""
    async with await House.open(tmp_path, people=4) as house:
        await crew(house)
        await house.start()
        view = await house.view(house.lead)
        more = next(o for o in view["may"] if o["type"] == "phase.extend")
        fields = {"type": "phase.extend", "epoch": 1, "phase": view["activity"]["phase"]}
        same = {**fields, "seconds": more["seconds"]}
        await house.do("s3", "lead.propose", command=same, item="a1")
        assert await approvals(house) == [f"Do it: {more['label']}"]
        await house.do("s3", "lead.propose", command={**fields, "seconds": 600}, item="a1")
        text = {"type": "say.all", "epoch": 1, "text": "Everybody out"}
        await house.do("s3", "lead.propose", command=text)
        first, other, said = await approvals(house)
        assert (first, "600" in other, more["label"] in other) == (
            f"Do it: {more['label']}", True, False,
        )  # fmt: skip
        assert "Everybody out" in said


@pytest.mark.parametrize(
    "command",
    [
        {"type": "seat.role", "seat": "s3", "role": "facilitator"},
        {"type": "room.call", "link": "javascript:alert(1)"},
        {"type": "room.call", "link": "https://evil.example/{room}"},
        {"type": "seat.carry", "seat": "s4"},
    ],
)
async def test_rights_and_doors_out_are_not_proposed(
    tmp_path: Path, command: dict[str, Any]
) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await crew(house)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s3", "lead.propose", command={**command, "epoch": 1})
        assert await approvals(house) == []


async def test_a_facilitator_who_left_sees_no_code_and_no_table(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        await crew(house)
        await house.carry("s4", "Carried")
        await house.do(house.lead, "room.call", link="https://meet.example.org/{room}", epoch=1)
        room = (await house.view("s2"))["room"]
        assert room["code"]
        assert room["tables"]
        assert room["call"]
        await house.do("s2", "seat.leave")
        for lens in ("seat", "panel"):
            try:
                room = (await house.view("s2", lens))["room"]
            except Refused:
                continue
            assert (room["code"], room["tables"], room["call"]) == ("", [], None)


async def test_refused_codes_leave_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`seat.move` stores a secret before it is decided: a refused one may not pile them up."""
    async with await House.open(tmp_path, people=2) as house:
        kept: list[str] = []
        put = house.storage.put_secret

        async def counted(digest: str, room: str, value: bytes) -> None:
            kept.append(digest)
            await put(digest, room, value)

        monkeypatch.setattr(house.storage, "put_secret", counted)
        await house.do("s2", "seat.move")
        for seat in ("s2", house.lead):
            for _ in range(5):
                with pytest.raises(Refused):
                    await house.do(seat, "seat.move")
        assert len(kept) == 1


async def test_a_preview_does_not_tell_who_has_answered_or_voted_EV1_VO3(tmp_path: Path) -> None:
    """Whoever watches one phone change while a line comes in knows whose line it is."""
    async with await House.open(tmp_path, people=8) as house:
        last = await crew(house, "evaluation", "voting")
        evaluation = f"a{int(last[1:]) - 1}"

        async def preview() -> dict[str, Any]:
            room = await house.room()
            shown: dict[str, Any] = json.loads(room.preview(await house.device("s2"), "s2", "s4"))
            return {"blocks": shown["blocks"], "may": shown["may"]}

        def quiet(shown: dict[str, Any]) -> dict[str, Any]:
            """Without how many have answered, which everybody sees."""
            blocks = [b for b in shown["blocks"] if b["type"] != "progress"]
            return {**shown, "blocks": blocks}

        await house.start(evaluation)
        before = quiet(await preview())
        assert "evaluation.give" in {o["type"] for o in before["may"]}
        await house.do("s4", "evaluation.give", activity=evaluation, plus="Mine")
        assert quiet(await preview()) == before
        await house.do(house.lead, "activity.cut", epoch=1)
        for text in ("One", "Two", "Three", "Four"):
            await house.do(
                house.lead, "note.add", document="board", section="", kind="theme", text=text
            )
        await house.start(last)
        await house.to("open")
        before = quiet(await preview())
        option = next(b for b in before["blocks"] if b["type"] == "ballot")["options"][0]["value"]
        await house.do("s4", "vote.cast", activity=last, ballot=1, option=option)
        await house.do("s4", "vote.done", activity=last, ballot=1)
        assert quiet(await preview()) == before


async def test_an_answer_somebody_changed_is_in_no_file_WRD4_EV2(tmp_path: Path) -> None:
    """The last answers count; what was thought better of is kept nowhere, and nothing piles up."""
    async with await House.open(tmp_path, people=4) as house:
        last = await crew(house, "evaluation")
        await house.start(last)
        first, second, third = canary(), canary(), canary()
        await house.do("s4", "evaluation.give", activity=last, plus=first, delta=second)
        await house.do("s4", "evaluation.give", activity=last, plus=third)
        room = await house.room()
        texts = b"".join((await room.world.storage.words(room.id)).values())
        assert third.encode() in texts
        assert first.encode() not in texts
        assert second.encode() not in texts
        await house.crash()
        assert len((await house.room()).whole.running[last].state.given) == 1


async def test_notes_sent_as_commands_end_in_full_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same law as for pages that write in the document: a crowded board is read in time."""
    monkeypatch.setattr("rooms.card_desk.CARDS_PER_SEAT", 20)
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.do(house.lead, "activity.cut", epoch=1)
        place = {"document": "board", "section": "", "kind": "insight"}
        for number in range(20):
            await house.do("s2", "note.add", text=f"Word {number}", **place)
        with pytest.raises(Refused, match="full"):
            await house.do("s2", "note.add", text="one more", **place)
        await house.do("s3", "note.add", text="there is room for others", **place)
        card = next(c for c, n in (await house.room()).whole.room.notes.items() if n.seat == "s2")
        await house.do("s2", "note.delete", document="board", card=card)
        await house.do("s2", "note.add", text="again", **place)


@pytest.mark.parametrize("kinds", [("fishbowl", "evaluation"), ("dyads", "voting", "commitments")])
async def test_whatever_a_crowd_did_a_reload_shows_the_same_G7(
    tmp_path: Path, kinds: tuple[str, ...]
) -> None:
    """Taps, wrong taps, and what facilitators do to a room between them; then the process dies."""
    async with await House.open(tmp_path, people=8) as house:
        last = await crew(house, *kinds)
        await house.carry("s4", "Carried")
        first = f"a{int(last[1:]) - len(kinds) + 1}"
        for text in ("One", "Two", "Three"):
            await house.do(
                house.lead, "note.add", document="board", section="", kind="theme", text=text
            )
        await house.start(first)
        crowd = Crowd(Inside(house), seed=len(kinds))
        odd: tuple[tuple[str, str, dict[str, Any]], ...] = (
            ("s4", "seat.move", {}),
            ("s5", "seat.where", {"where": "room"}),
            ("s6", "seat.leave", {}),
            (house.lead, "seat.hide", {"seat": "s5"}),
            ("s3", "lead.propose", {"command": {"type": "room.co_time", "epoch": 1, "on": False}}),
            (house.lead, "lead.offer", {"to": "s2"}),
            ("s2", "lead.accept", {}),
            ("s6", "seat.return", {}),
            ("s7", "seat.where", {"where": "elsewhere"}),
            (house.lead, "lead.force", {"to": house.lead}),
            (house.lead, "room.freeze", {"seat": "s7"}),
            ("s4", "help.ask", {}),
            (house.lead, "room.unfreeze", {}),
            (house.lead, "seat.remove", {"seat": "s8"}),
        )
        for at, (seat, kind, fields) in enumerate(odd):
            await crowd.look()
            if "epoch" not in fields and kind.startswith(("seat.h", "seat.rem", "room.", "lead.")):
                fields = {**fields, "epoch": await house.epoch()}
            if kind == "lead.propose":
                fields.pop("epoch")
            with contextlib.suppress(Refused):
                await house.do(seat, kind, **fields)
            if kind == "seat.remove":
                del house.tokens["s8"]
            view = await house.view(await Inside(house).acting(), "panel")
            now = view["activity"]
            if at % 2 and now is not None:
                with contextlib.suppress(Refused):
                    await house.do(
                        view["seat"], "phase.next",
                        activity=now["id"], phase=now["phase"], epoch=await house.epoch(),
                    )  # fmt: skip
            elif now is None and (next_ := [o for o in view["may"] if o["type"][-5:] == "start"]):
                await house.do(
                    view["seat"], "activity.start", item=next_[0]["item"],
                    epoch=await house.epoch(),
                )  # fmt: skip
            await house.clock.advance(STEP)
            await house.everyone_beats()

        async def screens() -> dict[tuple[str, str], Any]:
            await house.everyone_beats()
            shown: dict[tuple[str, str], Any] = {}
            for seat in house.tokens:
                for lens in ("seat", "panel"):
                    with contextlib.suppress(Refused):
                        shown[seat, lens] = {**await house.view(seat, lens), "seq": 0}
            return shown

        before, room = await screens(), (await house.room()).whole
        replayed = wholes.Whole()
        for _, raw in await house.storage.commits(house.opened.room):
            commit = commits.decode(raw)
            replayed = wholes.apply(replayed, commit, (await house.room()).world.activities)
        assert (replayed.room, replayed.running) == (room.room, room.running)
        await house.crash()
        assert await screens() == before


async def test_a_preview_opens_nobodys_call(tmp_path: Path) -> None:
    """A circle's link is its members': facilitators come in when they are asked for help."""
    async with await House.open(tmp_path, template="circle", people=9) as house:
        link = "https://meet.example.org/{room}-{group}"
        await house.do(house.lead, "room.call", link=link, epoch=1)
        await house.start()
        await house.to("reflect")
        seat = next(iter((await circles(house)).values()))[0]
        called = [b for b in (await house.view(seat))["blocks"] if b["type"] == "call"]
        assert called
        room = await house.room()
        shown = room.preview(await house.device(house.lead), house.lead, seat).decode()
        assert called[0]["url"] not in shown
        assert "meet.example.org" not in shown


async def test_sending_away_names_one_person(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await house.do(house.lead, "door.ask", epoch=1)
        waiting = [await house.join(name) for name in ("Ana", "Ben")]
        with pytest.raises(Refused):
            await house.do(house.lead, "seat.refuse", seat="", epoch=1)
        assert {(await house.room()).whole.room.seats[s].status for s in waiting} == {"waiting"}


async def test_withheld_lines_are_not_on_a_peer_leads_panel(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        last = await crew(house, "evaluation")
        await house.do("s4", "seat.willing", willing=True)
        await house.start(last)
        word = canary()
        for seat, text in (("s4", "fine"), ("s5", word)):
            await house.do(seat, "evaluation.give", activity=last, plus=text)
        await house.to("read_back")
        offers = (await house.view(house.lead))["may"]
        lines = next(o for o in offers if o["type"] == "evaluation.withhold")["needs"]["words"]
        line = next(o["value"] for o in lines["options"] if word in o["label"])
        epoch = await house.epoch()
        await house.do(house.lead, "evaluation.withhold", activity=last, words=line, epoch=epoch)
        for seat in ("s2", house.lead):
            assert word in json.dumps(await house.view(seat))
            await house.do(seat, "seat.leave")
        sessions = [await house.session(s) for s in ("s4", "s5")]
        for _ in range(40):
            await house.clock.advance(9_000)
            for session in sessions:
                session.beat()
            await (await house.room()).sweep()
        await house.do("s4", "lead.volunteer", epoch=await house.epoch())
        for lens in ("seat", "panel"):
            assert word not in json.dumps(await house.view("s4", lens))


@pytest.mark.parametrize("how", ["removed", "refused", "promoted"])
async def test_a_code_for_another_phone_does_not_outlive_the_seat_it_was_for(
    tmp_path: Path, how: str
) -> None:
    """Who is about to be removed takes a code first; a facilitator's seat opens with no code."""
    async with await House.open(tmp_path, people=3) as house:
        await house.do("s2", "seat.move")
        room = await house.room()
        own = json.loads(room.device_seats(await house.device("s2")))["seats"]
        code = own[0]["code"]
        if how == "promoted":
            await house.do(house.lead, "seat.role", seat="s2", role="facilitator", epoch=1)
        elif how == "removed":
            await house.do(house.lead, "seat.remove", seat="s2", epoch=1)
        else:
            await house.do(house.lead, "room.freeze", seat="s2", epoch=1)
            await house.do(house.lead, "seat.remove", seat="s2", cards="hide", epoch=1)
        before = room.whole.room.seats["s2"].devices
        with pytest.raises(Refused, match="stale_seat"):
            await house.hub.take_over(room, code)
        assert await house.hub.find(code) is None
        assert room.whole.room.seats["s2"].devices == before


@pytest.mark.parametrize("value", ["\ud800", 10**30, {"ref": "w1"}, [[["x"]]], 1e308, True])
def test_a_setting_no_page_sends_is_refused_in_words(value: Any) -> None:
    for activity in ACTIVITIES.values():
        for name in activity.settings.__struct_fields__:
            with contextlib.suppress(Refused):
                made = changed(activity, {}, {name: value}, Mint(lambda: "w2"))
                assert "w1" not in repr(made)
