"""Cards in other languages, beside the original: who may, where it goes, and that it goes (BRD10,
BRD11)."""

import json
from pathlib import Path
from typing import Any

import pytest
from pycrdt import Map

from rooms import board_schema, helm_view, rendering_desk, wire_renderings
from rooms.board_schema import Card, Rendering
from rooms.board_state import UNDO_MS
from rooms.forgetting_desk import forget_board
from rooms.memo_material import material
from rooms.renderings import mark
from rooms.words_state import REFUSED_KEPT
from tests.rooms.house import House
from tests.rooms.page import Page
from tests.rooms.test_nameless_room import TEXTS, WRITERS, show, write, writing
from tests.rooms.test_note_desk import after_all, cards, written
from tests.rooms.test_photos import shown as photographed
from tests.rooms.test_share_desk import circle, note, own_circle
from tests.rooms.test_words_desk import board_card, memo, on_disk

SPANISH = "Caminamos el río antes de dibujarlo"
ENGLISH = "We walked the heronriver before drawing it"
ARABIC = "مشينا على النهر قبل أن نرسمه"


async def spanish(folder: Path) -> tuple[House, str]:
    """A room in which everybody may write, and a card of somebody whose screen is Spanish (s2); s3
    and s4 read it, s4 with an Arabic screen."""
    house = await House.open(folder)
    for name, language in (("Ana", "es"), ("Ben", "en"), ("Huda", "ar")):
        await house.join(name, language=language)
    await house.start()
    await house.do(house.lead, "activity.cut", epoch=await house.epoch())
    (card,) = await written(house, SPANISH, by="s2")
    return house, card


async def render(house: House, seat: str, card: str, text: str = ENGLISH, **more: Any) -> None:
    await house.do(seat, "note.render", **{"card": card, "language": "en", "text": text, **more})


async def beside(house: House, card: str, document: str = "board") -> dict[str, Rendering]:
    """What stands beside a card, by language; nothing where the card is not there."""
    for one in await (await house.room()).shelf.cards(document):
        if one.id == card:
            return {rendering.language: rendering for rendering in one.renderings}
    return {}


async def kept(house: House) -> set[str]:
    """Texts the storage keeps."""
    return {raw.decode() for raw in (await house.storage.words(house.opened.room)).values()}


async def test_a_card_carries_the_language_of_whoever_wrote_it_BRD10(tmp_path: Path) -> None:
    async with await after_all(tmp_path) as house:
        ana = await house.join("Ana", language="es")
        by = {ana: "es", await house.carry(ana, "Bibi", language="sw"): "sw"}
        for seat, language in by.items():
            (card,) = await written(house, f"of {seat}", by=seat)
            assert (await cards(house))[f"of {seat}"].language == language, card
        await house.do(ana, "seat.language", language="pt")
        await photographed(house, ana)
        assert (await cards(house))["Our field"].language == "pt"
        (card,) = await written(house, "of the lead")
        assert (await cards(house))["of the lead"].language == "en"


async def test_the_language_goes_with_the_card_outwards_BRD10(tmp_path: Path) -> None:
    async with await circle(tmp_path) as house:
        await house.do("s2", "seat.language", language="hi")
        card = await note(house, "s2", "the heron")
        await house.to("reflect")
        group = await own_circle(house, "s2")
        await house.do("s2", "note.share", cards=[card], to=group)
        await house.do("s2", "note.share", cards=[card], to="board")
        for name in (group, "board"):
            found = await (await house.room()).shelf.cards(name)
            assert [c.language for c in found if c.id == card] == ["hi"]


