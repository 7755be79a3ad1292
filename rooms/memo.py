"""The debrief memo: from cards and released words to a tree of sections, always the same way.

Theory. A memo is a *pure function* of what the room holds (`MemoSource`) and of who it is for
(`Edition`): the participants' copy or the shareable one. Nothing is remembered between drafts, so a
withdrawal is gone from the next one (G8) and two drafts of one board are equal (ME5); the only
thing that may differ is the date line, which stands alone.

People write, the program counts. Machine text is headings, lists, counts, and places still to be
written. Facilitators' paragraphs are kept by section id (`why`, `did`, `stories`, `story:{id}`,
`stories:lesson`, `theme:{id}:heard`, `theme:{id}:practices`, `theme:{id}:reactions`,
`theme:{id}:lesson`, `open`, `commitments`, `evaluation`, `people`, `next`) and come back at their
place in every later draft (ME3).

The way of a card: `memo_rules` says whether this edition may print it; `memo_themes` sorts it into
a theme that carries, a single voice, or a loose quote; a section prints it; the ledger says where
it landed or why not. Every line of the tree carries the ids it came from (ME1). Text enters only
through `Desk`, which cleans and bounds it and finds unreleased words in other people's sentences.

Too long a memo is cut in the order of rule (g): reactions first, then stories to their titles;
never questions, commitments, consent lines or what a person wrote in prose.

Sources: methods.md 1.7, 1.8, 3.1, 3.2, A18; invariants G8, G10, ME1 to ME6.
"""

from collections.abc import Callable, Mapping

import msgspec

from activities.consent import Consent
from rooms import memo_calendar as calendar
from rooms import memo_sections as plain
from rooms.memo_desk import Desk
from rooms.memo_notes import notes as notes_of
from rooms.memo_rules import card_withheld
from rooms.memo_say import Said, Translate, english, say
from rooms.memo_source import (
    ActivityLine,
    Commitment,
    Evaluation,
    MemoCard,
    MemoSource,
    NextCall,
    PersonLine,
    ProseText,
    Score,
    StoryItem,
    StoryPart,
    ThemeQuestion,
)
from rooms.memo_stories import stories
from rooms.memo_text import words
from rooms.memo_themes import Theme, sort_notes, theme_section
from rooms.memo_tree import (
    Ask,
    Block,
    Bullets,
    Counts,
    Edition,
    Heading,
    LedgerEntry,
    Memo,
    Missing,
    Notice,
    Picture,
    Quote,
    Section,
    Space,
    Table,
    lines_of,
)

__all__ = [
    "ActivityLine", "Commitment", "Consent", "Counts", "Edition", "Evaluation", "LedgerEntry",
    "Memo", "MemoCard", "MemoSource", "Missing", "NextCall", "PersonLine", "ProseText", "Score",
    "Section", "StoryItem", "StoryPart", "ThemeQuestion", "draft",
]  # fmt: skip

WORDS_PLANNED = 2_300
WORDS_MAX = 2_500
"""Five pages (methods.md 3.1): 2,000 to 2,500 words; beyond it the draft is cut."""
WORDS_A_PAGE = 460
WORDS_A_PICTURE = 130
"""Words that would stand where a photo stands: it takes a bit more than a quarter of a page."""
HEAD_BUDGET = 60
BUDGETS = {
    "why": 140, "did": 100, "stories": 330, "themes": 0, "open": 150, "commitments": 180,
    "evaluation": 130, "people": 60, "next": 70,
}  # fmt: skip
"""Words planned for each section, in the order of the memo; a theme has its own 270."""


