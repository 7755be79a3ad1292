"""Photos of cards (`rooms/photos.py`): who may send and see one, and when it is gone for good."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from activities.kernel import Refused
from rooms import photos
from rooms import whole as wholes
from rooms.board_schema import Card
from rooms.board_state import UNDO_MS
from rooms.commits import NoteAdded
from rooms.memo import MemoCard
from rooms.memo_material import material
from rooms.photos import PHOTO_LIMIT, PHOTOS_EACH, UNUSED_MS
from rooms.room import Room
from rooms.room_state import RoomState
from rooms.shelf_cards import ShelfCards
from rooms.wire_board import ALT_LIMIT
from rooms.words import Mint
from tests.rooms.house import House

BOARD = {"document": "board", "section": "", "kind": "practice"}
BODY = b"\xff\xd8\xff a pattern of a picture " + os.urandom(24) * 900
ALT = "A field of millet behind a low wall"


async def sent(house: House, seat: str, body: bytes = BODY) -> str:
    room = await house.room()
    return await room.add_photo(await house.device(seat), seat, body)


async def shown(house: House, seat: str, body: bytes = BODY, **more: Any) -> tuple[str, str]:
    """A card with a picture; returns both ids."""
    photo = await sent(house, seat, body)
    fields = {**BOARD, "text": "Our field", "alt": ALT, "faces": "none", **more}
    await house.do(seat, "note.add", photo=photo, **fields)
    notes = (await house.room()).whole.room.notes.values()
    return photo, next(note.card for note in notes if note.photo == photo)


async def sees(house: House, seat: str, photo: str) -> bool:
    room = await house.room()
    found = await room.photo(await house.device(seat), photo)
    return found is not None


def folder_holds(folder: Path, part: bytes) -> bool:
    return any(part in file.read_bytes() for file in folder.rglob("*") if file.is_file())


async def test_PHO1_LJ4_a_card_shows_a_picture_with_its_words_and_a_yes(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        photo = await sent(house, house.lead)
        add = {**BOARD, "text": "Our field", "photo": photo}
        said = {"alt": ALT, "faces": "agreed"}
        assert house.lead not in photo[:3]  # a card may be unnamed
        for wrong, reason in (
            ({"alt": ALT}, "not_allowed"),
            ({"alt": ALT, "faces": "unsure"}, "not_allowed"),
            ({"faces": "none"}, "bad_request"),
            ({**said, "alt": "   "}, "bad_request"),
            ({**said, "alt": "x" * (ALT_LIMIT + 1)}, "too_large"),
            ({**said, "photo": "s1-none"}, "unknown"),
            ({**said, "photo": ""}, "bad_request"),
            ({**said, "kind": "theme"}, "bad_request"),
        ):
            await house.refused(house.lead, "note.add", reason, **{**add, **wrong})
        assert not await sees(house, house.lead, photo)  # no card shows it yet
        await house.do(house.lead, "note.add", **add, **said)
        room = await house.room()
        (card,) = await room.shelf.cards("board")
        assert (card.photo, card.alt, card.text) == (photo, ALT, "Our field")
        (note,) = room.whole.room.notes.values()
        assert note.faces == "agreed"
        assert await sees(house, "s2", photo)
        stored = await house.storage.commits(house.opened.room)
        assert not any(ALT.encode() in commit or BODY in commit for _, commit in stored)


async def test_LJ4_the_memo_says_what_is_on_a_picture(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await shown(house, house.lead)
        room = await house.room()
        source = material(room, await room.shelf.cards("board"))
        assert [card.picture for card in source.cards] == [ALT]


async def test_LJ4_the_memo_shows_a_picture_as_long_as_its_card_is_there(tmp_path: Path) -> None:
    """Only with a yes of those on it, only while its author leaves it on the board."""
    async with await House.open(tmp_path, people=1) as house:
        photo, card = await shown(house, house.lead, faces="agreed")
        room = await house.room()
        memo = await room.draft_memo("participants")
        assert memo.photos == (photo,)
        assert await room.photos_in(memo) == {photo: BODY}
        assert (await room.draft_memo("public")).photos == ()  # its card is for those here
        notes = room.whole.room.notes
        for faces in ("", "unsure"):  # no such card is taken; one that came all the same
            doubtful = replace(notes[card], faces=faces)
            state = replace(room.whole.room, notes={**notes, card: doubtful})
            (known,) = material_cards(room, state, await room.shelf.cards("board"))
            assert (known.photo, known.picture) == ("", "")
        await house.do(house.lead, "note.delete", document="board", card=card)
        assert (await room.draft_memo("participants")).photos == ()
        await house.clock.advance(UNDO_MS + 1)
        assert await room.photos_in(memo) == {}


def material_cards(room: Room, state: RoomState, cards: Sequence[Card]) -> tuple[MemoCard, ...]:
    """What the memo takes of these cards when the room stands like this."""
    kept, room.whole = room.whole, replace(room.whole, room=state)
    try:
        return material(room, cards).cards
    finally:
        room.whole = kept


async def test_PHO1_nobody_shows_a_picture_that_somebody_else_sent(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        photo = await sent(house, "s2")
        fields = {**BOARD, "text": "x", "alt": ALT, "faces": "none", "photo": photo}
        await house.refused(house.lead, "note.add", "unknown", **fields)


async def test_PHO2_only_who_reads_its_card_sees_a_picture(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=9) as house:
        await house.start()
        await house.to("reflect")
        room = await house.room()
        found = {g.id: g.members for g in wholes.groups(room.whole, room.world.activities)}
        (circle, inside), _ = found.items()
        author = inside[0]
        document = f"group/{circle}"
        photo, card = await shown(
            house, author, document=document, section="reflect", kind="insight"
        )
        everyone = tuple(house.tokens)
        assert {s for s in everyone if await sees(house, s, photo)} == set(inside)
        # A private card, made by the room as an activity's would be.
        own = await sent(house, author)
        mint = Mint(room.world.new_id)
        mine = _note(author, f"mine/{author}", own, mint("Mine").ref)
        await room.run(lambda draft: draft.add(mine), seat=author, mint=mint)
        await ShelfCards(room.shelf).put(mine, "Mine", ALT)
        assert [s for s in everyone if await sees(house, s, own)] == [author]
        await house.do(author, "note.share", cards=[mine.card], to=document)
        assert {s for s in everyone if await sees(house, s, own)} == set(inside)
        # Given to the board, it is there for everyone.
        await house.do(author, "note.share", cards=[card], to="board")
        assert {s for s in everyone if await sees(house, s, photo)} == set(everyone)
        reader = next(s for s in everyone if s not in inside)
        read = await (await house.room()).board(await house.device(reader))
        assert [(c["photo"], c["alt"]) for c in read["cards"] if c["photo"]] == [(photo, ALT)]


def _note(seat: str, document: str, photo: str, words: str) -> NoteAdded:
    return NoteAdded(
        document=document, card=f"{seat}-{photo}", kind="practice", section="", theme="",
        words=words, seat=seat, entered_by="", activity="", group="", language="en",
        scope="circle", at=0, photo=photo,
    )  # fmt: skip


async def test_PHO3_BRD5_a_picture_is_off_the_screens_with_its_card_and_gone_after_a_minute(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        photo, card = await shown(house, house.lead)
        kept, _ = await shown(house, house.lead, b"another picture" * 90)
        pattern = BODY[60:160]
        assert folder_holds(tmp_path, pattern)
        await house.do(house.lead, "note.delete", document="board", card=card)
        assert not await sees(house, house.lead, photo)
        await house.do(house.lead, "note.restore", card=card)
        assert await sees(house, "s2", photo)
        await house.do(house.lead, "note.delete", document="board", card=card)
        await house.clock.advance(UNDO_MS + 1)
        assert await house.storage.photo(house.opened.room, photo) is None
        assert not folder_holds(tmp_path, pattern)
        assert not folder_holds(tmp_path, photo.encode()[-8:] + b"image/jpeg")
        book = (await house.room()).book
        assert list(book._texts.values()).count(ALT) == 1  # the other picture's
        assert await sees(house, "s2", kept)


async def test_a_picture_goes_with_its_author_s_words(tmp_path: Path) -> None:
    """Hidden by a facilitator it is seen by nobody, restored it is there, erased it is gone."""
    async with await House.open(tmp_path, people=2) as house:
        await house.plan("report_out")
        await shown(house, house.lead)
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator",
                       epoch=await house.epoch())  # fmt: skip
        photo, _ = await shown(house, "s2", BODY[::-1])
        epoch: dict[str, Any] = {"epoch": await house.epoch()}
        await house.do(house.lead, "seat.hide", seat="s2", **epoch)
        assert not await sees(house, "s3", photo)
        await house.do(house.lead, "seat.restore", seat="s2", **epoch)
        assert await sees(house, "s3", photo)
        await house.do(house.lead, "seat.hide", seat="s2", **epoch)
        await house.do(house.lead, "seat.erase", seat="s2", **epoch)
        assert await house.storage.photo(house.opened.room, photo) is None
        assert not folder_holds(tmp_path, BODY[::-1][60:160])
        assert folder_holds(tmp_path, BODY[60:160])


@pytest.mark.parametrize("way", ["my words", "these words", "the person"])
async def test_PHO3_a_picture_is_erased_whoever_erases_the_words_of_its_card(
    tmp_path: Path, way: str
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        kept, _ = await shown(house, house.lead)
        epoch: dict[str, Any] = {"epoch": await house.epoch()}
        await house.do(house.lead, "seat.role", seat="s2", role="facilitator", **epoch)
        other = BODY[::-1]
        photo, card = await shown(house, "s2", other, alt="Two goats on a wall")
        words = (await house.room()).whole.room.notes[card].words
        assert folder_holds(tmp_path, other[60:160])
        if way == "my words":
            await house.do("s2", "words.erase")
        elif way == "these words":
            await house.do("s2", "words.erase", words=words)
        else:
            await house.do(house.lead, "seat.forget", seat="s2", **epoch)
        assert await house.storage.photo(house.opened.room, photo) is None
        assert not folder_holds(tmp_path, other[60:160])
        assert not folder_holds(tmp_path, b"Two goats on a wall")
        assert await sees(house, "s3", kept)


async def test_STO2_a_forgotten_room_leaves_no_picture(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        await shown(house, house.lead)
        room, device = await house.room(), await house.device(house.lead)
        await house.hub.forget(house.opened.room)
        assert not folder_holds(tmp_path, BODY[60:160])
        with pytest.raises(Refused) as caught:
            await room.add_photo(device, house.lead, BODY)
        assert caught.value.reason == "closed"


async def test_PHO3_what_no_card_shows_goes_after_an_hour_also_after_a_restart(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path) as house:
        photo, _ = await shown(house, house.lead)
        left = await sent(house, house.lead, BODY[::-1])
        await house.crash()
        room = await house.room()
        assert room.photos.of(house.lead) == {photo, left}
        await house.clock.advance(UNUSED_MS + 1)
        assert room.photos.of(house.lead) == {photo}
        assert dict(await house.storage.photos(house.opened.room)) == {photo: len(BODY)}


async def test_PHO4_a_seat_and_a_room_have_so_many_pictures_of_such_a_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with await House.open(tmp_path, people=1) as house:

        async def refusal(seat: str, body: bytes = b"small") -> str:
            with pytest.raises(Refused) as caught:
                await sent(house, seat, body)
            assert caught.value.message is not None
            return caught.value.reason

        assert await refusal("s2", bytes(PHOTO_LIMIT + 1)) == "too_large"
        for _ in range(PHOTOS_EACH):
            await sent(house, "s2", b"small")
        assert await refusal("s2") == "full"
        monkeypatch.setattr(photos, "PHOTOS_PER_ROOM", PHOTOS_EACH + 1)
        await sent(house, house.lead, b"small")
        assert await refusal(house.lead) == "full"
        monkeypatch.setattr(photos, "PHOTOS_PER_ROOM", 300)
        monkeypatch.setattr(photos, "BYTES_PER_ROOM", 200)
        assert await refusal(house.lead, b"x" * 100) == "full"


async def test_STO1_a_full_disk_refuses_a_picture_and_drops_it_later(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        photo, card = await shown(house, house.lead)
        house.storage.full = True
        with pytest.raises(Refused) as caught:
            await sent(house, house.lead)
        assert caught.value.reason == "full"
        room = await house.room()
        assert room.photos.of(house.lead) == {photo}
        house.storage.full = False
        await house.do(house.lead, "note.delete", document="board", card=card)
        house.storage.full = True
        await house.clock.advance(UNDO_MS + 1)
        house.storage.full = False
        await house.clock.advance(60_000)
        assert dict(await house.storage.photos(house.opened.room)) == {}


async def test_SAF1_in_a_frozen_room_and_at_the_door_nobody_sends_a_picture(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        epoch: dict[str, Any] = {"epoch": await house.epoch()}
        await house.do(house.lead, "room.freeze", **epoch)
        with pytest.raises(Refused) as caught:
            await sent(house, "s2")
        assert caught.value.reason == "closed"
        await house.do(house.lead, "room.unfreeze", **epoch)
        await house.do(house.lead, "door.ask", **epoch)
        waits = await house.join("Waits")
        with pytest.raises(Refused):
            await sent(house, waits)
        photo, _ = await shown(house, house.lead)
        assert not await sees(house, waits, photo)
