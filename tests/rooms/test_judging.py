"""A large document is read before it was judged, and nothing is judged against half an index."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text

from rooms import board_schema, judging, ownership, ownership_placing, update_gate
from rooms.documents import NOTHING, Document, DocumentBroken, RefusedUpdate
from rooms.judging import Judging
from rooms.open_documents import RefusedEdit
from rooms.outgoing import NOTHING_KNOWN
from rooms.ownership import Container, Index
from rooms.permissions import Writer
from rooms.redis_storage import RedisStorage
from rooms.sealed import unseal
from rooms.shelf import Shelf
from rooms.shelf_rows import GATE, StoredRow, packed, unpacked
from rooms.update_gate import BadUpdate, write_state_vector
from tests.fuzz.craft import gc, struct, update, written
from tests.rooms.test_shelf import ANA, BEN, Writing, ids, shelf

SEATS = ("ana", "ben", "cleo")
DEVICES = {"ana": "phone", "ben": "table", "cleo": "wall"}

Edit = tuple[int, str, int, int, str]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(("card", "type", "type", "type", "delete", "drop", "meet")),
        st.integers(0, 5),
        st.integers(0, 40),
        st.sampled_from(("a", "bc", "👋", "é👩🏽‍🚀", "longer words")),
    ),
    min_size=1,
    max_size=40,
)


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (update_gate, ownership, ownership_placing):
        monkeypatch.setattr(module, "PIECE", 3)
    monkeypatch.setattr(judging, "TOGETHER", 1)


def log_of(edits: list[Edit]) -> list[bytes]:
    """The updates of three people who write into each other's cards, together and apart."""
    docs: list[Doc[Any]] = [Doc(client_id=client) for client in (3, 11, 7)]
    told: list[bytes] = []
    made: list[list[bytes]] = [[], [], []]
    begun = [(who, "card", who, 0, "👋 begun") for who in range(3)]
    for who, what, card, at, words in [*begun, (0, "meet", 0, 0, ""), *edits]:
        doc = docs[who]
        cards = doc.get("cards", type=Map)
        watch = doc.observe(lambda event, who=who: made[who].append(event.update))
        name = f"{SEATS[card % 3]}-{card}"
        if what == "card":
            seat = board_schema.Card(name, "insight", words, author=SEATS[card % 3])
            board_schema.put_card(doc, seat)
        elif what == "drop" and name in cards:
            board_schema.drop_card(doc, name)
        elif what in ("type", "delete") and name in cards:
            text: Text = cards[name]["text"]
            whole = str(text)
            place = len(whole[: at % (len(whole) + 1)].encode())
            if what == "type":
                text.insert(place, words)
            elif at % (len(whole) + 1) < len(whole):
                end = len(whole[: at % (len(whole) + 1) + 1].encode())
                del text[place:end]
        doc.unobserve(watch)
        if what == "meet":
            for one, pile in enumerate(made):
                for other, reader in enumerate(docs):
                    if other != one:
                        for said in pile:
                            reader.apply_update(said)
                told += pile
                pile.clear()
    for pile in made:
        told += pile
    return told


def folded(log: list[bytes]) -> bytes:
    """The log as one snapshot, in which what was deleted is garbage."""
    doc: Doc[Any] = Doc()
    for data in log:
        doc.apply_update(data)
    return doc.get_update()


def facts(index: Index) -> object:
    """Everything an index knows, to be compared."""

    def named(container: Container | None) -> object:
        if container is None:
            return None
        return (container.path, container.kind, container.item, sorted(container.keys))

    orders: set[object] = set()
    clients = {}
    for client, known in index.clients.items():
        runs = []
        for start, run in zip(known.starts, known.runs, strict=True):
            runs.append((start, named(run.container), run.key, named(run.creates), run.erased))
            siblings = (run.container, run.key)
            if run.container is not None:
                orders.add((named_key(siblings), tuple(index.order.walk(siblings))))
        deleted = (known.deleted_starts, known.deleted_ends)
        clients[client] = (runs, known.next, known.halves, deleted)
    roots = {name: named(root) for name, root in index.roots.items()}
    segments = {at: repr(segment) for at, segment in index.order._segments.items()}
    counts = sorted((named_key(s), n) for s, n in index.order._counts.items())
    return clients, roots, orders, segments, counts, index.order._starts, index.bindings