def draft(source: MemoSource, edition: Edition, translate: Translate = english) -> Memo:
    """Draft a memo for an edition.

    Equal sources give equal memos. Raises nothing on any text: what people wrote is cleaned,
    bounded and never interpreted. The caller renders it with `rooms.memo_export`, shows
    `missing` and `ledger` to facilitators only, and may send it when `ready`.
    """
    desk = Desk(source, edition, translate)
    notes = sort_notes(desk)
    themes = notes.themes
    _waiting_cards(desk, themes)
    carried = {theme.card.id for theme in themes}
    lessons = sum(n for theme, n in source.lessons.items() if theme not in carried)
    fill: dict[str, Callable[[], list[Block]]] = {
        "why": lambda: plain.why(desk),
        "did": lambda: plain.did(desk),
        "stories": lambda: stories(desk, list(notes.loose_quotes), lessons),
        "open": lambda: plain.still_open(desk, notes.single),
        "commitments": lambda: plain.commitments(desk),
        "evaluation": lambda: plain.evaluation(desk),
        "people": lambda: plain.people(desk),
        "next": lambda: plain.following(desk),
    }
    sections: list[Section] = []
    for id, budget in BUDGETS.items():
        heading = desk.say(_headings()[id])
        if id != "themes":
            blocks = fill[id]()
            if id != "stories":  # their place stands after the count
                blocks = [*desk.space(id, heading, plain.WHY if id == "why" else None), *blocks]
            sections.append(Section(id, heading, tuple(blocks), budget=budget))
        elif themes:
            sections += [theme_section(desk, theme) for theme in themes]
        else:
            line = desk.empty(say("No theme was carried by two people yet."))
            sections.append(Section(id, heading, (line,), budget=budget))
    _settle(desk, notes.loose_quotes)
    head = plain.head(desk)
    head_words = words(" ".join([
        head.title.text, head.kicker, head.confidentiality, head.edition,
        *(f"{fact.label} {fact.line.text}" for fact in head.facts),
    ]))  # fmt: skip
    captions = sum(words(one.line.text) for one in desk.pictures.values())
    kept, gone = _cut(tuple(map(_count, sections)), WORDS_MAX - head_words - captions)
    counted = tuple(_illustrated(section, desk.pictures) for section in kept)
    total = head_words + sum(section.words for section in counted)
    shown = sum(isinstance(each, Picture) for section in counted for each in section.blocks)
    waiting = sum(lack.count for lack in desk.missing if lack.kind == "consent")
    ledger = tuple(
        LedgerEntry(entry.id, reason="cut") if entry.id in gone else entry for entry in desk.close()
    )
    unheard = _unheard(source, edition, ledger)
    landed = {entry.id: entry for entry in ledger}
    counts = Counts(
        words=total,
        budget=WORDS_PLANNED,
        pages=max(1, -(-(total + shown * WORDS_A_PICTURE) // WORDS_A_PAGE)),
        themes=len(themes),
        quotes_cleared=desk.quotes_cleared,
        quotes_waiting=waiting,
        stories_told=max(source.stories_told, 0),
        stories_released=desk.stories_released,
        commitments=len(plain.shown_commitments(source, edition)),
        people_unheard=len(unheard),
    )
    return Memo(
        edition=edition,
        language=desk.language,
        head=msgspec.structs.replace(head, words=head_words, budget=HEAD_BUDGET),
        sections=counted,
        counts=counts,
        date_line=_date_line(desk),
        imprint=desk.say(say("Made with Talanoa")),
        as_of_seq=source.as_of_seq,
        printed_at=source.printed_at,
        ended=source.ended,
        missing=tuple(desk.missing),
        ledger=ledger,
        notes=notes_of(desk, landed),
        short_line=desk.say(say("Shortened for a chat. The whole memo holds more.")),
        unheard=unheard,
    )


def _unheard(
    source: MemoSource, edition: Edition, ledger: tuple[LedgerEntry, ...]
) -> tuple[str, ...]:
    """Seats of whom nothing is printed: no note, no part of a story, no commitment."""
    printed = {entry.id for entry in ledger if entry.place}
    heard = {card.author for card in source.cards if card.id in printed}
    heard |= {story.seat for story in source.stories if any(p.id in printed for p in story.parts)}
    heard |= {item.seat for item in plain.shown_commitments(source, edition)}
    return tuple(p.seat for p in source.people if p.seat and p.seat not in heard)


def _headings() -> dict[str, Said]:
    return {
        "why": say("Why we met"),
        "did": say("What we did"),
        "stories": say("Stories"),
        "themes": say("Themes"),
        "open": say("Questions still open"),
        "commitments": say("Commitments"),
        "evaluation": say("How it was for us"),
        "people": say("Who was there"),
        "next": say("What comes next"),
    }


def _waiting_cards(desk: Desk, themes: tuple[Theme, ...]) -> None:
    """Released words still waiting for an answer: owner and place, never text (ME6)."""
    titles = {theme.card.id: theme for theme in themes}
    waiting: dict[tuple[str, str], int] = {}
    for card in desk.source.cards:
        if card.kind in ("quote", "story_title", "key_moment") and (
            card_withheld(card, desk.edition) == "pending"
        ):
            key = (card.theme if card.theme in titles else "", card.author)
            waiting[key] = waiting.get(key, 0) + 1
    for (theme, owner), count in sorted(waiting.items()):
        if theme:
            place = titles[theme].place
            heading = desk.record(titles[theme].card.text).text
        else:
            place, heading = "stories", desk.say(say("Stories"))
        desk.lack("consent", place, heading, owner=owner, count=count)


def _settle(desk: Desk, loose_quotes: tuple[MemoCard, ...]) -> None:
    """Ledger entries for the kinds no section prints as text, and for quotes over the limit."""
    for card in loose_quotes:
        desk.enter(card.id, reason="quote_limit")
    for card in desk.cards("update"):
        desk.enter(card.id, reason="reflective_memo")
    for card in desk.cards("story_title", "key_moment"):
        desk.enter(card.id, reason="in_story")
    for card in desk.cards("offer", "need", "contact"):
        desk.enter(card.id, reason="not_public")


def _count(section: Section) -> Section:
    printed = [section.heading]
    for block in section.blocks:
        for line in lines_of(block):
            printed += [line.text, line.note]
        match block:
            case Quote(attribution=by, translation=translation):
                printed += [by, translation]
            case Table(headers=headers):
                printed += headers
            case Ask(label=label):
                printed.append(label)
            case _:
                pass
    return msgspec.structs.replace(section, words=words(" ".join(printed)))


def _illustrated(section: Section, pictures: Mapping[str, Picture]) -> Section:
    """The section with the photos of its notes, each after the last block that came from its
    card."""
    last: dict[str, int] = {}
    for index, block in enumerate(section.blocks):
        for line in lines_of(block):
            last |= dict.fromkeys((id for id in line.source if id in pictures), index)
    if not last:
        return section
    blocks: list[Block] = []
    for index, block in enumerate(section.blocks):
        blocks.append(block)
        blocks += [pictures[id] for id, at in last.items() if at == index]
    return _count(msgspec.structs.replace(section, blocks=tuple(blocks)))


def _cut(sections: tuple[Section, ...], most: int) -> tuple[tuple[Section, ...], frozenset[str]]:
    """Cut to `most` words in the order of rule (g), from the last place forwards; gives back the
    sections and the ids of what was cut."""
    kept = list(sections)
    gone: set[str] = set()
    total = sum(section.words for section in kept)
    for kind in ("reactions", "story"):
        for index in reversed(range(len(kept))):
            for block in reversed(kept[index].blocks):
                if total <= most:
                    return tuple(kept), frozenset(gone)
                if isinstance(block, Bullets | Quote) and block.cut == kind:
                    gone.update(id for line in lines_of(block) for id in line.source)
                    total -= kept[index].words
                    kept[index] = _without(kept[index], block)
                    total += kept[index].words
    return tuple(kept), frozenset(gone)


def _without(section: Section, gone: Block) -> Section:
    """The section without a block, and without the heading or placeholder that stood for it."""
    blocks = list(section.blocks)
    position = next(index for index, block in enumerate(blocks) if block is gone)
    del blocks[position]
    before = blocks[position - 1] if position else None
    if isinstance(before, Notice) and before.kind == "placeholder":
        del blocks[position - 1]
    return _count(msgspec.structs.replace(section, blocks=_tidy(blocks)))


def _tidy(blocks: list[Block]) -> tuple[Block, ...]:
    """Blocks without the headings of parts that nothing follows."""
    kept: list[Block] = []
    for index, block in enumerate(blocks):
        after = next((b for b in blocks[index + 1 :] if not isinstance(b, Space)), None)
        part = isinstance(block, Heading) and block.part
        if part and (after is None or isinstance(after, Ask | Heading | Quote)):
            continue
        kept.append(block)
    return tuple(kept)


def _date_line(desk: Desk) -> str:
    """The only line that may differ between two exports of one board (ME5)."""
    source = desk.source
    return desk.say(
        say(
            "Printed on {date} at {time} ({zone}), as of change {seq}.",
            date=calendar.date(source.printed_at, source.zone, desk.language),
            time=calendar.clock(source.printed_at, source.zone),
            zone=calendar.zone_name(source.zone),
            seq=source.as_of_seq,
        )
    )
