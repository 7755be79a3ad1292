"""The cheapest division of n things into twos, with one three when n is odd.

Pure numbers: who the things are, and what makes two of them dear, is the caller's (`pairing.py`).

A cost is one integer: `cost >> FINE` counts what matters (a broken wish, a repeated meeting, a
second triad), the bits below it only choose among equals. Twos alone are a minimum-weight perfect
matching. A three is searched for: leaving `a` out, the others cannot cost less than the matching
without `a`, so `matching(without a) - pair(b, c)` bounds what the rest costs beside a three
`a, b, c` from below. Threes are tried from the lowest bound upwards until no bound can win.
"""

from collections.abc import Callable, Sequence
from heapq import nsmallest
from itertools import combinations
from typing import Final

import rustworkx

FINE: Final = 76
"""Bits of a cost that only choose among equals."""

EXACT: Final = 40
"""Up to this many things the division is the cheapest there is; above, any one that breaks
nothing will do (architecture, *Heavy decisions*)."""

EQUALS: Final = 84
"""How many threes of equal rank are compared for the finer wishes: all there are among nine
things, a good choice among forty, and never more than some 30 ms."""

NEAR: Final = 16
"""Partners of each thing that a large division looks at first: the matching among them is as good
as among all, and a tenth of the work."""

THREES: Final = 8
"""Threes a large division tries: the first is nearly always free of repeats."""

Costs = Sequence[Sequence[int]]
"""Symmetric: what it costs to put i and j together."""

ThreeCost = Callable[[tuple[int, int, int]], int]
"""What a three costs beyond its three pairs."""

Group = tuple[int, ...]


def divide(costs: Costs, three: ThreeCost) -> tuple[Group, ...]:
    """All of `range(len(costs))` in twos, and one three when that is odd; a single thing stays
    alone. Exact in what matters up to `EXACT` things."""
    count = len(costs)
    if count <= 3:
        return (tuple(range(count)),) if count else ()
    if count % 2 == 0:
        return _twos(costs) if count <= EXACT else _many_twos(costs, range(count))
    return _with_three(costs, three) if count <= EXACT else _many_with_three(costs, three)


def total(costs: Costs, three: ThreeCost, groups: Sequence[Group]) -> int:
    """What a division costs."""
    found = sum(costs[a][b] for group in groups for a, b in combinations(group, 2))
    return found + sum(three((g[0], g[1], g[2])) for g in groups if len(g) == 3)


def _graph(costs: Costs, fine: bool) -> "rustworkx.PyGraph[int, int]":
    """The complete graph whose edges weigh the more the less they cost."""
    count, shift = len(costs), 0 if fine else FINE
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    pairs = [(a, b, costs[a][b] >> shift) for a, b in combinations(range(count), 2)]
    top = max(cost for _, _, cost in pairs)
    graph.add_edges_from([(a, b, top - cost) for a, b, cost in pairs])
    return graph


def _matched(graph: "rustworkx.PyGraph[int, int]") -> list[Group]:
    """The heaviest of the matchings that leave out as few as possible."""
    found = rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=lambda w: w)
    return sorted((min(pair), max(pair)) for pair in found)


def _without(graph: "rustworkx.PyGraph[int, int]", *nodes: int) -> list[Group]:
    rest = graph.copy()
    rest.remove_nodes_from(nodes)
    return _matched(rest)


def _twos(costs: Costs) -> tuple[Group, ...]:
    return tuple(_matched(_graph(costs, fine=True)))


def _with_three(costs: Costs, three: ThreeCost) -> tuple[Group, ...]:
    """The cheapest division with one three; see the theory above."""
    coarse, fine = _graph(costs, fine=False), _graph(costs, fine=True)
    count = len(costs)
    without = [sum(costs[b][c] >> FINE for b, c in _without(coarse, a)) for a in range(count)]
    ranked = []
    for a, b, c in combinations(range(count), 3):
        ab, ac, bc = costs[a][b], costs[a][c], costs[b][c]
        own = ab + ac + bc + three((a, b, c))
        rest = max(without[a] - (bc >> FINE), without[b] - (ac >> FINE), without[c] - (ab >> FINE))
        ranked.append(((own >> FINE) + rest, own, (a, b, c)))
    ranked.sort()
    tried: list[tuple[int, tuple[Group, ...]]] = []
    for bound, own, trio in ranked:
        if tried:
            best = min(tried)[0] >> FINE
            equals = sum(cost >> FINE == best for cost, _ in tried)
            if bound > best or (bound == best and equals >= EQUALS):
                break
        pairs = _without(fine, *trio)
        tried.append((own + sum(costs[a][b] for a, b in pairs), (trio, *pairs)))
    return min(tried)[1]


def _many_twos(costs: Costs, nodes: Sequence[int]) -> tuple[Group, ...]:
    """Twos among many: first among near partners, and among all only if that breaks a wish."""
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(nodes)
    near: dict[Group, int] = {}
    for index, a in enumerate(nodes):
        row = costs[a]
        others = (other for other, b in enumerate(nodes) if b != a)
        for other in nsmallest(NEAR, others, key=lambda other: row[nodes[other]]):
            near[min(index, other), max(index, other)] = row[nodes[other]]
    top = max(near.values())
    graph.add_edges_from([(a, b, top - cost) for (a, b), cost in near.items()])
    pairs = _matched(graph)
    broken = any(near[pair] >> FINE > 0 for pair in ((p[0], p[1]) for p in pairs))
    if 2 * len(pairs) < len(nodes) or broken:
        rest = [[costs[a][b] for b in nodes] for a in nodes]
        pairs = _matched(_graph(rest, fine=True))
    return tuple((nodes[a], nodes[b]) for a, b in pairs)


def _many_with_three(costs: Costs, three: ThreeCost) -> tuple[Group, ...]:
    """One three and twos among many: a three of those cheapest as one, then twos."""
    count = len(costs)
    # Among those a three suits best; of equals those the costs happen to favour, not the first.
    drawn = sorted(range(count), key=lambda a: (three((a, a, a)), costs[a][a - 1]))
    alone = drawn[: 3 * THREES]
    ranked = []
    for a, b, c in combinations(alone, 3):
        own = costs[a][b] + costs[a][c] + costs[b][c] + three((a, b, c))
        ranked.append((own, (a, b, c)))
    tried: list[tuple[int, tuple[Group, ...]]] = []
    for own, trio in nsmallest(THREES, ranked):
        pairs = _many_twos(costs, [node for node in range(count) if node not in trio])
        rest = sum(costs[a][b] for a, b in pairs)
        tried.append((own + rest, (trio, *pairs)))
        if rest >> FINE <= 0:
            break  # nothing broken beside the three, and no three is cheaper
    return min(tried)[1]
