"""What an activity inherits, and what its events do to everyone's board (RO2, RO3, DOC5, LOG7)."""

from pathlib import Path
from typing import Any

from activities import board
from activities.blocks import Words, say
from activities.grouping import name
from activities.kernel import Event, Group
from rooms import board_desk, commits
from rooms import whole as wholes
from rooms.board_schema import Card
from rooms.commits import RoomState
from rooms.whole import Draft, Whole
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
