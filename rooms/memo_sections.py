"""The plain sections: why, what, open questions, commitments, evaluation, people, next."""

from rooms import memo_calendar as calendar
from rooms.memo_desk import NAME_MAX, NOTE_MAX, TITLE_MAX, Desk
from rooms.memo_say import Said, say
from rooms.memo_source import Commitment, Evaluation, MemoCard, MemoSource, PersonLine
from rooms.memo_text import one_line
from rooms.memo_tree import (
    Block,
    Bullets,
    Edition,
    Fact,
    Head,
    Heading,
    Line,
    Notice,
    Paragraph,
    Table,
)

HOPES_MAX = 5
OPEN_MAX = 12
SINGLE_MAX = 12
EVALUATION_TEXTS_MAX = 6
"""Lines a list prints (methods.md 3.1: 3-5 hopes, 3-6 texts of each kind; open lists as long as
the 150 words of their section carry). The rest is counted and stays on the board."""
WHY = say("Facilitator: write one paragraph on why you met.")
ZONES_MAX = 3
MOODS_TO_SHOW = 4
"""Fewer answers than this could be traced to a person (the bound of methods.md A9)."""


def head(desk: Desk) -> Head:
    """Section 0: title, when, form, who held it, and the lines on sharing."""
    source = desk.source
    started, ended = source.started, source.ended
    at = say(
        "{date}, {start} to {end} ({zone})",
        date=calendar.date(started, source.zone, desk.language),
        start=calendar.clock(started, source.zone),
        end=calendar.clock(ended, source.zone),
        zone=calendar.zone_name(source.zone),
    )
    facts = [
        Fact(desk.say(say("When")), desk.machine(at)),
        Fact(desk.say(say("Form")), _form(desk)),
    ]
    if organiser := one_line(source.organiser, NAME_MAX):
        facts.append(Fact(desk.say(say("Organised by")), desk.record(organiser)))
    named = [person for person in source.facilitators if person.shown]
    if named:
        names = desk.listed(one_line(person.name, NAME_MAX) for person in named)
        line = desk.record(names, TITLE_MAX * 4)
        facts.append(Fact(desk.say(say("Facilitated by")), line))
    return Head(
        desk.record(one_line(source.title, TITLE_MAX) or desk.say(say("An exchange")), TITLE_MAX),
        desk.say(say("Debrief memo")),
        tuple(facts),
        _confidentiality(desk),
        " ".join(filter(None, (_edition(desk), _version(desk)))),
        version=source.version,
    )


def _edition(desk: Desk) -> str:
    return desk.say(
        say("Participants’ copy. It is for those who were there; please do not pass it on.")
        if desk.edition == "participants"
        else say("Shareable copy. It holds only what its owners released to everyone.")
    )


def _version(desk: Desk) -> str:
    """Which version this is, in every format: people compare what they have."""
    n = desk.source.version
    if not n:
        return ""
    match desk.source.state:
        case "draft":
            return desk.say(say("Version {n}, not sent yet.", n=n))
        case "sent":
            return desk.say(say("Version {n}.", n=n))
        case "final":
            return desk.say(say("Version {n}, final.", n=n))


def why(desk: Desk) -> list[Block]:
    """Section 1: the purpose, written by people, and the hopes of the pre-work."""
    cards = desk.cards("worthwhile")
    prose = desk.prose("why", sources=tuple(card.id for card in cards))
    lines = desk.merged(cards, "why", HOPES_MAX)
    if not prose and not lines:
        return [desk.empty(say("No purpose was written down."))]
    if not prose:
        prose = desk.placeholder("why", WHY)
    hopes: list[Block] = [Bullets(lines)] if lines else []
    return [*prose, *hopes, *desk.more(len(cards), lines)]


def did(desk: Desk) -> list[Block]:
    """Section 2: the activities as a table, without names; in the participants' copy also the
    weather of the check-in, as counts of the fixed answers only (CH4)."""
    source = desk.source
    blocks = desk.prose("did")
    if source.activities:
        rows = tuple(
            (desk.record(line.title, NAME_MAX), _number(line.minutes), _number(line.people))
            for line in source.activities
        )
        headers = tuple(map(desk.say, (say("Activity"), say("Minutes"), say("People"))))
        blocks.append(Table(headers, rows, numeric=(1, 2)))
    else:
        blocks.append(desk.empty(say("No activity was recorded.")))
    if desk.edition == "participants" and (moods := _moods(desk)):
        blocks.append(Paragraph(moods, quiet=True))
    return blocks


