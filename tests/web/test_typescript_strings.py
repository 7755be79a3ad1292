"""Strings are found however deep they stand in Lit templates, and nothing else is."""

from __future__ import annotations

import io

import pytest

from web import typescript_strings

NAMES = ("t", "tn", "tp", "say")


def found(source: str) -> list[tuple[str, tuple[str | None, ...], list[str]]]:
    file = io.BytesIO(source.encode())
    return [each[1:] for each in typescript_strings.read(file, NAMES, ["Translators:"], {})]


@pytest.mark.parametrize(
    "source",
    [
        't("Found")',
        'html`<p>${t("Found")}</p>`',
        'html`<p>It\'s ${many.map((x) => html`<b title="}">${t("Found")}</b>`)}</p>`',
        'html`${draw({ a: { b: 1 } }, t("Found"))}`',
        'html`<i .x=${`${n}px`}></i>${on ? html`{ ${t("Found")}` : nothing}`',
        "t('Found')",
    ],
)
def test_a_string_is_found_however_deep_it_stands(source: str) -> None:
    assert found(source) == [("t", ("Found",), [])]


def test_what_stands_beside_it_does_not_hide_it() -> None:
    source = 'html`<p>${t("From {n} people", { n: number(least) })} ${t("At once")}</p>`'
    assert [each[1][0] for each in found(source)] == ["From {n} people", "At once"]


def test_plurals_and_contexts_come_with_all_their_parts() -> None:
    assert found('tn("{n} circle", "{n} circles", n)') == [
        ("tn", ("{n} circle", "{n} circles", None), [])
    ]
    assert found('tp("verb", "Pass")') == [("tp", ("verb", "Pass"), [])]


def test_letters_written_as_escapes_are_read() -> None:
    said = r"t('Don\'t \u2013 \"lose\" it\n')"
    assert found(said)[0][1] == ('Don\'t \u2013 "lose" it\n',)


def test_what_a_method_sends_is_no_sentence() -> None:
    assert found('stage.say({ type: "note.add" }); this.say("note.add"); o.t("x")') == []


def test_a_note_for_translators_comes_with_the_string_below_it() -> None:
    source = '// Translators: on a phone\nt("Short");\n// not for them\nt("Long");'
    assert found(source) == [
        ("t", ("Short",), ["Translators: on a phone"]),
        ("t", ("Long",), []),
    ]


def test_a_broken_file_is_an_error_not_a_gap() -> None:
    with pytest.raises(ValueError, match="no TypeScript"):
        found("html`${t('lost'`")