def named_key(siblings: Any) -> tuple[object, ...]:
    container, key = siblings
    return (container.path, container.item, key or "")


def logs(edits: list[Edit], fold: int) -> list[bytes]:
    """A log as a store has it: a snapshot of the first `fold` rows, and the rest."""
    log = log_of(edits)
    return [folded(log[:fold]), *log[fold:]] if log[:fold] else log


def judged_by_pieces(document: Document) -> Iterator[int]:
    number = 0
    while not document.judge():
        number += 1
        yield number


@pytest.mark.usefixtures("small_pieces")
@given(EDITS, st.integers(0, 30))
def test_an_index_made_in_pieces_is_the_one_made_at_once(edits: list[Edit], fold: int) -> None:
    log = logs(edits, fold)
    at_once, aside = Document.load("r/board", log, 5, {3: "phone"})
    assert aside == ()
    later = Document.trusting("r/board", log, 5, {3: "phone"})
    assert later.state() == at_once.state()
    assert later.cards() == at_once.cards()
    for _ in judged_by_pieces(later):
        assert not later.is_judged
    assert later.is_judged
    assert not later.is_broken
    assert facts(later.index) == facts(at_once.index)
    assert later.size == at_once.size


@pytest.mark.usefixtures("small_pieces")
@given(EDITS, st.integers(0, 30), st.integers(0, 60), st.integers(0, 5), st.sampled_from(SEATS))
def test_DOC10_whoever_judges_early_has_the_index_made_whole_first(
    edits: list[Edit], fold: int, pieces: int, card: int, seat: str
) -> None:
    log = logs(edits, fold)
    bindings = {3: "phone", 11: "table", 7: "wall"}
    writer = Writer(DEVICES[seat], frozenset({seat}))
    page: Doc[Any] = Doc(client_id=99)
    for data in log:
        page.apply_update(data)
    before = page.get_state()
    cards = page.get("cards", type=Map)
    name = f"{SEATS[card % 3]}-{card}"
    if name in cards:
        cards[name]["text"].insert(0, "mine")
    else:
        board_schema.put_card(
            page, board_schema.Card(name, "insight", "new", author=SEATS[card % 3])
        )
    edit = page.get_update(before)
    at_once, _ = Document.load("r/board", log, 5, bindings)
    later = Document.trusting("r/board", log, 5, bindings)
    for _ in range(pieces):
        later.judge()
    wanted, found = at_once.check(edit, writer), later.check(edit, writer)
    assert found == wanted
    if seat != SEATS[card % 3]:
        assert isinstance(found, RefusedUpdate)
    assert later.is_judged
    assert facts(later.index) == facts(at_once.index)


@pytest.mark.usefixtures("small_pieces")
@given(EDITS, st.integers(0, 50), st.integers(0, 60))
def test_what_a_reader_lacks_is_the_same_before_everything_was_judged(
    edits: list[Edit], upto: int, pieces: int
) -> None:
    log = log_of(edits)
    at_once, _ = Document.load("r/board", log, 5)
    known = {client: min(upto, clock) for client, clock in at_once.index.state_vector().items()}
    vector = write_state_vector(known)
    later = Document.trusting("r/board", log, 5)
    assert later.diff(NOTHING_KNOWN) == at_once.diff(NOTHING_KNOWN)
    assert not later.is_judged
    for _ in range(pieces):
        later.judge()
    assert later.diff(vector) == at_once.diff(vector)


ASKED: dict[str, Callable[[Document], object]] = {
    "check": lambda document: document.check(update([(9, 0, [gc(1)])]), ANA),
    "server_edit": lambda document: document.server_edit(
        lambda doc: board_schema.drop_card(doc, "ana-0")
    ),
    "diff": lambda document: document.diff(write_state_vector({3: 1})),
}

