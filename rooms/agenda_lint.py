"""What to look at in a plan (`methods.md` 5): warnings beside the items that never block anything.

Each rule is one small function of the facts. A rule about what is planned speaks only of what has
not begun: what has happened needs no warning.
"""

from typing import Final

from rooms import agenda_lint_course as course
from rooms import agenda_lint_people as people
from rooms import agenda_lint_times as times
from rooms.agenda_lint_facts import Facts, Rule
from rooms.wire_agenda import PlanWarning

RULES: Final[tuple[Rule, ...]] = (
    times.no_break,
    times.short_break,
    times.time_sum,
    times.length,
    people.sizes,
    people.leads,
    course.purpose,
    times.long_talk,
    course.story_first,
    people.interpretation,
    course.commitment,
    course.reflection,
    course.evaluation,
    course.together,
    course.hands,
    people.peer_lead,
    people.facilitators,
    times.buffer,
    times.night,
)
"""In the order in which people read them."""


def warnings(plan: Facts) -> tuple[PlanWarning, ...]:
    """Everything there is to look at, strong ones first, then in the order of the rules."""
    found = [warning for rule in RULES for warning in rule(plan)]
    return tuple(sorted(found, key=lambda warning: not warning.strong))