def still_open(desk: Desk, single: tuple[MemoCard, ...]) -> list[Block]:
    """Section 5: questions nobody answered, what was parked, and single voices (rule d)."""
    asked = [
        card
        for card in desk.cards("question", "burning_question", "parking")
        if card.status != "answered"
    ]
    lines = desk.merged(asked, "open", OPEN_MAX)
    blocks: list[Block] = desk.prose("open")
    if lines:
        blocks += [Bullets(lines), *desk.more(len(asked), lines)]
    else:
        blocks.append(desk.empty(say("No open questions were recorded.")))
    voices = desk.merged(single, "open", SINGLE_MAX)
    if voices:
        blocks.append(Heading(desk.machine(say("Single voices")), "open/single"))
        about = say("Said once, or in a theme only one person spoke to.")
        blocks += [Paragraph(desk.machine(about), quiet=True), Bullets(voices)]
        blocks += desk.more(len(single), voices)
    return blocks


def commitments(desk: Desk) -> list[Block]:
    """Section 6: commitments whose owners chose this copy, agreements, and a count of the rest."""
    rows = shown_commitments(desk.source, desk.edition)
    private = len(desk.source.commitments) - len(rows)
    blocks: list[Block] = desk.prose("commitments")
    if rows:
        headers = (say("Who"), say("What"), say("By when"), say("With"), say("Needs"))
        lines = tuple(_commitment(desk, item) for item in rows)
        blocks.append(Table(tuple(map(desk.say, headers)), lines))
    agreed = desk.merged(desk.cards("agreement", "ask", "commitment"), "commitments", OPEN_MAX)
    if agreed:
        blocks.append(Bullets(agreed))
    if private:
        line = say("Kept private by their owners: {n}", n=private)
        blocks.append(Notice(desk.machine(line), "more"))
    if not blocks:
        blocks.append(desk.empty(say("No commitments were made.")))
    return blocks


def shown_commitments(source: MemoSource, edition: Edition) -> list[Commitment]:
    """The commitments whose owners chose this copy."""
    allowed = ("public",) if edition == "public" else ("memo", "public")
    return [item for item in source.commitments if item.scope in allowed]


def evaluation(desk: Desk) -> list[Block]:
    """Section 7: counts, texts and the one change of a closed evaluation, without authors (EV1)."""
    result = desk.source.evaluation
    blocks: list[Block] = desk.prose("evaluation")
    if result:
        blocks += _scores(desk, result)
    lists: tuple[tuple[Said, list[MemoCard]], ...] = (
        (say("Most useful"), desk.cards("plus")),
        (say("Would change"), desk.cards("delta")),
    )
    for title, cards in lists:
        lines = desk.merged(cards, "evaluation", EVALUATION_TEXTS_MAX)
        if lines:
            blocks += [Heading(desk.machine(title)), Bullets(lines)]
            blocks += desk.more(len(cards), lines)
    change = one_line(result.one_change, NOTE_MAX) if result else ""
    if change and not desk.echoes(change):
        blocks.append(Heading(desk.machine(say("What we will change next time"))))
        line = Line(change, ("evaluation",), "facilitator", desk.language)
        blocks.append(Paragraph(line))
    if not blocks:
        blocks.append(desk.empty(say("No evaluation was held.")))
    return blocks


def people(desk: Desk) -> list[Block]:
    """Section 8: those who chose to be named, and the others as a number. The shareable copy of an
    unattributed session names nobody and no organisation (rule i)."""
    everyone = desk.source.people
    nameless = desk.edition == "public" and desk.source.confidentiality == "unattributed"
    homes = {one_line(person.organisation, NAME_MAX).casefold() for person in everyone} - {""}
    blocks: list[Block] = desk.prose("people")
    if not everyone:
        return [*blocks, desk.empty(say("Nobody was recorded as present."))]
    counted = say("People: {n}.", n=len(everyone))
    if homes:  # nobody said where they come from: none is not what that means
        counted = say("People: {n}. Organisations: {k}.", n=len(everyone), k=len(homes))
    blocks.append(Paragraph(desk.machine(counted)))
    named = [person for person in everyone if person.shown and not nameless]
    if named:
        named.sort(key=lambda person: (person.name, person.organisation, person.place))
        blocks.append(Bullets(tuple(_person(desk, person) for person in named)))
        if others := len(everyone) - len(named):
            line = say("Others, who are not named here: {n}", n=others)
            blocks.append(Notice(desk.machine(line), "more"))
    if desk.edition == "participants":
        contacts = desk.merged(desk.cards("offer", "need", "contact"), "people", OPEN_MAX)
        if contacts:
            heading = Heading(desk.machine(say("Offers, needs and contacts")), "people/contacts")
            blocks += [heading, Bullets(contacts)]
    return blocks


