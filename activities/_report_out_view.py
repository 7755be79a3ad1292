"""What a report-out looks like: one's own group, the reports, the table of themes, the panel."""

from collections.abc import Callable, Mapping
from typing import Final

from activities import phases, timing
from activities._report_out_model import (
    ALLOWED,
    MANY_TEAMS,
    MARKED,
    OTHER,
    PAIR,
    Laid,
    State,
    floor,
    members,
    notes_of,
    one_line,
    own_timer,
    phase_of,
    present,
    reporting,
    roles_of,
    sorts,
    team_name,
    voice,
)
from activities._report_out_offers import lead_offers, own_offers
from activities._report_out_piles import in_pile, section, theirs
from activities.blocks import (
    AnyBlock,
    Bar,
    Cards,
    Countdown,
    GroupLine,
    Groups,
    Line,
    NextStep,
    Note,
    Now,
    Offer,
    Pile,
    PileNote,
    Piles,
    Rules,
    Tally,
    View,
    Who,
    say,
    say_n,
)
from activities.groups import TimeGive
from activities.kernel import Viewer
from activities.timing import Timer

Blocks = list[AnyBlock]

FORMS: Final[Mapping[str, Line]] = {
    "one_line": say("One line: what is new, and one question."),
    "headline": say("A headline, as a newspaper would print it, and one sentence."),
    "what": say("What did we see? So what does it mean? Now what?"),
    "picture": say("Describe a picture or show a drawing, and say one sentence."),
}

RULES: Final = Rules(
    title=say("How we report"),
    lines=(
        say("One voice for each group, the same time for all."),
        say("Leave out what another group has said; everybody else marks “also ours”."),
        say("No questions yet. The lead thanks each group."),
        say("A note stands in one theme, or in none. None is lost when themes become one."),
    ),
)

WALL_PILES: Final = 8
"""Themes a wall shows: more lines could not be read from the back of a hall."""

NOTE_KINDS: Final = ("insight", "question", "practice")


def view(state: State, viewer: Viewer) -> View:
    """One thing now, and what this viewer may do."""
    roles = roles_of(state, viewer.seat, viewer.roles)
    allowed = phases.permitted(ALLOWED[phase_of(state)], roles)
    own, lead = own_offers(state, viewer), lead_offers(state, viewer)
    may = phases.arranged(viewer, own, lead, allowed)
    blocks: Blocks = phases.notices(state.phases)
    blocks += _PHASES[state.phases.phase](state, viewer)
    if viewer.lens == "panel" and {"lead", "co"} & viewer.roles:
        blocks += _panel(state, may)
    held = floor(state)
    timer = held.timer if held and held.speaking else _timer(state, viewer)
    return View(
        phase=phase_of(state),
        blocks=tuple(blocks),
        may=may,
        ends_at=timer.ends_at,
        place=say("Report-out"),
    )


def _timer(state: State, viewer: Viewer) -> Timer:
    """The phase's clock; who prepares sees that of their own group."""
    prepares = state.phases.phase == "prepare" and viewer.lens == "seat"
    team = state.place.get(viewer.seat, "") if prepares else ""
    return own_timer(state, team)


# --- phases -------------------------------------------------------------------------------------


def _prepare(state: State, viewer: Viewer) -> Blocks:
    team = state.place.get(viewer.seat, "")
    blocks: Blocks = [
        Now(text=say("Choose what your group brings")),
        Note(text=FORMS[state.settings.form]),
    ]
    if team in state.teams and viewer.lens == "seat":
        blocks += _own_team(state, viewer.seat, team)
        if state.teams[team].wants_time:
            asked = say("Your group asked for two more minutes. The facilitators see it.")
            blocks.append(Note(text=asked, tone="quiet"))
    clock = Countdown(clock=timing.clock(_timer(state, viewer)))
    return [*blocks, clock, RULES]


def _own_team(state: State, seat: str, team: str) -> Blocks:
    speaks = voice(state, team)
    chosen = state.teams[team].voice
    line = say("{name} speaks for you.", name=Who(speaks)) if chosen else _nobody_yet(speaks)
    others = [Who(other) for other in members(state, team) if other != seat]
    blocks: Blocks = [Note(text=line, title=team_name(state, team) if others else None)]
    mine = notes_of(state, team)
    if mine:
        marked = state.teams[team].marked
        piles = (
            Pile(MARKED, say("We bring these two"), _shown(state, _only(mine, marked), seat)),
            Pile(OTHER, say("Our other notes"), _shown(state, _without(mine, marked), seat)),
        )
        offer = "" if state.phases.paused else "note.mark"
        blocks.append(Piles(title=say("What we found"), piles=piles, move=offer))
    blocks.append(_section(state, team, say("Add to what we found")))
    return blocks


