"""What is set for pairs, what people and the room ask for, and what happens to them."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from activities import phases
from activities.blocks import Option, Words, say
from activities.kernel import Command, Event, Hint, LeadCommand
from activities.pairing import Mix, Seats

Form = Literal["paired", "rotating", "one_two_four"]
NoteKind = Literal["insight", "question", "commitment", "offer", "need"]
Scope = Literal["self", "memo"]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15; times in seconds."""

    form: Form = "paired"
    prompt: Words | None = None
    think_s: Annotated[int, Meta(ge=0, le=300)] = 60
    half_s: Annotated[int, Meta(ge=60, le=600)] = 180
    breath_s: Annotated[int, Meta(ge=0, le=60)] = 15
    open_s: Annotated[int, Meta(ge=0, le=600)] = 90
    note_s: Annotated[int, Meta(ge=0, le=300)] = 60
    intro_s: Annotated[int, Meta(ge=0, le=600)] = 180
    rounds: Annotated[int, Meta(ge=1, le=6)] = 3
    per_person_s: Annotated[int, Meta(ge=60, le=300)] = 120
    move_s: Annotated[int, Meta(ge=0, le=120)] = 30
    plenary_s: Annotated[int, Meta(ge=0, le=600)] = 120
    alone_s: Annotated[int, Meta(ge=0, le=300)] = 60
    pair_s: Annotated[int, Meta(ge=60, le=600)] = 120
    four_s: Annotated[int, Meta(ge=60, le=900)] = 240
    all_s: Annotated[int, Meta(ge=60, le=900)] = 300
    odd: Literal["triad", "facilitator_fills"] = "triad"
    mix: Mix = "other_org"


_PAIRED: Final = ("form", ("paired",))
_ROTATING: Final = ("form", ("rotating",))
_FOURS: Final = ("form", ("one_two_four",))
HINTS: Final[Mapping[str, Hint]] = {
    "form": Hint(
        say("Form"),
        options=(
            Option("paired", say("Paired listening"), hint=say("One partner, equal time.")),
            Option("rotating", say("Rotating pairs"), hint=say("A new partner each round.")),
            Option(
                "one_two_four", say("1-2-4-All"), hint=say("Alone, in pairs, in fours, together.")
            ),
        ),
    ),
    "prompt": Hint(say("Your own question"), say("Left empty, the house asks one.")),
    "think_s": Hint(say("Thinking alone first"), unit="s", only=_PAIRED),
    "half_s": Hint(say("Time for each"), say("The same for both."), unit="s", only=_PAIRED),
    "breath_s": Hint(say("A breath after each"), unit="s", only=_PAIRED),
    "open_s": Hint(say("Talking freely"), say("Nothing: leave it out."), unit="s", only=_PAIRED),
    "note_s": Hint(say("Writing one's own note"), unit="s", only=_PAIRED),
    "intro_s": Hint(say("Beginning, with silent thinking"), unit="s", only=_ROTATING),
    "rounds": Hint(say("Rounds"), say("Three are better than one or two."), only=_ROTATING),
    "per_person_s": Hint(
        say("Time for each"), say("The same for both, in every round."), unit="s", only=_ROTATING
    ),
    "move_s": Hint(say("Finding the partner"), unit="s", only=("form", ("rotating",))),
    "plenary_s": Hint(say("All together at the end"), unit="s", only=_ROTATING),
    "alone_s": Hint(say("Alone"), unit="s", only=_FOURS),
    "pair_s": Hint(say("In pairs"), unit="s", only=_FOURS),
    "four_s": Hint(say("In fours"), unit="s", only=_FOURS),
    "all_s": Hint(say("All together"), unit="s", only=_FOURS),
    "odd": Hint(
        say("When the number is odd"),
        options=(
            Option("triad", say("One group of three"), hint=say("Three turns share the time.")),
            Option(
                "facilitator_fills",
                say("A co-facilitator joins"),
                hint=say("If there is one besides the lead."),
            ),
        ),
    ),
    "mix": Hint(
        say("Who meets whom"),
        say("Meeting somebody new always comes first."),
        options=(
            Option("other_org", say("From another organisation")),
            Option("home_team", say("From the same organisation")),
            Option("same_language", say("With the same language")),
            Option("any", say("By chance")),
        ),
    ),
}

# --- commands -----------------------------------------------------------------------------------


