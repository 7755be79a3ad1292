"""The states of the memo: one step for two who press at once, nobody asked for nothing, silence
after 48 hours, versions (MEM5 to MEM7, MEM10)."""

import asyncio
import json
import tempfile
from pathlib import Path
from random import Random
from typing import Any, Final, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.kernel import Refused
from rooms import memo_export, memo_states, memo_step_desk
from rooms.memo_copy import as_sent
from rooms.memo_events import MemoCheckOver, MemoStepped, Step
from rooms.memo_states import CHECK_LASTS, DRAFT_AFTER, MOVES, STEPS, MemoStand, evolve
from rooms.memo_tree import Ask, lines_of
from tests.rooms.house import House
from tests.rooms.test_comment_desk import page, said
from tests.rooms.test_words_desk import board_card, on_disk, written
from tests.rooms.test_words_state import sent

WAITS: Final = "Nobody had asked us that before"


async def step(house: House, *steps: Step, by: str = "") -> None:
    """Move the memo on."""
    for to in steps:
        seen = (await stand(house)).step
        await house.do(by or house.lead, "memo.step", seen=seen, to=to)


async def stand(house: House) -> MemoStand:
    return (await house.room()).whole.room.memo


async def quiet(house: House, milliseconds: int) -> None:
    """Time passes while everybody sits there."""
    while milliseconds > 0:
        await house.everyone_beats()
        await house.clock.advance(min(milliseconds, 4 * 60_000))
        milliseconds -= 4 * 60_000
    await house.everyone_beats()


def test_every_step_is_in_the_table_MEM5() -> None:
    assert get_args(Step) == STEPS == tuple(MOVES)
    for ways in MOVES.values():
        assert set(ways) <= set(STEPS)
        assert "sent" not in ways, "only sending sends"


async def test_an_hour_after_the_last_activity_it_is_a_draft_MEM5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.plan("check_in")
        await house.start()
        assert (await stand(house)).step == "collecting"
        await house.do(house.lead, "activity.cut", activity="a1", epoch=await house.epoch())
        await quiet(house, DRAFT_AFTER - 60_000)
        assert (await stand(house)).step == "collecting"
        await quiet(house, 120_000)
        assert (await stand(house)).step == "draft"
        await house.crash()
        assert (await stand(house)).step == "draft"
        await house.start("a2")
        assert (await stand(house)).step == "collecting", "there is more to come"


async def test_what_fell_due_while_nobody_was_there_is_made_up_for_MEM5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.start()
        await house.do(house.lead, "activity.cut", activity="a1", epoch=await house.epoch())
        assert (await stand(house)).step == "collecting"
        await house.crash()
        await house.clock.advance(DRAFT_AFTER)
        await house.room()
        await house.clock.advance(1)
        assert (await stand(house)).step == "draft"


async def test_two_who_press_at_once_make_one_step_MEM5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(
            house.lead, "seat.role", seat="s2", role="facilitator", epoch=await house.epoch()
        )
        await house.refused("s3", "memo.step", "not_allowed", seen="collecting", to="draft")
        both = await asyncio.gather(
            house.do(house.lead, "memo.step", seen="collecting", to="draft"),
            house.do("s2", "memo.step", seen="collecting", to="draft"),
            return_exceptions=True,
        )
        (late,) = [one for one in both if isinstance(one, Refused)]
        assert late.reason == "stale_phase"
        assert late.message is not None
        assert (await stand(house)).step == "draft"
        await house.do("s2", "memo.step", seen="draft", to="edited")
        seen = {"seen": "draft", "to": "edited"}
        told = await house.refused(house.lead, "memo.step", "stale_phase", **seen)
        assert told.message is not None
        assert "moved the memo on" in told.message.id
        await house.refused(house.lead, "memo.step", "not_allowed", seen="edited", to="final")


