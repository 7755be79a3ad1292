"""Documents: gate, index, permission and the guarded native Doc together."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, Text, XmlFragment

from rooms import documents
from rooms.board_schema import Card, author_of, change_card, drop_card, put_card, read_cards
from rooms.documents import Accepted, Document, DocumentBroken, Documents, RefusedUpdate
from rooms.permissions import Writer
from rooms.update_gate import BadUpdate, read_update, write_state_vector
from tests.fuzz import craft, recorded
from tests.fuzz.craft import struct, update, written

ANA = Writer("phone", frozenset({"ana"}))
BEN = Writer("table", frozenset({"ben", "cleo"}))
LEAD = Writer("laptop", frozenset({"lead"}), facilitator=True)


def board() -> Document:
    return Document.load("room/board", [], 5)[0]


def circle() -> Document:
    return Document.load("room/group/a1-c1", [], 5)[0]


def accepted(verdict: Accepted | RefusedUpdate) -> Accepted:
    assert isinstance(verdict, Accepted), verdict
    return verdict


class Page:
    """A browser: a Doc of its own that sends what it changes."""

    def __init__(self, document: Document, writer: Writer, client: int) -> None:
        self.document, self.writer = document, writer
        self.doc: Doc[Any] = Doc(client_id=client)
        self.pull()

    def pull(self) -> None:
        self.doc.apply_update(self.document.diff(self.doc.get_state()))

    def edit(self, work: Any) -> Accepted | RefusedUpdate:
        made: list[bytes] = []
        watch = self.doc.observe(lambda event: made.append(event.update))
        with self.doc.transaction():
            work(self.doc)
        self.doc.unobserve(watch)
        verdict = self.document.check(made[0], self.writer)
        if isinstance(verdict, Accepted) and verdict.update:
            self.document.apply(verdict.update)
        return verdict

    def put(self, card: str, text: str = "hello") -> Accepted | RefusedUpdate:
        author = card.rpartition("-")[0]
        return self.edit(lambda doc: put_card(doc, Card(card, "insight", text, author=author)))

    def card(self, id: str) -> Any:
        return self.doc.get("cards", type=Map)[id]


@pytest.mark.parametrize(
    "scenario", recorded.fixture().scenarios, ids=lambda scenario: str(scenario.name)
)
def test_recorded_people_are_understood_and_read_as_in_yjs(scenario: recorded.Scenario) -> None:
    replay(scenario)


def replay(scenario: recorded.Scenario) -> None:
    # The cards of a circle: on everyone's board most of what they do is a command (BRD1).
    name = "group/a1-c1" if scenario.family == "board" else scenario.family
    document = Document(f"room/{name}", 5)
    log = []
    for sent in scenario.updates:
        writer = Writer(
            sent.device, frozenset(scenario.devices[sent.device]), sent.device.startswith("f")
        )
        verdict = accepted(document.check(sent.data, writer, step2=sent.step2))
        if verdict.update:
            log.append(verdict.update)
            document.apply(verdict.update)
    from_log, aside = Document.load(document.name, log, 6)
    assert not aside
    from_snapshot, aside = Document.load(document.name, [document.state()], 7)
    assert not aside
    for reader in (document, from_log, from_snapshot):
        if scenario.family == "memo":
            assert recorded.tree(reader.doc.get("memo", type=XmlFragment)) == scenario.expected
        else:
            assert reader.doc.get("cards", type=Map).to_py() == scenario.expected
        assert reader.index.state_vector() == document.index.state_vector()


def test_an_edit_of_ones_own_card_is_accepted_as_it_came() -> None:
    document = board()
    verdict = accepted(Page(document, ANA, 11).put("ana-1"))
    assert verdict.bound == (11,)
    assert document.cards() == (Card("ana-1", "insight", "hello", author="ana"),)


def test_a_shared_table_writes_for_each_of_its_seats() -> None:
    page = Page(board(), BEN, 12)
    accepted(page.put("ben-1"))
    accepted(page.put("cleo-1"))
    assert page.put("ana-1") == RefusedUpdate("not_yours")


def test_what_others_wrote_stays() -> None:
    document = board()
    accepted(Page(document, ANA, 11).put("ana-1"))
    before = document.cards()
    ben = Page(document, BEN, 12)
    for work in (
        lambda doc: drop_card(doc, "ana-1"),
        lambda doc: put_card(doc, Card("ana-1", "quote", "mine now", author="ana")),
        lambda doc: change_card(doc, "ana-1", scope="public"),
        lambda doc: change_card(doc, "ana-1", section="elsewhere"),
        lambda doc: doc.get("cards", type=Map)["ana-1"]["text"].insert(0, "not "),
        lambda doc: doc.get("cards", type=Map)["ana-1"]["ticks"].update({"ana": True}),
        lambda doc: doc.get("cards", type=Map)["ana-1"].update({"ticks": Map({})}),
        lambda doc: doc.get("cards", type=Map).clear(),
    ):
        fresh = Page(document, BEN, ben.doc.client_id + 1)
        ben = fresh
        assert isinstance(fresh.edit(work), RefusedUpdate)
        assert document.cards() == before


def test_the_eleven_byte_update_that_empties_a_board_is_refused() -> None:
    document = board()
    page = Page(document, ANA, 11)
    for number in range(50):
        accepted(page.put(f"ana-{number}"))
    end = document.index.state_vector()[11]
    sweep = update([], {11: [(0, end)]})
    assert document.check(sweep, BEN) == RefusedUpdate("not_yours")
    assert document.check(sweep, LEAD) == RefusedUpdate("not_yours")
    assert len(document.cards()) == 50


def test_everybody_ticks_under_their_own_seat() -> None:
    document = circle()
    accepted(Page(document, ANA, 11).put("ana-1"))
    ben = Page(document, BEN, 12)
    accepted(ben.edit(lambda doc: ben.card("ana-1")["ticks"].update({"ben": True})))
    accepted(ben.edit(lambda doc: ben.card("ana-1")["ticks"].update({"cleo": True})))
    assert document.cards()[0].ticks == ("ben", "cleo")


def test_a_card_with_others_ticks_may_be_deleted_by_its_author() -> None:
    document = circle()
    ana, ben = Page(document, ANA, 11), Page(document, BEN, 12)
    accepted(ana.put("ana-1"))
    ben.pull()
    accepted(ben.edit(lambda doc: ben.card("ana-1")["ticks"].update({"ben": True})))
    ana.pull()
    accepted(ana.edit(lambda doc: drop_card(doc, "ana-1")))
    assert document.cards() == ()
    late = ben.edit(lambda doc: ben.card("ana-1")["ticks"].update({"cleo": True}))
    assert accepted(late).touches == (), "into a dead card: nobody sees it, nobody is refused"


def test_who_facilitates_a_circle_places_its_cards() -> None:
    document = circle()
    accepted(Page(document, ANA, 11).put("ana-1"))
    lead = Page(document, LEAD, 13)
    accepted(lead.edit(lambda doc: change_card(doc, "ana-1", theme="lead-t", section="s2")))
    assert lead.edit(lambda doc: change_card(doc, "ana-1", scope="public")) == RefusedUpdate(
        "not_yours"
    )
    assert document.cards()[0].theme == "lead-t"


def test_a_forged_author_or_entered_by_is_refused() -> None:
    for fields in (
        {"author": "ben"},
        {"entered_by": "ben"},
        {"origin": "server"},
        {"kind": "nonsense"},
        {"scope": "everywhere"},
        {"section": "x" * 201},
        {"nonsense": "x"},
        {"created": True},
        {"created": "yesterday"},
    ):
        document = board()
        page = Page(document, ANA, 11)
        accepted(page.put("ana-1"))
        verdict = page.edit(lambda doc, p=page, f=fields: p.card("ana-1").update(f))
        assert verdict == RefusedUpdate("shape"), fields


def test_what_repeats_is_acknowledged_and_nothing_else() -> None:
    document = board()
    page = Page(document, ANA, 11)
    accepted(page.put("ana-1"))
    assert document.check(page.doc.get_update(), ANA, step2=True) == Accepted(b"")
    assert document.check(b"\0\0", Writer("d", frozenset(), writes=False), step2=True) == Accepted(
        b""
    )


def test_read_only_devices_change_nothing() -> None:
    document = board()
    reader = Writer("wall", frozenset({"ana"}), writes=False)
    assert Page(document, reader, 11).put("ana-1") == RefusedUpdate("read_only")


def test_a_gap_is_told_apart_from_an_offence() -> None:
    document = board()
    page = Page(document, ANA, 11)
    page.document = board()
    page.put("ana-1")
    late = update([(11, 3, [struct(4, written("x"), left=(11, 2))])])
    assert document.check(late, ANA) == RefusedUpdate("gap", gap=True)
    accepted(document.check(page.doc.get_update(), ANA, step2=True))


def test_a_refusal_leaves_the_next_honest_edit_alone() -> None:
    document = board()
    page = Page(document, ANA, 11)
    accepted(page.put("ana-1"))
    clock = document.index.state_vector()[11]
    half = update([(11, clock, [craft.gc(3), struct(4, written("x"), root="nowhere")])])
    assert isinstance(document.check(half, ANA), RefusedUpdate)
    accepted(page.put("ana-2"))


def test_server_edits_pass_the_index_and_reach_people() -> None:
    document = board()
    change = document.server_edit(
        lambda doc: put_card(
            doc, Card("-x1", "quote", "unnamed \ufffd 🙂", created=1_795_000_000_000)
        )
    )
    assert read_update(change)
    page = Page(document, ANA, 11)
    assert str(page.card("-x1")["text"]) == "unnamed \ufffd 🙂"
    assert document.cards()[0].created == 1_795_000_000_000
    assert document.check(page.doc.get_update(), ANA, step2=True) == Accepted(b"")
    assert document.server_edit(lambda doc: None) == b""
    assert document.server_edit(lambda doc: drop_card(doc, "nothing")) == b""
    forged = update([(5, document.index.state_vector()[5], [craft.gc(1)])])
    assert document.check(forged, ANA) == RefusedUpdate("foreign_client")


def test_an_edit_of_ours_that_fails_half_way_ends_the_document() -> None:
    documents = Documents(lambda: 5)
    document, _ = documents.open("room/board", [])

    def half(doc: Doc[Any]) -> None:
        put_card(doc, Card("ana-1", "quote", "x", author="ana"))
        raise RuntimeError("tripped")

    with pytest.raises(DocumentBroken):
        document.server_edit(half)
    assert documents.get("room/board") is None
    with pytest.raises(DocumentBroken):
        document.check(b"\0\0", ANA)
    again, aside = documents.open("room/board", [])
    assert (documents.get("room/board"), aside) == (again, ())


def test_a_panic_in_rust_is_caught_and_ends_only_this_document() -> None:
    # reliability.md 1.2, row 1, given to pycrdt behind the gate's back
    document = board()
    document.server_edit(lambda doc: put_card(doc, Card("-1", "quote", "x")))
    with pytest.raises(DocumentBroken):
        document._native(lambda: document.doc.apply_update(bytes.fromhex("0100050000")))
    assert document.is_broken


def test_other_base_exceptions_are_not_swallowed() -> None:
    document = board()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        document._native(interrupt)


def test_p13_a_poisoned_log_opens_and_names_the_bad_row() -> None:
    document = board()
    good = document.server_edit(lambda doc: put_card(doc, Card("-1", "quote", "kept")))
    for poison in ("0100050000", "010201010000a803020000", "0101010004010361727204f09f998200"):
        again, aside = Document.load("room/board", [good, bytes.fromhex(poison)], 6)
        assert aside == (1,)
        assert [card.text for card in again.cards()] == ["kept"]


def test_bindings_survive_a_reload_when_they_are_kept() -> None:
    document = board()
    page = Page(document, ANA, 11)
    bound = accepted(page.put("ana-1")).bound
    again, _ = Document.load("room/board", [document.state()], 6, dict.fromkeys(bound, "phone"))
    forged = update([(11, again.index.state_vector()[11], [craft.gc(1)])])
    assert again.check(forged, BEN) == RefusedUpdate("foreign_client")
    accepted(again.check(forged, ANA))


def test_state_vectors_of_strangers_are_tamed() -> None:
    document = board()
    document.server_edit(lambda doc: put_card(doc, Card("-1", "quote", "🙂🙂")))
    for clock in range(40):
        diff = document.diff(write_state_vector({5: clock, 99: 7}))
        Doc[Any]().apply_update(diff)
        read_update(diff)
    with pytest.raises(BadUpdate):
        document.diff(b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")


def test_a_document_has_an_end() -> None:
    document = board()
    document.size = documents.MAX_DOCUMENT_BYTES
    assert Page(document, ANA, 11).put("ana-1") == RefusedUpdate("document_full")


def test_mine_belongs_to_one_seat() -> None:
    document, _ = Document.load("room/mine/ana", [], 5)

    def draft(doc: Doc[Any]) -> None:
        doc.get("drafts", type=Map)["a1/box"] = Text("words")

    assert Page(document, BEN, 12).edit(draft) == RefusedUpdate("not_yours")
    page = Page(document, ANA, 11)
    accepted(page.edit(draft))
    accepted(
        page.edit(
            lambda doc: put_card(doc, Card("ana-1", "insight", "x", author="ana"), root="notes")
        )
    )
    assert [card.id for card in document.cards()] == ["ana-1"]


def test_the_room_itself_takes_no_content() -> None:
    document, _ = Document.load("room", [], 5)
    data = update([(11, 0, [struct(4, written("x"), root="cards")])])
    assert document.check(data, LEAD) == RefusedUpdate("unknown_root")
    assert document.check(update([(11, 0, [craft.gc(1)])]), LEAD) == RefusedUpdate("read_only")


def test_names_of_no_document_are_refused() -> None:
    for name in ("", "room/", "room/other", "room/mine/", "a/group/b/c"):
        with pytest.raises(ValueError, match="no document"):
            Document(name, 5)


@pytest.mark.slow
def test_reproducers_do_break_pycrdt_without_the_gate() -> None:
    """The reason for all this still holds; when this fails, read the release notes."""
    code = (
        "from pycrdt import Doc, Text\n"
        "d = Doc(client_id=3); d.get('t', type=Text).insert(0, 'x')\n"
        "d.apply_update(bytes.fromhex('0100030000'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, timeout=30, check=False
    )
    assert b"PanicException" in done.stderr


@given(st.data())
@settings(max_examples=30)
def test_cards_are_read_again_only_where_they_changed_and_come_out_the_same(
    data: st.DataObject,
) -> None:
    document = board()
    pages = [Page(document, ANA, 101), Page(document, BEN, 102), Page(document, LEAD, 103)]
    ids = ["ana-1", "ana-2", "ben-1", "ben-2", "lead-t"]

    def act(doc: Doc[Any]) -> None:
        id = data.draw(st.sampled_from(ids))
        cards = doc.get("cards", type=Map)
        match data.draw(st.sampled_from(("put", "drop", "text", "tick", "order", "two"))):
            case "put":
                put_card(doc, Card(id, "insight", "new", author=author_of(id)))
            case "drop":
                drop_card(doc, id)
            case "text" if id in cards:
                text = cards[id]["text"]
                text += " more"
            case "tick" if id in cards:
                cards[id]["ticks"]["ben"] = True
            case "order" if id in cards:
                change_card(doc, id, order=data.draw(st.sampled_from("abc")))
            case "two":
                for other in ids[:2]:
                    change_card(doc, other, theme="lead-t")
            case _:
                doc.get("sections", type=Map)["x"] = Map({"title": "a"})

    for _ in range(data.draw(st.integers(1, 12))):
        who = data.draw(st.sampled_from((*pages, None)))
        if who is None:
            document.server_edit(act)
        elif data.draw(st.booleans()):
            who.pull()
        else:
            made: list[bytes] = []
            watch = who.doc.observe(lambda event, made=made: made.append(event.update))
            with who.doc.transaction():
                act(who.doc)
            who.doc.unobserve(watch)
            for one in made:
                document.apply(one)  # as if accepted, whoever may do it
        if data.draw(st.booleans()):
            assert document.cards() == read_cards(document.doc)
    assert document.cards() == read_cards(document.doc)


def test_a_document_for_nothing_can_be_made_at_any_time() -> None:
    documents.warm()
