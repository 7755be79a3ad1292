"""Who reports together: the groups of the activity before, or new ones (`methods.md` A7, 1.6)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from activities import grouping
from activities._report_out_model import PAIR, Settings, Team
from activities.blocks import Line
from activities.kernel import Before, Member, shuffled

Teams = tuple[dict[str, Team], dict[str, str]]
"""Teams by id, and seat -> team."""


def form(settings: Settings, people: Sequence[Member], before: Before, dice: int) -> Teams:
    """Divide everybody who takes part (no facilitators) into teams. Groups of the activity before
    stay together; who was in none joins the smallest, and nobody is a group of one (G4)."""
    known = {member.seat for member in people}
    if settings.groups == "before":
        old = [
            (Team("", former.name, former.number, (former.id,)), seats)
            for former in before.groups
            if (seats := [seat for seat in former.members if seat in known])
        ]
        old = _not_alone(old)
        if len(old) > 1:
            return _numbered(_with_newcomers(old, people))
    if settings.groups in ("before", "organisation"):
        home = _home_teams(people)
        if len(home) > 1:
            return _numbered([(Team(""), seats) for seats in home])
    return _numbered([(Team(""), seats) for seats in _mixed(settings.size, people, dice)])


Forming = list[tuple[Team, list[str]]]


def _not_alone(found: Forming) -> Forming:
    """Groups of which one person is left go into the smallest other (`methods.md` 1.6)."""
    groups = list(found)
    while len(groups) > 1 and any(len(seats) < 2 for _, seats in groups):
        alone = next(i for i, (_, seats) in enumerate(groups) if len(seats) < 2)
        team, seats = groups.pop(alone)
        into = min(range(len(groups)), key=lambda i: len(groups[i][1]))
        kept, others = groups[into]
        former = kept.former + team.former
        groups[into] = (Team("", kept.name, kept.number, former), others + seats)
    return groups


def _with_newcomers(found: Forming, people: Sequence[Member]) -> Forming:
    placed = {seat for _, seats in found for seat in seats}
    for member in people:
        if member.seat not in placed:
            min(found, key=lambda one: len(one[1]))[1].append(member.seat)
    return found


def _home_teams(people: Sequence[Member]) -> list[list[str]]:
    """People of one organisation together; single delegates pair up. Nothing unless everybody
    belongs to one."""
    by_home: defaultdict[str, list[str]] = defaultdict(list)
    for member in people:
        if not member.organisation:
            return []
        by_home[member.organisation].append(member.seat)
    teams = [seats for seats in by_home.values() if len(seats) > 1]
    single = [seats[0] for seats in by_home.values() if len(seats) == 1]
    pairs = [single[i : i + 2] for i in range(0, len(single), 2)]
    if pairs and len(pairs[-1]) == 1:
        (last,) = pairs.pop()
        if not (pairs or teams):
            return [[last]]
        min(pairs or teams, key=len).append(last)
    return teams + pairs


def _mixed(size: int, people: Sequence[Member], dice: int) -> list[list[str]]:
    """A mix, tables whole; two groups at least where there are four people (A7: 2 groups)."""
    largest = min(size, -(-len(people) // 2)) if len(people) >= 2 * 2 else size
    split = grouping.split(people, largest, dice)
    if len(split) == 1 and len(people) >= 2 * 2 and not any(member.table for member in people):
        drawn = shuffled(tuple(sorted(member.seat for member in people)), dice, "teams")
        half = -(-len(drawn) // 2)
        return [list(drawn[:half]), list(drawn[half:])]
    return [list(group.seats) for group in split]


def _numbered(found: Forming) -> Teams:
    """Give teams their ids, and names to those larger than a pair that have none. There is always
    a team, for whoever comes later."""
    found = found or [(Team(""), [])]
    teams: dict[str, Team] = {}
    place: dict[str, str] = {}
    taken = {(team.name, team.number) for team, _ in found}
    for count, (team, seats) in enumerate(found, 1):
        id, name, number = f"g{count}", team.name, team.number
        if not name and len(seats) > PAIR:
            name, number = free_name(taken)
            taken.add((name, number))
        teams[id] = Team(id, name, number, team.former)
        place.update(dict.fromkeys(seats, id))
    return teams, place


def free_name(taken: Iterable[tuple[str, int]]) -> tuple[str, int]:
    """A name and number no other group has."""
    used = set(taken)
    for index in range(len(used) + 1):
        line = grouping.name(index)
        inner = line.args.get("name")
        spelled = (inner.id, line.args["number"]) if isinstance(inner, Line) else (line.id, 0)
        if spelled not in used:
            return spelled
    raise AssertionError("there are more names than groups")
