"""The settings of an activity as a form: what may be set, in which range, and in whose words.

The ranges stand in the activity's `Settings`, the words in its `hints`. Whatever a person sets is
checked here and refused in the same words, before an item changes.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, assert_never

import msgspec
from msgspec import inspect

from activities.blocks import Line, Option, Words, say, say_n
from activities.kernel import Activity, Refused, Unit
from rooms.commits import settings_from, settings_to

MIRRORED: Final = "minutes"
"""A setting of this name is the item's own minutes (`methods.md` 1.15, A16): it is not asked
for twice."""


class Only(msgspec.Struct, frozen=True):
    """The field `field` must have one of these values for a setting to mean anything."""

    field: str
    values: tuple[Any, ...]


class Field(msgspec.Struct, frozen=True):
    """One setting as a form shows it. Numbers have `low`, `high` and `step`; choices `options`;
    `default` is what holds when nothing is set."""

    name: str
    kind: Literal["number", "flag", "choice", "words"]
    label: Line
    hint: Line | None = None
    unit: Unit = ""
    low: int = 0
    high: int = 0
    step: int = 1
    options: tuple[Option, ...] = ()
    default: Any = None
    only: Only | None = None


def fields(activity: Activity[Any]) -> tuple[Field, ...]:
    """Every setting the activity's hints speak of, in the order of the hints."""
    kinds = _types(activity)
    found = (_field(activity, name, kinds[name]) for name in activity.hints)
    return tuple(one for one in found if one is not None)


def mirrors_minutes(activity: Activity[Any]) -> bool:
    """Whether the activity has its length among its settings."""
    return MIRRORED in activity.settings.__struct_fields__


def length_range(activity: Activity[Any]) -> tuple[int, int] | None:
    """The minutes an activity takes at least and at most, where it has them among its settings."""
    if not mirrors_minutes(activity):
        return None
    kind = _types(activity)[MIRRORED].type
    inner = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    number = next((one for one in inner if isinstance(one, inspect.IntType)), None)
    return None if number is None else (int(number.ge or 1), int(number.le or 1))


def length(activity: Activity[Any], minutes: int) -> dict[str, int]:
    """The item's minutes as a setting, where the activity has them there. Raises `Refused` with
    the activity's own range."""
    if (ends := length_range(activity)) is None:
        return {}
    low, high = ends
    if low <= minutes <= high:
        return {MIRRORED: minutes}
    raise Refused(
        "bad_request",
        say(
            "{activity}: from {low} to {high}.",
            activity=activity.title,
            low=amount(low, "min"),
            high=amount(high, "min"),
        ),
    )


def _types(activity: Activity[Any]) -> dict[str, inspect.Field]:
    made = inspect.type_info(activity.settings)
    assert isinstance(made, inspect.StructType)
    return {one.name: one for one in made.fields}


def _field(activity: Activity[Any], name: str, one: inspect.Field) -> Field | None:
    said = activity.hints[name]
    only = Only(*said.only) if said.only else None
    default = None if one.default in (msgspec.NODEFAULT, None) else one.default
    if name == MIRRORED:
        return None
    match one.type:
        case inspect.IntType() if not said.options:
            step = one.type.multiple_of or 1
            low, high = int(one.type.ge or 0), int(one.type.le or 0)
            return Field(
                name, "number", said.label, said.line, said.unit, low, high, int(step),
                default=default, only=only,
            )  # fmt: skip
        case inspect.BoolType():
            return Field(name, "flag", said.label, said.line, default=default, only=only)
        case inspect.LiteralType() | inspect.IntType():
            return Field(
                name, "choice", said.label, said.line,
                options=said.options, default=default, only=only,
            )  # fmt: skip
        case inspect.CustomType() | inspect.UnionType():
            return Field(name, "words", said.label, said.line, only=only)
        case _:
            return None


