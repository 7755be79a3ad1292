"""The activities a room can run, in menu order: one line each."""

from collections.abc import Mapping
from typing import Any, Final

from activities.check_in import CHECK_IN
from activities.commitments import COMMITMENTS
from activities.dyads import DYADS
from activities.evaluation import EVALUATION
from activities.fishbowl import FISHBOWL
from activities.kernel import Activity
from activities.plenary import PLENARY
from activities.report_out import REPORT_OUT
from activities.rest import REST
from activities.story_circle import STORY_CIRCLE
from activities.voting import VOTING

ACTIVITIES: Final[Mapping[str, Activity[Any]]] = {
    "check_in": CHECK_IN,
    "story_circle": STORY_CIRCLE,
    "fishbowl": FISHBOWL,
    "dyads": DYADS,
    "report_out": REPORT_OUT,
    "voting": VOTING,
    "commitments": COMMITMENTS,
    "evaluation": EVALUATION,
    "plenary": PLENARY,
    "break": REST,
}
"""Kind -> activity."""
