"""The tags of these commands are the room's own, and no activity has one of them."""

from typing import get_args

from activities.registry import ACTIVITIES
from rooms.asked import ROOM_TAGS
from rooms.wire_helm import HelmCommand


def test_tags_are_the_rooms_own_and_no_activitys() -> None:
    tags = {str(kind.__struct_config__.tag) for kind in get_args(HelmCommand)}
    assert tags <= ROOM_TAGS
    for activity in ACTIVITIES.values():
        assert not tags & {str(kind.__struct_config__.tag) for kind in activity.commands}
