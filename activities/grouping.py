"""Dividing people into circles: how many, who sits with whom, who hosts, what a circle is called.

Pure: the same people and the same dice give the same circles on every machine (`methods.md` 1.6).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from activities.blocks import Line, say
from activities.kernel import Member, shuffled

LEAST: Final = 3
"""Below three people a circle is merged at a phase boundary (`methods.md` 1.6, *Repair*)."""

Mix = Literal["other_org", "home_team"]
"""Whether organisations are mixed, or kept together as home teams."""


class Grouped(msgspec.Struct, frozen=True):
    """One group of a split: its people in ring order and who hosts it ("": the autopilot)."""

    seats: tuple[str, ...]
    host: str = ""


def sizes(people: int, largest: int) -> tuple[int, ...]:
    """The sizes of k = ceil(people / largest) groups; they differ by at most one, larger first.

    Where that would make groups of fewer than three (only a `largest` of 3 or 4 can), there are
    fewer groups, one person larger: better a circle of four than two pairs (1.6, *Repair*).
    """
    if people <= 0:
        return ()
    count = max(1, min(-(-people // largest), people // LEAST))
    small, extra = divmod(people, count)
    return (small + 1,) * extra + (small,) * (count - extra)


def split(
    people: Iterable[Member],
    largest: int,
    dice: int,
    *,
    last: Mapping[str, str] | None = None,
    mix: Mix = "other_org",
) -> tuple[Grouped, ...]:
    """Divide `people` into circles of at most `largest` whose sizes differ by at most one.

    Objectives in order: a table stays whole (a ruling: limits bend for it), one language, a mix
    of organisations (or home teams), not with the people of the group before (`last`: seat -> any
    key of that group). Every circle gets a host where there is one: a facilitator, then somebody
    willing, then nobody (`methods.md` 1.6).
    """
    drawn = shuffled(tuple(sorted(people, key=lambda member: member.seat)), dice, "people")
    if not drawn:
        return ()
    tables, own = _tables(drawn)
    wanted, places = _open_groups(tables, len(drawn), largest)
    groups = _Groups(wanted, last or {}, mix)
    for members, place in zip(tables, places, strict=True):
        for member in members:
            groups.seat(member, place)
    groups.fill(own)
    merged = groups.merge_small()
    return tuple(
        Grouped(
            tuple(member.seat for member in ring(members, dice + index)),
            host(members),
        )
        for index, members in enumerate(merged)
    )


def ring(members: Sequence[Member], dice: int) -> tuple[Member, ...]:
    """The order people sit in: drawn by `dice`, people of the hall and people far away alternating
    as far as counts allow (`methods.md` 1.5 rule 9)."""
    drawn = shuffled(tuple(sorted(members, key=lambda member: member.seat)), dice, "ring")
    hall = [member for member in drawn if member.where in ("room", "carried")]
    far = [member for member in drawn if member.where not in ("room", "carried")]
    # Each side is spread evenly over the circle: the i-th of n stands at (i + 1/2) / n.
    places = [((2 * i + 1) / (2 * len(far)), 0, member) for i, member in enumerate(far)]
    places += [((2 * i + 1) / (2 * len(hall)), 1, member) for i, member in enumerate(hall)]
    return tuple(member for _, _, member in sorted(places, key=lambda place: place[:2]))


def host(members: Iterable[Member]) -> str:
    """Who looks after these people: a facilitator dealt in, else somebody willing, else "" (the
    autopilot)."""
    here = [member for member in members if member.here]
    for wanted in (
        [member.seat for member in here if member.facilitator],
        [member.seat for member in here if member.willing],
    ):
        if wanted:
            return wanted[0]
    return ""


def smallest(
    counts: Mapping[str, int], largest: int | None = None, without: str = ""
) -> str | None:
    """The id of the group with the fewest people (the first of equals), for somebody who comes
    late or whose circle ended.

    `largest` leaves out full groups; `without` leaves out the group one comes from.
    """
    open_to = {
        group: size
        for group, size in counts.items()
        if group != without and size > 0 and (largest is None or size < largest)
    }
    return min(open_to, key=lambda group: open_to[group], default=None)


def merges(counts: Mapping[str, int], least: int = LEAST) -> tuple[tuple[str, str], ...]:
    """Which groups end and into which they go, so that none has fewer than `least` people while
    another group is there: pairs (from, into), in the order to be done (`methods.md` 1.6)."""
    left = {group: size for group, size in counts.items() if size > 0}
    moves = []
    while len(left) > 1:
        low = min(left, key=lambda group: left[group])
        if left[low] >= least:
            break
        people = left.pop(low)
        into = min(left, key=lambda group: left[group])
        left[into] += people
        moves.append((low, into))
    return tuple(moves)


NAMES: Final = (
    say("Mangrove"),
    say("Estuary"),
    say("Coral"),
    say("Reef"),
    say("Lagoon"),
    say("Delta"),
    say("Island"),
    say("Harbour"),
    say("Current"),
    say("Dune"),
    say("Palm"),
    say("Spring"),
    say("Ridge"),
    say("Meadow"),
    say("Orchard"),
    say("Terrace"),
    say("Savanna"),
    say("Baobab"),
    say("Acacia"),
    say("Cedar"),
    say("Heron"),
    say("Turtle"),
    say("Pearl"),
    say("Canoe"),
)
"""Places and things of water and shore, none of which ranks above another. Circles have names, not
numbers, so that nobody sits in the last one."""


def name(index: int) -> Line:
    """The name of the circle with this index, from 0; beyond the list names come again with a
    number ("Mangrove 2")."""
    turn, place = divmod(index, len(NAMES))
    if turn == 0:
        return NAMES[place]
    return say("{name} {number}", name=NAMES[place], number=turn + 1)


def _tables(people: Sequence[Member]) -> tuple[list[list[Member]], list[Member]]:
    """People who share a device, largest table first, and people with a device of their own."""
    shared: defaultdict[str, list[Member]] = defaultdict(list)
    own = []
    for member in people:
        if member.table:
            shared[member.table].append(member)
        else:
            own.append(member)
    tables = sorted(shared.values(), key=len, reverse=True)
    own += [table[0] for table in tables if len(table) == 1]
    return [table for table in tables if len(table) > 1], own


def _open_groups(
    tables: Sequence[Sequence[Member]], people: int, largest: int
) -> tuple[list[int], list[int]]:
    """How large each group will be when each table must stay whole, and where each table sits.

    Tables go one to a group first, then to where the fewest sit (one table device a circle, A1
    *Hybrid*). A group more is opened while a table would make one too large and the others would
    still have three people.
    """
    count = len(sizes(people, largest))
    while True:
        least, places = [0] * count, []
        for table in tables:
            places.append(least.index(min(least)))
            least[places[-1]] += len(table)
        if max(least) <= largest or people // (count + 1) < LEAST or len(tables) <= count:
            break
        count += 1
    for _ in range(people - sum(least)):
        least[least.index(min(least))] += 1
    return least, places


class _Groups:
    """Groups while they fill up. Counters instead of searches: 300 people take a few ms."""

    def __init__(self, wanted: list[int], last: Mapping[str, str], mix: Mix) -> None:
        count = len(wanted)
        self.free = list(wanted)
        self.members: list[list[Member]] = [[] for _ in wanted]
        self.speaks: list[Counter[str]] = [Counter() for _ in range(count)]
        self.from_org: list[Counter[str]] = [Counter() for _ in range(count)]
        self.from_last: list[Counter[str]] = [Counter() for _ in range(count)]
        self.leads = [0] * count  # 2 a facilitator, 1 somebody willing
        self.last = last
        self.sign = -1 if mix == "home_team" else 1

    def seat(self, member: Member, group: int) -> None:
        """Give `member` a place and count it."""
        self.members[group].append(member)
        self.free[group] -= 1
        self.speaks[group][member.language] += 1
        if member.organisation:
            self.from_org[group][member.organisation] += 1
        if member.seat in self.last:
            self.from_last[group][self.last[member.seat]] += 1
        self.leads[group] = max(self.leads[group], _lead(member))

    def fill(self, people: Sequence[Member]) -> None:
        """Seat everybody else: first places are shared out to languages, then each language fills
        its places with a host for each, organisations mixed, old acquaintances apart."""
        speakers: defaultdict[str, list[Member]] = defaultdict(list)
        for member in people:
            speakers[member.language].append(member)
        places = self.share_out({language: len(who) for language, who in speakers.items()})
        for language, who in speakers.items():
            common = Counter(member.organisation for member in who if member.organisation)
            who.sort(key=lambda member: (-_lead(member), -common[member.organisation]))
            for member in who:
                group = self.best(member, places[language])
                places[language][group] -= 1
                self.seat(member, group)

    def share_out(self, wanted: Mapping[str, int]) -> dict[str, list[int]]:
        """language -> places in each group: where it is spoken already, whole groups, then the
        closest fit. People who gave no language fill what is left."""
        free = list(self.free)
        places = {language: [0] * len(free) for language in wanted}
        rest = dict(wanted)

        def give(language: str, group: int) -> None:
            number = min(rest[language], free[group])
            places[language][group] += number
            rest[language] -= number
            free[group] -= number

        order = sorted(wanted, key=lambda language: (language == "", -wanted[language], language))
        for language in order:
            for group, spoken in enumerate(self.speaks):
                if spoken[language] and free[group]:
                    give(language, group)
        untouched = {group for group, spoken in enumerate(self.speaks) if not spoken}
        for language in order:
            while fitting := [g for g in untouched if free[g] <= rest[language]]:
                group = max(fitting, key=lambda g: (free[g], -g))
                untouched.discard(group)
                give(language, group)
        for language in sorted(order, key=lambda code: (code == "", -rest[code], code)):
            while rest[language]:
                roomy = [g for g, number in enumerate(free) if number >= rest[language]]
                group = (
                    min(roomy, key=lambda g: (free[g], g))
                    if roomy
                    else max(range(len(free)), key=lambda g: (free[g], -g))
                )
                give(language, group)
        return places

    def best(self, member: Member, places: Sequence[int]) -> int:
        """The group among those with a place for this language that suits `member` best."""
        lead = _lead(member)
        organisation = member.organisation
        last = self.last.get(member.seat)
        cost: tuple[int, ...] | None = None
        found = 0
        for group, number in enumerate(places):
            if not number:
                continue
            mine = (
                self.leads[group] if lead else 0,
                self.sign * self.from_org[group][organisation] if organisation else 0,
                self.from_last[group][last] if last is not None else 0,
                -number,
            )
            if cost is None or mine < cost:
                cost, found = mine, group
        return found

    def merge_small(self) -> list[list[Member]]:
        """The groups, with those below three merged (only a large table can make one)."""
        counts = {str(index): len(members) for index, members in enumerate(self.members)}
        for source, into in merges(counts):
            self.members[int(into)] += self.members[int(source)]
            self.members[int(source)] = []
        return [members for members in self.members if members]


def _lead(member: Member) -> int:
    """How much this person offers to host: 2 a facilitator, 1 willing, 0 not."""
    return 2 if member.facilitator else int(member.willing)
