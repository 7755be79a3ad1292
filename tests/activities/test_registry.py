"""Every registered activity is described completely and can be told to a stranger."""

from typing import Any, get_args

import msgspec
import pytest

from activities.kernel import PEOPLE, Activity, Command
from activities.registry import ACTIVITIES
from rooms import wire
from rooms.wire_memo import MemoComment

ROLES = {"lead", "co", "host", "teller", "member", "witness", "clock"}
COVERED = {MemoComment}
"""Its `place` has to be filled in by whoever sends it, and so is never an offer's own."""
every = pytest.mark.parametrize("activity", ACTIVITIES.values(), ids=ACTIVITIES)


def test_kinds_are_keys() -> None:
    assert all(kind == activity.kind for kind, activity in ACTIVITIES.items())


@every
def test_the_table_speaks_of_known_phases_and_commands(activity: Activity[Any]) -> None:
    assert set(activity.allowed) <= set(activity.phases)
    assert activity.tells <= set(activity.phases)
    for row in activity.allowed.values():
        for commands in row.values():
            assert commands <= set(activity.commands)


@every
def test_the_clock_may_speak_of_people_in_every_phase(activity: Activity[Any]) -> None:
    for phase in activity.phases:
        assert set(PEOPLE) <= activity.allowed[phase]["clock"]


@every
def test_every_command_is_allowed_to_somebody_somewhere(activity: Activity[Any]) -> None:
    used: set[type[Command]] = set()
    for row in activity.allowed.values():
        used |= set().union(*row.values())
    assert used == set(activity.commands)


@every
def test_nobody_but_the_clock_sends_what_the_clock_says(activity: Activity[Any]) -> None:
    for row in activity.allowed.values():
        for role, commands in row.items():
            assert role == "clock" or not commands & set(PEOPLE)


@every
def test_tags_are_spelled_noun_verb_and_once(activity: Activity[Any]) -> None:
    for structs in (activity.commands, activity.events):
        tags = [struct.__struct_config__.tag for struct in structs]
        assert len(tags) == len(set(tags))
        assert all(isinstance(tag, str) and tag.count(".") == 1 for tag in tags)


@every
def test_no_command_has_a_field_that_its_offer_would_cover(activity: Activity[Any]) -> None:
    """On the wire an offer is its command's fields and these beside them: sent back as it stands,
    each is what it says (WIR5)."""
    own = {"label", "place", "needs", "hint", "confirm", "shown"}
    for command in (*activity.commands, *set(get_args(wire.RoomCommand)) - COVERED):
        assert not own & {field.name for field in msgspec.structs.fields(command)}, command


@every
def test_settings_have_defaults_and_a_schema(activity: Activity[Any]) -> None:
    activity.settings()
    schema = msgspec.json.schema(activity.settings, schema_hook=lambda _: {"type": "string"})
    assert schema["$defs"]


def settings_of(activity: Activity[Any]) -> dict[str, msgspec.inspect.Type]:
    made = msgspec.inspect.type_info(activity.settings)
    assert isinstance(made, msgspec.inspect.StructType)
    return {one.name: one.type for one in made.fields}


@every
def test_every_setting_is_spoken_of_on_the_agenda_page(activity: Activity[Any]) -> None:
    """See *How the agenda speaks of it* in docs/adding-an-activity.md."""
    fields = settings_of(activity)
    assert set(activity.hints) <= set(fields)
    for name, kind in fields.items():
        said = activity.hints.get(name)
        match kind:
            case msgspec.inspect.LiteralType() if len(kind.values) > 1:
                assert said, f"{activity.kind}: a hint for {name}"
                assert {option.value for option in said.options} == {str(v) for v in kind.values}
            case msgspec.inspect.IntType() | msgspec.inspect.BoolType():
                assert said, f"{activity.kind}: a hint for {name}"
            case _:
                pass


@every
def test_a_number_has_a_range_and_what_depends_depends_on_a_setting(
    activity: Activity[Any],
) -> None:
    fields = settings_of(activity)
    for name, kind in fields.items():
        if isinstance(kind, msgspec.inspect.IntType):
            assert kind.ge is not None, name
            assert kind.le is not None, name
    for said in activity.hints.values():
        if said.only:
            other, values = said.only
            assert values
            for value in values:
                msgspec.convert({other: value}, activity.settings)


@every
def test_planned_minutes_and_people_are_ranges(activity: Activity[Any]) -> None:
    planned = activity.planned
    assert 0 < planned.low <= planned.minutes <= planned.high
    assert 0 < planned.fewest <= planned.most


@every
def test_commands_and_events_decode_as_unions(activity: Activity[Any]) -> None:
    for union in (activity.command_union(), activity.event_union()):
        msgspec.json.Decoder(union, dec_hook=lambda _, value: value)


@every
def test_public_structs_are_documented(activity: Activity[Any]) -> None:
    for struct in (*activity.commands, *activity.events, activity.settings, activity.state):
        assert struct.__doc__, struct