def _nobody_yet(speaks: str) -> Line:
    if not speaks:
        return say("Who speaks for you?")
    return say("Who speaks for you? {name}, if nobody else does.", name=Who(speaks))


def _section(state: State, team: str, title: Line) -> Cards:
    return Cards(
        document="board",
        section=section(state, team),
        title=title,
        kinds=NOTE_KINDS,
        sees="room",
        add=not state.phases.paused,
        hint=say("Everyone here can read it."),
        heading=team_name(state, team) if team in state.teams else None,
    )


def _reports(state: State, viewer: Viewer) -> Blocks:
    team, held = reporting(state), floor(state)
    if held is None:
        after = Note(text=say("Thank you. Next, what was found is sorted into themes."))
        return [Now(text=say("Every group has been heard")), after, *_heard(state, viewer), RULES]
    name = team_name(state, team)
    speaks = voice(state, team)
    lens_seat = viewer.seat if viewer.lens == "seat" else ""
    if speaks and speaks == lens_seat:
        now = say("You speak for your group") if held.speaking else say("Your group is next")
    else:
        now = say("We hear {group}", group=name) if held.speaking else say("{group}", group=name)
    blocks: Blocks = [Now(text=now), Note(text=_who_speaks(state, team, speaks))]
    if held.speaking:
        blocks.append(Countdown(clock=timing.clock(held.timer)))
    form = "one_line" if one_line(state) else state.settings.form
    blocks.append(Note(text=FORMS[form], tone="quiet"))
    blocks += _said(state, team, lens_seat, wall=viewer.lens == "screen")
    if lens_seat and state.place.get(lens_seat) == team and speaks != lens_seat:
        blocks.append(_section(state, team, say("Write what your voice says")))
    if coming := _next_team(state):
        blocks.append(Note(text=say("Next: {group}", group=team_name(state, coming))))
    return [*blocks, RULES]


def _who_speaks(state: State, team: str, speaks: str) -> Line:
    if not speaks:
        return say("Nobody of this group is connected. We wait a little.")
    if state.place.get(speaks) != team:
        return say("{name} reads what this group wrote.", name=Who(speaks))
    chosen = state.teams[team].voice
    if chosen and chosen != speaks and chosen in state.people:
        lost = say("{name} is not connected.", name=Who(chosen))
        return say("{lost} {name} goes on.", lost=lost, name=Who(speaks))
    return say("{name} speaks.", name=Who(speaks))


def _said(state: State, team: str, seat: str, *, wall: bool) -> Blocks:
    """The notes of the group that reports, for others to mark; for its own people what others
    said before and is theirs too, to be left out."""
    ticks = bool(seat) and state.settings.ticks and not state.phases.paused
    mine = notes_of(state, team)
    marked = state.teams[team].marked
    brought = _only(mine, marked) or (() if wall else mine)
    blocks: Blocks = []
    if brought:
        own = state.place.get(seat) == team
        pile = Pile(MARKED, say("What this group brings"), _shown(state, brought, seat))
        tick, untick = ("pile.tick", "pile.untick") if ticks and not own else ("", "")
        said = say("In their words")
        blocks.append(Piles(title=said, piles=(pile,), tick=tick, untick=untick))
    if seat and state.place.get(seat) == team and (same := theirs(state, team, seat)):
        pile = Pile(
            "", say("Others have said this, and it is yours too"), _shown(state, same, seat)
        )
        blocks.append(Piles(title=say("You can leave this out"), piles=(pile,)))
    return blocks


def _next_team(state: State) -> str:
    if state.round is None:
        return ""
    queue = state.round.first or state.round.second
    return queue[0] if queue else ""


def _heard(state: State, viewer: Viewer) -> Blocks:
    if viewer.lens == "screen":
        return []
    seat = viewer.seat if viewer.lens == "seat" else ""
    return [_table(state, seat, tick=bool(seat))] if state.notes else []


