"""The activities a room can run, in menu order: one line each."""

from collections.abc import Mapping
from typing import Any, Final

from activities.check_in import CHECK_IN
from activities.kernel import Activity

ACTIVITIES: Final[Mapping[str, Activity[Any]]] = {
    "check_in": CHECK_IN,
}
"""Kind -> activity."""
