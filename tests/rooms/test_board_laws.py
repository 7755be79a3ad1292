"""Laws of the board: whatever people send, in whatever order, and whoever sends it (BRD1, BRD2,
BRD4, BRD10). Decisions are made as the room makes them, without storage or documents."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.blocks import Words
from activities.kernel import Command, Refused
from rooms import board_moves, board_reading, commits, room_decide, room_state, wire_board
from rooms import whole as wholes
from rooms.board_moves import SECTION, THEME, THEMES, Spot
from rooms.board_schema import Card
from rooms.board_state import UNDO_MS
from rooms.commits import Commit
from rooms.note_gone_desk import erase_due
from rooms.room_state import RoomState
from rooms.seats import Seat
from rooms.whole import Draft, Whole
from rooms.wire_renderings import NoteRender, NoteUnrender
from tests.rooms.house import asking_of

PEOPLE = ("s1", "s2", "s3", "s4")
FACILITATORS = ("s1", "s2")


def seat(id: str) -> Seat:
    role: Any = "facilitator" if id in FACILITATORS else "participant"
    return Seat(id=id, name="n", language="en", role=role, devices=(f"d{id}",), joined=1)


class Table:
    """A room in memory: what is sent is decided, stored as bytes, read back and applied."""

    def __init__(self) -> None:
        seats = {id: seat(id) for id in PEOPLE}
        self.whole = Whole(RoomState(seats=seats, started={"a1": 1}))  # after the last activity
        self.now = 1_000
        self.ids = itertools.count(1)
        self.authors: dict[str, tuple[str, str]] = {}  # every card there ever was: author, words
        self.erased: set[str] = set()

    @property
    def room(self) -> RoomState:
        return self.whole.room

    def send(self, who: str, command: Command) -> str:
        """Returns "" or why it was refused."""
        self.now += 1
        asking = asking_of(self.room.seats[who], self.now)
        asking = replace(asking, new_id=lambda: f"{next(self.ids):04}")
        draft = Draft(self.whole, {}, self.now)
        before = self.whole
        try:
            room_decide.decide(draft, command, asking)
        except Refused as refused:
            assert self.whole is before
            return refused.reason
        self.take(draft, who)
        return ""

    def take(self, draft: Draft, who: str = "") -> None:
        events = tuple(draft.events)
        commit = Commit(seq=self.room.seq + 1, at=self.now, events=events, seat=who)
        self.whole = wholes.apply(self.whole, commits.decode(commits.encode(commit)), {})
        assert self.room.notes == draft.room.notes
        assert self.room.ticks == draft.room.ticks
        assert self.room.board.sections == draft.room.board.sections
        for event in draft.events:
            if isinstance(event, commits.NoteAdded):
                self.authors[event.card] = (event.seat, event.words)
            elif isinstance(event, commits.NoteDeleted):
                self.erased.add(event.card)

    def mark(self) -> None:
        """A checkpoint, as at a step of an activity."""
        room = self.room
        self.whole = Whole(room_state.with_checkpoint(room, room, room.seq, self.now))

    def wait(self, ms: int) -> None:
        self.now += ms
        draft = Draft(self.whole, {}, self.now)
        erase_due(draft)
        self.take(draft)

    def check(self) -> None:
        """The laws."""
        state = self.room
        there = {*state.notes, *state.board.taken}
        assert not state.notes.keys() & state.board.taken.keys()
        assert there == self.authors.keys() - self.erased, "a card was lost, or came from nowhere"
        for card, note in state.notes.items():
            author, words = self.authors[card]
            assert note.seat == author
            if note.kind != "theme":
                assert note.words == words, "somebody changed a text"
        assert state.renderings.keys() <= there, "something was left of a card that went"
        for card, made in state.renderings.items():
            assert all((one.card, one.language) == (card, at) for at, one in made.items())
        spots = {board_moves.spot_of(state, note) for note in state.notes.values()}
        rows = {spot: board_moves.standing(state, spot) for spot in spots}
        assert sorted(n.card for row in rows.values() for n in row) == sorted(state.notes)
        for row in rows.values():
            keys = [note.order for note in row]
            assert keys == sorted(set(keys)), "two stand in one place"
        for note in state.notes.values():
            assert note.theme == "" or board_moves.is_theme(state.notes, note.theme)
            assert note.seat not in state.ticks.get(note.card, ())
        shown = board_reading.reading([card_of(note) for note in state.notes.values()], ())
        listed = [*shown["unplaced"], *(c for t in shown["themes"] for c in t["cards"])]
        plain = [n.card for n in state.notes.values() if n.kind != "theme"]
        assert sorted(listed) == sorted(plain)
        for theme in shown["themes"]:
            under = board_moves.standing(state, Spot(THEME, theme["id"]))
            assert theme["cards"] == [n.card for n in under]
        order = [n.card for n in board_moves.standing(state, Spot(THEMES))]
        assert [theme["id"] for theme in shown["themes"]] == order


def card_of(note: commits.NoteAdded) -> Card:
    kind: Any = note.kind
    return Card(
        note.card, kind, "", note.seat, section=note.section, theme=note.theme, order=note.order,
        created=note.at,
    )  # fmt: skip


def set_table() -> Table:
    """Twelve notes of four people, some ticked, under two themes, in a section and not placed."""
    table = Table()
    for who, _ in itertools.product(PEOPLE, range(3)):
        assert not table.send(who, add("insight"))
    cards = sorted(table.authors)
    assert not table.send("s1", wire_board.ThemeAdd(text=text(), cards=tuple(cards[:4])))
    assert not table.send("s2", wire_board.ThemeAdd(text=text(), cards=tuple(cards[4:7])))
    assert not table.send("s1", wire_board.SectionAdd(title=text()))
    (section,) = table.room.board.sections
    for card in cards[7:9]:
        assert not table.send("s2", wire_board.NoteMove(card=card, section=section))
    for card in cards:
        table.send("s4", wire_board.NoteTick(card=card))
    table.mark()
    table.check()
    return table


_texts = itertools.count(1)


def text() -> Words:
    return Words(f"w{next(_texts)}")


def add(kind: str, **where: Any) -> wire_board.NoteAdd:
    return wire_board.NoteAdd(document="board", kind=kind, text=text(), **{"section": "", **where})


who = st.sampled_from((*FACILITATORS, *PEOPLE))
nth = st.integers(0, 30)
behind = st.none() | st.just(-1) | nth


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, str, tuple[Any, ...]]:
    kind = draw(
        st.sampled_from(
            [
                "add",
                "add",
                "move",
                "move",
                "move",
                "tick",
                "delete",
                "delete",
                "restore",
                "restore",
                "cluster",
                "rename",
                "split",
                "merge",
                "order",
                "section",
                "name_section",
                "order_section",
                "back",
                "undo",
                "undo",
                "move_all",
                "render",
                "render",
                "unrender",
                "wait",
            ]
        )
    )
    return kind, draw(who), (draw(nth), draw(nth), draw(behind), draw(st.lists(nth, max_size=6)))


def command(table: Table, kind: str, args: tuple[Any, ...]) -> Command:
    """A command about things that are, or were, on the table."""
    one, other, place, some = args
    state = table.room
    ever = sorted(table.authors) or ["none"]
    themes = sorted(c for c, n in state.notes.items() if n.kind == "theme") or ["none"]
    sections = ["", *sorted(state.board.sections), "none"]

    def pick(from_: list[str], number: int) -> str:
        return from_[number % len(from_)]

    def after(from_: list[str]) -> str | None:
        return None if place is None else "" if place < 0 else pick(from_, place)

    match kind:
        case "add":
            at = {"section": pick(sections[:-1], one), "theme": pick(["", *themes], other)}
            at["theme"] = at["theme"] if at["theme"] != "none" else ""
            word = "insight" if one % 4 else "theme"
            return add(word, **at)
        case "move" if one % 3 == 0:
            card, section = pick(ever, other), pick(sections, one)
            return wire_board.NoteMove(card=card, section=section, after=after(ever))
        case "move" if one % 3 == 1:
            card, theme = pick(ever, other), pick(["", *themes], one)
            return wire_board.NoteMove(card=card, theme=theme, after=after(ever))
        case "move":
            return wire_board.NoteMove(card=pick(ever, other), after=after(ever), since=one)
        case "tick":
            return wire_board.NoteTick(card=pick(ever, one), on=bool(other % 3))
        case "delete":
            return wire_board.NoteDelete(document="board", card=pick(ever, one))
        case "restore":
            taken = sorted(state.board.taken) or ["none"]
            return wire_board.NoteRestore(card=pick(taken, one))
        case "cluster":
            cards = tuple(dict.fromkeys(pick(ever, n) for n in some))
            return wire_board.ThemeAdd(text=text(), cards=cards, after=after(themes))
        case "rename":
            return wire_board.ThemeRename(theme=pick(themes, one), text=text())
        case "split":
            theme = pick(themes, one)
            under = [n.card for n in board_moves.standing(state, Spot(THEME, theme))]
            cards = tuple(dict.fromkeys(pick(under or ever, n) for n in some))
            return wire_board.ThemeSplit(theme=theme, cards=cards, text=text())
        case "merge":
            return wire_board.ThemeMerge(theme=pick(themes, one), into=pick(["", *themes], other))
        case "order":
            return wire_board.ThemeOrder(theme=pick(themes, one), after=after(themes))
        case "section":
            return wire_board.SectionAdd(title=text(), after=after(sections))
        case "name_section":
            return wire_board.SectionRename(section=pick(sections, one), title=text())
        case "order_section":
            return wire_board.SectionOrder(section=pick(sections, one), after=after(sections))
        case "undo":
            done = sorted(state.board.steps) or [0]
            return wire_board.BoardUndo(at=done[-1 - one % min(3, len(done))])
        case "move_all":
            cards = tuple(dict.fromkeys(pick(ever, n) for n in some))
            return wire_board.NoteMove(cards=cards, theme=pick(["", *themes], other))
        case "render" | "unrender":
            language = pick(["en", "ar", "sw"], other)
            if kind == "unrender":
                return NoteUnrender(card=pick(ever, one), language=language)
            return NoteRender(card=pick(ever, one), language=language, text=text())
        case _:
            points = state.board.checkpoints
            at_ = points[one % len(points)].at if points else 0
            if other % 2:
                return wire_board.BoardRestore(at=at_, section=pick(sections[:-1], other))
            return wire_board.BoardRestore(at=at_, theme=pick(["", *themes], other))


MAKES = ("cluster", "rename", "split", "merge", "order", "section", "name_section",
         "order_section", "back")  # fmt: skip


@settings(max_examples=40)
@given(st.lists(steps(), min_size=15, max_size=40))
def test_whatever_people_do_every_card_is_in_one_place_BRD1_BRD2_BRD4_BRD10(
    script: list[tuple[str, str, tuple[Any, ...]]],
) -> None:
    table = set_table()
    for number, (kind, sender, args) in enumerate(script):
        if kind == "wait":
            table.wait(UNDO_MS // 2)
        else:
            asked = command(table, kind, args)
            before = table.room
            reason = table.send(sender, asked)
            if kind in MAKES and sender not in FACILITATORS:
                assert reason == "not_allowed"
            if isinstance(asked, wire_board.NoteDelete | wire_board.NoteRestore) and not reason:
                assert table.authors[asked.card][0] == sender
            if isinstance(asked, NoteRender | NoteUnrender) and not reason:
                old = before.renderings.get(asked.card, {}).get(asked.language)
                owner = table.authors[asked.card][0]
                assert old is None or sender in (*FACILITATORS, old.by, owner)
            if isinstance(asked, wire_board.NoteMove) and not reason:
                moved = (asked.card,) if asked.card else asked.cards
                owners = {before.notes[c].seat for c in moved if c in before.notes}
                assert sender in FACILITATORS or owners == {sender}
            if isinstance(asked, wire_board.BoardUndo) and not reason:
                assert before.board.steps[asked.at].seat == sender
        if number % 7 == 3:
            table.mark()
        table.check()


@settings(max_examples=25)
@given(st.lists(steps(), min_size=4, max_size=25), st.lists(steps(), min_size=1, max_size=15))
def test_a_place_that_is_put_back_stands_as_it_stood_BRD7(
    first: list[tuple[str, str, tuple[Any, ...]]], then: list[tuple[str, str, tuple[Any, ...]]]
) -> None:
    table = set_table()

    def play(script: list[tuple[str, str, tuple[Any, ...]]]) -> None:
        for kind, _, args in script:
            if kind not in ("wait", "back"):
                table.send("s1", command(table, kind, args))

    play(first)
    at = table.room
    table.mark()
    spots = [Spot(SECTION, id) for id in ("", *at.board.sections)]
    spots += [Spot(THEME, n.card) for n in at.notes.values() if n.kind == "theme"]
    play(then)
    for spot in spots:
        stood = [n.card for n in board_moves.standing(at, spot)]
        if spot.kind == THEME and not board_moves.is_theme(table.room.notes, spot.id):
            continue
        names: Any = {spot.kind: spot.id}
        before = {s: [n.card for n in board_moves.standing(table.room, s)] for s in spots}
        reason = table.send("s2", wire_board.BoardRestore(at=at.seq, **names))
        assert reason in ("", "duplicate")
        table.check()
        now = [n.card for n in board_moves.standing(table.room, spot)]
        still = [card for card in stood if card in table.room.notes]
        assert now[: len(still)] == still
        for card in now[len(still) :]:  # came since, or has nowhere to go back to
            home = at.notes.get(card)
            gone = home and home.theme and not board_moves.is_theme(table.room.notes, home.theme)
            assert home is None or gone
        if not reason:  # and all of it can be undone
            undo = table.room.board.checkpoints[-1]
            assert not table.send("s1", wire_board.BoardRestore(at=undo.at, **names))
            table.check()
            after = {s: [n.card for n in board_moves.standing(table.room, s)] for s in spots}
            assert after == before


@settings(max_examples=40)
@given(st.lists(steps(), max_size=12), st.lists(steps(), min_size=1, max_size=10))
def test_steps_taken_back_one_by_one_leave_the_board_as_it_was_BRD6(
    first: list[tuple[str, str, tuple[Any, ...]]], then: list[tuple[str, str, tuple[Any, ...]]]
) -> None:
    table = set_table()
    for kind, who, args in first:
        if kind not in ("wait", "back", "undo"):
            table.send(who, command(table, kind, args))

    def looks() -> tuple[dict[Spot, list[str]], dict[str, frozenset[str]], dict[str, str]]:
        state = table.room
        spots = {board_moves.spot_of(state, note) for note in state.notes.values()}
        rows = {spot: [n.card for n in board_moves.standing(state, spot)] for spot in spots}
        ticks = {card: frozenset(seats) for card, seats in state.ticks.items() if seats}
        return rows, ticks, {w: theme for w, theme in state.placed.items() if theme}

    done: list[tuple[int, Any]] = []
    for kind, _, args in then:
        if kind in ("move", "move_all", "cluster", "split", "merge"):
            before = looks()
            if not table.send("s1", command(table, kind, args)):
                done.append((table.room.seq, before))
    for at, before in reversed(done):
        assert table.send("s2", wire_board.BoardUndo(at=at)) == "not_allowed"
        assert not table.send("s1", wire_board.BoardUndo(at=at))
        table.check()
        assert looks() == before
        assert table.send("s1", wire_board.BoardUndo(at=at)) == "unknown"
