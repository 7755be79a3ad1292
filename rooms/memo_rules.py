"""Who may land in a memo, in what order, and how much of it: methods.md 1.8, 3.1 (b)-(d), (h)."""

from collections.abc import Iterable, Mapping

from activities.consent import OWN_WORDS
from rooms.memo_source import MemoCard, MemoSource, StoryItem, StoryPart
from rooms.memo_text import folded
from rooms.memo_tree import Edition, Reason

SUPPORT_KINDS = frozenset({"insight", "practice", "question", "quote"})
"""Kinds that count towards a theme's two notes from two people (rule d)."""
QUOTES_A_THEME = 2
QUOTES_A_PERSON = 3
QUOTE_MAX = 600
"""Characters of a quote that is printed. Exact words are never shortened: a longer one waits until
its owner has chosen a part (600 is about 100 words, twice the 40 a theme's quotes are given)."""
SMALL_CIRCLE = 3
"""A circle of this size or less is merged with another, for its words would be traceable."""
ECHO_WORDS = 4
ECHO_CHARS = 16
"""Unreleased words found inside somebody else's text are an echo only when they are at least this
long; "the river" is everybody's."""

Release = tuple[str, str]  # consent state, scope


def withheld(release: Release, owned: bool, edition: Edition) -> Reason:
    """Why something may not be printed in this edition, or "" when it may (G8).

    Unanswered is not released; a scope this program does not know is not released either.
    """
    state, scope = release
    match state:
        case "pending" | "refused" | "withdrawn":
            return state
        case "none_needed" if owned:
            return "not_released"
        case "none_needed" | "given":
            pass
        case _:
            return "not_released"
    if scope == "public" or (scope == "memo" and edition == "participants"):
        return ""
    return "not_public" if scope == "memo" else "scope"


def card_withheld(card: MemoCard, edition: Edition) -> Reason:
    """`withheld` for a card of the board."""
    return card.held or withheld((card.consent, card.scope), card.kind in OWN_WORDS, edition)


def part_withheld(part: StoryPart, edition: Edition) -> Reason:
    """`withheld` for a part of a story."""
    return part.held or withheld((part.consent.state, part.consent.scope), True, edition)


def note_order(card: MemoCard) -> tuple[int, int, str]:
    """Order of notes inside a theme: ticks, time, id (rule h)."""
    return (-card.ticks, card.created, card.id)


def theme_order(theme: MemoCard, notes: Iterable[MemoCard]) -> tuple[int, int, int, int, str]:
    """Order of themes: votes (equal ones by the second ballot), ticks (the theme's and its
    notes'), time, id (rule h)."""
    ticks = theme.ticks + sum(note.ticks for note in notes)
    return (-theme.votes, -theme.runoff, -ticks, theme.created, theme.id)


def supported(notes: Iterable[MemoCard]) -> bool:
    """Whether notes carry a theme: two of them, from two people (rule d). A note without an author
    (an unnamed mode) is one more note but never a second person."""
    counted = [note for note in notes if note.kind in SUPPORT_KINDS]
    return len(counted) >= 2 and len({note.author for note in counted if note.author}) >= 2


class Quota:
    """Counts the quotes each person already has in this memo (rule b)."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def take(self, author: str) -> bool:
        """Use one of a person's quotes; False when they have none left. Words without a known
        author share one allowance, so that it cannot be got round by leaving the author out."""
        used = self._used.get(author, 0)
        if used >= QUOTES_A_PERSON:
            return False
        self._used[author] = used + 1
        return True


def choose_quotes(
    quotes: Iterable[MemoCard], quota: Quota, most: int = QUOTES_A_THEME
) -> list[MemoCard]:
    """The quotes a theme prints: the first in order, the next from another circle where one has a
    quote ("no quote only of one group"), each within its owner's allowance."""
    waiting = sorted(quotes, key=note_order)
    chosen: list[MemoCard] = []
    while waiting and len(chosen) < most:
        groups = {card.group for card in chosen}
        card = next((card for card in waiting if card.group not in groups), waiting[0])
        waiting.remove(card)
        if quota.take(card.author):
            chosen.append(card)
    return chosen


def merged_circles(groups: Mapping[str, int]) -> int:
    """How many circles the memo speaks of once those of three or fewer are joined to another."""
    sizes = sorted(size for size in groups.values() if size > 0)
    while len(sizes) > 1 and sizes[0] <= SMALL_CIRCLE:
        sizes = sorted([sizes[0] + sizes[1], *sizes[2:]])
    return len(sizes)


class Echoes:
    """Finds words nobody released inside text somebody else wrote (a facilitator's paragraph, a
    note, a question): a quotation without its speaker's yes, by whatever door it came in."""

    def __init__(self, source: MemoSource, edition: Edition) -> None:
        held: set[str] = set()
        free: set[str] = set()
        for text, reason in _owned(source, edition):
            (held if reason else free).add(folded(text))
        self._held = sorted(text for text in held - free if _telling(text))

    def __call__(self, text: str) -> bool:
        """Whether `text` holds words that are not released in this edition."""
        if not self._held:
            return False
        padded = f" {folded(text)} "
        # Scripts without spaces have no word ends to look for.
        return any((f" {held} " if " " in held else held) in padded for held in self._held)


def unattributed_name(source: MemoSource, edition: Edition, line: str) -> str:
    """An attribution as this edition may print it: the shareable copy of an unattributed session
    shows neither identity nor affiliation of anybody (methods.md 1.8)."""
    return "" if edition == "public" and source.confidentiality == "unattributed" else line


def story_parts(story: StoryItem, edition: Edition) -> tuple[StoryPart, ...]:
    """The parts of a story this edition may print."""
    return tuple(part for part in story.parts if not part_withheld(part, edition))


def _owned(source: MemoSource, edition: Edition) -> Iterable[tuple[str, Reason]]:
    for card in source.cards:
        if card.kind in OWN_WORDS:
            withheld = card_withheld(card, edition)
            yield card.text, withheld
            if card.translation:  # the same words, said in another language
                yield card.translation, withheld
    for story in source.stories:
        for part in story.parts:
            yield part.text, part_withheld(part, edition)


def _telling(text: str) -> bool:
    return len(text) >= ECHO_CHARS and (text.count(" ") + 1 >= ECHO_WORDS or " " not in text)
