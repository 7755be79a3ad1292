"""A stranger posts abuse: freeze, hide, restore, the waiting room, new links, a pause of two
people, through real sessions (issue 3, *Safety*; moment 8)."""

import json
from pathlib import Path
from typing import Any

import pytest

from activities.kernel import Refused
from rooms.board_schema import read_cards
from rooms.outgoing import Say
from rooms.session import Session
from rooms.wire import Goodbye
from tests.rooms.house import House
from tests.rooms.page import Page

ABUSE = "Zebracanary filth"


def bytes_of(folder: Path) -> bytes:
    return b"".join(f.read_bytes() for f in folder.iterdir() if f.is_file())


async def make_co(house: House, seat: str) -> None:
    await house.do(
        house.lead, "seat.role", seat=seat, role="facilitator", epoch=await house.epoch()
    )


async def between(house: House) -> None:
    """An activity has been, so that everybody has the board on their screen."""
    await house.start()
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())


def said(house: House, session: Session, type: str) -> list[dict[str, Any]]:
    messages = [json.loads(i.payload) for i in house.heard[session] if isinstance(i, Say)]
    return [m for m in messages if m["type"] == type]


def reached(house: House, *sessions: Session) -> str:
    """Everything these sessions were sent, as text."""
    return repr([house.heard[s] for s in sessions])


async def taken_out(house: House) -> str:
    """Everything that can be taken out of the room, or read by a facilitator."""
    room = await house.room()
    device = await house.device(house.lead)
    memos = [repr(await room.draft_memo(edition)) for edition in ("participants", "public")]
    return json.dumps([await room.board_for_export(device), await room.board(device), *memos])