class PhaseNext(phases.PhaseNext, frozen=True, kw_only=True, tag="phase.next"):
    """Leave `phase` for the one after it. `step`, when it is not 0, says which of its kind: the
    halves of each round have one name."""

    step: int = 0


class PairsFound(Command, frozen=True, kw_only=True, tag="pairs.found"):
    """From the room: the groups computed from `basis`."""

    basis: str
    groups: tuple[Seats, ...]


class PairWait(Command, frozen=True, kw_only=True, tag="pair.wait"):
    """I wait for my partner, whose line is down."""

    group: str


class PairJoin(Command, frozen=True, kw_only=True, tag="pair.join"):
    """My partner's line is down: let me join others."""

    group: str


class PairWish(LeadCommand, frozen=True, kw_only=True, tag="pair.wish"):
    """`one` and `other` sit together, or apart, or as it comes, from the next pairs on."""

    one: str
    other: str
    wish: Literal["together", "apart", "any"] = "apart"


class NoteKeep(Command, frozen=True, kw_only=True, tag="note.keep"):
    """What I said or thought. `said_by` is oneself: a note about the partner is refused (DY4)."""

    words: Words
    kind: NoteKind = "insight"
    scope: Scope = "memo"
    said_by: str = ""


class ItemBring(Command, frozen=True, kw_only=True, tag="item.bring"):
    """This is the one our group brings to everybody; the last one counts."""

    group: str
    words: Words


# --- events -------------------------------------------------------------------------------------


class PairEvent(Event, frozen=True, kw_only=True):
    """Something about pairs; `at` in ms."""

    at: int


class PairsPlanned(PairEvent, frozen=True, kw_only=True, tag="pairs.planned"):
    """Who will sit together next, if `basis` still holds then."""

    basis: str
    groups: tuple[Seats, ...]


class PairsFormed(PairEvent, frozen=True, kw_only=True, tag="pairs.formed"):
    """These sit together now, in the order they speak; `round` counts from 1. In 1-2-4-All the
    fours are round 2."""

    round: int
    groups: tuple[Seats, ...]


class PairsMended(PairEvent, frozen=True, kw_only=True, tag="pairs.mended"):
    """The groups after somebody went or came."""

    groups: Mapping[str, Seats]


class PartnerSilent(PairEvent, frozen=True, kw_only=True, tag="partner.silent"):
    """The line of somebody in a group dropped."""

    seat: str


class PartnerMissed(PairEvent, frozen=True, kw_only=True, tag="partner.missed"):
    """And has been down for `PATIENCE`."""

    seat: str


class PartnerBack(PairEvent, frozen=True, kw_only=True, tag="partner.back"):
    """And is up again."""

    seat: str


class WaitChosen(PairEvent, frozen=True, kw_only=True, tag="wait.chosen"):
    """`seat` waits for its partner."""

    seat: str


class TurnSwitched(PairEvent, frozen=True, kw_only=True, tag="turn.switched"):
    """In a trio the floor goes on within a half."""


class WishMade(PairEvent, frozen=True, kw_only=True, tag="wish.made"):
    """What holds for two people from the next pairs on."""

    one: str
    other: str
    wish: Literal["together", "apart", "any"]


class NoteKept(PairEvent, frozen=True, kw_only=True, tag="note.kept"):
    """Somebody's own note."""

    seat: str
    words: Words
    kind: NoteKind
    scope: Scope


class ItemBrought(PairEvent, frozen=True, kw_only=True, tag="item.brought"):
    """What a group brings."""

    group: str
    seat: str
    words: Words


class ReadyChanged(PairEvent, frozen=True, kw_only=True, tag="group.readied"):
    """A group is ready, or not yet."""

    group: str
    ready: bool


class TimeAsked(PairEvent, frozen=True, kw_only=True, tag="time.asked"):
    """A group asked for more time."""

    group: str


class TimeGiven(PairEvent, frozen=True, kw_only=True, tag="time.given"):
    """`group`, or all when it is empty, have more time; `more` is what each has beyond the others
    now (ms)."""

    group: str
    more: Mapping[str, int]


class AloudBegun(PairEvent, frozen=True, kw_only=True, tag="aloud.begun"):
    """These say theirs aloud, one for each group."""

    ring: Seats


class LeadSeen(PairEvent, frozen=True, kw_only=True, tag="lead.seen"):
    """Who leads, as far as commands show it: that one fills no pair while another can."""

    seat: str
