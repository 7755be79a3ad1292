"""Catalogues: choosing, plurals, and what the browser gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel import Locale

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
    assert languages.messages("ar")["{n} story"][3] == "{n} قصص"


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


COUNTED = {  # CLDR's category of 0, 1, 2, 3, 11, 100
    "en": ("other", "one", "other", "other", "other", "other"),
    "es": ("other", "one", "other", "other", "other", "other"),
    "fr": ("one", "one", "other", "other", "other", "other"),
    "pt": ("one", "one", "other", "other", "other", "other"),
    "sw": ("other", "one", "other", "other", "other", "other"),
    "hi": ("one", "one", "other", "other", "other", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
}


@pytest.fixture(scope="module")
def shipped() -> Languages:
    """The catalogues of this tree."""
    return Languages()


@pytest.mark.parametrize("code", COUNTED)
def test_server_and_browser_count_alike_in_every_language(shipped: Languages, code: str) -> None:
    rule = Locale.parse(code).plural_form
    assert tuple(rule(n) for n in (0, 1, 2, 3, 11, 100)) == COUNTED[code]
    found = shipped.catalogue(code)
    one, many = "{n} minute", "{n} minutes"
    forms = shipped.messages(code).get(one, [one, many])
    for n in (*range(201), 1_000_000):
        form = found["plurals"].get(str(n), found["plurals"].get(rule(n)))
        assert forms[form] == shipped.translate(code, one, many, n), n


def test_where_0_shares_a_category_with_1_it_is_1_that_decides(tmp_path: Path) -> None:
    (tmp_path / "pt.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "{n} note"\nmsgid_plural "{n} notes"\nmsgstr[0] "{n} nota"\nmsgstr[1] "{n} notas"\n',
        encoding="utf-8",
    )
    plurals = Languages(tmp_path).catalogue("pt")["plurals"]
    assert (plurals["one"], plurals["other"], plurals["0"]) == (0, 1, 1)


def test_a_file_dropped_in_is_offered_by_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "ta.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"X-Checked-By: Selvi, 2027-01-02\\n"\n\nmsgid "Saved"\nmsgstr "சேமிக்கப்பட்டது"\n',
        encoding="utf-8",
    )
    (tmp_path / "ar.po").write_text(ARABIC, encoding="utf-8")
    offered = {each["code"]: each for each in Languages(tmp_path).offered()}
    assert offered["ta"]["name"] == "தமிழ்"
    assert offered["ta"]["checked"] == "Selvi, 2027-01-02"
    assert offered["ar"]["checked"] == ""
    assert offered["en"]["checked"]


def test_a_language_with_its_country_is_understood(languages: Languages) -> None:
    assert languages.choose("ar", "en-GB") == "en"
    assert languages.choose("en", "ar_EG") == "ar"
