"""How the agenda page speaks of a report-out and its settings (`methods.md` A7, 1.15)."""

from collections.abc import Mapping
from typing import Final

from activities.blocks import Option, say
from activities.kernel import Hint, Planned

HINTS: Final[Mapping[str, Hint]] = {
    "form": Hint(
        say("Form of a report"),
        options=(
            Option("one_line", say("One line"), hint=say("What is new, and one question.")),
            Option("headline", say("A headline"), hint=say("As a newspaper would print it.")),
            Option(
                "what",
                say("What, so what, now what"),
                hint=say("What we saw, what it means, what follows."),
            ),
            Option("picture", say("A picture"), hint=say("Described or drawn, and one sentence.")),
        ),
    ),
    "groups": Hint(
        say("Who reports"),
        options=(
            Option("before", say("The groups of before"), hint=say("Circles, pairs, satellites.")),
            Option("organisation", say("Home teams"), hint=say("People of one organisation.")),
            Option("mixed", say("New mixed groups"), hint=say("Drawn by lot, tables together.")),
        ),
    ),
    "size": Hint(say("People in a new group"), unit="people", only=("groups", ("before", "mixed"))),
    "report_s": Hint(
        say("Time for a report"), say("The same for all; with more than eight 25 s."), unit="s"
    ),
    "reports_min": Hint(
        say("Time for all reports"),
        say("Shared equally among the groups. 0: the time for a report counts."),
        unit="min",
    ),
    "ticks": Hint(
        say("Others say: also ours"),
        say("So the next voice can leave out what was said."),
    ),
    "cluster_by": Hint(
        say("Who sorts"),
        options=(
            Option(
                "lead_and_two",
                say("The facilitators and two people"),
                hint=say("Everybody may suggest."),
            ),
            Option("all", say("Everybody"), hint=say("Best with few people.")),
        ),
    ),
    "prepare_min": Hint(say("Time to prepare"), say("0: the reports begin at once."), unit="min"),
    "cluster_min": Hint(say("Time to sort"), unit="min"),
    "name_min": Hint(
        say("Time to name the themes"), say("0: they are named while you sort."), unit="min"
    ),
    "missing_min": Hint(say("Time for what nobody said"), say("0: it is left out."), unit="min"),
}

PLANNED: Final = Planned(
    minutes=15, low=8, high=30, fewest=4, most=60, whole=True, does=frozenset({"reflect"})
)
