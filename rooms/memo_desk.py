"""The drafting table of one memo: what every section needs while it is being filled."""

from collections.abc import Iterable

from rooms.card_words import CardKind
from rooms.memo_prose import blocks_of, parts_of
from rooms.memo_rules import Echoes, Quota, card_withheld, note_order, unattributed_name
from rooms.memo_say import Said, Translate, say
from rooms.memo_source import MemoCard, MemoSource
from rooms.memo_text import clean, clip, language_tag, one_line, page_direction
from rooms.memo_tree import (
    Block,
    Edition,
    LedgerEntry,
    Line,
    Missing,
    MissingKind,
    Notice,
    Picture,
    Reason,
    Space,
)

NOTE_MAX = 400
"""Characters of a note that are printed: about 65 words; the whole note stays on the board."""
PICTURE_MAX = 200
"""Characters that say what is on a photo: all that fit on its card."""
PHOTOS_MAX, PHOTOS_A_SECTION = 12, 3
"""Photos of one memo, and under one heading: four to a page they are three pages of pictures, and
the file can still be sent by mail; of further ones it says what is on them."""
NAME_MAX = 120
"""Characters of a name, an organisation, a place, an attribution."""
ORIGINS = {
    "pre-work": say("from the pre-work"),
    "circles": say("from the circles"),
    "pairs": say("from the pairs"),
    "fishbowl": say("from the fishbowl"),
    "check-out": say("from the check-out"),
    "plenary": say("from the plenary"),
}
"""Where a note came from, as far as that is printed; other origins, an activity's id among them,
are nobody's business. Never a single pair or circle (methods.md 1.8)."""
TITLE_MAX = 200
"""Characters of a title, a theme, a question."""