BAD = (
    update([(4, 0, [struct(4, written("x"), root="nowhere")])]),
    update([(4, 7, [gc(1)])]),
)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("asked", [*ASKED, "pieces"])
def test_a_log_that_is_not_in_order_judges_nothing(bad: bytes, asked: str) -> None:
    log = log_of([(0, "card", 0, 0, "words"), (1, "card", 1, 0, "others")])
    document = Document.trusting("r/board", [log[0], bad, *log[1:]], 5)
    assert [card.id for card in document.cards()] != []
    if asked == "pieces":
        list(judged_by_pieces(document))
    else:
        with pytest.raises(DocumentBroken):
            ASKED[asked](document)
    assert document.is_broken
    assert Document.load("r/board", [log[0], bad, *log[1:]], 5)[1] == (1,)


def test_a_fault_of_ours_on_the_way_leaves_no_index_that_looks_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = log_of([(0, "card", 0, 0, "words")])
    index = Index(board_schema.ROOTS["board"], update_gate.SMALL)

    def fails(*_: object) -> object:
        raise KeyError

    monkeypatch.setattr(index, "committing", fails)
    found = Judging(index, log)
    assert found.go_on()
    assert found.failed
    assert found.go_on(), "nor when it is asked again"
    assert found.failed


# On the shelf --------------------------------------------------------------------------------


async def cold(folder: Path, cards: int = 3) -> tuple[Shelf, Any, Writing]:
    """A shelf just opened, on a store in which Ana has written before."""
    first, storage = await shelf(folder)
    page = Writing(first, ANA, 7)
    for number in range(cards):
        await page.put(f"ana-{number}")
    await first.close()
    found = Shelf("r", storage)
    found.large = 1
    return found, storage, page


def judged(found: Shelf) -> bool:
    document = found._documents.get("r/board")
    assert document is not None
    return document.is_judged


@pytest.mark.usefixtures("small_pieces")
async def test_DOC10_readers_are_answered_while_an_edit_waits_for_the_index(tmp_path: Path) -> None:
    found, storage, _ = await cold(tmp_path, cards=20)
    assert len(await ids(found)) == 20
    assert not judged(found)
    ben = Writing(found, BEN, 8)
    writing = asyncio.ensure_future(ben.put("ben-1"))
    assert await found.write("board", NOTHING, BEN, step2=True) == b""
    frames, _ = await found.first("board")
    assert frames
    assert not judged(found)
    assert not writing.done()
    assert await writing
    assert judged(found)
    assert await ids(found) == {"ben-1", *(f"ana-{n}" for n in range(20))}
    await found.close()
    await storage.close()


@pytest.mark.usefixtures("small_pieces")
async def test_what_is_not_ones_own_is_refused_right_after_a_cold_start(tmp_path: Path) -> None:
    found, storage, _ = await cold(tmp_path)
    ben = Writing(found, BEN, 8)
    frames, _ = await found.first("board")
    ben.doc.apply_update(frames[0].update)  # type: ignore[union-attr]
    before = ben.doc.get_state()
    ben.doc.get("cards", type=Map)["ana-1"]["text"].insert(0, "mine")
    assert not judged(found)
    with pytest.raises(RefusedEdit, match="not_yours"):
        await found.write("board", ben.doc.get_update(before), BEN, step2=False)
    as_ana = Writing(found, BEN, 7)  # as Ana's phone calls itself
    as_ana.doc.apply_update(ben.doc.get_update())
    with pytest.raises(RefusedEdit, match="foreign_client"):
        await as_ana.put("ben-1")
    await found.close()
    await storage.close()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("bad", BAD)
