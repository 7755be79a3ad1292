"""How long a memo takes to draft, and to become each file."""

import io
import time
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Final

import msgspec
from PIL import Image

from rooms.card_words import CardKind
from rooms.memo import Memo, MemoCard, MemoSource, ProseText, draft
from rooms.memo_export import ALL_FORMATS, Format, export
from tests.bench.figures import percentile
from tests.rooms.memo_sample import PRINTABLE, STORIES, note

replace = msgspec.structs.replace

CARDS: Final = 2_000
"""Cards of the largest board this is measured for."""

PHOTOGRAPHED: Final[tuple[Format, ...]] = ("html", "docx", "pdf")
"""Formats that have photos in them."""

_PARAGRAPH: Final = (
    "Several of us had drawn maps that nobody used. The maps that lasted began with a walk: an "
    "elder, a child and an engineer along the same bank, and no paper until the evening. What "
    "people pointed at became the legend, and what they laughed at was left out. "
)


def five_pages() -> MemoSource:
    """An exchange in five scripts whose memo has the planned 2,300 words."""
    story = _PARAGRAPH * 2
    prose = dict(PRINTABLE.prose)
    prose |= {f"story:{one.id}": ProseText(story, public=True) for one in STORIES[:3]}
    for theme in ("t1", "t2", "t3"):
        prose[f"theme:{theme}:heard"] = ProseText(_PARAGRAPH * 4, public=True)
        prose[f"theme:{theme}:practices"] = ProseText(_PARAGRAPH * 2, public=True)
    prose |= {place: ProseText(_PARAGRAPH * 2, public=True) for place in ("why", "did", "next")}
    return replace(PRINTABLE, prose=prose)


def large_board() -> MemoSource:
    """The same exchange with two thousand cards under its themes."""
    kinds: tuple[CardKind, ...] = ("insight", "practice", "question", "quote")
    cards = tuple(
        note(f"b{n}", kinds[n % 4], f"Remark {n} about the river and its maps", f"s{n % 40}",
             f"t{n % 3 + 1}", consent="given", ticks=n % 7, created=n)
        for n in range(CARDS - len(PRINTABLE.cards))
    )  # fmt: skip
    return replace(PRINTABLE, cards=PRINTABLE.cards + cards)


def photographed() -> tuple[Memo, dict[str, bytes]]:
    """The exchange with as many photos as a memo shows, each of the largest size it carries."""
    cards: list[MemoCard] = []
    photos: dict[str, bytes] = {}
    for n, card in enumerate(PRINTABLE.cards):
        if card.kind in ("insight", "practice"):
            card = replace(card, photo=f"p{n}", picture=f"What was seen there, number {n}")
            photos[card.photo] = _grain(n)
        cards.append(card)
    themed = [
        note(f"x{n}{k}", "practice", f"A stop of the tour, number {n} {k}", f"s{k}", f"t{n}",
             photo=f"x{n}{k}", picture=f"Seen at stop {n} {k}")
        for n in (1, 2, 3) for k in range(3)
    ]  # fmt: skip
    photos |= {card.photo: _grain(card.photo) for card in themed}
    source = replace(five_pages(), cards=(*cards, *themed))
    return draft(source, "participants"), photos


def _grain(seed: int | str) -> bytes:
    """A picture that is as hard to make small as a photo of leaves."""
    dots = Image.frombytes("RGB", (500, 375), Random(seed).randbytes(500 * 375 * 3))
    out = io.BytesIO()
    dots.resize((1_000, 750)).save(out, "JPEG", quality=40)
    return out.getvalue()


def run(rounds: int) -> dict[str, float]:
    """Print and give the median of so many rounds, in milliseconds, for each step.

    Every round has a memo of its own: the typesetter remembers what it has laid out before."""
    source, large = five_pages(), large_board()
    memos = [draft(replace(source, title=f"Evening {n}"), "participants") for n in range(rounds)]
    memo = memos[0]
    print(f"exports of a memo of {memo.counts.pages} pages ({memo.counts.words} words)")
    found = {
        "draft": _median([partial(draft, source, "participants")] * rounds),
        f"draft of {CARDS} cards": _median([partial(draft, large, "participants")] * rounds),
    }
    for format in ALL_FORMATS:
        found[format] = _median([partial(export, each, format) for each in memos])
    pictured, photos = photographed()
    for format in PHOTOGRAPHED:
        work = partial(export, pictured, format, None, photos)
        found[f"{format}, {len(pictured.photos)} photos"] = _median([work] * min(rounds, 3))
    sizes = {format: len(export(memo, format).content) for format in ALL_FORMATS}
    for name, milliseconds in found.items():
        size = f"  {sizes[name] / 1024:7.1f} KiB" if name in sizes else ""
        print(f"  {name:20} {milliseconds:8.1f} ms{size}")
    return found


def _median(works: Sequence[Callable[[], object]]) -> float:
    times: list[float] = []
    for work in works:
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return percentile(times, 50)
