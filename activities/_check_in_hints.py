"""How the agenda page speaks of a check-in and its settings (`methods.md` A4, 1.15)."""

from collections.abc import Mapping
from typing import Final

from activities._check_in_model import PROMPTS
from activities.blocks import Option, say
from activities.kernel import Hint, Planned

HINTS: Final[Mapping[str, Hint]] = {
    "direction": Hint(
        say("When"),
        options=(
            Option("in", say("Beginning")),
            Option("out", say("End")),
        ),
    ),
    "mode": Hint(
        say("How people answer"),
        say("With more than twelve people a word or a picture is kinder than a round."),
        options=(
            Option("word", say("One word"), hint=say("All write, all are shown together.")),
            Option("weather", say("The weather"), hint=say("One of six pictures, and a word.")),
            Option("scale", say("One to five"), hint=say("Fingers of one hand; only counts show.")),
            Option("round", say("A round"), hint=say("One after the other, up to twelve people.")),
            Option("circles", say("Small circles"), hint=say("Rounds in circles of six.")),
            Option("picture", say("A picture"), hint=say("Each chooses an image.")),
            Option("gesture", say("A movement"), hint=say("Each shows one, its name is read.")),
        ),
    ),
    "cap_s": Hint(
        say("Time for each"),
        say("A soft time: nobody is cut off."),
        unit="s",
        only=("mode", ("round", "circles")),
    ),
    "prompt": Hint(
        say("Your own question"),
        say("Left empty, the house asks one of its own."),
    ),
    "sample": Hint(
        say("Question of the house"),
        say("Used when you write none of your own: one for the beginning, one for the end."),
        options=tuple(
            Option(str(n), say("{beginning} / {end}", beginning=a, end=z))
            for n, (a, z) in enumerate(zip(PROMPTS["in"], PROMPTS["out"], strict=True))
        ),
        only=("mode", ("word", "round", "circles")),
    ),
    "care_view": Hint(
        say("The lead sees who gave what"),
        say("Everybody is told so before they answer."),
        only=("mode", ("weather", "scale")),
    ),
}

PLANNED: Final = Planned(
    minutes=6, low=2, high=15, fewest=2, most=200, whole=True, does=frozenset({"meet", "close"})
)
