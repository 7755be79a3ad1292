"""Writing without names, through a whole room: nothing anybody is sent, and nothing that is kept,
leads from a card to its author (NML1 to NML4 of `rooms/RULES.md`)."""

import json
from pathlib import Path
from typing import Any

import msgspec
import structlog
from pycrdt import Doc

from rooms import commits, unnamed
from rooms.board_schema import Card
from rooms.session import Session
from rooms.update_gate import read_state_vector
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_words_desk import on_disk

WRITERS = ("s2", "s3", "s4", "s5")
TEXTS = {seat: f"canary-{seat}-kingfisher" for seat in WRITERS}


async def writing(folder: Path, names: str) -> House:
    """A writing step without names has begun; four people and a co-facilitator."""
    house = await House.open(folder, "empty", people=5)
    await house.do(house.lead, "seat.role", seat="s6", role="facilitator", epoch=1)
    await house.plan("plenary", form="write", names=names)
    await house.plan("check_in")
    await house.start()
    return house


async def write(house: House, seat: str, names: str) -> int:
    tag = {"peers": "line.give", "all": "line.drop"}[names]
    return await house.do(seat, tag, words=TEXTS[seat], request=f"request-of-{seat}")


async def show(house: House) -> None:
    await house.do(house.lead, "lines.show", epoch=await house.epoch())


async def board(house: House) -> dict[str, Card]:
    """The cards with their texts."""
    return {card.text: card for card in await (await house.room()).shelf.cards("board")}


async def ears(house: House) -> dict[str, Session]:
    """A session of everybody, with every document they may open and some they may not."""
    sessions = {seat: await house.session(seat) for seat in house.tokens}
    for seat, session in sessions.items():
        for name in ("board", f"mine/{seat}", "desk", "memo", "mine/s2"):
            await house.open_document(session, name)
    await house.listen()
    return sessions


def raw(items: list[Any]) -> bytes:
    return b"".join(msgspec.msgpack.encode(msgspec.structs.asdict(item)) for item in items)


async def asked(house: House, seat: str) -> bytes:
    """What a seat can ask for: every lens, the board, its words; for facilitators previews."""
    room, device = await house.room(), await house.device(seat)
    parts = [room.people(room.seat(device)), room.my_words(room.seat(device))]
    parts.append(msgspec.json.encode(await room.board(device, seat)))
    facilitator = room.whole.room.seats[seat].role == "facilitator"
    parts.append(room.view(device, seat))
    if facilitator:
        parts.append(room.view(device, seat, "panel"))
        parts += [room.preview(device, seat, other) for other in WRITERS]
        parts.append(msgspec.json.encode(await room.memo(device, "participants")))
    return b"".join(parts)


async def test_no_line_leaves_the_server_before_it_is_shown_NML2(tmp_path: Path) -> None:
    for names in ("peers", "all"):
        async with await writing(tmp_path / names, names) as house:
            await ears(house)
            typed = await Page.open(house, await house.session("s2"), "mine/s2", 77)
            await typed.draft("a1/line", TEXTS["s2"])
            for seat in WRITERS:
                await write(house, seat, names)
            await house.listen()
            for session, heard in house.heard.items():
                assert session.device
                if session.device.seats != ("s2",):  # who typed it has the draft
                    assert b"kingfisher" not in raw(heard), session.device.seats
            for seat in house.tokens:
                assert b"kingfisher" not in await asked(house, seat)
            await show(house)
            await house.listen()
            assert set(await board(house)) == set(TEXTS.values())


async def test_cards_name_nobody_on_any_wire_NML3_NML4(tmp_path: Path) -> None:
    for names in ("peers", "all"):
        async with await writing(tmp_path / names, names) as house:
            sessions = await ears(house)
            for seat in WRITERS:
                await house.clock.advance(1_000)
                await write(house, seat, names)
            await show(house)
            await house.listen()
            cards = (await board(house)).values()
            room = await house.room()
            ids = {card.id for card in cards}
            assert {card.author for card in cards} == {""}
            assert {card.entered_by for card in cards} == {""}
            assert {card.language for card in cards} == {""}
            assert {card.created for card in cards} == {room.world.clock.now()}
            assert all(id.startswith("-a1n") for id in ids)
            # One client made all of them, the server's, and nobody types into them.
            doc: Doc[Any] = Doc()
            doc.apply_update(room.shelf.missing_now("board", b"\x00"))
            assert len(commits_of(doc)) == 1
            page = await Page.open(house, await house.session("s2"), "board", 91)
            assert not await page.card(next(iter(ids)), "mine now")
            # What each is told of whose they are: peers nothing of others, facilitators all.
            for seat, session in sessions.items():
                authors = json.loads(room.view(await house.device(seat), seat))["authors"]
                own = {id: s for id, s in authors.items() if s == seat}
                if names == "all":
                    assert authors == {}
                elif seat in (house.lead, "s6"):
                    assert set(authors) == ids
                else:
                    assert authors == own
                    assert len(own) == 1
                others = [s for s in WRITERS if s != seat]
                facilitates = seat in (house.lead, "s6")
                if not facilitates:
                    told = raw(house.heard[session])
                    assert not any(
                        f'"-a1n{n}":"{o}"'.encode() in told for n in range(4) for o in others
                    )
            if names == "peers":
                lead = await house.device(house.lead)
                assert json.loads(room.preview(lead, house.lead, "s2"))["authors"] == {}


