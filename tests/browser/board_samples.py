# ruff: noqa: E501 (sentences of a believable evening)
"""Sample boards: what the gallery and the board's tests draw while no server is needed."""

from __future__ import annotations

from typing import Any, Final

from pycrdt import Doc

from rooms.board_schema import Card, Rendering, Section, put_card, put_section
from rooms.card_words import CardKind
from rooms.renderings import mark
from tests.browser.samples import NOW, view

LEAD: Final = "s9"
READER: Final = "s4"

THEMES: Final = ("Listening before mapping", "Questions we carry", "What keeps water moving")
SAID: Final[tuple[tuple[str, CardKind, str, str, int], ...]] = (
    ("s2", "insight", "Walk the river before you draw it. The map comes last.", "en", 0),
    ("s5", "insight", "हमने पहले सुना, फिर नक्शा बनाया।", "hi", 0),
    ("s1", "practice", "A paper map on the floor lets elders correct it with a stick.", "en", 0),
    ("s4", "question", "Who pays the people who keep the drains clean?", "en", 1),
    ("s8", "question", "كيف نُبقي الجيران معنا بعد أول فيضان؟", "ar", 1),
    ("s6", "question", "What did you stop doing?", "en", 1),
    ("s3", "practice", "A repair day each new moon: one street, one drain, food for all.", "en", 2),
    ("s1", "quote", "“Nobody asked us to leave. They asked us what the water does.”", "en", 2),
)
RENDERED: Final = {
    4: (Rendering("en", "How do we keep the neighbours with us after the first flood?", "s7", ""),),
    1: (
        Rendering("ar", "أصغينا أولًا، ثم رسمنا الخريطة.", "s8", mark(SAID[1][3])),
        Rendering("en", "First we listened, then we drew the map.", "s1", mark(SAID[1][3])),
    ),
    0: (
        Rendering("ar", "امشوا على النهر قبل أن ترسموه. الخريطة آخر شيء.", "s8", mark(SAID[0][3])),
    ),
}
"""Notes of the evening in other languages, by number; the first was changed since."""

LONG: Final = (
    "Die Hochwasserschutzgenossenschaftsmitgliederversammlung beschließt Rückhaltebeckenunterhaltungsmaßnahmen",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenbefestigungsvorrichtung",
    "Nachbarschaftshilfekoordinierungsstelle: erst zuhören, dann Überschwemmungsgefährdungskarten zeichnen.",
)
MORE: Final = (
    "Ask the fishers first; they see the water turn.",
    "A drain that belongs to nobody is cleaned by nobody.",
    "We put the gauge where children pass, and they read it aloud.",
    "The old women knew where the spring had been.",
    "Write the phone number on the bridge, not on a leaflet.",
    "What did the people upstream ask of you?",
    "Pay in food, thank by name.",
)


def card(n: int, seat: str, kind: CardKind, text: str, **more: Any) -> Card:
    """The card number `n` of somebody."""
    return Card(
        id=f"{seat}-n{n:04}" if seat else f"-n{n:04}",
        kind=kind,
        text=text,
        author=seat,
        created=NOW - 3_600_000 + n * 1_000,
        order=f"a{n:04}",
        scope="memo" if kind == "quote" else "room",
        **more,
    )


def themes(names: tuple[str, ...] = THEMES) -> list[Card]:
    """Themes, in order."""
    return [card(n, LEAD, "theme", name) for n, name in enumerate(names)]


def evening() -> list[Card]:
    """The board of the design: eight notes under three themes."""
    heads = themes()
    notes = [
        card(
            100 + n, seat, kind, text,
            language=language, theme=heads[theme].id, group="a2-c1" if n % 3 == 0 else "",
            ticks=("s4", "s6") if n == 2 else ("s2",) if n == 6 else (),
            renderings=RENDERED.get(n, ()),
        )
        for n, (seat, kind, text, language, theme) in enumerate(SAID)
    ]  # fmt: skip
    return [*heads, *notes]


def many(count: int, *, placed: bool = True) -> list[Card]:
    """So many notes, a third of them not placed yet."""
    heads = themes()
    kinds: tuple[CardKind, ...] = ("insight", "question", "practice", "parking")
    notes = [
        card(
            1_000 + n, f"s{n % 14 + 1}", kinds[n % 4], MORE[n % len(MORE)],
            language="en", theme=heads[n % 4].id if placed and n % 4 < 3 else "",
        )
        for n in range(count)
    ]  # fmt: skip
    return [*(heads if placed else []), *notes]


def german() -> list[Card]:
    """Words that do not break by themselves."""
    heads = themes(("Überschwemmungsgefährdungskartierungszusammenarbeit", "Kurz"))
    notes = [
        card(100 + n, "s2", "insight", text, language="de", theme=heads[n % 2].id)
        for n, text in enumerate(LONG)
    ]
    return [*heads, *notes]


def document(cards: list[Card], sections: tuple[Section, ...] = ()) -> bytes:
    """The board's document as one update."""
    doc: Doc[Any] = Doc(client_id=1)
    with doc.transaction():
        for each in cards:
            put_card(doc, each)
        for section in sections:
            put_section(doc, section)
    return doc.get_update()


def screens() -> dict[str, tuple[dict[str, Any], bytes, dict[str, Any]]]:
    """Name -> view, document and what else the boot has, of boards full and empty."""
    lead = view(LEAD, may=())
    lead["documents"] = ["board", f"mine/{LEAD}"]
    reader = view(READER, may=())
    reader["documents"] = ["board", "group/a2-c1", f"mine/{READER}"]
    circles = {"circles": {"a2-c1": "Mangrove circle"}}
    arabic = {"language": "ar", "direction": "rtl", **circles}
    return {
        "board": (lead, document(evening()), circles),
        "board-reader": (reader, document(evening()), circles),
        "board-empty": (reader, document([]), circles),
        "board-one": (reader, document([evening()[3]]), circles),
        "board-40": (lead, document(many(40)), circles),
        "board-loose": (lead, document(many(20, placed=False)), circles),
        "board-german": (lead, document(german()), circles),
        "board-arabic": (lead, document(evening()), arabic),
    }
