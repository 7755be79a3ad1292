"""What all rooms of a process share: storage, clock, catalogue, chance."""

from collections.abc import Callable

from rooms.clock import Alarms, Clock
from rooms.doors import Doors
from rooms.render import Translate
from rooms.storage import Storage
from rooms.whole import Activities


class World:
    """See the module. `code(room, generation)` is the spoken code; `doors` makes every other code
    and link; `new_id` never repeats."""

    def __init__(
        self,
        *,
        storage: Storage,
        clock: Clock,
        alarms: Alarms,
        activities: Activities,
        translate: Translate,
        new_id: Callable[[], str],
        dice: Callable[[], int],
        doors: Doors,
    ) -> None:
        self.storage = storage
        self.clock = clock
        self.alarms = alarms
        self.activities = activities
        self.translate = translate
        self.new_id = new_id
        self.dice = dice
        self.doors = doors
        self.code = doors.code