async def test_silence_of_48_hours_leaves_words_out_MEM6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        ref = await board_card(house, "s2", "quote", WAITS)
        given = await board_card(house, "s3", "quote", "We walked along the water together")
        await house.do("s3", "consent.release", words=given, choice="first_name")
        await step(house, "draft", "edited")
        shown = (await page(house, house.lead))["stage"]
        assert shown["next"]["command"]["to"] == "consent_check"
        await step(house, "consent_check")
        ends = house.clock.now() + CHECK_LASTS
        assert (await stand(house)).ends == ends
        refused = await house.refused(
            house.lead, "memo.send", "not_allowed", epoch=await house.epoch()
        )
        assert refused.message == memo_step_desk.NOT_READY, "ME6"
        asked = await house.view("s2")
        assert WAITS in json.dumps(asked["blocks"])
        answers = [o for o in asked["may"] if o["type"] == "consent.release"]
        assert [one["choice"] for one in answers] == ["unnamed", "first_name", "keep"]
        assert WAITS not in json.dumps(await house.view("s3"))
        room = await house.room()
        told = json.loads(await room.words_now(room.whole.room.seats["s2"]))
        assert told["asked_until"] == ends
        await quiet(house, CHECK_LASTS + 60_000)
        assert (await stand(house)).over
        memo = await room.draft_memo("participants")
        assert memo.ready
        assert WAITS not in str(memo.sections)
        assert [e.reason for e in memo.ledger if e.id.endswith(ref)] == ["silent"]
        assert not [o for o in (await house.view("s2"))["may"] if o["type"] == "consent.release"]
        await sent(house)
        assert WAITS not in str(await room.memos.copy("participants"))
        # Who thinks of it later may still give it: for the next version.
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        state = room.whole.room
        assert (state.memo_version, state.changed_since_sent) == (1, ("",))
        assert WAITS not in str(await room.memos.copy("participants"))
        assert WAITS in str(await room.draft_memo("participants"))


async def test_a_check_ends_when_everybody_has_answered_MEM6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await board_card(house, "s2", "quote", WAITS)
        await step(house, "draft", "edited", "consent_check")
        answer = next(o for o in (await house.view("s2"))["may"] if o["type"] == "consent.release")
        kept = {"choice": answer["choice"], "exact": answer["exact"], "words": answer["words"]}
        await house.do("s2", "consent.release", **kept)
        shown = (await page(house, house.lead))["stage"]
        assert shown["next"]["send"]
        await sent(house)
        assert WAITS in str(await (await house.room()).memos.copy("participants"))


async def test_where_nobody_waits_it_goes_out_from_any_step_before_MEM6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await step(house, "draft", "edited")
        assert (await page(house, house.lead))["stage"]["next"]["send"]
        await sent(house)
        assert (await stand(house)).step == "sent"


async def test_what_went_out_is_closed_until_a_version_is_opened_MEM7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        theme = await carried(house)
        await house.do(house.lead, "memo.prose", section="why", text="Because of the river.")
        await house.refused(house.lead, "memo.open", "not_allowed", seen=0)
        await sent(house)
        room, lead = await house.room(), await house.device(house.lead)
        assert not room.writer(lead, "memo").writes
        for type, fields in (
            ("memo.prose", {"section": "why", "text": "Otherwise."}),
            ("memo.question", {"theme": theme, "text": "And now?"}),
            ("memo.fit", {"section": "why"}),
        ):
            refused = await house.refused(house.lead, type, "closed", **fields)
            assert refused.message == memo_step_desk.SENT
        again = await house.refused(house.lead, "memo.send", "duplicate", epoch=await house.epoch())
        assert again.message == memo_step_desk.HAVE_IT
        await house.refused("s2", "memo.open", "not_allowed", seen=1)
        await house.refused(house.lead, "memo.open", "stale_phase", seen=7)
        await house.do(house.lead, "memo.open", seen=1)
        await house.refused(house.lead, "memo.open", "duplicate", seen=1)
        assert room.writer(lead, "memo").writes
        await house.do(house.lead, "memo.prose", section="why", text="Because of the floods.")
        await house.do(house.lead, "memo.question", theme=theme, text="And the next time?")
        await board_card(house, "s2", "insight", "Said only after it went out")
        for _ in range(2):
            member = await house.device("s2")
            have = str(await room.memo(member, "participants"))
            assert "Because of the river." in have
            assert "And where you are?" in have
            for later in ("of the floods", "next time", "only after"):
                assert later not in have
            assert "Version 1." in have
            draft = str(await room.memo(await house.device(house.lead), "participants"))
            assert "Because of the floods." in draft
            assert "Version 2, not sent yet." in draft
            await house.crash()
            room = await house.room()
        assert on_disk(tmp_path, "Because of the river.")
        await sent(house)
        have = str(await room.memo(await house.device("s2"), "participants"))
        for later in ("of the floods", "next time", "only after", "Version 2."):
            assert later in have
        assert not on_disk(tmp_path, "Because of the river."), "the old one is nowhere any more"
        assert (await stand(house)).step == "sent"


