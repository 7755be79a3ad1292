"""What an activity inherits, and what its events do to everyone's board (RO2, RO3, DOC5, LOG7)."""

from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from activities import board
from activities._report_out_model import NoteEntered, Settings
from activities.blocks import Words, say
from activities.grouping import name
from activities.kernel import BoardNote, Event, Group
from rooms import board_desk, commits, room_state
from rooms import whole as wholes
from rooms.board_schema import Card
from rooms.memo_material import material
from rooms.room_state import RoomState
from rooms.whole import Draft, Whole
from tests.activities import test_report_out as report_out
from tests.rooms.house import House

BOARD: dict[str, Any] = {"document": "board", "section": "", "kind": "insight"}


async def _cards(house: House) -> dict[str, Card]:
    return {card.text: card for card in await (await house.room()).shelf.cards("board")}


async def _ids(house: House) -> dict[str, str]:
    return {text: card.id for text, card in (await _cards(house)).items()}


async def _happens(house: House, *events: Event, texts: dict[str, str] | None = None) -> None:
    """What follows from an activity's events is committed, with the texts they speak of."""
    room = await house.room()
    room.book.add(texts or {})

    def decider(draft: Draft) -> None:
        for event in events:
            for follows in board_desk.following(draft.room, "a1", event):
                draft.add(follows)

    await room.run(decider)


async def _sorted(house: House) -> dict[str, str]:
    """Two notes under "Water", one under "Rice"; ids by text."""
    for text in ("boats", "wells", "seed"):
        await house.do(house.lead, "note.add", text=text, **BOARD)
    ids = await _ids(house)
    await _happens(
        house,
        board.ThemeNamed(theme="s2-w", words=Words("w1"), seat="s2", at=5),
        board.ThemeNamed(theme="s2-r", words=Words("w2"), seat="s2", at=6),
        board.NotePlaced(card=ids["boats"], theme="s2-w"),
        board.NotePlaced(card=ids["wells"], theme="s2-w"),
        board.NotePlaced(card=ids["seed"], theme="s2-r"),
        texts={"w1": "Water", "w2": "Rice"},
    )
    return await _ids(house)