def commits_of(doc: Doc[Any]) -> set[int]:
    """The client ids of a document."""
    return set(read_state_vector(doc.get_state()))


async def test_a_peer_author_changes_and_takes_away_by_commands_NML3(tmp_path: Path) -> None:
    async with await writing(tmp_path, "peers") as house:
        for seat in WRITERS:
            await write(house, seat, "peers")
        await show(house)
        card = (await board(house))[TEXTS["s3"]].id
        for other in ("s2", house.lead):
            await house.refused(other, "note.reword", "not_allowed", card=card, text="x")
            await house.refused(other, "note.delete", "not_allowed", document="board", card=card)
        await house.do("s3", "note.reword", card=card, text="said better")
        there = (await board(house))["said better"]
        assert (there.id, there.author) == (card, "")
        room = await house.room()
        assert TEXTS["s3"].encode() not in (await house.storage.words(room.id)).values()
        assert "said better" in repr(await room.draft_memo("participants"))
        await house.do("s3", "note.delete", document="board", card=card)
        assert "said better" not in await board(house)
        await house.do("s3", "note.restore", card=card)
        assert (await board(house))["said better"].author == ""


async def test_nobodys_card_a_facilitator_may_take_away_and_nobody_else_NML4(
    tmp_path: Path,
) -> None:
    async with await writing(tmp_path, "all") as house:
        for seat in WRITERS:
            await write(house, seat, "all")
        await show(house)
        card = (await board(house))[TEXTS["s3"]].id
        for seat in ("s2", "s3"):
            await house.refused(seat, "note.delete", "not_allowed", document="board", card=card)
            await house.refused(seat, "note.reword", "not_allowed", card=card, text="x")
        await house.do("s6", "note.delete", document="board", card=card)
        assert TEXTS["s3"] not in await board(house)


async def test_after_the_step_nothing_that_is_kept_leads_to_an_author_NML4(tmp_path: Path) -> None:
    """What a reader of the storage finds: rows of the log, words, documents, and the server's own
    structured log."""
    with structlog.testing.capture_logs() as lines:
        async with await writing(tmp_path, "all") as house:
            page = await Page.open(house, await house.session("s4"), "mine/s4", 55)
            await page.draft("a1/line", TEXTS["s4"])  # its page is gone before it empties the box
            numbers = {seat: await write(house, seat, "all") for seat in WRITERS}
            room = await house.room()
            assert unnamed.token(room.whole.room, room.book.get, "a1", "s2")
            key = room.book.get(room.whole.room.keys["a1"])
            assert key
            before = room.whole.room
            await show(house)
            await house.do(
                house.lead, "phase.next", activity="a1", phase="open", epoch=await house.epoch()
            )
            await house.clock.advance(120_000)  # drafts that were taken out leave the disk
            await house.everyone_beats()
            # The key is gone, so no mark can be made again.
            assert unnamed.token(room.whole.room, room.book.get, "a1", "s2") == ""
            assert "a1" not in room.whole.room.keys
            assert room.log.known("s2", "request-of-s2") is None
            rows = dict(await house.storage.commits(room.id))
            for seat, seq in numbers.items():
                commit = commits.decode(rows[seq])
                assert (commit.seat, commit.entered_by) == ("", "")
                # What the commit bears instead is this seat's as long as the key is there...
                asked_by = unnamed.request_mark(
                    before, lambda _: key, "a1", seat, f"request-of-{seat}"
                )
                assert commit.request == asked_by
                assert all(kept.seat == "" and kept.entered_by == "" for kept in commit.words)
                assert f'"{seat}"'.encode() not in rows[seq]
                assert f"request-of-{seat}".encode() not in rows[seq]
            # ... and nobody's once it is in no file.
            assert not on_disk(tmp_path, key)
            marks = [e["mark"] for seq in numbers.values() for e in given(rows[seq])]
            assert len(set(marks)) == len(WRITERS)
            # The cards' own rows name nobody, and stand in another order than they were written.
            shown = next(commits.decode(row) for row in rows.values() if b'"lines.shown"' in row)
            added = [e for e in shown.events if isinstance(e, commits.NoteAdded)]
            assert [(n.seat, n.entered_by, n.language) for n in added] == [("", "", "")] * 4
            texts = await house.storage.words(room.id)
            order = [texts[n.words].decode() for n in added]
            assert sorted(order) == sorted(TEXTS.values())
            assert order != list(TEXTS.values())
            for seat in WRITERS:  # and no private document has the words any more
                for update in await house.storage.updates(f"{room.id}/mine/{seat}"):
                    assert b"kingfisher" not in update.update
            # Nor can a process that starts from the files tell.
            await house.crash()
            again = await house.room()
            assert unnamed.token(again.whole.room, again.book.get, "a1", "s2") == ""
            # What is sent again from now on is too late; each line stands there once.
            again_words = {"words": TEXTS["s2"], "request": "request-of-s2"}
            await house.refused("s2", "line.drop", "stale_phase", activity="a1", **again_words)
            assert len(await board(house)) == len(WRITERS)
    logged = json.dumps(lines, default=str)
    assert "kingfisher" not in logged
    assert "line.drop" not in logged
    assert not any(f"request-of-{seat}" in logged for seat in WRITERS)


