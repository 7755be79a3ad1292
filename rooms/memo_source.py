"""What a debrief memo is drafted from: plain records the room fills in.

Nothing here knows the log, a document or a clock. `MemoSource` is the whole world
`rooms.memo.draft` sees; two equal sources give two equal memos (methods.md A18, ME5).
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from activities.consent import Consent, Scope
from rooms.card_words import CardKind
from rooms.memo_text import clip
from rooms.memo_tree import Run

Form = Literal["online", "hybrid", "in the room"]
Confidentiality = Literal["circle", "unattributed", "record"]
CardConsent = Literal["none_needed", "pending", "given", "refused", "withdrawn"]
Held = Literal["", "silent", "later"]
"""Why words are left out that are neither released nor refused: asked in the check and not answered
(methods.md A18), or given after the copy people have was sent."""
QuestionState = Literal["suggested", "edited", "confirmed"]
Status = Literal["open", "partly", "answered"]
MemoState = Literal["draft", "sent", "final"]


class PersonLine(msgspec.Struct, frozen=True):
    """Someone who was there. `shown` is their own choice to be named in the memo. `seat` tells
    whether they are heard in it, where they came to be heard; it is never printed."""

    name: str
    organisation: str = ""
    place: str = ""
    shown: bool = False
    seat: str = ""


class ActivityLine(msgspec.Struct, frozen=True):
    """One activity that took place: its title, how long (minutes), how many people."""

    title: str
    minutes: int
    people: int


class MemoCard(msgspec.Struct, frozen=True):
    """A note of the board (methods.md 1.7). `author` is a seat id: it counts people, and is never
    printed. `theme` is the id of a card of kind `theme`, or empty. `created` is milliseconds since
    the epoch. `attribution` is the line the consent desk made, or empty. `votes` counts dots on a
    theme, `runoff` those of a second ballot among equals; `origin` is a key of `memo_desk.ORIGINS`,
    "reaction", or not printed; `status` belongs to questions; `translation` is marked as such where
    it is printed; `picture` is what its author says is on its photo, `photo` its id; both only
    where nobody on it has to be asked any more.
    """

    id: str
    kind: CardKind
    text: str
    author: str = ""
    language: str = ""
    theme: str = ""
    scope: Scope = "memo"
    attribution: str = ""
    consent: CardConsent = "none_needed"
    ticks: int = 0
    created: int = 0
    group: str = ""
    origin: str = ""
    votes: int = 0
    runoff: int = 0
    status: Status = "open"
    translation: str = ""
    picture: str = ""
    photo: str = ""
    held: Held = ""


class StoryPart(msgspec.Struct, frozen=True):
    """A title, key moment or quote of a story: its words' id, the words, and their release.

    `by` is the attribution as it is to be printed, already resolved by the consent desk.
    """

    id: str
    text: str
    consent: Consent = Consent("circle")
    language: str = ""
    by: str = ""
    translation: str = ""
    held: Held = ""


class StoryItem(msgspec.Struct, frozen=True):
    """One told story. `id` must not be the seat: it is printed in the JSON; without one, the id of
    the first part is used. `seat` and `circle` are for counting and are never printed.
    """

    seat: str
    circle: str
    title: StoryPart | None = None
    key_moments: tuple[StoryPart, ...] = ()
    quote: StoryPart | None = None
    id: str = ""

    @property
    def parts(self) -> tuple[StoryPart, ...]:
        """Every part that exists, released or not, in reading order."""
        head = (self.title,) if self.title else ()
        tail = (self.quote,) if self.quote else ()
        return (*head, *self.key_moments, *tail)

    @property
    def key(self) -> str:
        """The id under which facilitators' prose about this story is kept (ME3)."""
        return self.id or next((part.id for part in self.parts), "")


class ProsePart(msgspec.Struct, frozen=True):
    """A paragraph or a list item as somebody wrote it, with its marks."""

    kind: Literal["paragraph", "item"]
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """Its words without the marks."""
        return "".join(run.text for run in self.runs)

    def cut(self, limit: int) -> "ProsePart":
        """Its beginning, of at most `limit` characters, without marks."""
        return ProsePart(self.kind, (Run(clip(self.text, limit)),))


class ProseText(msgspec.Struct, frozen=True):
    """What a facilitator wrote in a section. `public` means: read again and fit for the shareable
    copy; without it the shareable copy leaves the place empty and says so in the missing list.
    `parts` are its paragraphs and list items where they are known; else `text` alone is.
    """

    text: str
    public: bool = False
    language: str = ""
    parts: tuple[ProsePart, ...] = ()

    @classmethod
    def of(cls, parts: tuple[ProsePart, ...]) -> "ProseText":
        """Prose made of parts."""
        return cls("\n\n".join(part.text for part in parts), parts=parts)


class ThemeQuestion(msgspec.Struct, frozen=True):
    """The question after a theme, and whether a person has edited or confirmed it."""

    text: str
    state: QuestionState = "suggested"


class Score(msgspec.Struct, frozen=True):
    """A statement of the evaluation with how many answered 1, 2, 3, 4 and 5."""

    statement: str
    counts: tuple[int, int, int, int, int]


class Evaluation(msgspec.Struct, frozen=True):
    """Counts of a closed evaluation (methods.md A11); its texts are `plus` and `delta` cards."""

    answers: int
    scores: tuple[Score, ...] = ()
    one_change: str = ""


class Commitment(msgspec.Struct, frozen=True):
    """Who does what by when (methods.md A10). An empty `by_when` is the chosen "no date yet".
    `seat` is its owner's, never printed."""

    id: str
    owner: str
    what: str
    by_when: str = ""
    partner: str = ""
    needs: str = ""
    scope: Scope = "memo"
    seat: str = ""


class NextCall(msgspec.Struct, frozen=True):
    """The debrief call: start in milliseconds, up to three zones to print it in, its link."""

    at: int
    zones: tuple[str, ...] = ()
    link: str = ""


class MemoSource(msgspec.Struct, frozen=True):
    """Everything a memo is made from. Times are milliseconds since the epoch, `zone` an IANA name.

    `version` is printed: of what people have, or of what is being written for them (0: the first,
    not sent yet). `lessons` counts people who give a lesson without their words, by theme id ("":
    of none). `prose` is keyed by section id, `questions` by theme id, `moods` by answer, `groups`
    gives the number of people of each circle where it is known. Only `printed_at` may differ
    between two exports of the same board (ME5).
    """

    title: str
    started: int
    ended: int
    zone: str = "UTC"
    form: Form = "online"
    language: str = "en"
    organiser: str = ""
    facilitators: tuple[PersonLine, ...] = ()
    confidentiality: Confidentiality = "circle"
    activities: tuple[ActivityLine, ...] = ()
    circles: int = 0
    stories_told: int = 0
    people: tuple[PersonLine, ...] = ()
    cards: tuple[MemoCard, ...] = ()
    stories: tuple[StoryItem, ...] = ()
    prose: Mapping[str, ProseText] = {}
    questions: Mapping[str, ThemeQuestion] = {}
    moods: Mapping[str, int] = {}
    evaluation: Evaluation | None = None
    commitments: tuple[Commitment, ...] = ()
    withdrawals: int = 0
    next_call: NextCall | None = None
    as_of_seq: int = 0
    printed_at: int = 0
    groups: Mapping[str, int] = {}
    state: MemoState = "draft"
    version: int = 0
    lessons: Mapping[str, int] = {}
