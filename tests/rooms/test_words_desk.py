"""Words written down by others, edited and kept closer (WRD2, WRD3, WRD7 to WRD10)."""

import json
from pathlib import Path
from typing import Any

from rooms.offers_words import NAMED
from rooms.room import Room
from rooms.wire_words import SPOKEN_LIMIT
from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House

SAID = "Nobody told us to leave"


async def words_of(house: House, seat: str) -> list[dict[str, Any]]:
    room = await house.room()
    shown = json.loads(await room.words_now(room.whole.room.seats[seat]))
    found: list[dict[str, Any]] = shown["words"]
    return found


async def written(house: House, seat: str = "s2", text: str = SAID) -> str:
    """The lead writes down what somebody said; returns the words."""
    await house.do(house.lead, "words.write", seat=seat, text=text)
    return list((await house.room()).whole.room.written)[-1]


async def memo(house: House, edition: Any = "participants") -> str:
    return str(await (await house.room()).draft_memo(edition))


def on_disk(folder: Path, text: str) -> bool:
    """Whether any file below the folder holds these bytes."""
    return any(text.encode() in p.read_bytes() for p in folder.rglob("*") if p.is_file())


async def test_a_hall_is_not_named_again_in_every_view(tmp_path: Path) -> None:
    async def asked(house: House) -> list[str]:
        may = (await house.view("s2"))["may"]
        (offer,) = (one for one in may if one["type"] == "words.write")
        return [option["value"] for option in offer["needs"]["seat"]["options"]]

    async with await House.open(tmp_path, people=NAMED - 1) as house:
        assert len(await asked(house)) == NAMED - 1, "all but oneself"
        await house.join("One more")
        assert not await asked(house), "anybody of the list of people"


async def test_what_a_scribe_wrote_waits_for_whose_words_they_are_WRD7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=3) as house:
        ref = await written(house)
        (mine,) = await words_of(house, "s2")
        assert (mine["text"], mine["state"], mine["scope"]) == (SAID, "pending", "circle")
        assert mine["by"] == "Amina Diallo"
        for other in ("s3", "s4"):
            assert SAID not in json.dumps(await house.view(other))
            assert await words_of(house, other) == []
        room = await house.room()
        kept = room.whole.room.words[ref]
        assert (kept.seat, kept.entered_by, kept.language) == ("s2", house.lead, "en")
        assert len(kept.digest) == 32
        assert room.words_for(ref, "s3") is None
        assert room.words_for(ref, "s2") == SAID
        assert "wrote down something you said" in json.dumps(await house.view("s2"))
        assert SAID not in await memo(house)
        await house.refused(house.lead, "consent.release", "not_allowed", words=ref, choice="keep")
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        assert SAID in await memo(house)
        assert SAID not in await memo(house, "public")


async def test_who_is_not_of_the_group_writes_nothing_down_WRD7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=10) as house:
        await house.telling()
        room = await house.room()
        for reason, by, whose in (
            ("unknown", "s2", "s99"),
            ("closed", house.lead, "s3"),
        ):
            await house.refused(by, "words.write", reason, seat=whose, text=SAID)
        await house.to("quiet")
        await house.to("reflect")
        activity = room.world.activities["story_circle"]
        one, other = activity.groups(room.whole.running["a1"].state)[:2]
        near, far = one.members[:2], other.members[0]
        await house.refused(near[0], "words.write", "not_allowed", seat=far, text=SAID)
        await house.do(near[0], "words.write", seat=near[1], text=SAID)
        long = "x" * (SPOKEN_LIMIT + 1)
        await house.refused(near[0], "words.write", "too_large", seat=near[1], text=long)


async def test_nobody_is_asked_while_somebody_tells_WRD7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="circle", people=4) as house:
        for seat in ("s2", "s3", "s4", "s5"):
            await written(house, seat)
        teller = await house.telling()
        for seat in ("s2", "s3", "s4", "s5"):
            assert "wrote down" not in json.dumps((await house.view(seat))["blocks"]), teller
            assert "words.write" not in await house.offered(seat)
        await house.to("quiet")
        assert "wrote down" in json.dumps((await house.view(teller))["blocks"])


async def test_other_words_need_another_answer_WRD8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await written(house)
        (first,) = await words_of(house, "s2")
        await house.do("s2", "consent.release", words=ref, choice="unnamed", exact=first["digest"])
        await house.refused("s3", "words.edit", "not_allowed", words=ref, text="mine now")
        await house.do("s2", "words.edit", words=ref, text="They asked what the water does")
        (now,) = await words_of(house, "s2")
        assert (now["state"], now["text"]) == ("pending", "They asked what the water does")
        assert now["digest"] != first["digest"]
        assert "the water does" not in await memo(house)
        assert not on_disk(tmp_path, SAID), "what it was before is in no file"
        await house.refused(
            "s2", "consent.release", "stale_turn", words=ref, choice="unnamed",
            exact=first["digest"],
        )  # fmt: skip
        await house.do("s2", "consent.release", words=ref, choice="unnamed", exact=now["digest"])
        assert "the water does" in await memo(house)
        await house.crash()
        assert "the water does" in await memo(house)


