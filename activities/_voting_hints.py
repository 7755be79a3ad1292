"""How the agenda page speaks of a vote and its settings (`methods.md` A9, 1.15)."""

from collections.abc import Mapping
from typing import Final

from activities.blocks import Option, say
from activities.kernel import Hint, Planned

HINTS: Final[Mapping[str, Hint]] = {
    "dots": Hint(
        say("Dots for each"),
        say("0: by the number of options, from two to five."),
    ),
    "per_option": Hint(
        say("Dots on one option"),
        options=(
            Option("1", say("One at most"), hint=say("Dots are spread.")),
            Option("2", say("Up to two"), hint=say("What matters twice as much may get two.")),
        ),
    ),
    "chosen": Hint(
        say("How many go on"),
        say("Where the line falls between equals, all of them go on or are voted on again."),
    ),
    "runoff": Hint(
        say("A second ballot among equals"),
        say("One minute, offered when there are equals at the line."),
    ),
    "themes": Hint(
        say("Start with the themes of the board"),
        say("Facilitators can add options and put doubles together."),
    ),
    "tidy_s": Hint(say("Time to read the options"), say("Soft."), unit="s"),
    "open_s": Hint(say("Time to vote"), say("Two to three minutes; ends by itself."), unit="s"),
}

PLANNED: Final = Planned(
    minutes=5,
    low=3,
    high=10,
    fewest=2,
    most=200,
    soft=False,
    whole=True,
    does=frozenset({"decide"}),
)
