"""Themes: clustering, splitting, merging, naming, ordering, and putting a section back."""

from pathlib import Path
from typing import Any

from rooms import wire_board
from rooms.board_schema import Card
from rooms.board_state import UNDO_MS
from rooms.wire_board import HEADING_LIMIT, MOST_THEMES
from tests.rooms.house import House
from tests.rooms.test_note_desk import after_all, cards, order, written
from tests.rooms.test_words_desk import on_disk

COMMANDS = (
    ("theme.add", {"text": "x"}),
    ("theme.rename", {"theme": "s1-x", "text": "x"}),
    ("theme.split", {"theme": "s1-x", "cards": ["s1-y"], "text": "x"}),
    ("theme.merge", {"theme": "s1-x", "into": ""}),
    ("theme.order", {"theme": "s1-x"}),
    ("section.add", {"title": "x"}),
    ("section.rename", {"section": "x1", "title": "x"}),
    ("section.order", {"section": "x1"}),
    ("board.restore", {"section": "", "at": 1}),
)


async def under(house: House) -> dict[str, list[str]]:
    """Texts of cards by the heading they stand under, in order."""
    known = await cards(house)
    heading = {c.id: c.text for c in known.values() if c.kind == "theme"}
    found: dict[str, list[str]] = {}
    for text in await order(house):
        if known[text].kind != "theme":
            found.setdefault(heading.get(known[text].theme, ""), []).append(text)
    return found


async def theme(house: House, heading: str, *ids: str) -> str:
    await house.do(house.lead, "theme.add", text=heading, cards=ids)
    return (await cards(house))[heading].id