def following(desk: Desk) -> list[Block]:
    """Section 9: the call, how to comment, how to take words back, and how many were."""
    source = desk.source
    blocks: list[Block] = desk.prose("next")
    call = source.next_call
    # The call and its link belong to those who were there; a copy that travels invites nobody.
    if desk.edition == "public":
        pass
    elif call is None:
        blocks.append(desk.empty(say("No debrief call has been set yet.")))
    else:
        blocks.append(Paragraph(desk.machine(say("We meet again to talk about this memo:"))))
        zones = dict.fromkeys(map(calendar.zone_name, (source.zone, *call.zones)[:ZONES_MAX]))
        times = [
            say(
                "{date}, {time} ({zone})",
                date=calendar.date(call.at, name, desk.language),
                time=calendar.clock(call.at, name),
                zone=name,
            )
            for name in zones
        ]
        blocks.append(Bullets(tuple(map(desk.machine, times))))
        if link := one_line(call.link, NOTE_MAX):
            blocks.append(Paragraph(desk.record(link, NOTE_MAX)))
    blocks.append(Notice(desk.machine(_consent_line(desk)), "consent"))
    if source.withdrawals:
        taken = say("Words taken back by the people who said them: {n}", n=source.withdrawals)
        blocks.append(Notice(desk.machine(taken), "consent"))
    return blocks


def _consent_line(desk: Desk) -> Said:
    if desk.edition == "participants":
        return say(
            "To comment, or to take your own words back, open the link you came in with. "
            "What you take back is gone from the next copy."
        )
    return say("Every quotation here was released by the person who said it.")


def _form(desk: Desk) -> Line:
    match desk.source.form:
        case "online":
            return desk.machine(say("Online"))
        case "hybrid":
            return desk.machine(say("In a room and online together"))
        case "in the room":
            return desk.machine(say("In one room"))


def _confidentiality(desk: Desk) -> str:
    match desk.source.confidentiality:
        case "circle":
            line = say("What was told in the circles stays there, unless its teller released it.")
        case "unattributed":
            line = say("Use what you read. Do not say who said it, or where they work.")
        case "record":
            line = say("What was agreed may be passed on, with who agreed it.")
    return desk.say(line)


def _moods(desk: Desk) -> Line | None:
    names = {
        "sun": say("sun"),
        "part cloud": say("some cloud"),
        "cloud": say("cloud"),
        "rain": say("rain"),
        "storm": say("storm"),
        "fog": say("fog"),
    }
    moods = {key.replace("_", " "): n for key, n in desk.source.moods.items() if n > 0}
    if sum(moods.values()) < MOODS_TO_SHOW:
        return None
    shown = [f"{desk.say(names[key])} {moods[key]}" for key in names if key in moods]
    shown += [f"{key}: {moods[key]}" for key in "12345" if key in moods]
    if not shown:
        return None
    return desk.machine(say("At the check-in: {counts}", counts=desk.listed(shown)))


def _scores(desk: Desk, result: Evaluation) -> list[Block]:
    blocks: list[Block] = []
    blocks.append(Paragraph(desk.machine(say("Answers: {n}", n=result.answers))))
    if result.scores:
        headers = (desk.say(say("Statement")), "1", "2", "3", "4", "5")
        rows = tuple(
            (desk.record(score.statement, TITLE_MAX), *map(_number, score.counts))
            for score in result.scores
        )
        blocks.append(Table(headers, rows, numeric=(1, 2, 3, 4, 5)))
    return blocks


def _commitment(desk: Desk, item: Commitment) -> tuple[Line, ...]:
    nameless = desk.edition == "public" and desk.source.confidentiality == "unattributed"
    unnamed = desk.say(say("A participant"))
    owner = unnamed if nameless or not item.owner else item.owner
    if not item.by_when:
        desk.lack("commitment_date", "commitments", owner=item.owner, blocks=False)
    texts = (owner, item.what, item.by_when or desk.say(say("no date yet")),
             "" if nameless else item.partner, item.needs)  # fmt: skip
    return tuple(
        Line(one_line(text, NOTE_MAX), (item.id,), "people", desk.language) for text in texts
    )


def _person(desk: Desk, person: PersonLine) -> Line:
    home = (one_line(part, NAME_MAX) for part in (person.organisation, person.place))
    return desk.record(person.name, note=" · ".join(part for part in home if part))


def _number(value: int) -> Line:
    return Line(str(value), by="record")
