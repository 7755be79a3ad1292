"""How the agenda page speaks of a story circle and its settings (`methods.md` A1, 1.15)."""

from collections.abc import Mapping
from typing import Final

from activities.blocks import Option, say
from activities.kernel import Hint, Planned

_ROUND: Final = ("variant", ("round",))
_HARVEST: Final = ("variant", ("collective_harvest",))

HINTS: Final[Mapping[str, Hint]] = {
    "prompt": Hint(
        say("Your own invitation"),
        say("A lived moment, not an opinion. It stays hidden until the telling begins."),
    ),
    "variant": Hint(
        say("Who tells"),
        say("Everybody one story, or one long story for all, heard with different ears."),
        options=(
            Option("round", say("Everybody, one story each")),
            Option("collective_harvest", say("One for all, the others listen with a lens")),
        ),
    ),
    "story_min": Hint(say("Time for the one story"), unit="min", only=_HARVEST),
    "lens1": Hint(say("First lens"), say("Left empty: turning points."), only=_HARVEST),
    "lens2": Hint(say("Second lens"), say("Left empty: what made it possible."), only=_HARVEST),
    "lens3": Hint(
        say("Third lens"), say("Left empty: what could travel to another place."), only=_HARVEST
    ),
    "lens4": Hint(say("Fourth lens"), say("Left empty: questions it raises."), only=_HARVEST),
    "max": Hint(
        say("Largest circle"),
        say("Six to eight listen best. More people make more circles."),
        unit="people",
        only=_ROUND,
    ),
    "turn_s": Hint(
        say("Time for each story"),
        say("A soft time, the same for everybody."),
        unit="s",
        only=_ROUND,
    ),
    "breath_s": Hint(
        say("Silence after a story"),
        say("Nobody speaks; the story settles."),
        unit="s",
    ),
    "second_chance": Hint(
        say("A second chance"),
        say("Who let the turn go by is asked once more at the end."),
        only=_ROUND,
    ),
    "witness": Hint(
        say("A witness who writes"),
        say("Only if the circle agrees; nothing leaves without its teller."),
        options=(
            Option("ask", say("Ask the circle")),
            Option("off", say("None")),
        ),
    ),
    "reflect_min": Hint(
        say("Talking about the stories"),
        say("Free talk in each circle, after a quiet minute."),
        unit="min",
        only=_ROUND,
    ),
    "release": Hint(
        say("Ask tellers what may be passed on"),
        say("Without it nothing of the stories reaches the memo."),
    ),
    "plenary": Hint(
        say("Come together at the end"),
        say("One voice from each circle, about two minutes."),
    ),
    "overtime_prompt_s": Hint(
        say("Kind word to the host after"),
        say("How long a story may run over before the host may close it."),
        unit="s",
    ),
}

PLANNED: Final = Planned(
    minutes=75,
    low=25,
    high=120,
    fewest=3,
    most=120,
    rests=True,
    does=frozenset({"tell", "reflect"}),
)
