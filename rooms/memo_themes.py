"""The themes of a memo, each with its notes, practices, reactions, quotes and question."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from rooms.memo_desk import TITLE_MAX, Desk
from rooms.memo_rules import choose_quotes, supported, theme_order
from rooms.memo_say import Said, say
from rooms.memo_source import MemoCard
from rooms.memo_stories import lesson, quoted
from rooms.memo_text import clip, one_line
from rooms.memo_tree import Ask, Block, Bullets, Heading, Line, Paragraph, Section

BUDGET = 270
"""Words of one theme (methods.md 3.1): 90 heard, 60 strategies, 50 reactions, 40 quotes, 30
question."""
HEARD_MAX = 8
PRACTICES_MAX = 6
REACTIONS_MAX = 6
"""Lines a theme prints of each list: at some 12 words a note they fill the words planned above."""
NOTES = say("Facilitator: write about 90 words from these notes.")
PRACTICE_IN_QUESTION = 60
"""A practice longer than this (characters) does not read as part of a question."""


class Theme(msgspec.Struct, frozen=True):
    """A theme that carries: its card and the notes in it that this edition may print."""

    card: MemoCard
    notes: tuple[MemoCard, ...]

    @property
    def place(self) -> str:
        """Section id of this theme; facilitators' prose hangs on it (ME3)."""
        return f"theme:{self.card.id}"

    def of(self, *kinds: str) -> list[MemoCard]:
        """Its notes of these kinds, in order."""
        return [note for note in self.notes if note.kind in kinds]


class Sorted(msgspec.Struct, frozen=True):
    """The notes of the board sorted: into themes that carry, single voices, and loose quotes."""

    themes: tuple[Theme, ...]
    single: tuple[MemoCard, ...]
    loose_quotes: tuple[MemoCard, ...]


def sort_notes(desk: Desk) -> Sorted:
    """Sort what may be printed (rules d and h). A note has one theme or none; every note of a theme
    that does not carry is a single voice, and its quotes stand with the stories."""
    notes = desk.cards("insight", "practice", "quote", "question", "burning_question", "reply")
    inside: dict[str, list[MemoCard]] = {}
    for note in notes:
        inside.setdefault(note.theme, []).append(note)
    found: list[Theme] = []
    taken: set[str] = set()
    for card in desk.cards("theme"):
        mine = tuple(inside.get(card.id, ()))
        if supported(mine):
            found.append(Theme(card, mine))
            taken.update(note.id for note in mine)
    found.sort(key=lambda theme: theme_order(theme.card, theme.notes))
    left = [note for note in notes if note.id not in taken]
    single = tuple(
        note for note in left if note.kind in ("insight", "practice", "reply") or _answered(note)
    )
    return Sorted(tuple(found), single, tuple(note for note in left if note.kind == "quote"))


def theme_section(desk: Desk, theme: Theme) -> Section:
    """One theme as a section (methods.md 3.1, 4.1 to 4.5)."""
    place = theme.place
    title = desk.note(theme.card, place, limit=TITLE_MAX).text
    blocks: list[Block] = [
        *_dots(desk, theme),
        *_heard(desk, theme, title),
        *_practices(desk, theme, title),
        *_reactions(desk, theme, title),
        *lesson(desk, theme.place, title, desk.source.lessons.get(theme.card.id, 0)),
    ]
    for card in choose_quotes(theme.of("quote"), desk.quota):
        quote = quoted(desk, card, place)
        if quote:
            blocks.append(quote)
    for card in theme.of("quote"):
        desk.enter(card.id, reason="quote_limit")
    blocks.append(_ask(desk, theme, title))
    return Section(place, title, tuple(blocks), budget=BUDGET)


def _dots(desk: Desk, theme: Theme) -> list[Block]:
    """How many dots lay on it, for those who were there (methods.md A9)."""
    if not theme.card.votes or desk.edition != "participants":
        return []
    counted = desk.machine(say("Dots from us: {n}", n=theme.card.votes))
    return [Paragraph(counted, quiet=True)]


