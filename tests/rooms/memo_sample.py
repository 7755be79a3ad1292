"""A believable evening for the memo tests: a story circle in four scripts."""
# ruff: noqa: E501 - sentences people said stay on one line

from typing import Any

import msgspec

from activities.consent import ConsentState, Scope
from rooms import memo_fonts
from rooms.card_words import CardKind
from rooms.memo import (
    ActivityLine,
    Consent,
    MemoCard,
    MemoSource,
    NextCall,
    PersonLine,
    ProseText,
    StoryItem,
    StoryPart,
    ThemeQuestion,
)

STARTED = 1_795_284_000_000  # Saturday 21 November 2026, 18:00 UTC
ENDED = STARTED + 150 * 60_000
PRINTED = ENDED + 20 * 60_000


def part(
    id: str,
    text: str,
    by: str = "",
    state: ConsentState = "given",
    scope: Scope = "memo",
    language: str = "en",
    translation: str = "",
) -> StoryPart:
    """A part of a story with its release."""
    given = Consent(scope, "none" if not by else "first_name", state)
    return StoryPart(id, text, given, language, by, translation)


STORIES = (
    StoryItem(
        seat="s1", circle="c1", id="st1",
        title=part("w1", "The map nobody could read", "Wanjiru", scope="public"),
        key_moments=(
            part("w2", "We had drawn the wells from the road. The women laughed: nobody fetches water from the road.", "Wanjiru", scope="public"),
            part("w3", "We put the pens away and walked behind the oldest woman for a whole morning.", "Wanjiru", scope="public"),
            part("w4", "The second map had no north on it. It had shade, and dogs, and who is at home.", "Wanjiru"),
        ),
        quote=part("w5", "A map is finished when somebody corrects it with a stick.", "Wanjiru", scope="public"),
    ),
    StoryItem(
        seat="s2", circle="c1", id="st2",
        title=part("w6", "पहले सुनना", "मीरा", language="hi"),
        key_moments=(
            part("w7", "बैठक में सब चुप थे, फिर एक बच्ची ने नदी का पुराना रास्ता दिखाया।", "मीरा", language="hi"),
        ),
        quote=part("w8", "हमने पहले सुना, फिर नक्शा बनाया।", "मीरा", language="hi", translation="We listened first, then made the map."),
    ),
    StoryItem(
        seat="s3", circle="c2", id="st3",
        title=part("w9", "ليلة ارتفع فيها الماء", "أمينة", language="ar"),
        key_moments=(
            part("w10", "طرقت الأبواب بالترتيب الذي رسمناه معًا، ولم ننس أحدًا.", "أمينة", language="ar"),
        ),
        quote=part("w11", "الخريطة الجيدة تعرف من ينام وحده.", "أمينة", language="ar", translation="A good map knows who sleeps alone."),
    ),
    StoryItem(seat="s4", circle="c2", id="st4", title=part("w12", "The meeting I left", state="refused")),
    StoryItem(seat="s5", circle="c2", id="st5", quote=part("w13", "I was ashamed of our own office that day.", state="pending")),
)  # fmt: skip


def note(id: str, kind: CardKind, text: str, author: str, theme: str = "", **rest: Any) -> MemoCard:
    """A card of the board."""
    return MemoCard(id=id, kind=kind, text=text, author=author, theme=theme, **rest)


CARDS = (
    note("t1", "theme", "Listening before mapping", "s9", votes=7, created=10, scope="public"),
    note("t2", "theme", "What keeps the water moving", "s9", votes=5, created=11),
    note("t3", "theme", "After the flood", "s9", votes=2, created=12),
    note("n1", "insight", "The maps that lasted began with a walk, not with paper.", "s1", "t1", ticks=5, created=20, group="c1", origin="circles"),
    note("n2", "insight", "What people point at becomes the legend.", "s6", "t1", ticks=3, created=21, group="c2", scope="public"),
    note("n3", "insight", "Children know the paths that elders have stopped using.", "s7", "t1", ticks=1, created=22, group="c1", scope="public"),
    note("n4", "practice", "A floor map of cloth, two metres wide, which elders correct with a stick", "s6", "t1", created=23, scope="public"),
    note("n5", "practice", "Start with the river, add the houses last", "s2", "t1", created=24),
    note("n6", "insight", "In our town the office trusts only printed maps.", "s8", "t1", origin="reaction", created=25),
    note("q1", "quote", "Nobody fetches water from the road.", "s6", "t1", consent="given", attribution="a water committee member", created=26, group="c2", scope="public"),
    note("q2", "quote", "ካርታው የሚጀምረው በእግር ነው።", "s10", "t1", consent="given", attribution="Selam · Dire Women’s Network", created=27, group="c1", language="am", translation="The map begins on foot."),
    note("n7", "insight", "A pump without a key-holder is a monument.", "s10", "t2", ticks=4, created=30),
    note("n8", "insight", "We all pay in something: coins, maize, an afternoon of digging.", "s3", "t2", ticks=2, created=31),
    note("n9", "insight", "We all pay in something: coins, maize, an afternoon of digging.", "s11", "t2", created=32),
    note("n10", "practice", "Two key-holders from two families, changed every harvest", "s3", "t2", created=33),
    note("q3", "quote", "The pump broke on the day we agreed who owns it.", "s11", "t2", consent="given", attribution="Jorge", created=34, group="c2"),
    note("n11", "insight", "People came back first to where the school bell was.", "s12", "t3", created=40),
    note("n12", "insight", "The list of names mattered more than the list of houses.", "s13", "t3", ticks=2, created=41),
    note("q4", "quote", "I counted us three times in the dark.", "s12", "t3", consent="pending", created=42),
    note("n13", "question", "Who keeps the map when the project ends?", "s7", "t1", ticks=4, created=50, origin="circles"),
    note("n14", "question", "How do you pay a key-holder without making a boss?", "s8", "t2", ticks=2, created=51),
    note("n15", "parking", "Insurance for floating gardens", "s14", created=52),
    note("n16", "insight", "Radio reached the far bank when phones did not.", "s14", created=53),
    note("m1", "mood", "tired but glad", "s1", scope="room"),
    note("n17", "worthwhile", "To see one map that a village really uses", "s6", created=5),
    note("n18", "worthwhile", "To hear what went wrong elsewhere, without being polite about it", "s12", created=6),
)  # fmt: skip