def given(row: bytes) -> list[dict[str, Any]]:
    """The lines a commit says were given."""
    found = []
    for event in commits.decode(row).events:
        if isinstance(event, commits.ActivityEvent):
            inner = json.loads(bytes(event.event))
            if inner["type"] == "line.given":
                assert inner.get("seat", "") == ""
                found.append(inner)
    return found


async def test_few_writers_are_said_before_they_are_shown_NML2(tmp_path: Path) -> None:
    async with await writing(tmp_path, "peers") as house:
        await write(house, "s2", "peers")
        panel = await house.view(house.lead, "panel")
        assert "Others may guess" in json.dumps(panel["blocks"])
        offer = next(o for o in panel["may"] if o["type"] == "lines.show")
        assert "Others may guess" in offer["confirm"]


async def test_what_it_means_is_said_above_the_box_NML1(tmp_path: Path) -> None:
    for names, said in (
        ("peers", "Facilitators see whose it is"),
        ("all", "cannot take them back"),
    ):
        async with await writing(tmp_path / names, names) as house:
            blocks = (await house.view("s2"))["blocks"]
            note = next(n for n, b in enumerate(blocks) if said in json.dumps(b))
            form = next(n for n, b in enumerate(blocks) if b["type"] == "form")
            assert note < form
            assert blocks[form]["sees"] == "room"


async def test_whoever_writes_the_others_are_sent_the_same_NML2_NML4(tmp_path: Path) -> None:
    """The count says that somebody has written, and nothing says who: all that is sent is the same
    whoever it was."""
    for names in ("peers", "all"):
        sent: list[list[Any]] = []
        for writer in ("s2", "s3"):
            async with await writing(tmp_path / f"{names}-{writer}", names) as house:
                for author in ("s4", "s5"):
                    await write(house, author, names)
                quiet = await ears(house)
                for session in quiet.values():
                    house.heard[session].clear()
                await house.do(
                    writer, {"peers": "line.give", "all": "line.drop"}[names], words="the same"
                )
                await house.listen()
                room = await house.room()
                frames: list[Any] = []
                for seat in ("s4", "s5", "s6", house.lead):
                    device = await house.device(seat)
                    view = json.loads(room.view(device, seat))
                    view["room"].pop("code")  # every house has its own
                    frames.append(view)
                    frames.append(json.loads(room.people(room.seat(device))))
                    frames.append([type(item).__name__ for item in house.heard[quiet[seat]]])
                sent.append(frames)
        assert sent[0] == sent[1]


async def test_hiding_a_seat_takes_its_lines_and_names_nobody_SAF2_SAF3_NML3(
    tmp_path: Path,
) -> None:
    """What one wrote without a name goes with the rest of it, for what must not stand there must
    go; peers are told of no author and nobody hidden. What is nobody's stays (NML4)."""
    for names, left in (("peers", 3), ("all", 4)):
        async with await writing(tmp_path / names, names) as house:
            for seat in WRITERS:
                await write(house, seat, names)
            await show(house)
            sessions = await ears(house)
            ids = {card.id for card in (await board(house)).values()}
            epoch = await house.epoch()
            await house.do(house.lead, "seat.hide", seat="s2", epoch=epoch)
            await house.listen()
            cards = await board(house)
            assert len(cards) == left
            assert (TEXTS["s2"] in cards) == (names == "all")
            gone = ids - {card.id for card in cards.values()}
            for seat in ("s3", "s4", "s5"):
                told = raw(house.heard[sessions[seat]])
                assert b'"hidden":true' not in told
                assert not any(f'"{id}":"s2"'.encode() in told for id in gone)
                assert b'"hidden":true' not in await asked(house, seat)
