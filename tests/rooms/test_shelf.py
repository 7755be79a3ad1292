"""Documents between people and storage: DOC4 to DOC7, STO2 (`rooms/RULES.md`)."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Doc, Map

from rooms import shelf as shelves
from rooms.board_schema import Card, put_card
from rooms.documents import Document, DocumentBroken
from rooms.open_documents import RefusedEdit
from rooms.outgoing import NOTHING_KNOWN, Step2, Update
from rooms.permissions import Writer
from rooms.redis_storage import RedisStorage
from rooms.shelf import MissingEdits, Shelf
from rooms.storage import Kept, StorageUnwritable
from tests.rooms.brittle import Brittle

ANA = Writer("phone", frozenset({"ana"}))
BEN = Writer("table", frozenset({"ben"}))


def card(id: str, text: str = "hello") -> Card:
    return Card(id, "insight", text, author=id.rpartition("-")[0])


class Writing:
    """A page that writes into a shelf."""

    def __init__(self, shelf: Shelf, writer: Writer, client: int) -> None:
        self.shelf, self.writer = shelf, writer
        self.doc: Doc[Any] = Doc(client_id=client)

    def update(self, id: str, text: str = "hello") -> bytes:
        made: list[bytes] = []
        watch = self.doc.observe(lambda event: made.append(event.update))
        with self.doc.transaction():
            put_card(self.doc, card(id, text))
        self.doc.unobserve(watch)
        return made[0]

    async def put(self, id: str, text: str = "hello") -> bytes:
        return await self.shelf.write("board", self.update(id, text), self.writer, step2=False)


async def shelf(folder: Path) -> tuple[Shelf, Brittle]:
    storage = await Brittle.brittle(folder)
    await storage.create_room("r", 1)
    return Shelf("r", storage), storage


async def ids(found: Shelf) -> set[str]:
    return {c.id for c in await found.cards("board")}


async def test_an_edit_is_told_once_it_is_kept_DOC4(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    told: list[tuple[str, object]] = []
    found.on_edit = lambda name, update, by: told.append((name, by))
    storage.held = asyncio.Event()
    storage.written.clear()
    page = Writing(found, ANA, 7)
    writing = asyncio.ensure_future(
        found.write("board", page.update("ana-1"), ANA, step2=False, by="me")
    )
    await storage.written.wait()
    assert told == []
    storage.held.set()
    await writing
    assert told == [("board", "me")]
    await storage.close()


async def test_what_could_not_be_kept_is_not_there_DOC6(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    page = Writing(found, ANA, 7)
    await page.put("ana-1")
    storage.full_documents = True
    lost = page.update("ana-2")
    with pytest.raises(RefusedEdit) as refused:
        await found.write("board", lost, ANA, step2=False)
    assert refused.value.reason == "full"
    assert await ids(found) == {"ana-1"}
    with pytest.raises(StorageUnwritable):
        await found.edit("board", lambda doc: put_card(doc, card("ana-9")))
    assert await ids(found) == {"ana-1"}
    storage.full_documents = False
    with pytest.raises(MissingEdits):  # what follows the lost one is asked for
        await page.put("ana-3")
    await found.write("board", page.doc.get_update(), ANA, step2=True)
    assert await ids(found) == {"ana-1", "ana-2", "ana-3"}
    await storage.close()


async def test_the_same_edit_twice_is_new_once(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    page = Writing(found, ANA, 7)
    update = page.update("ana-1")
    assert await found.write("board", update, ANA, step2=False)
    assert await found.write("board", update, ANA, step2=False) == b""
    await storage.close()


async def write_at_once(
    found: Shelf, count: int
) -> tuple[list[bytes], list[bytes | BaseException]]:
    """As many people write while the disk is slow: their updates and what became of them."""
    pages = [Writing(found, Writer(f"d{n}", frozenset({f"p{n}"})), n + 1) for n in range(count)]
    updates = [page.update(f"p{n}-1") for n, page in enumerate(pages)]
    outcomes = await asyncio.gather(
        *(
            found.write("board", update, page.writer, step2=False, by=page)
            for page, update in zip(pages, updates, strict=True)
        ),
        return_exceptions=True,
    )
    return updates, outcomes


async def test_edits_that_wait_are_kept_together_and_told_in_order_DOC4(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    await found.cards("board")
    told: list[bytes] = []
    found.on_edit = lambda name, update, by: told.append(update)
    batches = storage.thread.batches
    updates, outcomes = await write_at_once(found, 20)
    assert outcomes == updates == told
    assert storage.thread.batches - batches < 10
    assert await ids(Shelf("r", storage)) == {f"p{n}-1" for n in range(20)}
    await storage.close()


@pytest.mark.redis
async def test_of_edits_that_wait_together_none_is_kept_before_what_another_process_wrote_DOC4(
    redis_storage: RedisStorage, other: RedisStorage
) -> None:
    await redis_storage.create_room("r", 1)
    here, there = Shelf("r", redis_storage), Shelf("r", other)
    for found in (here, there):
        await found.cards("board")
    page = Writing(there, Writer("d9", frozenset({"p9"})), 99)
    await there.write("board", page.update("p9-1"), page.writer, step2=False, by=page)
    # Nobody has told `here`: its first edit expects to be the first row, its second the second.
    updates, outcomes = await write_at_once(here, 3)
    assert outcomes == updates
    for found in (here, there):
        await found.follow("board")
        assert await ids(found) == {"p9-1", "p0-1", "p1-1", "p2-1"}


async def test_what_follows_a_lost_edit_is_refused_as_well_DOC6(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, storage = await shelf(tmp_path)
    await found.cards("board")
    add, asked = storage.add_soon, 0

    def fourth_fails(document: str, updates: Sequence[bytes], told: Kept) -> None:
        nonlocal asked
        place, asked = 3 - asked, asked + len(updates)
        if not 0 <= place < len(updates):
            add(document, updates, told)
            return
        others = [*updates[:place], *updates[place + 1 :]]

        def tell(kept: Sequence[int | BaseException]) -> int:
            return told([*kept[:place], StorageUnwritable(), *kept[place:]])

        add(document, others, tell)

    monkeypatch.setattr(storage, "add_soon", fourth_fails)
    updates, outcomes = await write_at_once(found, 6)
    assert outcomes[:3] == updates[:3]
    assert [o.detail for o in outcomes[3:] if isinstance(o, RefusedEdit)] == ["not_saved"] * 3
    assert await found.write("board", updates[3], Writer("d3", frozenset({"p3"})), step2=False)
    assert {"p0-1", "p1-1", "p2-1", "p3-1"} <= await ids(found)
    await storage.close()


async def test_a_document_that_breaks_is_loaded_again_with_all_that_was_kept_DOC7(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, storage = await shelf(tmp_path)
    await found.cards("board")
    apply, asked = Document.apply, 0

    def second_breaks(self: Document, update: bytes) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            self._doc = None
            raise DocumentBroken(self.name)
        apply(self, update)

    monkeypatch.setattr(Document, "apply", second_breaks)
    updates, outcomes = await write_at_once(found, 3)
    assert outcomes[0] == updates[0]
    assert [o.detail for o in outcomes[1:] if isinstance(o, RefusedEdit)] == ["broken"] * 2
    assert await ids(found) == {"p0-1", "p1-1", "p2-1"}
    await storage.close()


async def test_a_reader_with_a_crafted_state_vector_is_refused(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    with pytest.raises(RefusedEdit):
        await found.missing("board", b"\xff" * 20)
    missing, state = await found.missing("board", b"\0")
    doc: Doc[Any] = Doc()
    doc.apply_update(missing)
    assert len(doc.get("cards", type=Map)) == 0
    assert state
    await storage.close()


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("not_yours", "not_allowed"),
        ("read_only", "not_allowed"),
        ("document_full", "full"),
        ("too_large", "too_large"),
        ("anything", "bad_request"),
    ],
)
def test_the_gates_words_are_reasons_for_people(word: str, reason: str) -> None:
    assert shelves._reason(word) == reason


async def test_who_comes_in_shares_one_frame_without_what_was_removed(tmp_path: Path) -> None:
    found, storage = await shelf(tmp_path)
    ana = Writing(found, ANA, 7)
    await ana.put("ana-1", "a thing nobody may read")
    (one,), _ = await found.first("board")
    (again,), _ = await found.first("board")
    assert one is again
    await ana.put("ana-2")
    frames, state = await found.first("board")
    assert frames[0] is one
    page: Doc[Any] = Doc()
    for frame in frames:
        assert isinstance(frame, Step2 | Update)
        page.apply_update(frame.update)
    assert page.get_state() == state
    assert set(page.get("cards", type=Map).keys()) == {"ana-1", "ana-2"}
    await found.edit("board", lambda doc: doc.get("cards", type=Map).pop("ana-1"))
    (fresh,), _ = await found.first("board")
    assert isinstance(fresh, Step2)
    assert b"nobody may read" not in fresh.update
    await storage.close()


async def test_what_was_missed_is_answered_from_what_was_told(tmp_path: Path) -> None:
    """A device that missed frames gets their content and not the whole board."""
    found, storage = await shelf(tmp_path)
    ana = Writing(found, ANA, 7)
    await ana.put("ana-1", "x" * 5_000)
    told = found.told("board")
    await ana.put("ana-2", "y" * 50)
    missing = found.missing_now("board", told)
    assert b"y" * 50 in missing
    assert len(missing) < 1_000
    assert found.told("nowhere") == NOTHING_KNOWN
    assert found.missing_now("nowhere", NOTHING_KNOWN) == b""
    await storage.close()
