"""What a memo is made from (MEM1, WRD5; G8)."""

from pathlib import Path

from activities.registry import ACTIVITIES
from rooms.memo_material import material
from rooms.whole import groups
from tests.rooms.house import House


async def test_a_room_where_nothing_happened_yet_has_a_memo(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        room = await house.room()
        source = material(room, ())
        assert source.activities == ()
        assert source.title == "Living with the river"
        assert source.organiser == "Amina Diallo"
        assert source.state == "draft"
        assert (await room.draft_memo("participants")).head


async def test_each_activity_ends_where_the_next_begins(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        await house.start()
        await house.clock.advance(4 * 60_000)
        await house.do(house.lead, "activity.cut", activity="a1", epoch=await house.epoch())
        await house.start("a2")
        await house.clock.advance(9 * 60_000)
        await house.everyone_beats()
        await house.do("s2", "help.ask")
        lines = material(await house.room(), ()).activities
        assert [line.minutes for line in lines] == [4, 9]


async def test_a_story_carries_its_consent_MEM1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        teller = await house.released()
        room = await house.room()
        (story,) = [s for s in material(room, ()).stories if s.seat == teller]
        assert story.quote is not None
        assert (story.quote.text, story.quote.consent.state) == ("We were afraid", "given")
        assert story.quote.by == "Person"
        await house.do(teller, "consent.withdraw", words=story.quote.id)
        (story,) = [s for s in material(room, ()).stories if s.seat == teller]
        assert story.quote is not None
        assert story.quote.consent.state == "withdrawn"
        assert material(room, ()).withdrawals == 1


async def test_an_insight_its_owner_took_back_is_gone_MEM1_WRD2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=3) as house:
        epoch = await house.epoch()
        await house.start()
        await house.do(house.lead, "activity.cut", activity="a1", epoch=epoch)
        await house.do(house.lead, "activity.skip", item="a2", epoch=epoch)
        await house.start("a3")
        for _ in range(4):
            offers = {o["type"]: o for o in (await house.view("s2"))["may"]}
            if "insight.give" in offers:
                break
            now = (await house.view(house.lead))["activity"]
            await house.do(house.lead, "phase.next", activity="a3", phase=now["phase"], epoch=epoch)
        assert "insight.give" in offers
        need = next(iter(offers["insight.give"]["needs"]))
        await house.do("s2", "insight.give", activity="a3", **{need: "Floods are a visit"})
        room = await house.room()
        (card,) = [c for c in material(room, ()).cards if c.text == "Floods are a visit"]
        await house.do("s2", "consent.withdraw", words=card.id)
        assert not [c for c in material(room, ()).cards if c.text == "Floods are a visit"]
        assert room.whole.room.withdrawals == 1


async def test_open_questions_and_quotes_of_a_fishbowl_reach_the_memo_G8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=6) as house:
        epoch = await house.epoch()
        settings = {"mode": "experience", "S": 3}
        await house.do(
            house.lead, "agenda.add", kind="fishbowl", after="", settings=settings, epoch=epoch
        )
        agenda = (await house.view(house.lead))["room"]["agenda"]
        (item,) = [row["id"] for row in agenda if row["kind"] == "fishbowl"]
        await house.start(item)

        async def on() -> str:
            phase = (await house.view(house.lead))["activity"]["phase"]
            await house.do(house.lead, "phase.next", activity=item, phase=phase, epoch=epoch)
            return str((await house.view(house.lead))["activity"]["phase"])

        for chair, seat in enumerate(("s2", "s3")):
            await house.do(seat, "seat.take", activity=item, chair=chair)
        assert [await on(), await on()] == ["talk", "questions"]
        asks = [o for o in (await house.view("s4"))["may"] if o["type"] == "question.add"]
        for text in ("Who paid for the boats?", "What came first?"):
            ask = {"group": asks[0]["group"], "words": text}
            await house.do("s4", "question.add", activity=item, **ask)
        await on()
        await house.do("s2", "question.take", activity=item, question="q1")
        await house.do("s2", "question.done", activity=item, question="q1")
        assert await on() == "debrief"
        for choice, text in (("first_name", "We moved at night."), ("keep", "Not this one.")):
            await house.do("s2", "quote.release", activity=item, words=text, choice=choice)

        cards = {card.text: card for card in material(await house.room(), ()).cards}
        first, second = cards["Who paid for the boats?"], cards["What came first?"]
        assert (first.status, second.status) == ("answered", "open")
        assert {first.origin, second.origin} == {"fishbowl"}
        quote = cards["We moved at night."]
        assert (quote.kind, quote.consent, quote.scope) == ("quote", "given", "memo")
        assert quote.attribution == "Person"
        assert "Not this one." not in cards, "kept: G8"
        await house.do("s2", "consent.withdraw", words=quote.id)
        assert not [c for c in material(await house.room(), ()).cards if c.id == quote.id]


async def test_only_where_stories_are_told_are_circles_counted_ME1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        epoch = await house.epoch()
        await house.do(house.lead, "agenda.add", kind="dyads", after="", settings={}, epoch=epoch)
        agenda = (await house.view(house.lead))["room"]["agenda"]
        item = agenda[0]["id"]
        await house.start(item)
        for _ in range(4):
            if groups((await house.room()).whole, ACTIVITIES):
                break
            phase = (await house.view(house.lead))["activity"]["phase"]
            await house.do(house.lead, "phase.next", activity=item, phase=phase, epoch=epoch)
        assert groups((await house.room()).whole, ACTIVITIES)
        assert material(await house.room(), ()).groups == {}