async def test_a_theme_that_people_named_is_a_card_and_its_notes_stand_under_it_RO2(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await _sorted(house)
        cards = await _cards(house)
        assert cards["Water"].kind == "theme"
        assert cards["Water"].author == "s2"
        assert cards["boats"].theme == cards["wells"].theme == ids["Water"]
        room = await house.room()
        known = {n.card: n.theme for n in room.whole.room.notes.values()}
        assert {c.id: c.theme for c in cards.values()} == known
        await house.do(house.lead, "memo.question", theme=ids["Water"], text="And you?")


async def test_merging_themes_keeps_every_note_its_author_and_its_ticks_RO3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await _sorted(house)
        before = await _cards(house)
        await _happens(
            house,
            board.NoteTicked(card=ids["Rice"], seat="s3"),
            board.NoteTicked(card=ids["seed"], seat="s3"),
            board.ThemesMerged(theme=ids["Rice"], into=ids["Water"]),
        )
        after = await _cards(house)
        assert set(after) == set(before) - {"Rice"}
        assert {text: card.author for text, card in after.items()} == {
            text: card.author for text, card in before.items() if text != "Rice"
        }
        assert after["seed"].theme == ids["Water"]
        assert after["seed"].ticks == ("s3",)
        assert after["Water"].ticks == ("s3",)
        await _happens(house, board.NoteTicked(card=ids["seed"], seat="s3", on=False))
        assert (await _cards(house))["seed"].ticks == ()


async def test_another_title_replaces_the_first_and_its_words_are_gone_WRD4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await _sorted(house)
        renamed = board.ThemeNamed(theme="s2-w", words=Words("w3"), seat="s3", at=9)
        await _happens(house, renamed, texts={"w3": "Water and boats"})
        cards = await _cards(house)
        assert "Water" not in cards
        assert cards["Water and boats"].id == "s2-w"
        room = await house.room()
        assert room.book.get("w1") is None
        assert room.whole.room.notes["s2-w"].words == "w3"


async def test_votes_order_the_themes_of_the_memo_and_equal_ones_by_the_second_ballot(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await _sorted(house)
        room = await house.room()
        for water, rice in ((3, 9), (9, 3)):
            await _happens(
                house,
                board.ThemeScored(theme=ids["Water"], votes=water),
                board.ThemeScored(theme=ids["Rice"], votes=rice),
            )
            known = room.whole.room.scores
            assert (known[ids["Water"]].votes, known[ids["Rice"]].votes) == (water, rice)


async def test_what_is_no_theme_or_not_on_the_board_changes_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await _sorted(house)
        seq = (await house.room()).whole.room.seq
        await _happens(
            house,
            board.NotePlaced(card="s9-x", theme=ids["Water"]),
            board.NotePlaced(card=ids["boats"], theme=ids["Water"]),
            board.ThemesMerged(theme=ids["boats"], into=ids["Water"]),
            board.NoteTicked(card="s9-x", seat="s2"),
            board.ThemeScored(theme=ids["boats"], votes=3),
        )
        assert (await house.room()).whole.room.seq == seq


async def test_the_same_board_after_a_restart_DOC5_LOG7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await _sorted(house)
        await _happens(house, board.ThemesMerged(theme=ids["Rice"], into=ids["Water"]))
        before, room = await _cards(house), await house.room()
        whole = Whole()
        for _, raw in await house.storage.commits(room.id):
            whole = wholes.apply(whole, commits.decode(raw), room.world.activities)
        assert whole == room.whole
        await house.crash()
        after = await _cards(house)
        assert {t: c.theme for t, c in after.items()} == {t: c.theme for t, c in before.items()}


async def test_an_activity_inherits_the_groups_of_the_last_one_that_had_any(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=9) as house:
        await house.telling()
        await house.do("s4", "seat.leave")
        for text in ("boats", "wells"):
            await house.do(house.lead, "note.add", text=text, **BOARD)
        room = await house.room()
        found = board_desk.before(room.whole.room, room.whole.running, room.world.activities)
        circles = {group.id: group for group in found.groups}
        assert set(circles) == {"a1-c1", "a1-c2"}
        assert circles["a1-c1"].name == "Mangrove"
        seats = {seat for group in found.groups for seat in group.members}
        assert seats == {f"s{n}" for n in range(2, 11)} - {"s4"}
        assert [note.kind for note in found.notes] == ["insight", "insight"]
        assert found.met == ()


def test_a_group_keeps_the_name_and_number_it_was_called_by() -> None:
    state = RoomState()
    for index, expected in ((0, ("Mangrove", 0)), (24, ("Mangrove", 2))):
        former = board_desk._former(state, "a2", Group("c1", name(index), ("s1",)))
        assert (former.name, former.number, former.members) == (*expected, ())
    odd = Group("p1", say("{a} and {b}", a=1, b=2), ())
    assert board_desk._former(state, "a2", odd).name == ""


# The whole way: groups report, notes are sorted and named, dots order the memo ------------------


async def _harvested(folder: Path, people: int) -> House:
    """A report-out that has begun, and a vote planned after it."""
    house = await House.open(folder, "empty", people=people)
    await house.plan("report_out", groups="mixed", prepare_min=2)
    await house.plan("voting", chosen=1)
    await house.start()
    return house


async def _offer(house: House, seat: str, type: str) -> dict[str, Any]:
    return next(o for o in (await house.view(seat))["may"] if o["type"] == type)


async def _write(house: House, seat: str, text: str) -> str:
    """A note in the seat's own section of the running activity; the card's id."""
    add = await _offer(house, seat, "note.add")
    where = {"document": add["document"], "section": add["section"], "kind": "insight"}
    await house.do(seat, "note.add", text=text, **where)
    return (await _ids(house))[text]


async def _theme(house: House, title: str, *cards: str) -> str:
    """Those who sort make a theme of cards, and a participant names it."""
    await house.do(house.lead, "note.place", note=cards[0], pile="new")
    room = await house.room()
    pile = room.whole.running["a1"].state.notes[cards[0]].pile
    for card in cards[1:]:
        await house.do(house.lead, "note.place", note=card, pile=pile)
    await house.do(house.lead, "theme.name", pile=pile, words=title)
    return str(pile)


async def _on(house: House) -> None:
    """The lead takes the running activity one phase on."""
    step = await _offer(house, house.lead, "phase.next")
    await house.do(house.lead, "phase.next", phase=step["phase"], epoch=step["epoch"])


async def test_what_groups_find_is_sorted_named_voted_on_and_leads_the_memo_RO2_VO2(
    tmp_path: Path,
) -> None:
    async with await _harvested(tmp_path, people=6) as house:
        seats = [seat for seat in house.tokens if seat != house.lead]
        cards = [await _write(house, seat, f"note {seat}") for seat in seats]
        table = (await house.room()).whole.running["a1"].state
        assert {note.team for note in table.notes.values()} == set(table.teams)
        await _on(house)
        await _on(house)
        rice = await _theme(house, "Rice", *cards[:2])
        water = await _theme(house, "Water", *cards[2:4])
        await house.do(seats[0], "pile.tick", note=cards[2])
        on_board = await _cards(house)
        assert (on_board["Rice"].kind, on_board["Rice"].id) == ("theme", rice)
        assert [on_board[f"note {seat}"].theme for seat in seats] == [
            rice, rice, water, water, "", "",
        ]  # fmt: skip
        assert on_board[f"note {seats[2]}"].ticks == (seats[0],)
        for _ in range(3):
            await _on(house)
        await house.start("a2")
        await _on(house)
        for seat in seats[:5]:
            cast = await _offer(house, seat, "vote.cast")
            chosen = water if seat != seats[0] else rice
            assert {o["value"] for o in cast["needs"]["option"]["options"]} == {rice, water}
            await house.do(seat, "vote.cast", ballot=cast["ballot"], option=chosen)
        await _on(house)
        room = await house.room()
        assert {t: s.votes for t, s in room.whole.room.scores.items()} == {rice: 1, water: 4}
        memo = await room.draft_memo("participants")
        found = [section for section in memo.sections if section.id.startswith("theme:")]
        assert [section.heading for section in found] == ["Water", "Rice"]
        assert "Dots from us: 4" in str(found[0])
        assert "Dots from us" not in str(await room.draft_memo("public"))
        assert await _replayed(house) == room.whole


async def test_VO3_no_session_hears_of_anybodys_dots_before_the_numbers_are_shown(
    tmp_path: Path,
) -> None:
    """Every message of every other session, before and after somebody votes: nothing of it but
    the number of the commit differs; and the log does not say who it was."""
    async with await House.open(tmp_path, "empty", people=5) as house:
        await house.plan("voting", themes=False)
        await house.start()
        for word in ("boats", "wells"):
            await house.do(house.lead, "option.add", words=word, epoch=await house.epoch())
        await _on(house)
        voter, *others = [seat for seat in house.tokens if seat != house.lead]
        before = {seat: await _seen(house, seat) for seat in (*others, house.lead)}
        panel = await _seen(house, house.lead, "panel")
        cast = await _offer(house, voter, "vote.cast")
        seq = await house.do(voter, "vote.cast", ballot=cast["ballot"], option="o1")
        assert {seat: await _seen(house, seat) for seat in before} == before
        assert await _seen(house, house.lead, "panel") == panel
        rows = dict(await house.storage.commits(house.opened.room))
        assert f'"{voter}"'.encode() not in rows[seq]
        mine = next(b for b in (await house.view(voter))["blocks"] if b["type"] == "ballot")
        assert [option["mine"] for option in mine["options"]] == [1, 0]


async def test_what_pairs_wrote_is_sorted_too_and_stands_under_its_theme_in_the_memo_RO2(
    tmp_path: Path,
) -> None:
    """Words that are no card of the board: own notes of a paired listening."""
    async with await House.open(tmp_path, "empty", people=6) as house:
        await house.plan("dyads", form="paired")
        await house.plan("report_out", prepare_min=0)
        await house.start()
        seats = [seat for seat in house.tokens if seat != house.lead]
        await house.to("own_note")
        for seat in seats:
            keep = await _offer(house, seat, "note.keep")
            fields = {k: v for k, v in keep.items() if k not in OFFER_KEYS}
            kind = keep["needs"]["kind"]["options"][0]["value"] if "kind" in keep["needs"] else ""
            fields |= {"kind": kind} if kind else {}
            await house.do(seat, "note.keep", **{**fields, "words": f"own {seat}"})
        await house.do(house.lead, "activity.cut", epoch=await house.epoch())
        await house.start("a2")
        room = await house.room()
        table = room.whole.running["a2"].state
        assert len(table.teams) == 3  # the pairs
        assert {note.seat for note in table.notes.values()} == set(seats)
        assert all(table.place[note.seat] == note.team for note in table.notes.values())
        await _on(house)
        first, second, *_ = table.notes
        await house.do(house.lead, "note.place", note=first, pile="new")
        pile = room.whole.running["a2"].state.notes[first].pile
        await house.do(house.lead, "theme.name", pile=pile, words="Rain")
        await house.do(house.lead, "note.place", note=second, pile=pile)
        ticker = next(s for s in seats if s != table.notes[first].seat)
        await house.do(ticker, "pile.tick", note=first)
        source = material(room, await room.shelf.cards("board"))
        under = {c.id: (c.theme, c.ticks) for c in source.cards if c.theme}
        assert under == {first: (pile, 1), second: (pile, 0)}
        assert await _replayed(house) == room.whole


async def test_what_a_circle_shared_is_reported_by_that_circle(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "empty", people=9) as house:
        await house.plan("story_circle")
        await house.plan("report_out")
        await house.start()
        await house.to("reflect")
        for seat, text in (("s2", "shared"), ("s3", "kept in the circle")):
            add = await _offer(house, seat, "note.add")
            where = {"document": add["document"], "section": add["section"], "kind": "insight"}
            await house.do(seat, "note.add", text=text, **where)
        await house.do("s2", "notes.share", share="all", cards=[])
        await house.do(house.lead, "activity.cut", epoch=await house.epoch())
        await house.start("a2")
        table = (await house.room()).whole.running["a2"].state
        assert sorted(team.name for team in table.teams.values()) == ["Estuary", "Mangrove"]
        assert [(n.seat, n.team) for n in table.notes.values()] == [("s2", table.place["s2"])]


OFFER_KEYS = {"type", "label", "place", "needs", "hint", "confirm", "shown"}


async def _seen(house: House, seat: str, lens: Any = None) -> dict[str, Any]:
    view = await house.view(seat, lens)
    return {key: value for key, value in view.items() if key not in ("seq", "now")}


async def test_VO5_a_ballot_outlives_a_restart_and_a_tap_sent_twice_counts_once(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, "empty", people=5) as house:
        await house.plan("voting", themes=False, per_option=2)
        await house.start()
        for word in ("boats", "wells"):
            await house.do(house.lead, "option.add", words=word, epoch=await house.epoch())
        await _on(house)
        seat = next(seat for seat in house.tokens if seat != house.lead)
        for _ in range(2):
            await house.do(seat, "vote.cast", request="once", ballot=1, option="o1")
        await house.crash()
        papers = (await house.room()).whole.running["a1"].state.papers
        assert list(papers.placed.values()) == [{"o1": 1}]
        view = await house.view(seat)
        ballot = next(b for b in view["blocks"] if b["type"] == "ballot")
        assert ballot["used"] == 1


async def _replayed(house: House) -> Whole:
    room = await house.room()
    whole = Whole()
    for _, raw in await house.storage.commits(room.id):
        whole = wholes.apply(whole, commits.decode(raw), room.world.activities)
    return whole


# The table of an activity and everyone's board never part --------------------------------------


def _added(note: BoardNote) -> commits.NoteAdded:
    return commits.NoteAdded(
        document="board", card=note.card, kind=note.kind, section=note.section, theme=note.theme,
        words=note.words.ref, seat=note.seat, entered_by="", activity="a1", group=note.group,
        language="en", scope="memo", at=1,
    )  # fmt: skip


@settings(max_examples=15)
@given(
    st.integers(4, 8),
    st.lists(
        st.tuples(st.sampled_from(report_out.STEPS), st.integers(0, 60), st.integers(0, 60)),
        min_size=30,
        max_size=60,
    ),
)
def test_RO2_the_board_is_what_the_table_shows(
    count: int, steps: list[tuple[str, int, int]]
) -> None:
    """Whatever is moved, merged, named or suggested: a note of a theme with a name stands under it
    on the board, and every other under none."""
    at = report_out.sorting(count, Settings(cluster_by="all"))
    state, seen = RoomState(), len(at.log)
    for note in at.before.notes:
        state = _follow(state, _added(note))
    for step in steps:
        report_out.move(at, *step)
        for event in at.log[seen:]:
            if isinstance(event, NoteEntered):
                state = _follow(state, _added(event.note))
            for follows in board_desk.following(state, "a1", event):
                state = _follow(state, follows)
        seen = len(at.log)
        named = {pile.id for pile in at.state.piles if pile.words is not None}
        assert {c for c, n in state.notes.items() if n.kind == "theme"} == named
        for card, note in at.state.notes.items():
            assert state.notes[card].theme == (note.pile if note.pile in named else "")


def _follow(state: RoomState, event: commits.RoomEvent) -> RoomState:
    return room_state.evolve(state, commits.Commit(seq=1, at=1, events=(event,)))


async def test_what_a_listener_gives_back_is_a_card_once_its_teller_agrees(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "empty", people=5) as house:
        await house.plan("story_circle", variant="collective_harvest", lens1="What the river did")
        teller = await house.telling()
        heard = [str(await house.view(seat)) for seat in house.tokens if seat != teller]
        assert any("What the river did" in one for one in heard)  # one of them listens for it
        done = await _offer(house, teller, "turn.done")
        await house.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
        await house.to("reflect")
        others = [seat for seat in house.tokens if seat not in (teller, house.lead)]
        text = "You asked the elders first."
        await house.do(others[0], "gift.give", activity="a1", words=text)
        assert text in str(await house.view(teller))
        assert text not in str(await house.view(others[1]))
        assert text not in str(await house.view(house.lead, "panel"))
        assert not await _cards(house)
        await house.do(teller, "gift.share", activity="a1", gift=0)
        card = (await _cards(house))[text]
        assert (card.author, card.kind) == (others[0], "insight")
        made = material(await house.room(), tuple((await _cards(house)).values()))
        assert [one.text for one in made.cards] == [text]