class Desk:
    """One edition being drafted: the source, the language, and what is noted on the way (ledger,
    missing list, quotes used). Sections ask it for lines, so that no text reaches the tree
    uncleaned and no card is used without an entry in the ledger."""

    def __init__(self, source: MemoSource, edition: Edition, translate: Translate) -> None:
        self.source = source
        self.edition = edition
        self.language = language_tag(source.language) or "en"
        self.translate = translate
        self.echoes = Echoes(source, edition)
        self.quota = Quota()
        self.missing: list[Missing] = []
        self.quotes_cleared = 0
        self.stories_released = 0
        self.pictures: dict[str, Picture] = {}
        self._pictured: dict[str, int] = {}
        self._ledger: dict[str, LedgerEntry] = {}
        self._prose_used: set[str] = set()
        self._free: dict[str, list[MemoCard]] = {}
        for card in sorted(source.cards, key=note_order):
            reason = card_withheld(card, edition)
            if reason:
                self.enter(card.id, reason=reason)
            elif not clean(card.text, TITLE_MAX):
                self.enter(card.id, reason="empty")
            elif card.kind != "quote" and self.echoes(card.text):
                self.enter(card.id, reason="holds_words")
            else:
                self._free.setdefault(card.kind, []).append(card)

    @property
    def drafting(self) -> bool:
        """Whether places still to be written are shown."""
        return self.source.state == "draft"

    def cards(self, *kinds: CardKind) -> list[MemoCard]:
        """The cards of these kinds this edition may print, in the order of rule h."""
        found = [card for kind in kinds for card in self._free.get(kind, ())]
        return sorted(found, key=note_order)

    def allowed(self) -> list[MemoCard]:
        """Every card this edition may print, of whatever kind."""
        return [card for kind in self._free.values() for card in kind]

    def say(self, sentence: Said) -> str:
        """A sentence of the catalogue in the memo's language."""
        return self.translate(sentence.id, sentence.args)

    def listed(self, parts: Iterable[str]) -> str:
        """Several things in a row, with the comma of the memo's script between them."""
        return ("، " if page_direction(self.language) == "rtl" else ", ").join(parts)

    def machine(self, sentence: Said, note: str = "") -> Line:
        """A line by the program."""
        return Line(self.say(sentence), language=self.language, note=note)

    def record(self, text: str, limit: int = NAME_MAX, note: str = "") -> Line:
        """A line from the record of the session: a name, a title."""
        return Line(one_line(text, limit), by="record", language=self.language, note=note)

    def note(self, card: MemoCard, place: str, note: str = "", limit: int = NOTE_MAX) -> Line:
        """A card as a line, entered in the ledger at `place`."""
        self.enter(card.id, place)
        text = clip(" ".join(clean(card.text).split()), limit)
        return Line(text, (card.id,), "people", language_tag(card.language), note)

    def merged(self, cards: Iterable[MemoCard], place: str, most: int) -> tuple[Line, ...]:
        """Notes as lines; the same words from several notes become one line, and only that says
        "several of us" (rule c). At most `most` lines; the others stay on the board, counted."""
        same: dict[str, list[MemoCard]] = {}
        for card in cards:
            same.setdefault(" ".join(clean(card.text).split()).casefold(), []).append(card)
        lines: list[Line] = []
        for group in same.values():
            if len(lines) >= most:
                for card in group:
                    self.enter(card.id, reason="list_limit")
                continue
            for card in group:
                self.enter(card.id, place)
                self.show(card, place)
            line = self.note(group[0], place, self._small_print(group))
            ids = tuple(card.id for card in group)
            lines.append(Line(line.text, ids, "people", line.language, line.note))
        return tuple(lines)

    def show(self, card: MemoCard, place: str) -> None:
        """Put a card's photo after the block its words are printed in, as long as there is room for
        it in this section."""
        said = self._picture(card)
        section = ":".join(place.split(":")[:2])
        here = self._pictured.get(section, 0)
        if not (card.photo and said) or card.id in self.pictures:
            return
        if len(self.pictures) >= PHOTOS_MAX or here >= PHOTOS_A_SECTION:
            return
        self._pictured[section] = here + 1
        alt = one_line(card.picture, PICTURE_MAX)
        line = Line(alt, (card.id,), "people", language_tag(card.language))
        self.pictures[card.id] = Picture(line, card.photo, said)

    def more(self, cards: int, lines: tuple[Line, ...]) -> tuple[Block, ...]:
        """The line that says how many notes a list left out, if any."""
        left = cards - sum(len(line.source) for line in lines)
        if left <= 0:
            return ()
        return (Notice(self.machine(say("More notes on the board: {n}", n=left)), "more"),)

    def enter(self, id: str, place: str = "", reason: Reason = "") -> None:
        """Write in the ledger where something landed, or why not; a place outranks a reason."""
        old = self._ledger.get(id)
        if old is None or (place and not old.place):
            self._ledger[id] = LedgerEntry(id, place, "" if place and not reason else reason)

    def lack(
        self,
        kind: MissingKind,
        place: str,
        heading: str = "",
        owner: str = "",
        count: int = 1,
        blocks: bool = True,
    ) -> None:
        """Add to the missing list."""
        self.missing.append(Missing(kind, place, heading, owner, count, blocks))

    def prose(self, place: str, heading: str = "", sources: tuple[str, ...] = ()) -> list[Block]:
        """What facilitators wrote for this place (ME3): their paragraphs, or nothing.

        It is left out, and the missing list says so, when it was not read for the shareable copy,
        or when it holds words nobody released."""
        written = self.source.prose.get(place)
        if written is None:
            return []
        self._prose_used.add(place)
        text = clean(written.text)
        if not text:
            return []
        if self.edition == "public" and not written.public:
            self.lack("prose_public", place, heading)
            return []
        if self.echoes(text):
            self.lack("prose_holds_words", place, heading)
            return []
        ids = (f"prose:{place}", *sources)
        language = language_tag(written.language) or self.language
        return blocks_of(parts_of(written), ids, language)

    def space(
        self, place: str, label: str, ask: Said | None = None, notes: tuple[Line, ...] = ()
    ) -> list[Block]:
        """Where facilitators write, on their page of a draft; `ask` as in `placeholder`."""
        if not self.drafting or self.edition != "participants":
            return []
        return [Space(place, label, self.say(ask) if ask else "", notes)]

    def placeholder(self, place: str, sentence: Said, heading: str = "") -> list[Block]:
        """A place people still have to write, in a draft; counted as missing, never blocking."""
        if not self.drafting or any(
            lack.place == place and lack.kind.startswith("prose") for lack in self.missing
        ):
            return []
        self.lack("prose", place, heading, blocks=False)
        return [Notice(self.machine(sentence), "placeholder")]

    def empty(self, sentence: Said) -> Notice:
        """The one line of a section that has nothing (rule g)."""
        return Notice(self.machine(sentence), "empty")

    def attribution(self, line: str) -> str:
        """An attribution as this edition may print it."""
        return one_line(unattributed_name(self.source, self.edition, line), NAME_MAX)

    def close(self) -> tuple[LedgerEntry, ...]:
        """The ledger, every card and released word in it once; prose whose place is gone is named
        in the missing list, so that nothing a person wrote is lost in silence (ME3)."""
        for place in sorted(set(self.source.prose) - self._prose_used):
            if clean(self.source.prose[place].text, NAME_MAX):
                self.lack("prose_unplaced", place, blocks=False)
        for card in self.source.cards:
            self.enter(card.id, reason="counted_only")
        return tuple(sorted(self._ledger.values(), key=lambda entry: entry.id))

    def _picture(self, card: MemoCard) -> str:
        """What is on the photo of a note, where its own words do not say it already."""
        alt = one_line(card.picture, PICTURE_MAX)
        # Said of a picture, words that nobody released would be out all the same.
        if not alt or self.echoes(alt):
            return ""
        if alt == one_line(card.text, PICTURE_MAX):
            return self.say(say("with a picture"))
        return self.say(say("with a picture: {alt}", alt=alt))

    def _small_print(self, group: list[MemoCard]) -> str:
        parts: list[str] = []
        if len(group) >= 2 and len({card.author for card in group if card.author}) >= 2:
            parts.append(self.say(say("several of us")))
        ticks = sum(card.ticks for card in group)
        if ticks > 0:
            parts.append(self.say(say("also ours: {n}", n=ticks)))
        origins = dict.fromkeys(ORIGINS[card.origin] for card in group if card.origin in ORIGINS)
        parts += map(self.say, origins)
        parts += dict.fromkeys(self.attribution(card.attribution) for card in group)
        parts += dict.fromkeys(self._picture(c) for c in group if c.id not in self.pictures)
        return " · ".join(part for part in parts if part)
