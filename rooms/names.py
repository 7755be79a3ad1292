"""What people are called on every screen: their own name, told apart where it is shared."""

from collections.abc import Iterable


def told_apart(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """seat -> name as shown. `names`: seat and own name, in the order people came.

    The first Amina is Amina, the second "Amina (2)". Whoever came first keeps their name as it is:
    nobody is called differently because somebody else came in. Capital letters make no difference.
    """
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for seat, name in names:
        free, number = name, 1
        while free.casefold() in taken:
            number += 1
            free = f"{name} ({number})"
        taken.add(free.casefold())
        shown[seat] = free
    return shown
