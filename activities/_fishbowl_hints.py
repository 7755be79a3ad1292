"""How the agenda page speaks of a fishbowl and its settings (`methods.md` A2, 1.15)."""

from collections.abc import Mapping
from typing import Final

from activities.blocks import Option, say
from activities.kernel import Hint, Planned

HINTS: Final[Mapping[str, Hint]] = {
    "mode": Hint(
        say("Form"),
        options=(
            # Translators: a kind of fishbowl, an adjective.
            Option("open", say("Open"), hint=say("One chair stays free: who wants to speak sits.")),
            Option("closed", say("In groups"), hint=say("Everybody is inside once, by groups.")),
            Option(
                "experience",
                say("Experience"),
                hint=say("A few who lived it talk as if alone; small groups ask afterwards."),
            ),
        ),
    ),
    "prompt": Hint(
        say("The question"),
        say("One question people inside can answer from experience. You can also give it later."),
    ),
    "S": Hint(say("Chairs inside"), say("Five is a conversation in which all can be heard.")),
    "chair_rule": Hint(
        say("When the last chair is taken"),
        options=(
            Option("swap", say("Somebody makes room"), hint=say("One chair is free again soon.")),
            Option(
                "visitor",
                say("It is for visitors"),
                hint=say("Who began stays; a visitor speaks, hears the answer, and leaves."),
            ),
        ),
        only=("mode", ("open",)),
    ),
    "starters_min": Hint(
        say("The first talk"),
        say("The free chair is seen, and opens afterwards."),
        unit="min",
        only=("mode", ("open",)),
    ),
    "grace_s": Hint(
        say("A full bowl"),
        say("After this long you are asked to thank somebody and free a chair."),
        unit="s",
        only=("mode", ("open",)),
    ),
    "min_stay_s": Hint(
        say("Shortest stay"),
        say("The machine asks nobody out before this."),
        unit="s",
        only=("mode", ("open",)),
    ),
    "auto_release": Hint(
        say("Free the chair by itself"),
        say("Otherwise you decide, and thank them aloud."),
        only=("mode", ("open",)),
    ),
    "satellites": Hint(
        say("People in a small group outside"),
        say("They listen together and write their questions."),
        unit="people",
        only=("mode", ("experience",)),
    ),
    "batch_min": Hint(say("Time inside for each group"), unit="min", only=("mode", ("closed",))),
    "frame_min": Hint(
        say("Finding the chairs"), say("0: three or four minutes, as the form needs."), unit="min"
    ),
    "open_min": Hint(
        say("Talk with the open chair"),
        say("A soft time; you can give more."),
        unit="min",
        only=("mode", ("open",)),
    ),
    "talk_min": Hint(
        say("Talk inside"),
        say("It may end before, when the talk dries up."),
        unit="min",
        only=("mode", ("experience",)),
    ),
    "questions_min": Hint(say("Writing the questions"), unit="min", only=("mode", ("experience",))),
    "answers_min": Hint(say("Answers"), unit="min", only=("mode", ("experience",))),
    "debrief_min": Hint(
        say("Everybody talks"), say("0: none, when a report-out follows."), unit="min"
    ),
    "mixed_sides": Hint(
        say("Mix the hall and people online in small groups"),
        say("They need a line between them then."),
    ),
}

PLANNED: Final = Planned(
    minutes=45,
    low=20,
    high=75,
    fewest=6,
    most=200,
    whole=True,
    does=frozenset({"tell", "reflect"}),
)
