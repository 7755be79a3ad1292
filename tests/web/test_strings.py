"""The strings people read are found wherever they are written (architecture.md, strings)."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from web import strings

SOURCES = {
    "activities/story.py": """
        # Translators: the person who has the floor
        title = say("{name} is telling", name=who)
        count = say_n("{n} story", "{n} stories", 3)
    """,
    "rooms/gate.py": 'said = ngettext("one word", "many words", 2)',
    "server/pages.py": 'title = _("Come in")',
    "web/templates/front.html": """
        <h1>{% trans %}Open a room{% endtrans %}</h1>
        <p>{{ _("Join with a code") }}</p>
        <p>{% trans n=seats %}{{ n }} seat{% pluralize %}{{ n }} seats{% endtrans %}</p>
    """,
    "web/src/room.ts": """
        const view = html`<p>${t("Saved")} ${many.map((x) => html`<b>${t("Nested two deep")}</b>`)}
          ${tn("{n} circle", "{n} circles", n)} ${tp("verb", "Pass")}</p>`;
    """,
    "web/node_modules/other/src/x.ts": 't("Not ours")',
}


@pytest.fixture
def found(tmp_path: Path) -> Catalog:
    for name, text in SOURCES.items():
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("\n".join(line.strip() for line in text.splitlines()))
    return strings.collect(tmp_path)


@pytest.mark.parametrize(
    "message",
    [
        "{name} is telling",
        ("{n} story", "{n} stories"),
        ("one word", "many words"),
        "Come in",
        "Open a room",
        "Join with a code",
        ("%(n)s seat", "%(n)s seats"),
        "Saved",
        "Nested two deep",
        ("{n} circle", "{n} circles"),
    ],
)
def test_a_string_is_found_in_each_language(found: Catalog, message: str | tuple[str, str]) -> None:
    first = message if isinstance(message, str) else message[0]
    entry = found.get(first)
    assert entry is not None
    assert entry.id == message


def test_contexts_and_notes_for_translators_come_along(found: Catalog) -> None:
    assert found.get("Pass", context="verb") is not None
    told = found.get("{name} is telling")
    assert told is not None
    assert told.auto_comments == ["the person who has the floor"]


def test_packages_of_others_are_not_read(found: Catalog) -> None:
    assert found.get("Not ours") is None


def test_update_keeps_translations_and_starts_new_ones(found: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "locales"
    strings.update(folder, found, ["sw"])
    place = folder / "sw.po"
    place.write_text(
        place.read_text().replace(
            'msgid "Saved"\nmsgstr ""', 'msgid "Saved"\nmsgstr "Imehifadhiwa"'
        )
    )
    found.add("A new one")
    assert strings.update(folder, found) == [folder / "talanoa.pot", place]
    with place.open("rb") as file:
        merged = read_po(file, locale="sw")
    saved = merged.get("Saved")
    assert saved is not None
    assert saved.string == "Imehifadhiwa"
    assert merged.get("A new one") is not None


def test_the_same_strings_give_the_same_bytes(found: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "locales"
    before = [place.read_bytes() for place in strings.update(folder, found, ["ar"])]
    assert before == [place.read_bytes() for place in strings.update(folder, found)]


def test_an_unknown_language_is_refused(found: Catalog, tmp_path: Path) -> None:
    with pytest.raises(UnknownLocaleError):
        strings.update(tmp_path / "locales", found, ["zz"])


def test_who_checked_a_translation_stays_in_its_header(found: Catalog, tmp_path: Path) -> None:
    folder = tmp_path / "locales"
    _, place = strings.update(folder, found, ["sw"])
    assert strings.checked_by(place) == ""
    text = place.read_text()
    assert text.count('"X-Checked-By: nobody yet\\n"') == 1
    place.write_text(text.replace("nobody yet", "Asha Juma, 2026-12-01"))
    found.add("A new one")
    strings.update(folder, found)
    assert strings.checked_by(place) == "Asha Juma, 2026-12-01"
