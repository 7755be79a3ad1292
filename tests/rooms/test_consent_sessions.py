"""Generated sessions through a real room: releases, edits, withdrawals, scribes, refusals, people
who leave or are removed, crashes. After every few steps the rules of consent and of the memo hold:
G8, G9, G10, ME1 to ME6.

The model beside the room is its own reading of `methods.md` 1.8: it never asks the room what
stands, only whether it took a command.
"""

import asyncio
import json
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.consent import SCOPES, Scope
from activities.kernel import Refused
from rooms import memo_export, memo_states
from rooms.memo_tree import EDITIONS, Ask, Edition, Memo, lines_of
from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House
from tests.rooms.test_words_desk import board_card, on_disk

NAMES: Final = ("Ubaldina", "Wenceslao", "Xochitl", "Yevgenia")
"""Names that stand nowhere unless their owner said so."""

OWN: Final = ("quote", "key_moment", "story_title")
CHOICES: Final = ("keep", "lesson", "unnamed", "first_name", "name_org")


@dataclass
class Said:
    """One text in the model. `state` as in `methods.md` 1.8, "gone" when it was deleted."""

    ref: str
    owner: str
    kind: str
    text: str
    state: str = "pending"
    scope: Scope = "circle"
    named: str = "none"
    card: bool = False
    at: int = 0
    by: str = ""

    def printable(self, edition: Edition) -> bool:
        wide = {"participants": "memo", "public": "public"}[edition]
        return self.state == "given" and SCOPES.index(self.scope) >= SCOPES.index(wide)


@dataclass
class Model:
    """What the session should add up to."""

    said: list[Said] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)  # texts that must be nowhere any more
    removed: set[str] = field(default_factory=set)
    prose: str = ""

    def living(self) -> list[Said]:
        return [one for one in self.said if one.state != "gone"]


