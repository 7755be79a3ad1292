"""The memo as a neutral tree: sections of blocks of lines, the same for every format."""

import re
from typing import Annotated, Final, Literal, get_args

import msgspec

Edition = Literal["participants", "public"]
EDITIONS: Final[tuple[Edition, ...]] = get_args(Edition)
By = Literal["machine", "record", "people", "facilitator"]
MissingKind = Literal[
    "question", "question_suggested", "consent", "prose", "prose_public", "prose_holds_words",
    "prose_unplaced", "too_long", "commitment_date",
]  # fmt: skip
Reason = Literal[
    "", "pending", "refused", "withdrawn", "not_released", "scope", "not_public", "quote_limit",
    "too_long", "holds_words", "list_limit", "cut", "counted_only", "reflective_memo", "empty",
    "in_prose", "in_story", "silent", "later",
]  # fmt: skip


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record that is read back as it was written: a field it does not know is refused."""


class Run(Strict, frozen=True, omit_defaults=True):
    """A stretch of a line with the same marks."""

    text: str
    bold: bool = False
    italic: bool = False


class Line(Strict, frozen=True, omit_defaults=True):
    """A run of text with one direction. `source` holds the ids it came from (ME1); `by` says who
    wrote it: the program, the record of the session, the people there, or a facilitator.
    `note` is small print after it (origin, how many agreed); `language` a BCP 47 tag or empty.
    `runs` are the text again, in stretches, where some of it is marked; else empty.
    """

    text: str
    source: tuple[str, ...] = ()
    by: By = "machine"
    language: str = ""
    note: str = ""
    runs: tuple[Run, ...] = ()

    @property
    def pieces(self) -> tuple[Run, ...]:
        """The text in stretches to print. Runs that say something else than the text (a file that
        was tampered with) are passed over."""
        if self.runs and "".join(run.text for run in self.runs) == self.text:
            return self.runs
        return (Run(self.text),)


class Heading(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="heading"
):
    """A heading of the third level: a story, or (`part`) a labelled part of a theme. There is no
    fourth: levels must not be skipped for those who read by ear."""

    line: Line
    id: str = ""
    part: bool = False


class Paragraph(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="paragraph"
):
    """A paragraph; `quiet` is small and grey."""

    line: Line
    quiet: bool = False


class Bullets(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="bullets"
):
    """A plain list. `cut` names the order in which lists give way when the memo is too long."""

    items: tuple[Line, ...]
    cut: Literal["", "reactions", "story"] = ""


class Quote(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="quote"
):
    """Exact words with the attribution their owner chose, and a translation if there is one."""

    line: Line
    attribution: str = ""
    translation: str = ""
    cut: Literal["", "story"] = ""


class Table(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="table"
):
    """A table with one header row; `numeric` lists the columns that hold numbers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    numeric: tuple[int, ...] = ()


class Notice(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="notice"
):
    """A line by the program: a place still to be written, an empty section, a consent line."""

    line: Line
    kind: Literal["placeholder", "empty", "consent", "more"]


class Ask(Strict, frozen=True, omit_defaults=True, tag="ask"):
    """The question to the reader after a theme; `suggestions` are for the facilitators' page."""

    line: Line
    theme: str
    label: str
    state: Literal["suggested", "edited", "confirmed"]
    state_label: str = ""
    suggestions: tuple[str, ...] = ()


PhotoId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
"""As the room names its photos: safe in a file's name."""


class Picture(Strict, frozen=True, omit_defaults=True, tag="picture"):
    """A photo of a card, on which nobody is to be recognised who has not agreed (LJ4). `line` says
    what is on it, for its caption and for those who cannot see it; `label` is the sentence for
    where the photo itself is not at hand. Its pixels are no part of the tree: `photo` names them.
    """

    line: Line
    photo: PhotoId
    label: str = ""


class Space(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="space"
):
    """Where facilitators write while the memo is a draft; for their page only, never printed.

    `id` is the place, `label` what it is about, `ask` what to write there (empty: nothing is
    missing without it), `notes` what to write it from where the prose takes the notes' place.
    """

    id: str
    label: str = ""
    ask: str = ""
    notes: tuple[Line, ...] = ()


Block = Heading | Paragraph | Bullets | Quote | Table | Notice | Ask | Picture | Space


class Section(Strict, frozen=True, omit_defaults=True):
    """A chapter: `id` as in `SECTIONS`, its heading, blocks, words used and words planned."""

    id: str
    heading: str
    blocks: tuple[Block, ...]
    words: int = 0
    budget: int = 0


class Fact(Strict, frozen=True):
    """A label and a value of the head, such as "When"."""

    label: str
    line: Line


class Head(Strict, frozen=True, omit_defaults=True):
    """Title, kind of document, facts, and the lines on confidentiality and edition, which says the
    version too (0: none was sent yet)."""

    title: Line
    kicker: str
    facts: tuple[Fact, ...]
    confidentiality: str
    edition: str
    words: int = 0
    budget: int = 0
    version: int = 0