async def test_only_facilitators_sort_BRD4(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        for type, fields in COMMANDS:
            await house.refused("s2", type, "not_allowed", **fields)
        tags = {type for type, _ in COMMANDS}
        known = {kind.__struct_config__.tag for kind in wire_board.BoardCommand.__args__}
        assert {tag for tag in known - tags if not tag.startswith("note.")} == {"board.undo"}


async def test_cards_are_clustered_split_and_merged_in_one_step_each_RO3_BRD3(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ids = await written(house, "a", "b", "c", "d", "e")
        before = await cards(house)
        seq = (await house.room()).whole.room.seq
        water = await theme(house, "Water", *ids[:4])
        assert (await house.room()).whole.room.seq == seq + 1
        assert await under(house) == {"Water": ["a", "b", "c", "d"], "": ["e"]}
        await house.do(house.lead, "theme.split", theme=water, cards=[ids[3], ids[1]], text="Rice")
        assert await under(house) == {"Water": ["a", "c"], "Rice": ["d", "b"], "": ["e"]}
        rice = (await cards(house))["Rice"].id
        await house.do("s2", "seat.willing", willing=True)
        await house.do(house.lead, "theme.merge", theme=rice, into=water)
        assert await under(house) == {"Water": ["a", "c", "d", "b"], "": ["e"]}
        await house.do(house.lead, "theme.merge", theme=water)
        assert await under(house) == {"": ["e", "a", "c", "d", "b"]}
        after = await cards(house)
        assert {t: c.author for t, c in after.items()} == {t: c.author for t, c in before.items()}


async def test_the_name_of_a_merged_theme_leaves_every_file(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        water, rice = await theme(house, "Water"), await theme(house, "Zebulon rice")
        assert on_disk(tmp_path, "Zebulon")
        await house.do(house.lead, "theme.merge", theme=rice, into=water)
        await house.clock.advance(UNDO_MS)
        assert not on_disk(tmp_path, "Zebulon")


async def test_a_theme_keeps_the_ticks_of_both_RO3(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        water, rice = await theme(house, "Water"), await theme(house, "Rice")
        await house.do("s2", "note.tick", card=water)
        await house.do("s3", "note.tick", card=rice)
        await house.do(house.lead, "theme.merge", theme=rice, into=water)
        assert (await cards(house))["Water"].ticks == ("s2", "s3")
        assert set((await house.room()).whole.room.ticks[water]) == {"s2", "s3"}


async def test_themes_are_named_and_ordered_by_any_facilitator_BRD6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(
            house.lead, "seat.role", seat="s2", role="facilitator", epoch=await house.epoch()
        )
        water, rice = await theme(house, "Water"), await theme(house, "Rice")
        seq = await house.do("s2", "theme.rename", theme=water, text="Water and boats")
        assert set(await cards(house)) == {"Water and boats", "Rice"}
        await house.do(house.lead, "theme.rename", theme=water, text="Boats", since=seq)
        await house.refused(
            "s2", "theme.rename", "stale_phase", theme=water, text="Water", since=seq
        )
        await house.do(house.lead, "theme.order", theme=rice, after="")
        assert await order(house) == ["Rice", "Boats"]
        await house.refused("s2", "theme.order", "stale_phase", theme=rice, since=seq)
        await house.refused("s2", "theme.order", "stale_phase", theme=rice, after="gone")


async def test_what_does_not_fit_together_is_refused_in_words_BRD9(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        lead = house.lead
        (one,) = await written(house, "one", by="s2")
        water = await theme(house, "Water")
        long = "x" * (HEADING_LIMIT + 1)
        for type, reason, fields in (
            ("theme.add", "too_large", {"text": long}),
            ("theme.add", "too_many", {"text": "x", "cards": ["s1-x"] * 501}),
            ("theme.add", "bad_request", {"text": "x", "cards": [one, one]}),
            ("theme.add", "bad_request", {"text": "x", "cards": [water]}),
            ("theme.add", "unknown", {"text": "x", "cards": ["s1-no"]}),
            ("theme.add", "bad_request", {"text": " "}),
            ("theme.split", "bad_request", {"theme": water, "text": "x", "cards": []}),
            ("theme.split", "stale_phase", {"theme": water, "text": "x", "cards": [one]}),
            ("theme.merge", "bad_request", {"theme": water, "into": water}),
            ("theme.merge", "unknown", {"theme": water, "into": one}),
            ("theme.rename", "unknown", {"theme": one, "text": "x"}),
            ("note.move", "bad_request", {"card": water, "theme": water}),
            ("note.move", "unknown", {"card": one, "theme": one}),
            ("board.restore", "bad_request", {"at": 1}),
            ("board.restore", "bad_request", {"at": 1, "section": "", "theme": ""}),
            ("board.restore", "unknown", {"at": 10_000, "section": ""}),
        ):
            await house.refused(lead, type, reason, **fields)


async def test_a_board_has_no_more_themes_than_people_can_read_BRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path) as house:
        for number in range(MOST_THEMES):
            await house.do(house.lead, "theme.add", text=f"Theme {number}")
        refusal = await house.refused(house.lead, "theme.add", "full", text="one more")
        assert "themes" in str(refusal.message)


async def test_what_its_author_has_just_taken_away_is_left_out_of_a_cluster_BRD3(
    tmp_path: Path,
) -> None:
    async with await after_all(tmp_path) as house:
        one, two = await written(house, "one", "two", by="s2")
        await house.do("s2", "note.delete", document="board", card=one)
        await theme(house, "Water", one, two)
        assert await under(house) == {"Water": ["two"]}
        await house.do("s2", "note.restore", card=one)
        assert await under(house) == {"Water": ["two"], "": ["one"]}


async def test_a_section_is_put_back_as_it_was_at_a_step_BRD7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "empty", people=3) as house:
        await house.plan("report_out", prepare_min=0)
        lead = house.lead
        ids = await written(house, "a", "b", "c", "d")
        water = await theme(house, "Water", *ids[:3])
        await house.start()
        room = await house.room()
        at = room.whole.room.board.checkpoints[-1].at
        await house.do(lead, "note.move", card=ids[0], theme="")
        await house.do(lead, "note.move", card=ids[2], after="")
        await house.do(lead, "note.delete", document="board", card=ids[1])
        await written(house, "e")
        new = (await cards(house))["e"].id
        await house.do(lead, "note.move", card=new, theme=water)
        await house.do(lead, "note.move", card=ids[3], theme=water)
        await house.do(lead, "note.move", card=ids[0], section="", after="")
        assert await under(house) == {"Water": ["c", "e", "d"], "": ["a"]}
        await house.do(lead, "board.restore", at=at, theme=water)
        assert await under(house) == {"Water": ["a", "c", "e"], "": ["d"]}
        undo = room.whole.room.board.checkpoints[-1]
        assert undo.restore
        await house.refused(lead, "board.restore", "duplicate", at=at, theme=water)
        back: dict[str, Any] = {"at": undo.at, "theme": water}
        await house.refused(lead, "board.restore", "stale_phase", **back, since=undo.at)
        await house.crash()
        await house.do(lead, "board.restore", **back, since=undo.at + 1)
        assert await under(house) == {"Water": ["c", "e", "d"], "": ["a"]}
        table = (await house.room()).whole.running["a1"].state
        assert table.notes[ids[2]].pile == water  # the running activity was told of it
        assert table.notes[ids[0]].pile == ""


async def test_an_activity_hears_what_facilitators_do_on_the_board_RO2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "empty", people=3) as house:
        await house.plan("report_out", prepare_min=0)
        ids = await written(house, "a", "b", "c")
        await house.start()

        async def piles() -> dict[str, str]:
            state = (await house.room()).whole.running["a1"].state
            return {card: note.pile for card, note in state.notes.items()}

        water = await theme(house, "Water", *ids[:2])
        assert await piles() == {ids[0]: water, ids[1]: water, ids[2]: ""}
        await house.do(house.lead, "theme.split", theme=water, cards=ids[:1], text="Rice")
        rice = (await cards(house))["Rice"].id
        assert (await piles())[ids[0]] == rice
        await house.do(house.lead, "theme.rename", theme=rice, text="Seed")
        state = (await house.room()).whole.running["a1"].state
        words = {pile.id: pile.words for pile in state.piles}
        book = (await house.room()).book
        assert book.get(words[rice].ref) == "Seed"
        await house.do("s2", "note.tick", card=ids[0])
        assert (await house.room()).whole.running["a1"].state.ticks[ids[0]] == ("s2",)
        await house.do(house.lead, "theme.merge", theme=water, into=rice)
        assert await piles() == {ids[0]: rice, ids[1]: rice, ids[2]: ""}
        assert await under(house) == {"Seed": ["a", "b"], "": ["c"]}
        found: dict[str, Card] = await cards(house)
        log = (await house.room()).whole.room
        assert {c.id: (c.theme, c.order) for c in found.values()} == {
            id: (n.theme, n.order) for id, n in log.notes.items()
        }


async def test_a_theme_on_a_ballot_is_called_as_on_the_board(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "empty", people=3) as house:
        await house.plan("voting")
        water = await theme(house, "Water")
        await house.start()
        await house.do(house.lead, "theme.rename", theme=water, text="Boats")
        room = await house.room()
        (option,) = room.whole.running["a1"].state.options
        assert room.book.get(option.words.ref) == "Boats"