def _cluster(state: State, viewer: Viewer) -> Blocks:
    seat = viewer.seat if viewer.lens != "screen" else ""
    blocks: Blocks = [Now(text=say("What goes together?"))]
    if sorts(state, viewer.seat, viewer.roles) and seat:
        blocks.append(Note(text=say("You sort. Say aloud what you do, and ask before you do it.")))
    elif seat:
        blocks.append(Note(text=say("Say where a note belongs; those who sort decide.")))
    if state.helpers:
        blocks.append(Note(text=_helping(state), tone="quiet"))
    return [*blocks, _sorting(state, viewer), *phases.countdown(state.phases), RULES]


def _helping(state: State) -> Line:
    match [Who(seat) for seat in state.helpers]:
        case [a, b]:
            return say("{a} and {b} help to sort.", a=a, b=b)
        case [a, *_]:
            return say("{a} helps to sort.", a=a)
        case _:
            return say("Nobody helps to sort yet.")


def _on_wall(state: State) -> Tally:
    """The themes of a wall: titles that can be read from afar, the largest first."""
    sizes = {pile.id: len(in_pile(state, pile.id)) for pile in state.piles}
    ranked = sorted(enumerate(state.piles, 1), key=lambda one: -sizes[one[1].id])
    bars = tuple(
        Bar(say("{words}", words=p.words) if p.words else _unnamed(n), sizes[p.id])
        for n, p in ranked[:WALL_PILES]
    )
    loose = len(in_pile(state, ""))
    left = (Bar(say("Not placed"), loose),) if loose else ()
    return Tally(title=say("Our themes"), bars=bars + left)


def _sorting(state: State, viewer: Viewer) -> Piles | Tally:
    """The table of themes, with what this viewer may do to it."""
    if viewer.lens == "screen":
        return _on_wall(state)
    seat = viewer.seat
    open_ = bool(seat) and not state.phases.paused
    decides = open_ and sorts(state, seat, viewer.roles)
    here = open_ and seat in state.people
    suggests = here and state.phases.phase == "cluster"
    names = decides or (here and state.phases.phase == "name")
    return _table(
        state,
        seat,
        tick=here,
        move="note.place" if decides else "note.suggest" if suggests else "",
        rename="theme.name" if names else "",
        merge="pile.merge" if decides else "",
    )


def _table(
    state: State, seat: str, *, tick: bool, move: str = "", rename: str = "", merge: str = ""
) -> Piles:
    piles = [
        Pile(pile.id, pile.words or _unnamed(number), _shown(state, in_pile(state, pile.id), seat))
        for number, pile in enumerate(state.piles, 1)
    ]
    loose = in_pile(state, "")
    ticks = tick and state.settings.ticks and bool(state.notes)
    return Piles(
        title=say("Our themes") if state.piles else say("What we found"),
        piles=(*piles, Pile("", say("Not placed"), _shown(state, loose, seat))),
        move=move if state.notes else "",
        tick="pile.tick" if ticks else "",
        untick="pile.untick" if ticks else "",
        rename=rename if state.piles else "",
        merge=merge if len(state.piles) > 1 else "",
    )


def _unnamed(number: int) -> Line:
    return say("Pile {number}, no name yet", number=number)


def _name(state: State, viewer: Viewer) -> Blocks:
    bare = sum(1 for pile in state.piles if pile.words is None)
    rest = say_n("{n} theme has no name yet.", "{n} themes have no name yet.", bare)
    blocks: Blocks = [
        Now(text=say("What do we call them?")),
        Note(text=say("Two to six words, as one of you would say it.")),
    ]
    if bare:
        blocks.append(Note(text=rest, tone="look"))
    return [*blocks, _sorting(state, viewer), *phases.countdown(state.phases)]


def _missing(state: State, viewer: Viewer) -> Blocks:
    blocks: Blocks = [
        Now(text=say("What did nobody say?")),
        Note(text=say("Be quiet for a moment first. Then say it, or write it.")),
    ]
    if viewer.lens == "seat" and "observer" not in viewer.roles:
        blocks.append(_section(state, "missing", say("Nobody said")))
    return [*blocks, _sorting(state, viewer), *phases.countdown(state.phases)]


def _closed(state: State, viewer: Viewer) -> Blocks:
    blocks: Blocks = [Now(text=say("This is our harvest"))]
    if viewer.lens == "screen" and state.piles:
        blocks.append(_on_wall(state))
    elif state.notes or state.piles:
        seat = viewer.seat if viewer.lens == "seat" else ""
        blocks.append(_table(state, seat, tick=False))
    return blocks