class Missing(Strict, frozen=True, omit_defaults=True):
    """Something still to do: kind, the section id and heading where it is, and for words waiting
    for consent their owner's seat and how many, never their text. `blocks`: not to be sent yet.
    """

    kind: MissingKind
    place: str
    heading: str = ""
    owner: str = ""
    count: int = 1
    blocks: bool = True


class Counts(Strict, frozen=True):
    """Figures of the memo. `pages` is an estimate from the words; `commitments` are those printed;
    `people_unheard` are participants of whom nothing is in it, for facilitators (G10)."""

    words: int
    budget: int
    pages: int
    themes: int
    quotes_cleared: int
    quotes_waiting: int
    stories_told: int
    stories_released: int
    commitments: int = 0
    people_unheard: int = 0


class LedgerEntry(Strict, frozen=True, omit_defaults=True):
    """Where a card or released word landed (`place`, a section id), or why not (`reason`)."""

    id: str
    place: str = ""
    reason: Reason = ""


class Note(Strict, frozen=True, omit_defaults=True):
    """A card this edition may hold, whole, whether it was printed or not: for tables and archives.

    `place` is the id of the section that prints it ("" when none does), `theme` the words of its
    theme, `attribution` the line its owner chose. Who wrote it is not in it.
    """

    id: str
    kind: str
    text: str
    place: str = ""
    theme: str = ""
    language: str = ""
    attribution: str = ""
    translation: str = ""
    ticks: int = 0


MEMO_VERSION = 2
"""The version of the tree as JSON: raised when an older program could not read it right."""


class Memo(Strict, frozen=True):
    """A drafted memo. `missing`, `ledger` and `unheard` (seats of participants of whom nothing is
    in it) are for facilitators; exports carry `shared()`. `notes` are the cards it may
    hold; `short_line` says in a shortened form that it is one."""

    edition: Edition
    language: str
    head: Head
    sections: tuple[Section, ...]
    counts: Counts
    date_line: str
    imprint: str
    as_of_seq: int
    printed_at: int
    ended: int
    missing: tuple[Missing, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    version: int = MEMO_VERSION
    unheard: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    short_line: str = ""

    @property
    def ready(self) -> bool:
        """Whether it may be sent (methods.md 3.1 a, ME6)."""
        return not any(item.blocks for item in self.missing)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Seats whose words in it wait for their answer."""
        owners = (item.owner for item in self.missing if item.kind == "consent")
        return tuple(dict.fromkeys(filter(None, owners)))

    @property
    def spaces(self) -> tuple[str, ...]:
        """Ids of the places facilitators may write in now; none once it is sent."""
        return tuple(
            block.id
            for section in self.sections
            for block in section.blocks
            if isinstance(block, Space)
        )

    @property
    def photos(self) -> tuple[str, ...]:
        """Ids of the photos it shows."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block.photo for block in blocks if isinstance(block, Picture))

    def photo_file(self, id: str) -> str:
        """Under which name files that travel together find a photo: each edition has its own."""
        return f"photos-{self.edition}/{id}.jpg"

    def shared(self) -> "Memo":
        """The memo as it leaves the room: no ledger, no missing list, no suggestions, no places to
        write in, no word of what waits or who is not heard, and nobody's seat in the ids. What is
        left is what is printed."""
        sections = tuple(
            msgspec.structs.replace(
                section,
                id=nameless(section.id),
                blocks=tuple(
                    _shared_block(block) for block in section.blocks if not isinstance(block, Space)
                ),
            )
            for section in self.sections
        )
        counts = msgspec.structs.replace(self.counts, quotes_waiting=0, people_unheard=0)
        notes = tuple(
            msgspec.structs.replace(note, id=nameless(note.id), place=nameless(note.place))
            for note in self.notes
        )
        return msgspec.structs.replace(
            self, sections=sections, counts=counts, missing=(), ledger=(), unheard=(), notes=notes
        )


_SEAT_IN_ID = re.compile(r"(?:(?<=:)|^)s\d+-")


def nameless(id: str) -> str:
    """An id without the seat a card's id begins with: who wrote an unattributed note is not in a
    file that travels (methods.md 1.8)."""
    return _SEAT_IN_ID.sub("", id)


def _shared_line(line: Line) -> Line:
    return msgspec.structs.replace(line, source=tuple(map(nameless, line.source)))


def _shared_block(block: Block) -> Block:
    replace = msgspec.structs.replace
    match block:
        case Bullets():
            return replace(block, items=tuple(map(_shared_line, block.items)))
        case Table():
            return replace(block, rows=tuple(tuple(map(_shared_line, row)) for row in block.rows))
        case Ask():
            theme = nameless(block.theme)
            return replace(block, line=_shared_line(block.line), theme=theme, suggestions=())
        case Heading():
            return replace(block, line=_shared_line(block.line), id=nameless(block.id))
        case Space():
            return block
        case _:
            return replace(block, line=_shared_line(block.line))


def lines_of(block: Block) -> tuple[Line, ...]:
    """Every line a block prints, in reading order."""
    match block:
        case Bullets(items=items):
            return items
        case Table(rows=rows):
            return tuple(cell for row in rows for cell in row)
        case Space():
            return ()
        case _:
            return (block.line,)