PEOPLE = (
    PersonLine("Wanjiru Kamau", "Mathare Mapping Circle", "Nairobi", True),
    PersonLine("मीरा देवी", "नदी संगठन", "Patna", True),
    PersonLine("أمينة الصالح", "نساء النهر", "Mansoura", True),
    PersonLine("Selam Tesfaye", "Dire Women’s Network", "Dire Dawa", True),
    PersonLine("Jorge Quispe", "Comité del Agua", "Cochabamba", True),
    PersonLine("Rosa Lima", "Comité del Agua", "Cochabamba", False),
    PersonLine("Kofi Mensah", "Volta River Watch", "Ada", True),
    PersonLine("Thomas", "Riverside Office", "Leeds", False),
)

SAMPLE = MemoSource(
    title="Living with the river",
    started=STARTED,
    ended=ENDED,
    zone="Africa/Nairobi",
    form="hybrid",
    language="en",
    organiser="River Neighbours Exchange",
    facilitators=(
        PersonLine("Amina Yusuf", "River Neighbours", "Mombasa", True),
        PersonLine("Sofía Rojas", "River Neighbours", "La Paz", True),
    ),
    confidentiality="circle",
    activities=(
        ActivityLine("Check-in: one word for today", 8, 14),
        ActivityLine("Story circles: a day when the map was wrong", 74, 14),
        ActivityLine("Reflection and themes", 32, 14),
        ActivityLine("Check-out", 9, 13),
    ),
    circles=2,
    stories_told=12,
    people=PEOPLE,
    cards=CARDS,
    stories=STORIES,
    groups={"c1": 7, "c2": 7},
    moods={"sun": 6, "part cloud": 4, "rain": 2, "<b>tired but glad</b>": 1},
    prose={
        "why": ProseText("We live beside rivers that move. For two years we have been writing to each other about maps; this was the first evening on which we told how they came about.", public=True),
        "story:st1": ProseText("Wanjiru’s group came with a finished map and went home with an empty one. The wells were all there, drawn from the road, and the women for whom they were drawn laughed out loud. So the pens were put away. For a whole morning everybody walked behind the oldest woman in the settlement, and by the evening there was a second map: no north, but shade, dogs, and who is at home when the water comes.", public=True),
        "theme:t1:heard": ProseText("Several of us had drawn maps that nobody used. The maps that lasted began with a walk: an elder, a child and an engineer along the same bank, and no paper until the evening. What people pointed at became the legend.", public=True),
    },
    questions={
        "t1": ThemeQuestion("Since we met, where did you listen before you mapped?", "edited"),
        "t2": ThemeQuestion("Who holds the key where you are, and who chose them?", "confirmed"),
    },
    withdrawals=1,
    next_call=NextCall(STARTED + 21 * 86_400_000, ("Asia/Kolkata", "America/La_Paz"), "https://talanoa.example/r/river-neighbours"),
    as_of_seq=412,
    printed_at=PRINTED,
)  # fmt: skip

WITH_ETHIOPIC = any("Ethiopic" in name for name in memo_fonts.families())
"""Its letters come with the web packages, which a quick run does without."""

PRINTABLE = SAMPLE if WITH_ETHIOPIC else msgspec.structs.replace(
    SAMPLE, cards=tuple(card for card in SAMPLE.cards if card.language != "am")
)  # fmt: skip
"""The sample as far as the typefaces that are here can print it."""
