"""Catalogues: choosing, plurals, and what the browser gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.blocks import say, say_n
from server.languages import Languages, direction, is_language, own_name

ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
"n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5);\\n"

msgid "Hello {name}"
msgstr "مرحبا {name}"

msgid "Broken {name}"
msgstr "خطأ {nom}"

msgid "{n} story"
msgid_plural "{n} stories"
msgstr[0] "صفر"
msgstr[1] "واحدة"
msgstr[2] "اثنتان"
msgstr[3] "{n} قصص"
msgstr[4] "{n} قصة"
msgstr[5] "{n} قصة أخرى"
"""


@pytest.fixture
def languages(tmp_path: Path) -> Languages:
    """English and a little Arabic."""
    (tmp_path / "ar.po").write_text(ARABIC, encoding="utf-8")
    return Languages(tmp_path)


def test_translates_and_falls_back(languages: Languages) -> None:
    assert languages.line("ar", say("Hello {name}", name="Rosa")) == "مرحبا Rosa"
    assert languages.line("ar-EG", say("Hello {name}", name="Rosa")) == "مرحبا Rosa"
    assert languages.line("sw", say("Hello {name}", name="Rosa")) == "Hello Rosa"
    assert languages.line("ar", say("Broken {name}", name="Rosa")) == "Broken Rosa"


def test_plurals(languages: Languages) -> None:
    assert languages.line("ar", say_n("{n} story", "{n} stories", 5)) == "5 قصص"
    assert languages.line("en", say_n("{n} story", "{n} stories", 1)) == "1 story"


def test_the_browser_gets_forms_by_cldr_category(languages: Languages) -> None:
    found = languages.catalogue("ar")
    assert found["direction"] == "rtl"
    assert found["plurals"] == {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 4, "other": 5}
    assert found["messages"]["{n} story"][3] == "{n} قصص"


@pytest.mark.parametrize(
    ("accept", "wanted", "chosen"),
    [("ar-EG,en;q=0.5", "", "ar"), ("en,ar;q=0.9", "", "en"), ("de", "", "en"), ("", "ar", "ar"),
     ("ar;q=x, *;q=0.1", "", "en"), ("ar" + ",x" * 5_000, "", "ar"), ("ar", "xx", "ar")],
)  # fmt: skip
def test_choosing(languages: Languages, accept: str, wanted: str, chosen: str) -> None:
    assert languages.choose(accept, wanted) == chosen


def test_names_and_directions() -> None:
    assert own_name("sw") == "Kiswahili"
    assert (direction("ar"), direction("en"), direction("??")) == ("rtl", "ltr", "ltr")
    assert is_language("pt-BR")
    assert not any(map(is_language, ("", "x" * 40, "en\n", "<b>")))