async def test_who_reads_a_card_puts_it_into_another_language_BRD10_BRD11(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        before = await house.room()
        await render(house, "s3", card, of=mark(SPANISH))
        await render(house, "s4", card, ARABIC, language="ar")
        assert await beside(house, card) == {
            "en": Rendering("en", ENGLISH, "s3", mark(SPANISH)),
            "ar": Rendering("ar", ARABIC, "s4", mark(SPANISH)),
        }
        (there,) = (await cards(house)).values()
        assert (there.text, there.language) == (SPANISH, "es"), "the original stays as it is"
        log = [raw for _, raw in await house.storage.commits(before.id, 0)]
        assert not any(text.encode() in raw for raw in log for text in (ENGLISH, ARABIC)), "LOG4"
        await house.crash()
        assert (await beside(house, card)).keys() == {"ar", "en"}
        (read,) = (await (await house.room()).board(await house.device("s4"), "s4"))["cards"]
        assert [one["language"] for one in read["renderings"]] == ["ar", "en"]
        assert all(one["human"] for one in read["renderings"])


async def test_who_made_it_whose_card_it_is_and_facilitators_change_it_BRD10(
    tmp_path: Path,
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card, "zebracanary one")
        refused = await house.refused(
            "s4", "note.render", "not_allowed", card=card, language="en", text="mine"
        )
        assert refused.message == rendering_desk.NOT_YOURS
        await house.refused("s4", "note.unrender", "not_allowed", card=card, language="en")
        for number, seat in enumerate(("s3", "s2", house.lead)):
            await render(house, seat, card, f"better {number}")
            assert (await beside(house, card))["en"].by == seat
        assert not on_disk(tmp_path, "zebracanary one")
        await house.do("s2", "note.unrender", card=card, language="en")
        assert await beside(house, card) == {}
        assert not on_disk(tmp_path, "better")
        await house.refused("s2", "note.unrender", "unknown", card=card, language="en")
        await render(house, "s3", card)
        await house.do("s3", "note.unrender", card=card, language="en")
        assert (await house.room()).whole.room.renderings == {}


async def test_renderings_are_bounded_BRD9_BRD10(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        long = "x" * (wire_renderings.RENDERING_LIMIT + 1)
        ask = {"card": card, "language": "en", "text": "words"}
        await house.refused("s3", "note.render", "too_large", **{**ask, "text": long})
        await house.refused("s3", "note.render", "bad_request", **{**ask, "language": "en/x"})
        await house.refused("s3", "note.render", "bad_request", **ask, of="no mark")
        await house.refused("s3", "note.render", "unknown", **{**ask, "card": "s2-none"})
        for number in range(wire_renderings.LANGUAGES_MOST):
            await render(house, "s3", card, "w" * 1_000, language=f"x{number}")
        await house.refused("s3", "note.render", "full", **ask)
        await render(house, "s3", card, "again", language="x0")
        (other,) = await written(house, "other", by="s2")
        for limit in ("SEAT_MOST", "ROOM_MOST"):
            with monkeypatch.context() as patch:
                patch.setattr(rendering_desk, limit, wire_renderings.LANGUAGES_MOST)
                await house.refused("s3", "note.render", "full", **{**ask, "card": other})


async def test_nobody_renders_what_they_may_not_read_BRD10(tmp_path: Path) -> None:
    async with await circle(tmp_path, people=10) as house:
        card = await note(house, "s2", "the heron")
        ask = {"card": card, "language": "es", "text": "la garza"}
        for other in ("s3", house.lead):
            await house.refused(other, "note.render", "unknown", **ask)
        await house.do("s2", "note.render", **ask)
        await house.to("reflect")
        group = await own_circle(house, "s2")
        mates = [s for s in house.tokens if s != house.lead and await own_circle(house, s) == group]
        far = next(s for s in house.tokens if s != house.lead and s not in mates)
        await house.do("s2", "note.share", cards=[card], to=group)
        assert (await beside(house, card, group))["es"].text == "la garza", "it goes along"
        mate = next(s for s in mates if s != "s2")
        await house.do(mate, "note.render", card=card, language="pt", text="a heronpt")
        await house.refused(far, "note.render", "unknown", **{**ask, "language": "fr"})
        await house.refused(far, "note.unrender", "unknown", card=card, language="pt2")
        session = await house.session(far)
        await Page.open(house, session, "board", 77)
        for seat in (far, house.lead):
            assert "heronpt" not in json.dumps(await house.view(seat))
            read = await (await house.room()).board(await house.device(seat), seat)
            assert "heronpt" not in json.dumps(read)
        assert "heronpt" not in repr(house.heard[session])
        await house.do("s2", "note.share", cards=[card], to="board")
        assert (await beside(house, card)).keys() == {"es", "pt"}
        await house.do(far, "note.render", **{**ask, "language": "fr", "text": "le héron"})
        assert (await beside(house, card, group)).keys() == {"es", "fr", "pt"}, "one card"
        await house.do(mate, "note.unrender", card=card, language="pt")
        for name in (group, "board"):
            assert "pt" not in await beside(house, card, name)
        assert not on_disk(tmp_path, "heronpt")


async def test_who_looks_on_and_who_waits_renders_nothing_BRD10(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        epoch = await house.epoch()
        await house.do(house.lead, "seat.role", seat="s3", role="observer", epoch=epoch)
        ask = {"card": card, "language": "en", "text": "words"}
        await house.refused("s3", "note.render", "not_allowed", **ask)
        await house.do("s4", "seat.leave")
        await house.refused("s4", "note.render", "not_present", **ask)
        await house.do(house.lead, "room.freeze", epoch=await house.epoch())
        await house.refused("s2", "note.render", "closed", **ask)


async def test_an_interpreter_takes_no_turn_and_renders_every_note_BRD10(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        epoch = await house.epoch()
        await house.do(house.lead, "seat.role", seat="s3", role="interpreter", epoch=epoch)
        await render(house, "s3", card)
        assert (await beside(house, card))["en"].text == ENGLISH
        await house.plan("check_in")
        await house.start((await house.room()).whole.room.agenda[-1].id)
        await house.to("answer")
        asked = {"answer.give", "answer.pass"}
        assert asked <= await house.offered("s2")
        assert not asked & await house.offered("s3")
        told = helm_view.BESIDE["interpreter"].id  # nobody loses their turn without being told
        assert told in [block.get("text") for block in (await house.view("s3"))["blocks"]]
        assert told not in str(await house.view("s2"))
        epoch = await house.epoch()
        again = next(
            offer
            for offer in (await house.view(house.lead))["may"]
            if offer["type"] == "seat.role" and offer["role"] == "participant"
        )
        assert "s3" in {each["value"] for each in again["needs"]["seat"]["options"]}
        await house.do(house.lead, "seat.role", seat="s3", role="participant", epoch=epoch)


async def test_a_page_writes_no_rendering_into_a_document_BRD10(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        page = await Page.open(house, await house.session("s2"), "board", 55)

        def forge(doc: Any) -> None:
            doc.get("cards", type=Map)[card]["renderings"] = {
                "en": {"text": "not mine", "by": "s3"}
            }

        assert not await page.edit(forge)
        assert await beside(house, card) == {}


async def test_an_edit_of_the_original_makes_it_an_earlier_one_BRD11(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        shelf = (await house.room()).shelf
        await shelf.edit("board", lambda doc: board_schema.reword_card(doc, card, "Otra cosa"))
        (there,) = await shelf.cards("board")
        assert there.renderings[0].of == mark(SPANISH) != mark(there.text)
        await render(house, "s3", card, "Something else")
        assert (await beside(house, card))["en"].of == mark("Otra cosa")


# It goes with its card ----------------------------------------------------------------------------


async def test_it_goes_when_its_author_takes_the_card_away_BRD10_BRD5(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        await house.do("s2", "note.delete", document="board", card=card)
        assert await cards(house) == {}
        await house.refused("s3", "note.render", "unknown", card=card, language="fr", text="x")
        await house.do("s2", "note.restore", card=card)
        assert (await beside(house, card))["en"].text == ENGLISH
        await house.do("s2", "note.delete", document="board", card=card)
        await house.crash()
        await house.room()
        await house.clock.advance(UNDO_MS)
        assert (await house.room()).whole.room.renderings == {}
        assert not on_disk(tmp_path, ENGLISH)


async def test_what_is_taken_away_while_its_card_stands_aside_does_not_come_back_BRD10(
    tmp_path: Path,
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        await house.do("s2", "note.delete", document="board", card=card)
        await house.do("s3", "note.unrender", card=card, language="en")
        assert not on_disk(tmp_path, ENGLISH)
        await house.do("s2", "note.restore", card=card)
        assert await beside(house, card) == {}


async def test_a_card_taken_out_of_the_document_takes_it_along_BRD10(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        page = await Page.open(house, await house.session("s2"), "board", 55)
        assert await page.edit(lambda doc: doc.get("cards", type=Map).pop(card))
        await house.clock.advance(0)
        assert (await house.room()).whole.room.renderings == {}
        await house.clock.advance(60_000)
        assert not on_disk(tmp_path, ENGLISH)


async def test_it_goes_with_whoever_made_it_and_with_whose_card_it_is_BRD10_WRD11(
    tmp_path: Path,
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        (other,) = await written(house, "Ben wrote this", by="s3")
        await render(house, "s3", card)
        await render(house, "s4", card, ARABIC, language="ar")
        await render(house, "s4", other, "huda of ben", language="ar")
        await house.do("s3", "words.erase")
        assert (await beside(house, card)).keys() == {"ar"}
        assert not on_disk(tmp_path, ENGLISH)
        assert not on_disk(tmp_path, "huda of ben")
        await house.do(house.lead, "seat.forget", seat="s2", epoch=await house.epoch())
        assert await cards(house) == {}
        assert not on_disk(tmp_path, ARABIC)
        assert (await house.room()).whole.room.renderings == {}


async def test_what_is_hidden_of_somebody_is_their_renderings_too_BRD10_SAF2(
    tmp_path: Path,
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        await render(house, "s4", card, ARABIC, language="ar")
        await house.do(house.lead, "seat.hide", seat="s3", epoch=await house.epoch())
        assert (await beside(house, card)).keys() == {"ar"}
        await house.crash()
        assert (await beside(house, card)).keys() == {"ar"}
        await house.do(house.lead, "seat.restore", seat="s3", epoch=await house.epoch())
        assert (await beside(house, card)).keys() == {"ar", "en"}
        await house.do(house.lead, "seat.hide", seat="s2", epoch=await house.epoch())
        assert await cards(house) == {}
        await house.refused("s4", "note.render", "unknown", card=card, language="fr", text="x")
        await house.do(house.lead, "seat.erase", seat="s2", epoch=await house.epoch())
        assert not on_disk(tmp_path, ENGLISH)
        assert not on_disk(tmp_path, ARABIC)
        assert (await house.room()).whole.room.renderings == {}


async def test_who_is_removed_with_their_cards_is_so_with_old_renderings_BRD10(
    tmp_path: Path,
) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        for _ in range(14):
            await house.clock.advance(9_000)
            await house.everyone_beats()
        epoch = await house.epoch()
        await house.do(house.lead, "seat.remove", seat="s3", cards="hide", epoch=epoch)
        assert await beside(house, card) == {}
        await house.do(house.lead, "seat.erase", seat="s3", epoch=await house.epoch())
        assert not on_disk(tmp_path, ENGLISH)


async def test_words_taken_back_take_it_along_and_bring_it_back_BRD10_WRD9(tmp_path: Path) -> None:
    house, _ = await spanish(tmp_path)
    async with house:
        ref = await board_card(house, "s2", "quote", "Nadie vino a preguntar")
        card = f"s2-{ref}"
        await render(house, "s3", card)
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        await house.do("s2", "consent.withdraw", words=ref)
        assert await beside(house, card) == {}
        await house.refused("s3", "note.render", "unknown", card=card, language="fr", text="x")
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        assert (await beside(house, card))["en"].text == ENGLISH
        await house.do("s2", "consent.withdraw", words=ref)
        await house.clock.advance(REFUSED_KEPT)
        assert not on_disk(tmp_path, ENGLISH)
        assert (await house.room()).whole.room.renderings == {}


async def test_it_goes_at_the_date_of_the_board_BRD10_KEP2(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        (printed,) = await written(house, "Ben wrote this", by="s3")
        await render(house, "s3", card)
        await render(house, "s4", printed, "huda of ben", language="ar")
        room = await house.room()
        await room.run(lambda draft: forget_board(draft, frozenset({printed})))
        assert not on_disk(tmp_path, ENGLISH)
        assert (await beside(house, printed))["ar"].text == "huda of ben"
        assert room.whole.room.renderings.keys() == {printed}


async def test_a_document_that_lags_behind_is_put_right_BRD8_BRD10(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        await render(house, "s3", card)
        (other,) = await written(house, "other", by="s2")
        shelf = (await house.room()).shelf
        wrong = Rendering("sw", "of nobody")

        def spoil(doc: Any) -> None:
            board_schema.render_card(doc, card, ())
            board_schema.render_card(doc, other, (wrong,))

        await shelf.edit("board", spoil)
        await house.crash()
        assert (await beside(house, card))["en"].text == ENGLISH
        assert await beside(house, other) == {}


async def test_killed_between_commit_and_card_it_is_made_at_load_BRD10_DOC5(tmp_path: Path) -> None:
    house, card = await spanish(tmp_path)
    async with house:
        house.storage.full_documents = True
        await render(house, "s3", card)
        await house.crash()
        house.storage.full_documents = False
        assert (await beside(house, card))["en"].text == ENGLISH


# Without names ------------------------------------------------------------------------------------


async def test_beside_a_card_without_a_name_nobody_is_named_BRD11_NML3_NML4(
    tmp_path: Path,
) -> None:
    for names in ("peers", "all"):
        async with await writing(tmp_path / names, names) as house:
            for seat in WRITERS:
                await write(house, seat, names)
            await show(house)
            card = (await cards(house))[TEXTS["s3"]].id
            await house.do("s3", "note.render", card=card, language="es", text="en español")
            assert (await beside(house, card))["es"].by == ""
            for seat in house.tokens:
                read = await (await house.room()).board(await house.device(seat), seat)
                (one,) = [r for c in read["cards"] for r in c["renderings"]]
                assert one["by"] == ""
            await house.refused("s2", "note.unrender", "not_allowed", card=card, language="es")
            await house.do("s3", "note.unrender", card=card, language="es")


# The memo -----------------------------------------------------------------------------------------


async def quote(house: House, text: str = "Nadie vino a preguntar") -> tuple[str, str]:
    """A released quote of s2 in Spanish; its words and its card."""
    ref = await board_card(house, "s2", "quote", text)
    await house.do("s2", "consent.release", words=ref, choice="first_name")
    return ref, f"s2-{ref}"


async def test_under_a_released_quote_stands_its_translation_marked_G8_BRD11(
    tmp_path: Path,
) -> None:
    house, _ = await spanish(tmp_path)
    async with house:
        ref, card = await quote(house)
        await render(house, "s3", card, "Nobody came to ask heronriver")
        await render(house, "s4", card, ARABIC, language="ar")
        said = "Translated by a person: Nobody came to ask heronriver"
        assert said in await memo(house)
        assert ARABIC not in await memo(house), "the memo is English"
        assert "heronriver" not in await memo(house, "public"), "as far as the quote goes"
        room = await house.room()
        shelf = room.shelf
        changed = "Nadie vino nunca a preguntar"
        await shelf.edit("board", lambda doc: board_schema.reword_card(doc, card, changed))
        assert "heronriver" not in await memo(house)
        await render(house, "s3", card, "Nobody ever came to ask heronriver")
        await house.do("s2", "consent.release", words=ref, choice="first_name")
        assert "ever came to ask heronriver" in await memo(house)
        await house.do("s2", "consent.withdraw", words=ref)
        assert "heronriver" not in await memo(house)


async def test_what_nobody_released_is_in_no_memo_in_another_language_G8_BRD11(
    tmp_path: Path,
) -> None:
    house, first = await spanish(tmp_path)
    async with house:
        ref = await board_card(house, "s2", "quote", "Nadie vino a preguntar")
        secret = "Nobody came to ask heronriver"
        await render(house, "s3", f"s2-{ref}", secret)
        assert secret not in await memo(house)
        (copied,) = await written(house, f"She said: {secret}", by="s3")
        cards_now = await (await house.room()).shelf.cards("board")
        assert {c.id for c in material(await house.room(), cards_now).cards} >= {copied}
        assert secret not in await memo(house), "nor by somebody else's hand"
        await render(house, "s3", first, f"A river. {secret}")
        assert secret not in await memo(house)


async def test_what_came_after_the_memo_went_out_waits_MEM7_BRD11(tmp_path: Path) -> None:
    house, _ = await spanish(tmp_path)
    async with house:
        _, card = await quote(house)
        _, other = await quote(house, "Y nos quedamos todas")
        await render(house, "s3", other, "And we all stayed kingfisher")
        await house.clock.advance(1_000)
        await house.do(house.lead, "memo.send", epoch=await house.epoch())
        await house.clock.advance(1_000)
        await render(house, "s3", card)
        room = await house.room()
        copy = str(await room.memos.copy("participants"))
        assert ENGLISH not in copy
        assert "kingfisher" in copy
        await house.do("s2", "note.unrender", card=other, language="en")
        assert "kingfisher" not in str(await room.memos.copy("participants")), "at once: MEM10"


def test_the_board_taken_out_has_them_without_anybody_G8_BRD11() -> None:
    from rooms.board_export import exported
    from tests.rooms.test_board_export import board

    old, new = (
        Rendering("en", "Boats", "s3", "00000000"),
        Rendering("ar", ARABIC, "s4", mark("Botes")),
    )
    mine = Card("s2-b1", "insight", "Botes", "s2", scope="memo", renderings=(new, old))
    (taken,) = exported(board(mine), (mine,), ())["cards"]
    assert taken["renderings"] == [
        {"language": "ar", "text": ARABIC, "human": True, "stale": False},
        {"language": "en", "text": "Boats", "human": True, "stale": True},
    ]
