"""Buttons of a story circle: offered only if the table lets this viewer send them."""

from collections.abc import Mapping

from activities._story_circle_commands import ALLOWED
from activities._story_circle_state import State, phase, roles
from activities.blocks import Line, Need, Offer, Place
from activities.kernel import Command, Viewer


class Offers:
    """The offers of one view while it is made."""

    def __init__(self, state: State, viewer: Viewer) -> None:
        self.made: list[Offer] = []
        table = ALLOWED[phase(state, viewer.seat)]
        self._may: frozenset[type[Command]] = frozenset().union(
            *(table.get(role, frozenset()) for role in roles(state, viewer.seat, viewer.roles))
        )

    def may(self, command: type[Command]) -> bool:
        """Whether the table allows this command to the viewer now."""
        return command in self._may

    def add(
        self,
        command: Command,
        label: Line,
        place: Place = "main",
        *,
        needs: Mapping[str, Need] | None = None,
        hint: Line | None = None,
        confirm: Line | None = None,
        shown: bool = True,
    ) -> tuple[int, ...]:
        """Offer `command`, if the table allows it; its index in the view's `may`, or ()."""
        if type(command) not in self._may:
            return ()
        offer = Offer(command, label, place, needs or {}, hint, confirm, shown)
        if any(other.command == command for other in self.made):
            return ()
        self.made.append(offer)
        return (len(self.made) - 1,)