class Walk:
    """Random steps through a room, each mirrored in the model when the room takes it."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.dice = Random(seed)
        self.model = Model()
        self.people: list[str] = []
        self.numbers = count(1)
        self.themes: list[str] = []

    def text(self) -> str:
        """Words nobody else says, long enough to be known again."""
        return f"Zq{next(self.numbers):03d}x the river told us something of its own"

    async def begin(self) -> None:
        for name in NAMES:
            self.people.append(await self.house.join(f"{name} Tester", organisation="Orgwyn"))
        for title in ("Boats", "Floods"):
            ref = await board_card(self.house, self.house.lead, "theme", f"Theme of {title}")
            self.themes.append(f"{self.house.lead}-{ref}")

    async def step(self) -> None:
        moves = (
            self.write, self.write, self.card, self.card, self.answer, self.answer, self.answer,
            self.withdraw, self.edit, self.edit, self.scope, self.erase, self.leave, self.remove,
            self.crash, self.wait, self.prose, self.question, self.send, self.reopen,
        )  # fmt: skip
        await self.dice.choice(moves)()

    async def try_to(self, by: str, type: str, /, **fields: Any) -> bool:
        try:
            await self.house.do(by, type, **fields)
        except Refused:
            return False
        return True

    def present(self) -> list[str]:
        return [seat for seat in self.people if seat not in self.model.removed]

    # Steps ------------------------------------------------------------------------------------

    async def write(self) -> None:
        if not self.present():
            return
        seat, text = self.dice.choice(self.present()), self.text()
        by = self.dice.choice([self.house.lead, seat, *self.present()])
        kind = self.dice.choice(OWN)
        if await self.try_to(by, "words.write", seat=seat, text=text, kind=kind):
            ref = list((await self.house.room()).whole.room.written)[-1]
            self.model.said.append(Said(ref, seat, kind, text, by=by))

    async def card(self) -> None:
        if not self.present():
            return
        seat, text = self.dice.choice(self.present()), self.text()
        kind = self.dice.choice(("insight", "practice", "quote", "question"))
        ref = await board_card(self.house, seat, kind, text)
        state: dict[str, Any] = {} if kind == "quote" else {"state": "given", "scope": "memo"}
        self.model.said.append(Said(ref, seat, kind, text, card=True, **state))
        if self.dice.random() < 0.7:
            theme = self.dice.choice(self.themes)
            await self.try_to(seat, "note.move", card=f"{seat}-{ref}", theme=theme)

    def one(self) -> Said | None:
        found = [one for one in self.model.living() if one.owner not in self.model.removed]
        # What was given is where an edit, a no or a scope can go wrong.
        given = [one for one in found if one.state == "given"]
        if given and self.dice.random() < 0.5:
            return self.dice.choice(given)
        return self.dice.choice(found) if found else None

    async def answer(self) -> None:
        if (one := self.one()) is None:
            return
        choice, outside = self.dice.choice(CHOICES), self.dice.random() < 0.4
        stranger = self.dice.choice([self.house.lead, *self.present()])
        if stranger != one.owner:
            assert not await self.try_to(
                stranger, "consent.release", words=one.ref, choice="unnamed"
            ), "only the owner (SC9)"
        if await self.try_to(
            one.owner, "consent.release", words=one.ref, choice=choice, outside=outside
        ):
            yes = choice not in ("keep", "lesson")
            one.state, one.at = "given" if yes else "refused", self.house.clock.now()
            one.scope = ("public" if outside else "memo") if choice != "keep" else "circle"
            one.named = choice if choice in ("first_name", "name_org") else "none"

    async def withdraw(self) -> None:
        if (one := self.one()) is None:
            return
        given = one.state == "given"
        if await self.try_to(one.owner, "consent.withdraw", words=one.ref):
            one.state = "withdrawn" if given else "refused"
            one.at = self.house.clock.now()
            if not given:
                one.scope = "circle"

    async def edit(self) -> None:
        if (one := self.one()) is None:
            return
        text = self.text()
        if await self.try_to(one.owner, "words.edit", words=one.ref, text=text):
            assert not one.card
            self.model.dead.append(one.text)
            one.text = text
            if one.kind in OWN and one.state == "given":
                one.state = "pending"
            one.at = self.house.clock.now()

    async def scope(self) -> None:
        if (one := self.one()) is None:
            return
        scope: Scope = self.dice.choice(SCOPES[1:])
        closer = SCOPES.index(scope) < SCOPES.index(one.scope)
        type = "consent.narrow" if closer else "consent.widen"
        if await self.try_to(one.owner, type, words=one.ref, scope=scope):
            assert one.state == "given"
            one.scope = scope

    async def erase(self) -> None:
        if (one := self.one()) is None or self.dice.random() < 0.5:
            return
        if await self.try_to(one.owner, "words.erase", words=one.ref):
            self.gone(one)

    def gone(self, one: Said) -> None:
        one.state = "gone"
        self.model.dead.append(one.text)

    async def leave(self) -> None:
        """G9: who leaves and comes back has the same seat, words and consents."""
        if not self.present():
            return
        seat = self.dice.choice(self.present())
        room = await self.house.room()
        before = room.whole.room
        if await self.try_to(seat, "seat.leave"):
            await self.house.do(seat, "seat.return")
            after = room.whole.room
            assert after.consents == before.consents
            assert after.written == before.written
            assert after.notes == before.notes
            assert list(after.seats) == list(before.seats)

    async def remove(self) -> None:
        if self.dice.random() < 0.7 or not self.present():
            return
        seat, epoch = self.dice.choice(self.present()), await self.house.epoch()
        if self.dice.random() < 0.5:
            await self.house.do(self.house.lead, "seat.forget", seat=seat, epoch=epoch)
            for one in self.model.living():
                if one.owner == seat:
                    self.gone(one)
        else:
            await self.house.do(self.house.lead, "seat.remove", seat=seat, epoch=epoch)
        self.model.removed.add(seat)

    async def crash(self) -> None:
        """G7, G9: the same words, consents and memo after the process is gone."""
        if self.dice.random() < 0.6:
            return
        before = (await self.house.room()).whole.room
        memo = await self.memo("participants")
        await self.house.crash()
        after = (await self.house.room()).whole.room
        assert after.consents == before.consents
        assert after.words == before.words
        assert after.notes == before.notes
        assert after.written == before.written
        assert after.changed_since_sent == before.changed_since_sent
        again = await self.memo("participants")
        assert again.sections == memo.sections
        assert again.counts == memo.counts

    async def wait(self) -> None:
        for _ in range(4):  # with signs of life, so that nobody's seat or lead passes on
            await self.house.everyone_beats()
            await self.house.clock.advance(REFUSED_KEPT // 4)
        await self.house.everyone_beats()
        now = self.house.clock.now()
        for one in self.model.living():
            over = one.state == "withdrawn" or (one.state == "refused" and not one.card)
            if over and one.at + REFUSED_KEPT <= now:
                self.gone(one)
        self.model.said = [
            one for one in self.model.said
            if one.state != "gone" or one.text in self.model.dead
        ]  # fmt: skip

    async def prose(self) -> None:
        text = f"What the facilitators made of it, {next(self.numbers)} times."
        if await self.try_to(self.house.lead, "memo.prose", section="why", text=text):
            self.model.prose = text

    async def question(self) -> None:
        theme = self.dice.choice(self.themes)
        await self.try_to(self.house.lead, "memo.question", theme=theme, text="And you?")

    async def send(self) -> None:
        """ME6: never with words inside that wait for their owner."""
        memo, room = await self.memo("participants"), await self.house.room()
        before = room.whole.room
        writable = memo_states.writable(before)
        sent = await self.try_to(self.house.lead, "memo.send", epoch=await self.house.epoch())
        assert sent == (memo.ready if writable else any(before.changed_since_sent))
        if not sent:
            return
        assert not any(room.whole.room.changed_since_sent)
        copy = await room.memos.copy("participants")
        assert not [lack for lack in copy.missing if lack.kind == "consent"]
        if writable:
            assert all(one.state != "pending" for one in self.model.living()), "ME6"
            assert printed(copy) == printed(memo), "what is sent is what was drafted"

    async def reopen(self) -> None:
        state = (await self.house.room()).whole.room
        if state.sent:
            await self.try_to(self.house.lead, "memo.open", seen=state.memo_version)

    # Rules ------------------------------------------------------------------------------------

    async def memo(self, edition: Edition) -> Memo:
        return await (await self.house.room()).draft_memo(edition)

    async def check(self, folder: Path) -> None:
        room = await self.house.room()
        for edition in EDITIONS:
            memo = await self.memo(edition)
            text = " ".join(
                memo_export.export(memo, format).content.decode()
                for format in ("md", "txt", "html", "json")
            )  # fmt: skip
            self.check_G8(edition, text)
            self.check_G10(edition, text)
            self.check_ME1(memo)
            self.check_ME3(edition, memo)
            self.check_ME4(memo)
            await self.check_ME5(edition, memo)
            if room.whole.room.sent:  # what people have
                copy = await room.memos.copy(edition)
                shown = memo_export.export(copy, "json").content.decode()
                self.check_G8(edition, shown)
                self.check_G10(edition, shown)
                self.check_ME1(copy)
            for lack in memo.missing:
                assert not lack.heading.startswith("Zq"), "ME6: owner and place, no text"
                assert "Zq" not in lack.place
        held = [one.text for one in self.model.said if one.state in ("refused", "withdrawn")]
        for seat in (self.house.lead, *self.present()):
            own = {one.text for one in self.model.said if one.owner == seat}
            mine = {one.text for one in self.model.said if one.by == seat}
            shown = json.dumps(await self.house.view(seat))
            for text in held:
                assert text in own | mine or text not in shown, "WRD3"
        for dead in self.model.dead:
            assert not on_disk(folder, dead), "deleted (WRD8, WRD9, WRD11)"
        assert room.whole.room.memo_version >= (room.whole.room.sent > 0)

    def check_G8(self, edition: Edition, text: str) -> None:
        for one in self.model.said:
            if one.text in text:
                assert one.printable(edition), (edition, one)
        for dead in self.model.dead:
            assert dead not in text

    def check_G10(self, edition: Edition, text: str) -> None:
        """Nobody is named who did not put their name under words printed here: so neither who
        passed, nor who left, was removed or kept silent."""
        named = {
            one.owner for one in self.model.said if one.named != "none" and one.printable(edition)
        }
        for seat, name in zip(self.people, NAMES, strict=True):
            if seat not in named:
                assert name not in text, (edition, seat)
        full = any(o.named == "name_org" and o.printable(edition) for o in self.model.said)
        assert full or "Orgwyn" not in text

    def check_ME1(self, memo: Memo) -> None:
        known = {one.ref for one in self.model.living()}
        known |= {f"{one.owner}-{one.ref}" for one in self.model.living()} | set(self.themes)
        for section in memo.sections:
            for block in section.blocks:
                for line in lines_of(block):
                    if line.by == "people":
                        assert line.source, "ME1"
                        assert set(line.source) <= known, (line, "ME1")

    def check_ME3(self, edition: Edition, memo: Memo) -> None:
        """Regenerating never overwrites prose."""
        if self.model.prose and edition == "participants":
            why = next(section for section in memo.sections if section.id == "why")
            lines = [line.text for block in why.blocks for line in lines_of(block)]
            assert self.model.prose in lines, "ME3"

    def check_ME4(self, memo: Memo) -> None:
        for section in memo.sections:
            if section.id.startswith("theme:"):
                assert sum(isinstance(block, Ask) for block in section.blocks) == 1, "ME4"

    async def check_ME5(self, edition: Edition, memo: Memo) -> None:
        again = await self.memo(edition)
        for format in ("md", "json"):
            first = memo_export.export(memo, format).content
            assert first == memo_export.export(again, format).content, "ME5"


def printed(memo: Memo) -> set[str]:
    """Everything people said that is printed."""
    lines = (line for s in memo.sections for block in s.blocks for line in lines_of(block))
    return {line.text for line in lines if line.by == "people"}


async def walk(seed: int, steps: int) -> None:
    """One session."""
    with tempfile.TemporaryDirectory() as folder:
        async with await House.open(Path(folder)) as house:
            walk = Walk(house, seed)
            await walk.begin()
            for number in range(steps):
                await walk.step()
                if number % 6 == 5:
                    await walk.check(Path(folder))
            await walk.wait()
            await walk.check(Path(folder))


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32))
def test_G8_G9_G10_and_ME1_to_ME6_hold_in_any_session(seed: int) -> None:
    asyncio.run(walk(seed, 50))


@pytest.mark.long
@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_G8_G9_G10_and_ME1_to_ME6_hold_in_many_sessions(seed: int) -> None:
    asyncio.run(walk(seed, 80))
