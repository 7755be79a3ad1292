"""The commonest edit of all, taken the short way: a few letters typed on where one stopped.

It joins the index exactly as `rooms.ownership_placing` would join it, at a third of the price;
whatever is anything else goes there. What its neighbours are was judged when the letter before it
came, so there is little to look at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rooms.ownership_parts import Change, Touch
from rooms.update_gate import STRING, TEXT, XML_TEXT, Parsed

if TYPE_CHECKING:
    from rooms.ownership import Index

_TEXTS: Final = frozenset({TEXT, XML_TEXT})


def typed_on(index: Index, parsed: Parsed, device: str | None) -> Change | None:
    """Stage an update that is one piece of text behind the last letter its client wrote, with the
    same right neighbour; None, and nothing done, when it is not that."""
    if parsed.deletes or len(parsed.sections) != 1:
        return None
    (section,) = parsed.sections.values()
    client, clock = section.client, section.clock
    known = index.clients.get(client)
    if known is None or known.next != clock or len(section.items) != 1:
        return None
    (item,) = section.items
    if item.kind != STRING or item.left != (client, clock - 1):
        return None
    written = item.value
    assert isinstance(written, str)
    if device is not None and (index.bindings.get(client) != device or "\ufffd" in written):
        return None
    run = known.runs[-1]
    container = run.container
    if container is None or container.kind not in _TEXTS:
        return None
    plain = run.key is None and run.creates is None and not run.erased
    # Outside the basic plane a letter has two halves, which the index must know.
    if not plain or len(written) != item.length:
        return None
    if not index.order.type_on(client, clock, item.length, item.right):
        return None
    change = Change(device)
    change.data = parsed.data
    change.marks.append((client, known, len(known.starts), clock))
    change.halves[client] = []
    known.next = clock + item.length
    if not index.is_dead(container):
        change.touches.append(Touch("insert", container.path))
    return change