async def test_a_row_that_is_not_in_order_is_set_aside_when_it_is_found(
    tmp_path: Path, bad: bytes
) -> None:
    found, storage, _ = await cold(tmp_path)
    await storage.add_update("r/board", packed(StoredRow(bad, gate=GATE)))
    await storage.mark_applied("r/board", 99)
    assert await ids(found) == {"ana-0", "ana-1", "ana-2"}
    assert await Writing(found, BEN, 8).put("ben-1")
    assert await ids(found) == {"ana-0", "ana-1", "ana-2", "ben-1"}
    assert bad not in [row.update for row in await storage.updates("r/board")]
    assert await ids(Shelf("r", storage)) == {"ana-0", "ana-1", "ana-2", "ben-1"}
    await found.close()
    await storage.close()


@pytest.mark.usefixtures("small_pieces")
async def test_what_another_gate_judged_is_judged_before_it_is_shown(tmp_path: Path) -> None:
    for number, (gate, sealed) in enumerate(((GATE - 1, True), (GATE, False))):
        folder = tmp_path / str(number)
        folder.mkdir()
        found, storage, page = await cold(folder)
        old = packed(StoredRow(page.update("ana-9"), gate=gate))
        await storage.add_update("r/board", old if sealed else unseal(old))
        assert "ana-9" in await ids(found)
        assert judged(found)
        await found.close()
        await storage.close()


@pytest.mark.usefixtures("small_pieces")
async def test_a_document_let_go_on_the_way_is_judged_no_further(tmp_path: Path) -> None:
    found, storage, _ = await cold(tmp_path)
    assert await ids(found)
    kept = found._documents.get("r/board")
    assert kept is not None
    found.rest(())
    found.rest(())
    (task,) = found._judging.values()
    await task
    assert not kept.is_judged
    assert await Writing(found, BEN, 8).put("ben-1")
    assert found._judging == {}
    await found.close()
    await storage.close()


def test_a_whole_vector_is_asked_of_a_whole_index() -> None:
    log = log_of([(0, "card", 0, 0, "👋👋")])
    document = Document.trusting("r/board", log, 5)
    with pytest.raises(BadUpdate):
        document.diff(b"\1")
    assert document.diff(write_state_vector({3: 1}))
    assert document.is_judged


def test_the_histories_have_what_a_snapshot_of_a_long_evening_has() -> None:
    log = log_of(
        [
            (1, "type", 0, 3, "inside"),
            (2, "delete", 0, 0, ""),
            (0, "drop", 2, 0, ""),
            (0, "meet", 0, 0, ""),
            (1, "type", 0, 5, "again"),
        ]
    )
    parsed = update_gate.read_update(folded(log), update_gate.STORED, step2=True)
    kinds = {item.kind for section in parsed.sections.values() for item in section.items}
    assert {update_gate.GC, update_gate.DELETED, update_gate.STRING, update_gate.TYPE} <= kinds
    assert len(parsed.sections) == 3
    assert parsed.deletes


@pytest.mark.redis
@pytest.mark.usefixtures("small_pieces")
async def test_DOC10_what_another_process_writes_meanwhile_goes_behind_the_log(
    redis_storage: RedisStorage, other: RedisStorage
) -> None:
    await redis_storage.create_room("r", 1)
    there = Shelf("r", other)
    ana, ben = Writing(there, ANA, 7), Writing(there, BEN, 8)
    for number in range(10):
        await ana.put(f"ana-{number}")
    here = Shelf("r", redis_storage)
    here.large = 1
    told: list[bytes] = []
    here.on_edit = lambda name, update, by: told.append(update)
    assert len(await ids(here)) == 10
    assert not judged(here)
    await ben.put("ben-1")
    assert "ben-1" in await ids(here)
    assert len(told) == 1
    assert await Writing(here, BEN, 9).put("ben-2")
    taken = here._documents.get("r/board")
    assert taken is not None
    log = [unpacked(row).update for row in await redis_storage.updates("r/board")]
    assert taken.index.state_vector() == Document.load("r/board", log, 5)[0].index.state_vector()
    assert taken.index.bindings.keys() >= {7, 8, 9}
    await here.close()
    await there.close()
