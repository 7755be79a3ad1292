"""The stories of a memo: released parts become blocks, all others only a number (methods.md A1)."""

from rooms.memo_desk import NAME_MAX, TITLE_MAX, Desk
from rooms.memo_rules import (
    QUOTE_MAX,
    QUOTES_A_THEME,
    choose_quotes,
    merged_circles,
    part_withheld,
    story_parts,
)
from rooms.memo_say import say
from rooms.memo_source import MemoCard, StoryItem, StoryPart
from rooms.memo_text import clean, language_tag, one_line
from rooms.memo_tree import Block, Bullets, Heading, Line, Paragraph, Quote

PLACE = "stories"
MOMENTS = say("Facilitator: write 60 to 90 words from these moments.")


def stories(desk: Desk, loose_quotes: list[MemoCard], lessons: int = 0) -> list[Block]:
    """Section 3: how many stories were told, a block for each that has a released part, and
    released quotes that belong to no printed theme. `lessons`: people who gave one without their
    words, under no printed theme."""
    source = desk.source
    space = desk.space(PLACE, desk.say(say("Stories")))
    blocks: list[Block] = [Paragraph(_told(desk)), *space, *desk.prose(PLACE)]
    apart: list[Quote] = []
    # Order by id, not by telling: the order of a circle would tell whose an unnamed story is.
    for story in sorted(source.stories, key=lambda story: story.key):
        _enter_withheld(desk, story)
        parts = story_parts(story, desk.edition)
        if parts:
            desk.stories_released += 1
            blocks += _block(desk, story, parts, apart)
    apart += [
        quote
        for card in choose_quotes(loose_quotes, desk.quota, most=2 * QUOTES_A_THEME)
        if (quote := quoted(desk, card, PLACE))
    ]
    if apart:
        blocks.append(Heading(desk.machine(say("In their own words")), f"{PLACE}/words"))
        blocks += apart
    blocks += lesson(desk, PLACE, desk.say(say("Stories")), lessons)
    if not desk.stories_released and not apart:
        line = say("No story was released for this copy.")
        blocks.append(desk.empty(line))
    return blocks


def quoted(desk: Desk, card: MemoCard, place: str) -> Quote | None:
    """A released quote card as a block; None, and an entry in the missing list, when it is longer
    than may be printed, for exact words are never shortened."""
    text = clean(card.text)
    if len(text) > QUOTE_MAX:
        desk.enter(card.id, reason="too_long")
        desk.lack("too_long", place, owner=card.author, blocks=False)
        return None
    desk.enter(card.id, place)
    desk.show(card, place)
    desk.quotes_cleared += 1
    line = Line(text, (card.id,), "people", language_tag(card.language))
    return Quote(line, desk.attribution(card.attribution), _translated(desk, card))


def _translated(desk: Desk, card: MemoCard) -> str:
    """What a quote says in the memo's language, marked as what it is: somebody's words about
    somebody's words (`methods.md` 1.10). Left out where it holds what nobody released."""
    text = clean(card.translation, QUOTE_MAX)
    if not text or desk.echoes(text):
        return ""
    return desk.say(say("Translated by a person: {text}", text=text))


def lesson(desk: Desk, place: str, title: str, people: int) -> list[Block]:
    """Lessons that so many `people` gave without their words (ruling *Words*): facilitators tell
    them in other words, and nothing in them comes from the tellers."""
    place = f"{place}:lesson"
    heading = desk.machine(say("A lesson to take along"))
    prose = desk.prose(place, title)
    if not people:
        return [Heading(heading, place, part=True), *prose] if prose else []
    ask = say(
        "Facilitator: tell the lesson in other words, without its teller. Given by: {n}",
        n=people,
    )
    space = desk.space(place, heading.text, ask)
    if prose:
        return [Heading(heading, place, part=True), *space, *prose]
    asked = desk.placeholder(place, ask, title)
    return [Heading(heading, place, part=True), *space, *asked] if space else []


def _told(desk: Desk) -> Line:
    source = desk.source
    circles = merged_circles(source.groups) if source.groups else source.circles
    if not source.stories_told:
        return desk.machine(say("No stories were told in circles."))
    if circles < 2:
        return desk.machine(say("Stories told: {n}.", n=source.stories_told))
    told = say("Stories told: {n}, in {k} circles.", n=source.stories_told, k=circles)
    return desk.machine(told)


def _enter_withheld(desk: Desk, story: StoryItem) -> None:
    waiting = 0
    for part in story.parts:
        reason = part_withheld(part, desk.edition)
        waiting += reason == "pending"
        if reason:
            desk.enter(part.id, reason=reason)
    if waiting:
        heading = desk.say(say("Stories"))
        desk.lack("consent", PLACE, heading, owner=story.seat, count=waiting)


def _block(
    desk: Desk, story: StoryItem, parts: tuple[StoryPart, ...], apart: list[Quote]
) -> list[Block]:
    place = f"story:{story.key}"
    title = story.title if story.title in parts else None
    moments = [part for part in story.key_moments if part in parts]
    quote = story.quote if story.quote in parts else None
    # One name over words of which some were given without it would name them all.
    names = {desk.attribution(part.by) for part in (title, *moments) if part}
    by = names.pop() if len(names) == 1 else ""
    blocks: list[Block] = []
    told: Quote | None = None
    if quote:
        told = _told_quote(desk, quote, story, place)
        if told and (title or moments) and told.attribution != by:
            apart.append(told)
            told = None
    if not title and not moments:
        return _only_quote(told, apart)
    blocks.append(_heading(desk, title, by, place))
    ids = tuple(part.id for part in moments)
    for part in moments:
        desk.enter(part.id, place)
    heading = blocks[0].line.text if isinstance(blocks[0], Heading) else ""
    prose = desk.prose(place, heading, ids)
    lines = tuple(_moment(part) for part in moments)
    blocks += desk.space(place, heading, MOMENTS if moments else None, lines if prose else ())
    if prose:
        blocks += prose
    elif moments:
        blocks += desk.placeholder(place, MOMENTS)
        blocks.append(Bullets(lines, cut="story"))
    if told:
        blocks.append(told)
    return blocks


def _only_quote(told: Quote | None, apart: list[Quote]) -> list[Block]:
    if told:
        apart.append(told)
    return []


def _heading(desk: Desk, title: StoryPart | None, by: str, place: str) -> Heading:
    if title is None:
        line = desk.machine(say("A story without a title"), by)
        return Heading(line, place)
    desk.enter(title.id, place)
    text = one_line(title.text, TITLE_MAX)
    return Heading(Line(text, (title.id,), "people", language_tag(title.language), by), place)


def _moment(part: StoryPart) -> Line:
    return Line(
        " ".join(clean(part.text, QUOTE_MAX).split()),
        (part.id,),
        "people",
        language_tag(part.language),
    )


def _told_quote(desk: Desk, part: StoryPart, story: StoryItem, place: str) -> Quote | None:
    text = clean(part.text)
    if len(text) > QUOTE_MAX:
        desk.enter(part.id, reason="too_long")
        desk.lack("too_long", place, owner=story.seat, blocks=False)
        return None
    if not desk.quota.take(story.seat):
        desk.enter(part.id, reason="quote_limit")
        return None
    desk.enter(part.id, place)
    desk.quotes_cleared += 1
    line = Line(text, (part.id,), "people", language_tag(part.language))
    by = one_line(desk.attribution(part.by), NAME_MAX)
    return Quote(line, by, clean(part.translation, QUOTE_MAX), cut="story")
