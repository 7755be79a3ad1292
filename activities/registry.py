"""The activities a room can run, in menu order: one line each."""

from collections.abc import Mapping
from typing import Any, Final

from activities.check_in import CHECK_IN
from activities.evaluation import EVALUATION
from activities.fishbowl import FISHBOWL
from activities.kernel import Activity
from activities.plenary import PLENARY
from activities.rest import REST
from activities.story_circle import STORY_CIRCLE
from activities.voting import VOTING

ACTIVITIES: Final[Mapping[str, Activity[Any]]] = {
    "check_in": CHECK_IN,
    "story_circle": STORY_CIRCLE,
    "fishbowl": FISHBOWL,
    "plenary": PLENARY,
    "evaluation": EVALUATION,
    "break": REST,
    "voting": VOTING,
}
"""Kind -> activity."""