class Evening:
    """s1 leads, s2 helps, s3 is the stranger, s4 somebody else; all have the board open."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.sessions: dict[str, Session] = {}
        self.pages: dict[str, Page] = {}

    @classmethod
    async def of(cls, house: House) -> "Evening":
        await make_co(house, "s2")
        await between(house)
        evening = cls(house)
        for number, seat in enumerate((house.lead, "s2", "s3", "s4")):
            session = evening.sessions[seat] = await house.session(seat)
            evening.pages[seat] = await Page.open(house, session, "board", 100 + number)
        return evening

    async def abuse(self) -> None:
        """The stranger writes a card in the page, adds one by command, and changes an old one."""
        await self.pages["s3"].card("s3-abuse", ABUSE)
        await self.house.do(
            "s3", "note.add", document="board", section="", kind="insight", text=f"{ABUSE} 2"
        )

    async def cards(self, seat: str) -> dict[str, str]:
        page = self.pages[seat]
        await page.pull()
        return {card.id: card.text for card in read_cards(page.doc)}

    async def forget(self) -> None:
        for page in self.pages.values():
            await page.pull()
        for page in self.pages.values():
            page.forget()


async def freeze(house: House, by: str, **fields: Any) -> None:
    await house.do(by, "room.freeze", epoch=await house.epoch(), **fields)


# Hiding -------------------------------------------------------------------------------------------


async def test_one_control_freezes_shuts_and_hides_everywhere_SAF2(tmp_path: Path) -> None:
    """Moment 8: nothing more is to be waited for; no clock moves in this test."""
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await evening.pages["s4"].card("s4-good", "Walk the river first")
        await evening.abuse()
        assert ABUSE in (await evening.cards("s4"))["s3-abuse"]
        assert ABUSE in await taken_out(house)
        await evening.forget()
        await freeze(house, "s2", seat="s3")
        for seat in (house.lead, "s2", "s3", "s4"):
            assert await evening.cards(seat) == {"s4-good": "Walk the river first"}
        others = [evening.sessions[s] for s in (house.lead, "s2", "s4")]
        assert "ebracanary" not in reached(house, *others)
        assert "ebracanary" not in await taken_out(house)
        for seat in (house.lead, "s4"):
            assert "ebracanary" not in json.dumps(await house.view(seat))
        late = await house.session("s4")  # and whoever opens the board now
        page = await Page.open(house, late, "board", 900)
        assert [c.id for c in read_cards(page.doc)] == ["s4-good"]
        assert "ebracanary" not in reached(house, late)
        with pytest.raises(Refused, match="closed"):
            await house.join("Another Stranger")
        flags = {
            p["seat"]: p["hidden"]
            for p in said(house, evening.sessions[house.lead], "people")[-1]["people"]
        }
        assert flags == {house.lead: False, "s2": False, "s3": True, "s4": False}


async def test_a_restore_brings_everything_back(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await evening.abuse()
        before = await evening.cards("s4")
        out = await taken_out(house)
        await house.do("s2", "seat.hide", seat="s3", epoch=1)
        assert await evening.cards("s4") == {}
        await house.crash()  # what is hidden is hidden after a restart, and can be brought back
        assert "ebracanary" not in await taken_out(house)
        offers = [o for o in (await house.view("s2"))["may"] if o["type"] == "seat.restore"]
        assert [o["seat"] for o in offers] == ["s3"]
        await house.do("s2", "seat.restore", seat="s3", epoch=await house.epoch())
        session = await house.session("s4")
        page = await Page.open(house, session, "board", 901)
        assert {c.id: c.text for c in read_cards(page.doc)} == before
        assert ABUSE in out
        assert ABUSE in await taken_out(house)
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "seat.restore", seat="s3", epoch=await house.epoch())
        # The author's card is the author's again.
        again = await Page.open(house, await house.session("s3"), "board", 902)
        assert await again.card("s3-new", "I am sorry")


async def test_only_the_last_two_minutes_and_only_that_seat_SAF3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await evening.pages["s3"].card("s3-old", "An honest thought")
        await evening.pages["s3"].card("s3-edit", "An honest thought, later changed")
        await evening.pages["s4"].card("s4-good", "Walk the river first")
        for _ in range(14):
            await house.clock.advance(9_000)
            await house.everyone_beats()
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "seat.hide", seat="s3", epoch=1)  # nothing recent yet

        def change(doc: Any) -> None:
            doc["cards"]["s3-edit"]["text"].insert(0, ABUSE)

        assert await evening.pages["s3"].edit(change)
        await evening.pages["s3"].card("s3-new", ABUSE)
        # A facilitator who moves a card does nothing in its author's name.
        await house.do("s3", "note.add", document="board", section="", kind="insight", text="third")
        await house.do("s2", "seat.hide", seat="s3", epoch=1)
        assert set(await evening.cards("s4")) == {"s3-old", "s4-good"}


async def test_a_word_and_a_name_given_just_now_are_hidden_too(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        stranger = await house.join("Zebracanary")
        sessions = {s: await house.session(s) for s in (house.lead, "s4")}
        await house.start()
        await house.to("answer")
        await house.do(stranger, "answer.give", activity="a1", phase="answer", words=ABUSE)
        await house.do("s4", "answer.give", activity="a1", phase="answer", words="rain")
        await house.to("reveal")
        assert ABUSE in json.dumps(await house.view("s4"))
        await house.listen()
        for heard in house.heard.values():
            heard.clear()
        await house.do("s2", "seat.hide", seat=stranger, epoch=await house.epoch())
        await house.listen()
        assert "ebracanary" not in reached(house, *sessions.values())
        shown = json.dumps(await house.view("s4"))
        assert "ebracanary" not in shown
        assert "Hidden for now by a facilitator." in shown
        assert "rain" in shown
        people = said(house, sessions["s4"], "people")[-1]["people"]
        assert {p["seat"]: p["name"] for p in people}[stranger] == "Someone (5)"
        await house.do("s2", "seat.restore", seat=stranger, epoch=await house.epoch())
        assert ABUSE in json.dumps(await house.view("s4"))


async def test_what_is_deleted_for_good_leaves_no_byte(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await evening.abuse()
        await house.do("s2", "seat.hide", seat="s3", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "seat.erase", seat="s3", epoch=1)  # the lead's alone
        await house.do(house.lead, "seat.erase", seat="s3", epoch=1)
        with pytest.raises(Refused, match="duplicate"):
            await house.do(house.lead, "seat.restore", seat="s3", epoch=1)
        await house.storage.check()
        assert b"ebracanary filth" not in bytes_of(tmp_path)


async def test_cards_of_a_circle_are_hidden_in_it(tmp_path: Path) -> None:
    async with await House.open(tmp_path, "circle", people=4) as house:
        teller = await house.telling()
        await house.clock.advance(20_000)
        await house.everyone_beats()
        done = next(o for o in (await house.view(teller))["may"] if o["type"] == "turn.done")
        await house.do(teller, "turn.done", activity="a1", turn=done["turn"], group=done["group"])
        for phase in ("quiet", "reflect"):
            await house.to(phase)
        add = next(o for o in (await house.view("s3"))["may"] if o["type"] == "note.add"
                   and o["document"].startswith("group/"))  # fmt: skip
        await house.do(
            "s3", "note.add", document=add["document"], section=add["section"], kind="insight",
            text=ABUSE,
        )  # fmt: skip
        room = await house.room()
        assert [c.text for c in await room.shelf.cards(add["document"])] == [ABUSE]
        await house.do(house.lead, "seat.hide", seat="s3", epoch=1)
        assert await room.shelf.cards(add["document"]) == ()
        await house.do(house.lead, "seat.restore", seat="s3", epoch=1)
        assert [c.text for c in await room.shelf.cards(add["document"])] == [ABUSE]


async def test_a_removed_seat_keeps_or_loses_its_cards(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=4) as house:
        evening = await Evening.of(house)
        for _ in range(15):
            await house.clock.advance(9_000)
            await house.everyone_beats()
        await evening.pages["s3"].card("s3-x", ABUSE)
        await evening.pages["s4"].card("s4-y", "Kept")
        for _ in range(15):
            await house.clock.advance(9_000)
            await house.everyone_beats()
        epoch = await house.epoch()
        await house.do(house.lead, "seat.remove", seat="s4", epoch=epoch)
        await house.do(house.lead, "seat.remove", seat="s3", cards="hide", epoch=epoch)
        assert set(await evening.cards("s2")) == {"s4-y"}
        await house.do(house.lead, "seat.restore", seat="s3", epoch=epoch)
        assert set(await evening.cards("s2")) == {"s4-y", "s3-x"}


async def test_what_cannot_be_written_now_is_hidden_as_soon_as_it_can_STO1(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await evening.abuse()
        house.storage.full_documents = True
        await house.do("s2", "seat.hide", seat="s3", epoch=1)
        assert "ebracanary" not in json.dumps(await house.view("s4"))  # what is words goes at once
        house.storage.full_documents = False
        await house.clock.advance(2_000)
        assert await evening.cards("s4") == {}
        await house.do("s2", "seat.restore", seat="s3", epoch=1)
        assert len(await evening.cards("s4")) == 2


async def test_whom_nobody_hides(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        tries = (
            ("s2", house.lead, "not_allowed"),
            ("s2", "s2", "not_allowed"),
            ("s2", "s99", "unknown"),
            ("s3", "s4", "not_allowed"),
        )
        for by, seat, reason in tries:
            with pytest.raises(Refused, match=reason):
                await house.do(by, "seat.hide", seat=seat, epoch=1)
            with pytest.raises(Refused, match=reason):
                await freeze(house, by, seat=seat)
        assert (await house.room()).whole.room.safety.frozen is None


# Freezing -----------------------------------------------------------------------------------------


async def test_in_a_frozen_room_people_leave_pause_and_ask_and_no_more_SAF1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await house.start()
        await house.to("answer")
        await freeze(house, "s2")
        room = await house.room()
        for kind, fields in (
            ("answer.give", {"activity": "a1", "phase": "answer", "words": "rain"}),
            ("seat.name", {"name": "Another Name"}),
            ("note.add", {"document": "board", "section": "", "kind": "insight", "text": "x"}),
            ("seat.willing", {"willing": True}),
        ):
            with pytest.raises(Refused, match="closed") as refused:
                await house.do("s3", kind, **fields)
            assert refused.value.message is not None
            assert "kept on this device" in room.say(refused.value.message, "en")
        view = await house.view("s3")
        assert view["room"]["frozen"]
        assert {o["type"] for o in view["may"]} <= {
            "seat.leave", "help.ask", "pause.call", "pause.resume", "room.pause",
        }  # fmt: skip
        await house.do("s3", "help.ask")
        await house.do("s3", "seat.language", language="fr")
        await house.do("s4", "seat.leave")
        await house.do(house.lead, "say.all", text="One moment please", epoch=1)
        with pytest.raises(Refused, match="duplicate"):
            await freeze(house, "s2")
        await house.do(house.lead, "room.unfreeze", epoch=1)
        with pytest.raises(Refused, match="duplicate"):
            await house.do(house.lead, "room.unfreeze", epoch=1)
        await house.do("s3", "answer.give", activity="a1", phase="answer", words="rain")
        with pytest.raises(Refused, match="closed"):
            await house.join("Late Comer")  # the door stays shut


GOES_ON = {"phase.next", "phase.back", "phase.extend", "phase.soften", "pause.resume", "turn.next"}


async def test_in_a_frozen_room_nothing_goes_on_until_it_is_thawed_SAF8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await house.start()
        await house.to("answer")
        assert "phase.next" in await house.offered(house.lead)
        await freeze(house, "s2")
        room = await house.room()
        for seat in (house.lead, "s2"):
            assert not GOES_ON & await house.offered(seat)
        for kind in ("phase.next", "phase.back", "phase.extend", "pause.resume"):
            no = await house.refused(
                house.lead, kind, "closed", activity="a1", phase="answer", epoch=1
            )
            assert no.message is not None
            assert "Let people write again" in room.say(no.message, "en")
        # What safety needs stays: hide, remove, end it now, speak to everybody.
        assert {"activity.cut", "seat.hide", "seat.remove", "say.all", "room.unfreeze"} <= (
            await house.offered(house.lead)
        )
        await house.do(house.lead, "room.unfreeze", epoch=1)
        await house.do(house.lead, "phase.next", activity="a1", phase="answer", epoch=1)


async def test_nothing_is_started_in_a_frozen_room_and_ending_is_possible_SAF8(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await freeze(house, house.lead)
        assert "activity.start" not in await house.offered(house.lead)
        await house.refused(house.lead, "activity.start", "closed", item="a1", epoch=1)
        await house.do(house.lead, "room.unfreeze", epoch=1)
        await house.start()
        await freeze(house, house.lead)
        await house.do(house.lead, "activity.cut", epoch=1)


async def test_a_peer_lead_moves_nothing_in_a_room_people_paused_SAF8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.start()
        await house.to("answer")
        await house.do("s2", "seat.willing", willing=True)
        sessions = await leave_alone(house)
        for _ in range(40):  # with no facilitator for five minutes a willing member may lead
            await house.clock.advance(9_000)
            for session in sessions:
                session.beat()
        await house.do("s2", "lead.volunteer", epoch=await house.epoch())
        assert "phase.next" in await house.offered("s2")
        await house.do("s3", "room.pause")
        await house.do("s4", "room.pause")
        offered = await house.offered("s2")
        assert not GOES_ON & offered
        assert "activity.cut" in offered
        phase = {"activity": "a1", "phase": "answer", "epoch": await house.epoch()}
        no = await house.refused("s2", "phase.next", "closed", **phase)
        assert no.message is not None
        assert "Two of you can go on" in (await house.room()).say(no.message, "en")


async def test_an_approved_proposal_moves_nothing_in_a_frozen_room_SAF8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await house.do(house.lead, "seat.role", seat="s4", role="observer", epoch=1)
        await house.plan("break")  # no clock of it stands still, so its phase stays
        await house.do(house.lead, "activity.skip", item="a1", epoch=1)
        item = (await house.room()).whole.room.agenda[-1].id
        await house.start(item)
        view = await house.view("s4", "panel")
        offers = [o for o in view["may"] if o["type"] == "lead.propose"]
        wanted = next(o["command"] for o in offers if o["command"]["type"] == "phase.extend")
        await house.do("s4", "lead.propose", command=wanted, item=item)
        (proposal,) = (await house.room()).whole.room.helm.proposals
        await freeze(house, house.lead)
        await house.refused(
            house.lead, "lead.approve", "closed", proposal=proposal.id, epoch=await house.epoch()
        )


async def test_clocks_stand_still_while_the_room_is_frozen(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await house.start()
        await house.to("answer")
        ends = (await house.view("s3"))["ends_at"]
        await freeze(house, "s2")
        assert (await house.view(house.lead))["activity"]["phase"] == "paused"
        for _ in range(4):
            await house.clock.advance(9_000)
            await house.everyone_beats()
        await house.do("s2", "room.unfreeze", epoch=1)
        view = await house.view("s3")
        assert view["activity"]["phase"] == "answer"
        assert ends is not None
        assert view["ends_at"] == ends + 36_000


async def test_edits_of_a_frozen_page_are_refused_in_words_and_private_ones_are_not(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        evening = await Evening.of(house)
        await freeze(house, house.lead)
        boards = [b for b in (await house.view("s3"))["blocks"] if b["type"] == "cards"]
        assert [b["add"] for b in boards] == [False]
        assert not await evening.pages["s3"].card("s3-x", "An honest thought")
        refused = said(house, evening.sessions["s3"], "refused")[-1]
        assert refused["reason"] == "closed"
        assert refused["document"].endswith("/board")
        assert "kept on this device" in refused["message"]
        assert await evening.cards("s4") == {}
        assert await evening.pages["s2"].card("s2-x", "A facilitator's note")
        private = await Page.open(house, evening.sessions["s3"], "mine/s3", 300)
        assert await private.draft("a1/word", "my own words go on")
        await house.do(house.lead, "room.unfreeze", epoch=1)
        again = await Page.open(house, await house.session("s3"), "board", 301)
        assert await again.card("s3-y", "An honest thought")


# Two people, no facilitator -----------------------------------------------------------------------


async def leave_alone(house: House) -> list[Session]:
    sessions = [await house.session(s) for s in ("s2", "s3", "s4")]
    await house.do(house.lead, "seat.leave")
    return sessions


async def test_two_participants_pause_the_room_when_no_facilitator_is_here(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "room.pause")  # a facilitator is here
        assert "room.pause" not in await house.offered("s2")
        await leave_alone(house)
        assert "room.pause" in await house.offered("s2")
        await house.do("s2", "room.pause")
        assert (await house.room()).whole.room.safety.frozen is None
        assert "room.pause" not in await house.offered("s2")
        assert "Person 1 asks to pause the room" in json.dumps(await house.view("s3"))
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "room.pause")  # it takes two
        await house.do("s3", "room.pause")
        frozen = (await house.room()).whole.room.safety.frozen
        assert frozen is not None
        assert frozen.people
        assert "Two of you" in (await house.view("s4"))["room"]["frozen"]
        with pytest.raises(Refused, match="closed"):
            await house.do("s4", "seat.name", name="Another Name")
        await house.do("s4", "room.pause", on=False)
        await house.do("s2", "room.pause", on=False)
        assert (await house.room()).whole.room.safety.frozen is None


async def test_the_second_of_two_has_a_minute_and_facilitators_thaw_at_once(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=3) as house:
        sessions = await leave_alone(house)
        await house.do("s2", "room.pause")
        for _ in range(7):
            await house.clock.advance(9_000)
            for session in sessions:
                session.beat()
        await house.do("s3", "room.pause")  # too late for a second: a first again
        assert (await house.room()).whole.room.safety.frozen is None
        await house.do("s4", "room.pause")
        assert (await house.room()).whole.room.safety.frozen is not None
        await house.do(house.lead, "seat.return")
        await house.do(house.lead, "room.unfreeze", epoch=await house.epoch())
        await house.do("s3", "seat.name", name="Another Name")


async def test_what_a_facilitator_froze_people_do_not_thaw_SAF6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await freeze(house, house.lead)
        await leave_alone(house)
        assert "room.pause" not in await house.offered("s2")
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s2", "room.pause", on=False)


# The waiting room ---------------------------------------------------------------------------------


async def test_newcomers_wait_at_the_door_and_see_nothing_of_the_room_SAF4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await house.do("s2", "door.ask", epoch=1)
        lead = await house.session(house.lead)
        guest = await house.join("Late Comer")
        session = await house.session(guest)
        await house.listen()
        view = said(house, session, "view")[-1]
        assert view["activity"] is None
        assert view["blocks"][0]["text"] == "You are at the door"
        assert view["documents"] == []
        assert view["room"]["agenda"] == []
        assert said(house, session, "people")[-1]["people"] == []
        assert "Person" not in reached(house, session)
        assert "Amina" not in reached(house, session)
        with pytest.raises(Refused, match="not_allowed"):
            await (await house.room()).board(await house.device(guest))
        for kind, fields in (
            ("help.ask", {}),
            ("seat.name", {"name": "Somebody Else"}),
            ("note.add", {"document": "board", "section": "", "kind": "insight", "text": "x"}),
            ("seat.return", {}),
        ):
            with pytest.raises(Refused, match="not_present"):
                await house.do(guest, kind, **fields)
        room = said(house, lead, "view")[-1]["room"]
        assert (room["door"], room["waiting"], room["here"]) == ("ask", 1, 4)
        rows = {p["seat"]: p["presence"] for p in said(house, lead, "people")[-1]["people"]}
        assert rows[guest] == "waiting"
        other = await house.session("s3")
        await house.listen()
        assert guest not in {p["seat"] for p in said(house, other, "people")[-1]["people"]}
        assert said(house, other, "view")[-1]["room"]["waiting"] == 0


async def test_any_facilitator_lets_them_in_to_the_running_activity(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await house.do("s2", "door.ask", epoch=1)
        await house.start()
        await house.to("answer")
        guests = [await house.join(f"Late Comer {n}") for n in range(3)]
        sessions = [await house.session(g) for g in guests]
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s3", "seat.admit", seat=guests[0], epoch=1)
        await house.do("s2", "seat.admit", seat=guests[0], epoch=1)
        await house.do(guests[0], "answer.give", activity="a1", phase="answer", words="sun")
        with pytest.raises(Refused, match="duplicate"):
            await house.do("s2", "seat.admit", seat=guests[0], epoch=1)
        await house.do("s2", "seat.refuse", seat=guests[1], epoch=1)
        await house.listen()
        with pytest.raises(Goodbye):
            await sessions[1].stateless(house.opened.room, "{}")
        await house.do(house.lead, "seat.admit", epoch=1)
        assert (await house.view(guests[2]))["activity"]["id"] == "a1"
        assert (await house.view(house.lead))["room"]["waiting"] == 0


async def test_an_open_door_lets_newcomers_in_again(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "door.ask", epoch=1)
        assert "door.open" in await house.offered(house.lead)
        carried = await house.carry("s2", "Neighbour")  # being inside lets nobody else in
        waiting = await house.join("Somebody new")
        beside = await house.carry(waiting, "Their friend")
        seats = (await house.room()).whole.room.seats
        assert (seats[carried].status, seats[beside].status) == ("waiting", "waiting")
        await house.do(house.lead, "door.open", epoch=1)
        seat = await house.join("Newcomer")
        assert (await house.room()).whole.room.seats[seat].status == "in"


async def test_who_waits_may_leave_and_does_not_slip_in(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "door.ask", epoch=1)
        guest = await house.join("Late Comer")
        token = house.tokens[guest]
        await house.do(guest, "seat.leave")
        assert (await house.room()).device(token) is None


# Links --------------------------------------------------------------------------------------------


async def test_a_new_link_leaves_seats_and_recovery_links_working_SAF5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await make_co(house, "s2")
        room = await house.room()
        old, old_code = house.opened.join, house.opened.code
        recovery = house.hub.links(room, "s2")["facilitate"]
        await house.do("s2", "link.renew", epoch=1)
        new = house.hub.links(room, "s2")
        assert new["join"] != old
        for gone in (old, old_code):
            with pytest.raises(Refused, match="closed") as refused:
                await house.hub.find(gone)
            assert refused.value.message is not None
            assert "replaced by a new one" in refused.value.message.id
        code = (await house.view("s2"))["room"]["code"]
        assert code != old_code
        for fresh in (new["join"], code):
            found = await house.hub.find(fresh)
            assert found is not None
            assert found.room == room.id
        with pytest.raises(Refused, match="not_allowed"):
            await house.join("By the old code")
        assert (await house.view("s3"))["seat"] == "s3"  # who is in stays in
        back = await house.hub.recover(room, recovery)
        assert back.seat == "s2"
        await house.crash()
        assert await house.hub.find(new["join"]) is not None


async def test_a_recovery_link_brings_the_right_person_back_every_time(tmp_path: Path) -> None:
    """Reusable, adds a device to the same seat, never takes the lead by itself (SEA7)."""
    async with await House.open(tmp_path, people=2) as house:
        await make_co(house, "s2")
        room = await house.room()
        links = {s: house.hub.links(room, s)["facilitate"] for s in (house.lead, "s2")}
        assert links[house.lead] == house.opened.facilitate
        before = room.whole.room.lead
        for number in range(3):
            for seat, secret in links.items():
                back = await house.hub.recover(room, secret)
                assert back.seat == seat
                assert back.token
                device = room.device(back.token)
                assert device is not None
                assert device.seats == (seat,)
            assert len(room.whole.room.seats["s2"].devices) == number + 2
        assert room.whole.room.lead == before
        assert len(room.whole.room.seats) == 3
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        await house.hub.recover(room, links[house.lead])
        assert room.whole.room.lead.acting == "s2"  # the former lead sees who leads
        assert (await house.view(house.lead))["room"]["lead"]["name"] == "Person 1"


async def test_a_revoked_recovery_link_says_so(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        await make_co(house, "s2")
        await make_co(house, "s3")
        room = await house.room()
        old = house.hub.links(room, "s2")["facilitate"]
        stolen = await house.hub.recover(room, old)
        assert stolen.token
        with pytest.raises(Refused, match="not_allowed"):
            await house.do("s3", "link.revoke", seat="s2", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.do(house.lead, "link.revoke", seat="s4", epoch=1)
        await house.do("s2", "link.revoke", seat="s2", devices=True, epoch=1)
        assert room.device(stolen.token) is None
        assert room.device(house.tokens["s2"]) is not None  # the one that asked stays
        with pytest.raises(Refused, match="not_allowed") as refused:
            await house.hub.recover(room, old)
        assert refused.value.message is not None
        assert "replaced by a new one" in refused.value.message.id
        new = house.hub.links(room, "s2")["facilitate"]
        assert (await house.hub.recover(room, new)).seat == "s2"
        await house.do(house.lead, "link.revoke", seat="s2", epoch=1)
        with pytest.raises(Refused, match="not_allowed"):
            await house.hub.recover(room, new)
        latest = house.hub.links(room, "s2")["facilitate"]
        await house.do(
            house.lead, "seat.role", seat="s2", role="participant", epoch=await house.epoch()
        )
        with pytest.raises(Refused, match="not_allowed") as refused:
            await house.hub.recover(room, latest)
        assert refused.value.message is not None
        assert "no longer" in refused.value.message.id


async def test_a_facilitator_who_removes_themselves_is_told_what_to_do(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await make_co(house, "s2")
        room = await house.room()
        before = room.whole
        with pytest.raises(Refused, match="not_allowed") as refused:
            await house.do(house.lead, "seat.remove", seat=house.lead, epoch=1)
        assert refused.value.message is not None
        assert "Choose Leave" in room.say(refused.value.message, "en")
        await house.do(house.lead, "lead.offer", to="s2", epoch=1)
        await house.do("s2", "lead.accept", epoch=1)
        with pytest.raises(Refused, match="not_allowed") as refused:
            await house.do("s2", "seat.remove", seat=house.lead, epoch=2)
        assert refused.value.message is not None
        assert "opened the room" in room.say(refused.value.message, "en")
        assert room.whole.room.seats == before.room.seats


# Strangers on a device that is inside, and two people on one device -------------------------------


async def test_who_is_added_to_a_device_inside_waits_at_the_door_too_SAF9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.start()
        await house.do(house.lead, "door.ask", epoch=1)
        stranger = await house.carry("s2", "A Stranger")
        room = await house.room()
        assert room.whole.room.seats[stranger].status == "waiting"
        assert {o["type"] for o in (await house.view(stranger))["may"]} == {"seat.leave"}
        assert stranger not in str(room.whole.running["a1"].state)
        await house.refused(stranger, "help.ask", "not_present")
        # Who carries them stays where they are.
        assert room.whole.room.seats["s2"].status == "in"
        assert "seat.admit" in await house.offered(house.lead)
        await house.do(house.lead, "seat.admit", seat=stranger, epoch=1)
        members = room.whole.running["a1"].state.members
        assert members[stranger].table
        assert members[stranger].table == members["s2"].table


async def test_who_is_sent_away_from_a_device_inside_leaves_its_owner_there_SAF9(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=2) as house:
        await house.do(house.lead, "door.ask", epoch=1)
        stranger = await house.carry("s2", "A Stranger")
        await house.do(house.lead, "seat.refuse", seat=stranger, epoch=1)
        assert (await house.room()).whole.room.seats[stranger].status == "removed"
        await house.do("s2", "help.ask")


async def test_a_facilitator_lets_in_whom_they_add_to_their_own_device_SAF9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do(house.lead, "door.ask", epoch=1)
        caller = await house.carry(house.lead, "On The Phone", where="phone")
        assert (await house.room()).whole.room.seats[caller].status == "in"


async def test_two_people_of_one_device_are_one_voice_for_a_pause_SAF6(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        mate = await house.carry("s2", "At The Same Phone")
        await leave_alone(house)
        await house.do("s2", "room.pause")
        assert "room.pause" not in await house.offered(mate)
        no = await house.refused(mate, "room.pause", "duplicate")
        assert no.message is not None
        room = await house.room()
        assert "another device" in room.say(no.message, "en")
        assert room.whole.room.safety.frozen is None
        await house.do("s3", "room.pause")
        assert room.whole.room.safety.frozen is not None
        # Going on takes two devices as well.
        await house.do(mate, "room.pause", on=False)
        await house.refused("s2", "room.pause", "duplicate", on=False)
        await house.do("s4", "room.pause", on=False)
        assert room.whole.room.safety.frozen is None


async def test_a_table_that_is_alone_in_the_room_may_pause_it_by_itself_SAF6(
    tmp_path: Path,
) -> None:
    async with await House.open(tmp_path, people=1) as house:
        mate = await house.carry("s2", "At The Same Table")
        await house.session("s2")
        await house.do(house.lead, "seat.leave")
        await house.do("s2", "room.pause")
        assert "room.pause" in await house.offered(mate)
        await house.do(mate, "room.pause")
        assert (await house.room()).whole.room.safety.frozen is not None