def suggestions(desk: Desk, title: str, practices: Sequence[MemoCard]) -> tuple[str, ...]:
    """Forms of a question to edit (rule a): open, to "you", answerable from one's own work."""
    forms = [desk.say(say("Since we met, where did you meet “{theme}”?", theme=title))]
    short = next((card for card in practices if len(card.text) <= PRACTICE_IN_QUESTION), None)
    if short:
        name = one_line(short.text, PRACTICE_IN_QUESTION).rstrip(".!?।።؟")
        asked = say(
            "What would have to change for “{practice}” to work where you are?", practice=name
        )
        forms.append(desk.say(asked))
    asked = say("Who at home reacted to “{theme}”, and how?", theme=title)
    forms.append(desk.say(asked))
    return tuple(forms)


def _heard(desk: Desk, theme: Theme, title: str) -> list[Block]:
    place = f"{theme.place}:heard"
    notes = [card for card in theme.of("insight") if not _is_reaction(card)]
    ids = tuple(card.id for card in notes)
    prose = desk.prose(place, title, ids)
    label = desk.machine(say("What we heard"))
    if not notes and not prose:
        return desk.space(place, label.text)
    blocks: list[Block] = [Heading(label, place, part=True)]
    ask = NOTES if notes else None
    if prose:
        for card in notes:
            desk.enter(card.id, place, "in_prose")
        behind = desk.merged(notes, place, HEARD_MAX)
        return [*blocks, *desk.space(place, label.text, ask, behind), *prose]
    blocks += [*desk.space(place, label.text, ask), *desk.placeholder(place, NOTES, title)]
    lines = desk.merged(notes, place, HEARD_MAX)
    return [*blocks, Bullets(lines), *desk.more(len(notes), lines)]


def _practices(desk: Desk, theme: Theme, title: str) -> list[Block]:
    label = say("Ways of working")
    return _listed(desk, f"{theme.place}:practices", title, label, theme.of("practice"))


def _reactions(desk: Desk, theme: Theme, title: str) -> list[Block]:
    notes = [card for card in theme.notes if _is_reaction(card)]
    label = say("Reactions and differences")
    return _listed(desk, f"{theme.place}:reactions", title, label, notes, "reactions")


def _listed(
    desk: Desk,
    place: str,
    title: str,
    label: Said,
    notes: list[MemoCard],
    cut: Literal["", "reactions"] = "",
) -> list[Block]:
    """A part whose notes stay a list under what a facilitator writes before it."""
    heading = desk.machine(label)
    prose = desk.prose(place, title, tuple(card.id for card in notes))
    space = desk.space(place, heading.text)
    if not notes and not prose:
        return space
    most = REACTIONS_MAX if cut else PRACTICES_MAX
    lines = desk.merged(notes, place, most)
    blocks: list[Block] = [Heading(heading, place, part=True), *space, *prose]
    if lines:
        blocks.append(Bullets(lines, cut=cut))
    return [*blocks, *desk.more(len(notes), lines)]


def _is_reaction(card: MemoCard) -> bool:
    if card.kind == "insight":
        return card.origin == "reaction"
    return card.kind == "reply" or _answered(card)


def _answered(card: MemoCard) -> bool:
    return card.kind in ("question", "burning_question") and card.status == "answered"


def _ask(desk: Desk, theme: Theme, title: str) -> Ask:
    """The question of a theme; one is always there, and until a person has edited or confirmed it
    the memo cannot be sent (ME4, rule a)."""
    forms = suggestions(desk, title, theme.of("practice"))
    label = desk.say(say("A question to you"))
    written = desk.source.questions.get(theme.card.id)
    text = one_line(written.text, TITLE_MAX) if written else ""
    # A person may confirm the suggestion as it stands, without words of their own.
    kept = written is not None and not text and written.state != "suggested"
    if text and desk.echoes(text):
        desk.lack("prose_holds_words", theme.place, title)
        text = ""
    elif kept:
        pass
    elif not text:
        desk.lack("question", theme.place, title)
    elif written and written.state == "suggested":
        desk.lack("question_suggested", theme.place, title)
    state = written.state if written and (text or kept) else "suggested"
    waiting = desk.say(say("still the suggested wording")) if state == "suggested" else ""
    line = (
        Line(text, (f"question:{theme.card.id}",), "facilitator", desk.language)
        if text
        else Line(clip(forms[0], TITLE_MAX), (theme.card.id,), "machine", desk.language)
    )
    return Ask(line, theme.card.id, label, state, waiting, forms)