def amount(value: int, unit: Unit) -> Line:
    """A number with its unit, as people say it."""
    match unit:
        case "s" if value >= 60 and value % 60 == 0:
            return say_n("{n} minute", "{n} minutes", value // 60)
        case "s" if value > 60 and value % 30 == 0:
            return say("{n}½ minutes", n=value // 60)
        case "s":
            return say_n("{n} second", "{n} seconds", value)
        case "min":
            return say_n("{n} minute", "{n} minutes", value)
        case "people":
            return say_n("{n} person", "{n} people", value)
        case "rounds":
            return say_n("{n} round", "{n} rounds", value)
        case "":
            return say("{n}", n=value)
        case _:
            assert_never(unit)


def changed(
    activity: Activity[Any],
    kept: Mapping[str, Any],
    wanted: Mapping[str, Any],
    take_in: Callable[[str], Words],
) -> dict[str, Any]:
    """The settings `kept` with the changes `wanted`: a value sets, None returns to the default.
    Texts are taken in and kept as references.

    Raises `Refused` with the label and the range in plain words.
    """
    forms = {one.name: one for one in fields(activity)}
    made = dict(kept)
    for name, value in wanted.items():
        if name not in activity.settings.__struct_fields__:
            raise Refused(
                "bad_request",
                say("{activity} has no setting “{name}”.", activity=activity.title, name=name[:40]),
            )
        if value is None or value == "":
            made.pop(name, None)
            continue
        if (form := forms.get(name)) is not None:
            value = _checked(form, value)
        made[name] = _kept(activity, name, value, take_in)
    return made


def _kept(activity: Activity[Any], name: str, value: Any, take_in: Callable[[str], Words]) -> Any:
    """One setting as agenda and log keep it. Every text in it is taken in, however deep it
    stands: a reference from outside could be to somebody's words."""

    def hook(kind: type, inner: Any) -> Any:
        if kind is Words and isinstance(inner, str):
            return take_in(inner)
        raise msgspec.ValidationError("not a setting")

    try:
        read = msgspec.convert({name: value}, activity.settings, dec_hook=hook)
    except Refused:
        raise
    except (msgspec.ValidationError, RecursionError, OverflowError, UnicodeError) as error:
        if isinstance(cause := error.__cause__ or error.__context__, Refused):
            raise cause from error
        raise Refused("bad_request", not_understood(activity)) from error
    return settings_to(read)[name]


def not_understood(activity: Activity[Any]) -> Line:
    """A sentence for settings that no form of ours makes."""
    return say(
        "A setting of “{activity}” could not be understood. Nothing was changed.",
        activity=activity.title,
    )


def _checked(form: Field, value: Any) -> Any:
    """The value as the struct wants it. Raises `Refused` with the range."""
    match form.kind:
        case "number":
            if type(value) is not int or not form.low <= value <= form.high:
                raise Refused("bad_request", out_of_range(form, value))
            if value % form.step:
                raise Refused(
                    "bad_request",
                    say(
                        "{setting}: in steps of {step}.",
                        setting=form.label,
                        step=amount(form.step, form.unit),
                    ),
                )
            return value
        case "flag":
            if type(value) is not bool:
                raise Refused("bad_request", say("{setting}: yes or no.", setting=form.label))
            return value
        case "choice":
            for option in form.options:
                if str(value) == option.value:
                    return type(form.default)(value) if form.default is not None else value
            raise Refused(
                "bad_request",
                say("{setting}: choose one of those offered.", setting=form.label),
            )
        case "words":
            if not isinstance(value, str):
                raise Refused("bad_request", say("{setting}: in words.", setting=form.label))
            return value
        case _:
            assert_never(form.kind)


def out_of_range(form: Field, value: object) -> Line:
    """What the range is, with what was asked for when it is a number somebody could mean."""
    low, high = amount(form.low, form.unit), amount(form.high, form.unit)
    if type(value) is int and abs(value) < 1_000_000:
        return say(
            "{setting}: from {low} to {high}, not {value}.",
            setting=form.label,
            low=low,
            high=high,
            value=amount(value, form.unit),
        )
    return say("{setting}: from {low} to {high}.", setting=form.label, low=low, high=high)


def values(activity: Activity[Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is set, as the activity sees it: texts are `Words`, however deep they stand."""
    made = settings_from(kept, activity.settings)
    return {name: getattr(made, name) for name in kept}