async def board_card(
    house: House, seat: str, kind: str, text: str, photo: str = "", alt: str = ""
) -> str:
    """A card of the board by this seat, as the log and the document have it, with a photo where
    there is one; returns its words."""
    from rooms import commits
    from rooms.words import Mint

    room = await house.room()
    mint = Mint(room.world.new_id)
    ref = mint(text).ref
    card = f"{seat}-{ref}"
    seen: Any = {"photo": photo, "alt": mint(alt).ref, "faces": "agreed"} if photo else {}

    def add(draft: Any) -> None:
        draft.add(
            commits.NoteAdded(
                document="board", card=card, kind=kind, section="", theme="", words=ref, seat=seat,
                entered_by="", activity="", group="", language="en", scope="memo", at=draft.now,
                **seen,
            )
        )  # fmt: skip

    await room.run(add, mint=mint, seat=seat)
    return ref


def _text_of(room: Room, card: str) -> Any:
    from pycrdt import Map

    def write(text: str) -> Any:
        def work(doc: Any) -> None:
            shared = doc.get("cards", type=Map)[card]["text"]
            shared.clear()
            shared += text

        return work

    return write


async def test_a_quote_card_its_author_changes_live_waits_again_WRD8(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await board_card(house, "s2", "quote", SAID)
        room = await house.room()
        (mine,) = await words_of(house, "s2")
        assert (mine["card"], mine["state"]) == (True, "pending")
        assert SAID not in await memo(house)
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        assert SAID in await memo(house)
        write = _text_of(room, f"s2-{ref}")
        await room.shelf.edit("board", write("They asked us what the water does."))
        assert "the water does" not in await memo(house), "the yes was for other words"
        await room.shelf.compact("board")  # as half a minute after people removed something
        (mine,) = await words_of(house, "s2")
        assert (mine["text"], mine["state"]) == ("They asked us what the water does.", "pending")
        await house.do("s2", "consent.release", words=ref, choice="unnamed", exact=mine["digest"])
        assert "the water does" in await memo(house)
        assert not on_disk(tmp_path, SAID)


async def test_a_card_taken_back_leaves_every_board_WRD9(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await board_card(house, "s2", "insight", SAID)
        room = await house.room()
        await house.do("s2", "consent.withdraw", words=ref)
        assert [c.id for c in await room.shelf.cards("board")] == []
        await house.do("s2", "consent.release", words=ref, choice="unnamed")
        assert [c.text for c in await room.shelf.cards("board")] == [SAID]
        await house.do("s2", "consent.withdraw", words=ref)
        await house.clock.advance(REFUSED_KEPT)
        assert not on_disk(tmp_path, SAID)


async def test_how_far_words_travel_is_their_authors_WRD10(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=2) as house:
        ref = await board_card(house, "s2", "insight", SAID)
        assert SAID in await memo(house)
        await house.refused("s3", "consent.narrow", "not_allowed", words=ref, scope="room")
        await house.refused("s2", "consent.narrow", "bad_request", words=ref, scope="public")
        await house.refused("s2", "consent.narrow", "duplicate", words=ref, scope="memo")
        await house.do("s2", "consent.narrow", words=ref, scope="room")
        assert SAID not in await memo(house)
        assert [c.text for c in await (await house.room()).shelf.cards("board")] == [SAID]
        await house.do("s2", "consent.widen", words=ref, scope="public")
        assert SAID in await memo(house, "public")
        quote = await written(house, "s2", "A quote of mine that is long enough")
        await house.refused("s2", "consent.widen", "not_allowed", words=quote, scope="public")


async def test_a_yes_said_aloud_is_heard_by_a_second_person_WRD6(tmp_path: Path) -> None:
    """Somebody at a shared device: the steward reads back and presses, another has heard it."""
    async with await House.open(tmp_path, people=2) as house:
        member = await house.carry("s2", "Mama Zawadi")
        ref = await written(house, member)
        await house.do(member, "words.edit", words=ref, text="Nobody told us to go away")
        await house.do(member, "consent.release", words=ref, choice="unnamed")
        (mine,) = await words_of(house, member)
        assert (mine["state"], mine["unheard"]) == ("pending", True)
        assert "Nobody told us" not in await memo(house)
        answer = (await house.room()).whole.room.consents[ref].answer
        await house.refused("s2", "consent.hear", "not_allowed", seat=member, answer=answer)
        await house.do(house.lead, "consent.hear", seat=member, answer=answer)
        known = (await house.room()).whole.room.consents[ref]
        assert (known.entered_by, known.heard, known.consent.verbal) == ("s2", house.lead, True)
        assert "Nobody told us" in await memo(house)
        await house.do(member, "consent.widen", words=ref, scope="public")
        assert "Nobody told us" not in await memo(house, "public"), "further is another yes"
        answer = (await house.room()).whole.room.consents[ref].answer
        await house.do(house.lead, "consent.hear", seat=member, answer=answer)
        assert "Nobody told us" in await memo(house, "public")
        await house.do(member, "consent.narrow", words=ref, scope="memo")
        assert "Nobody told us" in await memo(house), "closer needs nobody to hear it"
        await house.do(member, "words.edit", words=ref, text="Nobody asked us anything")
        (mine,) = await words_of(house, member)
        assert (mine["state"], mine["unheard"], mine["verbal"]) == ("pending", False, "")