async def carried(house: House) -> str:
    """A theme of two people, its question asked; returns it."""
    theme = f"s1-{await board_card(house, house.lead, 'theme', 'The river')}"
    for seat in ("s2", "s3"):
        ref = await board_card(house, seat, "insight", f"What {seat} saw along the river")
        await house.do(seat, "note.move", card=f"{seat}-{ref}", theme=theme)
    await house.do(house.lead, "memo.question", theme=theme, text="And where you are?")
    return theme


async def test_consent_outranks_finality_MEM10(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        ref = await written(house, "s2", "We moved at night, all of us")
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        await sent(house)
        await said(house, "s3")
        await step(house, "discussed", "final")
        room = await house.room()
        refused = await house.refused("s3", "memo.comment", "closed", place="why", text="More")
        assert refused.message is not None
        await board_card(house, "s3", "insight", "Something that came much too late")
        have = str(await room.memos.copy("participants"))
        assert "We moved at night" in have
        assert "too late" not in have
        assert "Version 1, final." in have
        await house.do("s2", "consent.withdraw", words=ref)
        have = str(await room.memos.copy("participants"))
        assert "We moved at night" not in have
        assert "Version 2, final." in have
        shown = await page(house, house.lead)
        assert shown["changed_since_sent"] == [{"section": "stories", "heading": "Stories"}]
        assert shown["stage"]["next"]["send"]
        await sent(house)
        assert (await stand(house)).step == "final"
        have = str(await room.memos.copy("participants"))
        assert "too late" not in have, "that is for a next edition"
        await house.do(house.lead, "memo.open", seen=2)
        await sent(house)
        assert (await stand(house)).step == "discussed"
        assert "too late" in str(await room.memos.copy("participants"))


async def test_the_version_stands_in_every_export_MEM10(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await sent(house)
        room = await house.room()
        for edition in ("participants", "public"):
            memo = await room.memos.copy(edition)
            for format in memo_export.ALL_FORMATS:
                made = memo_export.export(memo, format).content
                assert made == memo_export.export(memo, format).content, "ME5"
                if format not in ("docx", "pdf", "pages.pdf"):
                    assert b"Version 1." in made, format
            assert "Version" not in memo.date_line


async def test_what_was_read_again_may_travel_until_it_is_changed_MEM11(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.refused(house.lead, "memo.fit", "unknown", section="why")
        await house.do(house.lead, "memo.prose", section="why", text="Because of the river.")
        room = await house.room()
        assert "of the river" not in str(await room.draft_memo("public"))
        await house.refused("s2", "memo.fit", "not_allowed", section="why")
        await house.do(house.lead, "memo.fit", section="why")
        await house.refused(house.lead, "memo.fit", "duplicate", section="why")
        assert "of the river" in str(await room.draft_memo("public"))
        assert (await page(house, house.lead))["fit"] == ["why"]
        await house.do(house.lead, "memo.prose", section="why", text="Because of the rivers.")
        assert "of the rivers" not in str(await room.draft_memo("public")), "other words"
        await house.do(house.lead, "memo.fit", section="why")
        await house.do(house.lead, "memo.fit", section="why", on=False)
        assert "of the rivers" not in str(await room.draft_memo("public"))


@pytest.mark.parametrize("place", ["", "theme"])
async def test_a_lesson_given_without_its_words_has_a_place_MEM12(
    tmp_path: Path, place: str
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        theme = await carried(house) if place else ""
        ref = await board_card(house, "s2", "quote", WAITS)
        if theme:
            await house.do("s2", "note.move", card=f"s2-{ref}", theme=theme)
        room = await house.room()
        id = f"theme:{theme}:lesson" if theme else "stories:lesson"
        assert id not in (await room.draft_memo("participants")).spaces
        await house.do("s2", "consent.release", words=ref, choice="lesson")
        memo = await room.draft_memo("participants")
        assert id in memo.spaces
        assert memo.ready
        assert WAITS not in str(memo)
        assert place or not any(
            source.startswith("s2") for one in lines(memo) for source in one.source
        )
        await house.do(house.lead, "memo.prose", section=id, text="Ask before you build.")
        assert "Ask before you build." in str(await room.draft_memo("participants"))
        await house.do("s2", "consent.release", words=ref, choice="keep")
        assert id not in (await room.draft_memo("participants")).spaces
        assert "Ask before you build." in str(await room.draft_memo("participants")), "ME3"


def lines(memo: Any) -> list[Any]:
    return [line for s in memo.sections for block in s.blocks for line in lines_of(block)]


# --- any session -----------------------------------------------------------------------------


class Walk:
    """People and facilitators pressing whatever they find, in any order."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.dice = Random(seed)
        self.number = 0

    async def begin(self) -> None:
        for name in ("Ubaldina", "Wenceslao", "Xochitl"):
            await self.house.join(name)
        await self.house.do(
            self.house.lead, "seat.role", seat="s2", role="facilitator",
            epoch=await self.house.epoch(),
        )  # fmt: skip

    def text(self) -> str:
        self.number += 1
        return f"Zq{self.number:03d}x the river told us something"

    async def try_to(self, by: str, type: str, /, **fields: Any) -> bool:
        try:
            await self.house.do(by, type, **fields)
        except Refused:
            return False
        return True

    async def walk(self) -> None:
        house, dice = self.house, self.dice
        room = await house.room()
        state = room.whole.room
        people = ("s3", "s4")
        facilitator = dice.choice((house.lead, "s2"))
        if state.memo.ends and not state.memo.over and dice.random() < 0.4:
            await quiet_jump(house, state.memo.ends - house.clock.now())
            assert (await stand(house)).over
            return
        match dice.randrange(13):
            case 0 | 1:
                await board_card(house, dice.choice(people), dice.choice(("quote", "insight")),
                                 self.text())  # fmt: skip
            case 2 | 3 | 4 if state.notes:
                one = dice.choice(list(state.notes.values()))
                choice = dice.choice(("unnamed", "first_name", "lesson", "keep"))
                await self.try_to(one.seat, "consent.release", words=one.words, choice=choice)
            case 5 if state.notes:
                one = dice.choice(list(state.notes.values()))
                await self.try_to(one.seat, "consent.withdraw", words=one.words)
            case 6 | 7:
                seen = dice.choice((state.memo.step, dice.choice(STEPS)))
                to = dice.choice(("draft", "edited", "consent_check", "discussed", "final"))
                to = dice.choice((to, *MOVES[seen]))
                did = await self.try_to(facilitator, "memo.step", seen=seen, to=to)
                assert did == (seen == state.memo.step and to in MOVES[seen])
            case 8:
                await self.send()
            case 9:
                did = await self.try_to(facilitator, "memo.open", seen=state.memo_version)
                assert did == (state.sent > 0 and not state.memo.opened)
            case 10:
                await self.comment()
            case 11:
                await self.press_what_is_others()
            case 12 if dice.random() < 0.5:
                await self.crash()
            case _:
                pass

    async def send(self) -> None:
        room = await self.house.room()
        before = room.whole.room
        memo = await room.draft_memo("participants")
        did = await self.try_to(self.house.lead, "memo.send", epoch=await self.house.epoch())
        if memo_states.writable(before):
            assert did == memo.ready
        if not did:
            return
        after = room.whole.room
        assert after.memo_version >= max(1, before.memo_version)
        copy = await room.memos.copy("participants")
        assert not [lack for lack in copy.missing if lack.kind == "consent"], "ME6"
        if not before.sent or before.memo.opened:
            waiting = [n for n in after.notes.values() if n.kind == "quote"
                       and n.words not in after.consents]  # fmt: skip
            assert not waiting or before.memo.over, "ME6"
            asks = [block for s in copy.sections for block in s.blocks if isinstance(block, Ask)]
            assert all(ask.state != "suggested" for ask in asks), "ME4"

    async def comment(self) -> None:
        state = (await self.house.room()).whole.room
        before = await self.printed()
        seat = self.dice.choice(("s3", "s4"))
        did = await self.try_to(seat, "memo.comment", place="why", text=self.text())
        assert did == memo_states.commentable(state)
        assert await self.printed() == before

    async def press_what_is_others(self) -> None:
        """No command of a participant changes anybody's words."""
        house = self.house
        room = await house.room()
        state, before = room.whole.room, await self.printed()
        others = [n for n in state.notes.values() if n.seat == "s4"]
        tried: tuple[tuple[str, dict[str, Any]], ...] = (
            ("memo.send", {"epoch": state.lead.epoch}),
            ("memo.open", {"seen": state.memo_version}),
            ("memo.step", {"seen": state.memo.step, "to": "final"}),
            ("memo.prose", {"section": "why", "text": "mine"}),
            *(("consent.release", {"words": n.words, "choice": "unnamed"}) for n in others[:1]),
            *(("memo.uncomment", {"comment": c.id}) for c in list(state.memo.comments.values())[:1]
              if c.seat != "s3"),
            *(("memo.take_up", {"comment": c}) for c in list(state.memo.comments)[:1]),
        )  # fmt: skip
        for type, fields in tried:
            assert not await self.try_to("s3", type, **fields), type
        assert room.whole.room.words == state.words
        assert await self.printed() == before

    async def printed(self) -> str:
        """What people have, or would have."""
        room = await self.house.room()
        state = room.whole.room
        memo = await (room.memos.copy if state.sent else room.draft_memo)("participants")
        return str((memo.sections, memo.head))

    async def crash(self) -> None:
        before = (await self.house.room()).whole.room
        have = await self.printed()
        await self.house.crash()
        after = (await self.house.room()).whole.room
        assert after.memo == before.memo, "G7"
        assert after.sent_places == before.sent_places
        assert await self.printed() == have

    async def check(self) -> None:
        room = await self.house.room()
        state = room.whole.room
        assert (state.sent > 0) == (state.memo_version > 0)
        assert state.memo.opened <= (state.sent > 0)
        if not state.sent:
            assert state.memo.step not in memo_states.PEOPLE_HAVE_IT
            return
        assert (state.memo.step in memo_states.PEOPLE_HAVE_IT) == (not state.memo.opened)
        source = await room.memos.sent_source()
        assert as_sent(source, state) == source, "what people have is what they have"
        for note in state.notes.values():
            known = state.consents.get(note.words)
            if note.kind == "quote" and (known is None or known.consent.state != "given"):
                assert (room.book.get(note.words) or "Zq") not in await self.printed(), "G8"


async def quiet_jump(house: House, milliseconds: int) -> None:
    """Two days go by at once; the lead comes back to it."""
    await house.clock.advance(milliseconds)
    await house.everyone_beats()
    state = (await house.room()).whole.room
    for seat in ("s1", "s2", "s3", "s4"):
        if state.seats[seat].status == "left":
            await house.do(seat, "seat.return")
    if state.lead.acting != house.lead:
        await house.do(house.lead, "lead.take", epoch=await house.epoch())


async def walked(seed: int, steps: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with await House.open(Path(folder)) as house:
            walk = Walk(house, seed)
            await walk.begin()
            for number in range(steps):
                await walk.walk()
                if number % 5 == 4:
                    await walk.check()
            await walk.check()


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_ME6_and_MEM5_to_MEM10_hold_in_any_session(seed: int) -> None:
    asyncio.run(walked(seed, 40))


@pytest.mark.long
@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_ME6_and_MEM5_to_MEM10_hold_in_many_sessions(seed: int) -> None:
    asyncio.run(walked(seed, 80))


@given(steps=st.lists(st.sampled_from(STEPS), max_size=12))
def test_a_step_taken_twice_is_one_step_G7(steps: list[Step]) -> None:
    once = twice = MemoStand()
    for at, to in enumerate(steps):
        event = MemoStepped(to=to, at=at, by="s1", ends=at)
        once = evolve(once, event)
        twice = evolve(evolve(twice, event), event)
        assert once.step == twice.step == to
        assert once.ends == twice.ends


def test_who_goes_back_from_a_check_asks_again_MEM6() -> None:
    asked = evolve(MemoStand(), MemoStepped(to="consent_check", at=1, by="s1", ends=9))
    over = evolve(asked, MemoCheckOver(at=9))
    assert over.over
    back = evolve(over, MemoStepped(to="edited", at=10, by="s1"))
    assert not back.over
    assert back.ends == 0
