"""Facilitators change the agenda: at any time, what has not begun, and nobody's edit is lost."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from activities.kernel import Refused
from activities.registry import ACTIVITIES
from rooms import whole as wholes
from rooms.agenda_desk import decide
from rooms.agenda_items import ITEMS_LIMIT
from rooms.agenda_times import LATEST
from rooms.agenda_view import plan_message
from rooms.opening import Wanted, opening
from rooms.render import Renderer, english
from rooms.whole import Draft, Whole
from rooms.wire_agenda import AgendaImport
from tests.rooms.house import House, asking_of
from tests.rooms.test_agenda_file import PLAN, json_values, nearly

PRINTED = Renderer(english, lambda _: "Amina", lambda ref, _: ref)


async def refused(house: House, type: str, reason: str, seat: str = "s1", **fields: Any) -> str:
    """The sentence of the refusal; nothing was changed."""
    message = (await house.refused(seat, type, reason, **fields)).message
    return PRINTED.line(message, "en") if message else ""


async def plan(house: House) -> dict[str, Any]:
    room = await house.room()
    seat = room.whole.room.seats[house.lead]
    found: dict[str, Any] = json.loads(room.plan(seat) or b"")
    return found


async def ids(house: House) -> list[str]:
    return [item.id for item in (await house.room()).whole.room.agenda]


async def test_an_agenda_is_built_from_nothing(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="empty") as house:
        shown = await house.view("s1", "panel")
        assert shown["blocks"][1]["text"] == "Nothing is planned yet"
        await house.do("s1", "agenda.add", kind="check_in", settings={"mode": "weather"})
        await house.do("s1", "agenda.add", kind="story_circle", minutes=60, title="By the river",
                       settings={"prompt": "A day at the river", "turn_s": 120})  # fmt: skip
        await house.do("s1", "agenda.add", kind="check_in", after="a1", lead="P")
        assert await ids(house) == ["a1", "a3", "a2"]
        made = await plan(house)
        circle = made["items"][2]
        assert circle["title"] == circle["own"] == "By the river"
        assert circle["settings"] == {"prompt": "A day at the river", "turn_s": 120}
        assert made["items"][0]["minutes"] == 6
        assert made["times"]["total"] == 72
        await house.start("a1")
        assert (await house.view("s1"))["activity"]["kind"] == "check_in"


async def test_a_facilitators_own_prompt_reaches_the_activity(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="check_in", people=2) as house:
        item = (await plan(house))["items"][0]
        await house.do(
            "s1", "agenda.edit", item="a1", revision=item["revision"],
            settings={"prompt": "What did the river tell you?"},
        )  # fmt: skip
        await house.start("a1")
        await house.to("answer")
        shown = json.dumps(await house.view("s2"))
        assert "What did the river tell you?" in shown


async def test_only_facilitators_write_and_read_it_AGE4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        commands: tuple[tuple[str, dict[str, Any]], ...] = (
            ("agenda.add", {"kind": "check_in"}),
            ("agenda.edit", {"item": "a1", "revision": 0, "minutes": 5}),
            ("agenda.move", {"item": "a1", "after": "", "was": ""}),
            ("agenda.remove", {"item": "a1", "revision": 0}),
            ("agenda.use", {"template": "evening", "revision": 0}),
            ("agenda.import", {"plan": PLAN, "revision": 0}),
            ("agenda.frame", {"revision": 0, "people": 5}),
        )
        for type, fields in commands:
            await refused(house, type, "not_allowed", seat="s2", **fields)
        room = await house.room()
        assert room.plan(room.whole.room.seats["s2"]) is None
        outline = (await house.view("s2"))["room"]
        assert set(outline["agenda"][0]) == {
            "id", "title", "minutes", "state", "kind", "starts", "ends", "lead",
        }  # fmt: skip


async def test_a_co_facilitator_may_edit_too(tmp_path: Path) -> None:
    async with await House.open(tmp_path, people=1) as house:
        await house.do("s1", "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do("s2", "agenda.edit", item="a1", revision=0, minutes=9)
        assert (await plan(house))["items"][0]["minutes"] == 9


async def test_two_who_edit_at_once_lose_nothing_AGE2(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        await house.do("s1", "seat.role", seat="s2", role="facilitator", epoch=1)
        await house.do("s1", "agenda.edit", item="a2", revision=0, minutes=90)
        said = await refused(
            house, "agenda.edit", "stale_phase", seat="s2", item="a2", revision=0, minutes=80
        )
        assert "Somebody else changed this" in said
        await house.do("s2", "agenda.edit", item="a3", revision=0, minutes=5)  # another one: fine
        await house.do("s2", "agenda.edit", item="a2", revision=1, lead="s2")
        assert [item["minutes"] for item in (await plan(house))["items"]] == [6, 90, 5]
        await refused(house, "agenda.remove", "stale_phase", item="a2", revision=1)
        await refused(house, "agenda.use", "stale_phase", template="circle", revision=1)
        await house.do("s2", "agenda.remove", item="a2", revision=3)
        said = await refused(house, "agenda.edit", "stale_phase", item="a2", revision=3, minutes=4)
        assert "took this off" in said


async def test_moving_names_where_it_stood(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        await house.do("s1", "agenda.move", item="a3", after="", was="a2")
        assert await ids(house) == ["a3", "a1", "a2"]
        await refused(house, "agenda.move", "stale_phase", item="a3", after="a1", was="a2")
        await refused(house, "agenda.move", "duplicate", item="a2", after="a1", was="a1")
        await refused(house, "agenda.move", "stale_phase", item="a2", after="a2", was="a1")
        await refused(house, "agenda.move", "stale_phase", item="a9", after="a2", was="a1")
        await refused(house, "agenda.move", "stale_phase", item="a2", after="a9", was="a1")
        # Three quick presses need no answer in between.
        await house.do("s1", "agenda.move", item="a3", after="a1", was="")
        await house.do("s1", "agenda.move", item="a3", after="a2", was="a1")
        assert await ids(house) == ["a1", "a2", "a3"]


async def test_what_has_begun_is_fixed_and_what_follows_is_not_AGE1(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=2) as house:
        await house.start("a1")
        commands: tuple[tuple[str, dict[str, Any]], ...] = (
            ("agenda.edit", {"item": "a1", "revision": 0, "minutes": 5}),
            ("agenda.remove", {"item": "a1", "revision": 0}),
            ("agenda.move", {"item": "a1", "after": "a2", "was": ""}),
        )
        for type, fields in commands:
            assert "has begun already" in await refused(house, type, "stale_phase", **fields)
        await house.do("s1", "agenda.move", item="a3", after="", was="a2")
        assert await ids(house) == ["a1", "a3", "a2"]
        await house.do("s1", "agenda.add", kind="check_in", after="")
        assert await ids(house) == ["a1", "a4", "a3", "a2"]
        revision = (await plan(house))["revision"]
        await house.do("s1", "agenda.use", template="circle", revision=revision)
        assert await ids(house) == ["a1", "a5"]
        await house.do("s1", "agenda.add", kind="check_in", minutes=3)
        assert [row["state"] for row in (await house.view("s1"))["room"]["agenda"]] == [
            "now", "to come", "to come",
        ]  # fmt: skip


async def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        await house.do("s1", "agenda.remove", item="a3", revision=0)
        await house.do("s1", "agenda.add", kind="check_in")
        assert await ids(house) == ["a1", "a2", "a4"]


async def test_bad_input_is_refused_in_words_with_nothing_changed_AGE3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        edit: dict[str, Any] = {"item": "a2", "revision": 0}
        said = await refused(
            house, "agenda.edit", "bad_request", **edit, settings={"turn_s": 600, "max": 5}
        )
        assert said == "Time for each story: from 1 minute to 7 minutes, not 10 minutes."
        said = await refused(house, "agenda.edit", "bad_request", **edit, minutes=481)
        assert "from 1 to 480" in said
        said = await refused(house, "agenda.edit", "unknown", **edit, lead="s9")
        assert "somebody in this room" in said
        said = await refused(house, "agenda.add", "unknown", kind="opera")
        assert "We do not have such an activity" in said
        await refused(house, "agenda.edit", "bad_request", **edit, clear=["lead"])
        await refused(house, "agenda.edit", "duplicate", **edit, minutes=100)
        await refused(house, "agenda.edit", "bad_request", **edit, rest=8, rest_at=99)
        await refused(house, "agenda.edit", "too_large", **edit, title="x" * 121)
        await refused(house, "agenda.use", "unknown", template="opera", revision=0)
        said = await refused(house, "agenda.frame", "bad_request", revision=0, people=401)
        assert "up to 400 people" in said
        await refused(house, "agenda.frame", "bad_request", revision=0, starts=LATEST + 1)
        await refused(house, "agenda.frame", "bad_request", revision=0, minutes=-1)
        await refused(house, "agenda.frame", "stale_phase", revision=3, minutes=10)
        await refused(house, "agenda.frame", "duplicate", revision=0, minutes=0)
        assert not (await house.room()).book.get("x" * 121)


async def test_an_agenda_of_200_items_is_refused_in_words_AGE3(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        rows = [{"kind": "check_in"}] * 200
        said = await refused(
            house, "agenda.import", "bad_request", plan={**PLAN, "items": rows}, revision=0
        )
        assert said == "An agenda holds at most 60 activities. Nothing was changed."
        await house.do("s1", "agenda.import", plan={**PLAN, "items": rows[:ITEMS_LIMIT]},
                       revision=0)  # fmt: skip
        said = await refused(house, "agenda.add", "full", kind="check_in")
        assert "at most 60" in said
        await house.start("a4")
        revision = (await plan(house))["revision"]
        await refused(house, "agenda.import", "full",
                      plan={**PLAN, "items": rows[:ITEMS_LIMIT]}, revision=revision)  # fmt: skip


async def test_a_title_and_notes_are_changed_and_cleared(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        await house.do("s1", "agenda.edit", item="a2", revision=0, title="By the river",
                       notes="Bring the stones.")  # fmt: skip
        item = (await plan(house))["items"][1]
        assert (item["title"], item["notes"]) == ("By the river", "Bring the stones.")
        await house.do("s1", "agenda.edit", item="a2", revision=item["revision"],
                       clear=["title", "notes"], rest=10, rest_at=60)  # fmt: skip
        item = (await plan(house))["items"][1]
        assert (item["title"], item["notes"], item["rest"]) == ("Story circle", None, 10)


async def test_import_replaces_what_has_not_begun(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        await house.start("a1")
        revision = (await plan(house))["revision"]
        await house.do("s1", "agenda.import", plan=PLAN, revision=revision)
        made = await plan(house)
        assert [item["id"] for item in made["items"]] == ["a1", "a4", "a5"]
        assert made["frame"]["people"] == 12
        assert made["items"][2]["settings"]["prompt"] == "A day at the river"


async def test_it_is_the_same_after_a_restart_LOG7(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        await house.do("s1", "agenda.import", plan=PLAN, revision=0)
        await house.do("s1", "agenda.frame", revision=2, starts=1_790_000_000_000, people=9)
        before = (await house.room()).whole.room.plan
        await house.crash()
        assert (await house.room()).whole.room.plan == before


async def test_no_text_of_the_agenda_is_in_the_log_LOG4(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening") as house:
        await house.do("s1", "agenda.import", plan=PLAN, revision=0)
        rows = await house.storage.commits(house.opened.room)
        for text in ("By the river", "Bring the stones", "A day at the river"):
            assert all(text.encode() not in raw for _, raw in rows)


@given(value=json_values | nearly, started=st.booleans())
def test_no_json_breaks_the_agenda_AGE3(value: Any, started: bool) -> None:
    """Whatever is imported: a whole new agenda, or a sentence and not one change."""
    begun = opening(Wanted("River", "Amina"), 5, lambda: "i").commit
    whole = wholes.apply(Whole(), begun, ACTIVITIES)
    if started:
        whole = replace(whole, room=replace(whole.room, started={"a1": 7}))
    draft = Draft(whole, ACTIVITIES, 9)
    seat = whole.room.seats["s1"]
    asking = asking_of(seat)
    command: Any = AgendaImport(plan=value, revision=0)
    try:
        decide(draft, command, asking)
    except Refused:
        assert not draft.events
        return
    assert draft.room.plan.revision > 0
    assert [item.id for item in draft.room.agenda][: int(started)] == ["a1"] * started
    plan_message(Whole(draft.room, whole.running), ACTIVITIES, 9)


async def test_a_plan_full_of_warnings_runs_all_the_same_AGE5(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="empty", people=1) as house:
        await house.do("s1", "agenda.add", kind="story_circle", minutes=200)
        assert any(one["strong"] for one in (await plan(house))["warnings"])
        await house.start("a1")


async def test_a_planned_lead_is_named_to_everybody(tmp_path: Path) -> None:
    async with await House.open(tmp_path, template="evening", people=1) as house:
        await house.do("s1", "agenda.edit", item="a2", revision=0, lead="s2")
        rows = (await house.view("s2"))["room"]["agenda"]
        assert [row["lead"] for row in rows] == ["Amina Diallo", "Person 1", "Amina Diallo"]
