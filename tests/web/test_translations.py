"""A missing, stale or broken translation is told: which file, which sentence, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from babel.messages.catalog import Catalog

from web import strings, translations

if TYPE_CHECKING:
    from pathlib import Path

SPANISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Saved, {name}"
msgstr "Guardado, {name}"

msgctxt "a button"
msgid "Done"
msgstr "Listo"

msgid "{n} note"
msgid_plural "{n} notes"
msgstr[0] "una nota"
msgstr[1] "{n} notas"

msgid "about|{time}|left"
msgstr "unos|{time}|"

msgid "See <b>this</b>"
msgstr "Mira <b>esto</b>"
"""


def template() -> Catalog:
    """Five sentences as the sources might have them."""
    made = Catalog(
        project="Talanoa",
        creation_date=strings.CREATED,
        header_comment="# Strings of Talanoa, collected by ./dev build --strings.",
        charset="utf-8",
        fuzzy=False,
    )
    made.add("Saved, {name}", locations=[("rooms/a.py", 1)])
    made.add("Done", context="a button", locations=[("web/src/a.ts", 1)])
    made.add(("{n} note", "{n} notes"), locations=[("web/src/a.ts", 2)])
    made.add("about|{time}|left", locations=[("web/src/a.ts", 3)])
    made.add("See <b>this</b>", locations=[("web/src/a.ts", 4)])
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "es.po").write_text(SPANISH, encoding="utf-8")
    (tmp_path / "talanoa.pot").write_text(strings.written(template()), encoding="utf-8")
    return tmp_path


def test_nothing_is_told_when_all_is_well(folder: Path) -> None:
    assert translations.troubles(folder, template()) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('msgstr "Listo"', 'msgstr ""', "“Done” (a button) is not translated"),
        ('msgstr "Listo"', 'msgstr "  "', "“Done” (a button) is not translated"),
        ('msgstr[1] "{n} notas"', 'msgstr[1] ""', "“{n} note” is not translated"),
        ("Guardado, {name}", "Guardado, {nombre}", "is in only one of the two"),
        ("Guardado, {name}", "Guardado", "{name} is in only one of the two"),
        ("{n} notas", "{m} notas", "is in only one of the two"),
        ("<b>esto</b>", "<b>esto<b>", "its tags are not those of the English"),
        ("unos|{time}|", "unos {time}", "its lines, parted by |"),
        ('"Listo"', '"Listo "', "a space at an end"),
        ('msgid "See', '#, fuzzy\nmsgid "See', "“See <b>this</b>” is marked fuzzy"),
        ('msgctxt "a button"\n', "", "“Done” (a button) is missing: run `./dev build --strings`"),
        ('msgctxt "a button"\n', "", "“Done” is stale, the English is gone"),
        ('msgid_plural "{n} notes"', 'msgid_plural "{n} cards"', "has another plural in English"),
        ("nplurals=2; plural=(n != 1)", "nplurals=1; plural=(n != 1)", "counts fewer forms"),
        ("nplurals=2; plural=(n != 1)", "nplurals=2; plural=import os", "cannot be read"),
    ],
)
def test_each_kind_of_trouble_is_told(folder: Path, right: str, wrong: str, told: str) -> None:
    place = folder / "es.po"
    assert right in SPANISH
    place.write_text(SPANISH.replace(right, wrong, 1), encoding="utf-8")
    found = translations.troubles(folder, template())
    assert any(told in line and line.startswith("es.po: ") for line in found), found


def test_a_stale_template_is_told_with_its_sentences(folder: Path) -> None:
    now = template()
    now.add("Something new", locations=[("rooms/a.py", 9)])
    now.delete("Done", context="a button")
    found = translations.troubles(folder, now)
    assert found[0] == "talanoa.pot: 1 new, 1 gone: run `./dev build --strings`"
    assert "talanoa.pot: new: “Something new”" in found
    assert any("es.po: “Something new” is missing" in line for line in found)


def test_a_file_that_is_no_language_is_told(folder: Path) -> None:
    (folder / "zz.po").write_text(SPANISH, encoding="utf-8")
    assert any(
        "zz.po: cannot be read" in line for line in translations.troubles(folder, template())
    )


def test_many_of_a_kind_are_counted_not_listed(folder: Path) -> None:
    now = template()
    for n in range(20):
        now.add(f"New sentence {n}", locations=[("rooms/a.py", n)])
    told = [line for line in translations.troubles(folder, now) if line.startswith("es.po")]
    assert len(told) == translations.FEW + 1
    assert "and 15 more" in told[-1]


@pytest.mark.slow
def test_the_translations_of_this_tree_are_whole() -> None:
    assert translations.main() == 0, "what is printed above says which sentences and what to do"