_PHASES: Final[Mapping[str, Callable[[State, Viewer], Blocks]]] = {
    "prepare": _prepare,
    "reports": _reports,
    "cluster": _cluster,
    "name": _name,
    "missing": _missing,
    phases.CLOSED: _closed,
}

# --- notes --------------------------------------------------------------------------------------

Notes = tuple[Laid, ...]


def _only(notes: Notes, cards: tuple[str, ...]) -> Notes:
    return tuple(note for note in notes if note.card in cards)


def _without(notes: Notes, cards: tuple[str, ...]) -> Notes:
    return tuple(note for note in notes if note.card not in cards)


def _shown(state: State, notes: Notes, seat: str) -> tuple[PileNote, ...]:
    """Notes without their authors' names; small groups are not named either (`methods.md` 1.8)."""
    return tuple(
        PileNote(
            note.card,
            note.words,
            place=_from(state, note),
            ticks=len(state.ticks.get(note.card, ())),
            mine=bool(seat) and seat in state.ticks.get(note.card, ()),
        )
        for note in notes
    )


def _from(state: State, note: Laid) -> Line | None:
    if note.team not in state.teams:
        return None
    if sum(team == note.team for team in state.place.values()) <= PAIR:
        return say("from the pairs")
    return say("from {group}", group=team_name(state, note.team))


# --- the panel ----------------------------------------------------------------------------------


def _panel(state: State, may: tuple[Offer, ...]) -> Blocks:
    blocks: Blocks = [_next_step(state)] if state.phases.phase != phases.CLOSED else []
    if state.phases.phase in ("prepare", "reports"):
        lines = tuple(_group_line(state, team, may) for team in state.teams if members(state, team))
        if lines:
            blocks.append(Groups(groups=lines))
    if state.suggestions and state.phases.phase != phases.CLOSED:
        waits = say_n("{n} suggestion waits.", "{n} suggestions wait.", len(state.suggestions))
        blocks.append(Note(text=waits, tone="look"))
    return blocks


def _next_step(state: State) -> NextStep:
    match state.phases.phase:
        case "prepare":
            many = len(state.teams) > MANY_TEAMS
            hint = say("You are many: everybody has one line, 25 seconds.") if many else None
            if all(team.ready or not members(state, id) for id, team in state.teams.items()):
                hint = say("All groups are ready.")
            return NextStep(text=say("The groups report one after the other."), hint=hint)
        case "reports":
            left = sum(1 for team in state.teams if not _is_heard(state, team))
            still = say_n("{n} group has not reported.", "{n} groups have not reported.", left)
            hint = still if left else None
            return NextStep(text=say("All sort what was found into themes."), hint=hint)
        case "cluster":
            loose = len(in_pile(state, ""))
            placed = say_n("{n} note is not placed.", "{n} notes are not placed.", loose)
            return NextStep(
                text=say("All notes have their place. It is fine to leave some without one."),
                hint=placed if loose else None,
            )
        case "name":
            return NextStep(text=say("Themes with a name are chapters of the memo."))
        case _:
            return NextStep(text=say("The harvest is kept on everyone's board."))


def _is_heard(state: State, team: str) -> bool:
    status = state.round.status.get(team) if state.round else None
    return status in ("told", "passed", "left", "missed") or not members(state, team)


_STATUS: Final[Mapping[str, Line]] = {
    "waiting": say("waits"),
    "speaking": say("reports"),
    "told": say("has reported"),
    "deferred": say("comes later"),
    "interrupted": say("comes later"),
    "passed": say("has passed"),
    "missed": say("was not here"),
    "left": say("has left"),
}


def _group_line(state: State, team: str, may: tuple[Offer, ...]) -> GroupLine:
    if state.round is not None and state.phases.phase == "reports":
        known = "speaking" if reporting(state) == team else state.round.status.get(team, "waiting")
        status = _STATUS[known]
    else:
        brings = len(state.teams[team].marked)
        status = say_n("brings {n} note", "brings {n} notes", brings)
    speaks = voice(state, team)
    asks = state.teams[team].wants_time
    answers = tuple(
        n
        for n, offer in enumerate(may)
        if asks and isinstance(offer.command, TimeGive) and offer.command.group in ("", team)
    )
    return GroupLine(
        team,
        team_name(state, team),
        status,
        host=Who(speaks) if speaks else None,
        ready=state.phases.phase == "prepare" and state.teams[team].ready,
        tag=None if present(state, team) else say("nobody connected"),
        offers=answers,
    )
