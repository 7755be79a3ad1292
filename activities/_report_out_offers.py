"""What a report-out offers: to one's group, to its voice, to those who sort, to the lead."""

from typing import Final

from activities import groups, phases, timing, turns
from activities._report_out_model import (
    HELPERS,
    LARGEST,
    MARKED,
    MARKS,
    MOST_PILES,
    MOST_SUGGESTIONS,
    NEW_PILE,
    OTHER,
    TITLE_LIMIT,
    HelperJoin,
    Laid,
    NoteMark,
    NotePlace,
    NoteSuggest,
    NoteTick,
    NoteUntick,
    State,
    SuggestionAnswer,
    ThemeMerge,
    ThemeName,
    VoiceTake,
    floor,
    following,
    notes_of,
    reporting,
    seating,
    sorts,
    team_name,
    voice,
)
from activities._report_out_piles import pile_of
from activities.blocks import Line, Need, Offer, Option, Place, Words, say
from activities.kernel import Command, Viewer

Offers = list[Offer]
Notes = tuple[Laid, ...]

AT_ONCE: Final = 5
"""Suggestions offered at a time: more would be a list to work off, not a talk."""


# --- one's own ----------------------------------------------------------------------------------


def own_offers(state: State, viewer: Viewer) -> Offers:
    """What this person may do as one of a group, as its voice, and as one who sorts."""
    seat = viewer.seat
    always = phases.pause_offers(state.phases, viewer)
    if state.phases.paused or state.phases.phase == phases.CLOSED or not seat:
        return always
    offers: Offers = []
    if state.phases.phase in ("prepare", "reports"):
        offers += _team(state, seat)
    if sorts(state, seat, viewer.roles):
        offers += _sort(state)
    elif state.phases.phase == "cluster" and seat in state.people:
        offers += _suggest(state) + _help(state, viewer)
    elif state.phases.phase == "name":
        offers += _name(state, tuple(pile.id for pile in state.piles if pile.words is None))
    if state.phases.phase != "prepare" and seat in state.people:
        offers += _ticks(state, seat)
    return offers + always


def _team(state: State, seat: str) -> Offers:
    team = state.place.get(seat, "")
    offers: Offers = []
    held = floor(state)
    if held is not None and voice(state, held.seat) == seat:
        offers += teller(state)
    prepares = state.phases.phase == "prepare"
    if team in state.teams and (prepares or reporting(state) == team):
        chosen = state.teams[team].voice
        if seat not in (chosen, voice(state, team) if not prepares else chosen):
            place: Place = "main" if prepares and not chosen else "beside"
            offers.append(Offer(VoiceTake(team=team), say("I speak for us"), place))
        if prepares:
            ready = not state.teams[team].ready
            label = say("Our group is ready") if ready else say("Not ready yet")
            offers.append(Offer(groups.GroupReady(group=team, ready=ready), label, "beside"))
            offers += _more_time(state, team)
        mine = notes_of(state, team)
        if mine and prepares:
            piles = (Option(MARKED, say("We bring it")), Option(OTHER, say("Our other notes")))
            needs = {"note": _notes(mine), "pile": Need(kind="choice", options=piles)}
            full = len(state.teams[team].marked) >= MARKS
            hint = say("Two notes are enough.") if full else None
            mark = NoteMark(note="", pile="")
            bring = say("Choose what we bring")
            offers.append(Offer(mark, bring, "beside", needs=needs, hint=hint, shown=False))
    return offers


def _more_time(state: State, team: str) -> Offers:
    """Two more minutes, in one tap."""
    timer = state.phases.timer
    if state.teams[team].wants_time or not timing.may_extend(timer, groups.EXTENSIONS):
        return []
    return [Offer(groups.TimeAsk(group=team), say("Ask for two more minutes"), "foot")]


def teller(state: State) -> Offers:
    """What the voice of the group on the floor may do."""
    held, round_ = floor(state), state.round
    if held is None or round_ is None:
        return []
    if held.speaking:
        offers = [Offer(turns.Done(turn=held.turn), say("We have finished"))]
        if turns.may_come_back(round_):
            back = say("Come back to us at the end")
            offers.append(Offer(turns.Defer(turn=held.turn), back, "foot"))
        return offers
    offers = [Offer(turns.Begin(turn=held.turn), say("We begin"))]
    # At a first offer passing means coming back at the end (1.5 rule 3).
    first = round_.status.get(held.seat) == "waiting"
    label = say("Come back to us at the end") if first else say("We pass")
    passing = turns.Pass(turn=held.turn, begun=False)
    return [*offers, Offer(passing, label, "beside")]


def _ticks(state: State, seat: str) -> Offers:
    """Also ours: while a group reports its notes, afterwards all; never one's own."""
    if not state.settings.ticks:
        return []
    team = reporting(state)
    if team and state.place.get(seat) == team:
        return []
    notes = notes_of(state, team) if team else tuple(state.notes.values())
    others = tuple(note for note in notes if note.seat != seat)
    ticked = tuple(note for note in others if seat in state.ticks.get(note.card, ()))
    fresh = tuple(note for note in others if note not in ticked)
    offers: Offers = []
    if fresh:
        offers.append(_on_note(NoteTick(note=""), say("Also ours"), fresh))
    if ticked:
        offers.append(_on_note(NoteUntick(note=""), say("Not ours after all"), ticked))
    return offers


def _on_note(command: Command, label: Line, notes: Notes) -> Offer:
    return Offer(command, label, "beside", needs={"note": _notes(notes)}, shown=False)


def _notes(notes: Notes) -> Need:
    return Need(
        kind="choice",
        options=tuple(Option(n.card, say("{words}", words=n.words)) for n in notes),
    )


def _help(state: State, viewer: Viewer) -> Offers:
    full = len(state.helpers) >= HELPERS or viewer.seat in state.helpers
    if full or state.settings.cluster_by == "all":
        return []
    return [Offer(HelperJoin(), say("I help to sort"), "beside")]


def _suggest(state: State) -> Offers:
    if not state.notes or len(state.suggestions) >= MOST_SUGGESTIONS:
        return []
    needs = {"note": _notes(tuple(state.notes.values())), "pile": _piles(state, new=True)}
    suggest = NoteSuggest(note="", pile="")
    return [Offer(suggest, say("Suggest a place"), "beside", needs=needs, shown=False)]


# --- those who sort -----------------------------------------------------------------------------


def _sort(state: State) -> Offers:
    if state.phases.phase not in ("cluster", "name", "missing"):
        return []
    offers: Offers = []
    if state.notes:
        new = len(state.piles) < MOST_PILES
        needs = {"note": _notes(tuple(state.notes.values())), "pile": _piles(state, new=new)}
        place = NotePlace(note="", pile="")
        offers.append(Offer(place, say("Move a note"), "beside", needs=needs, shown=False))
    offers += _name(state, tuple(pile.id for pile in state.piles))
    if len(state.piles) > 1:
        both = _themes(state, tuple(pile.id for pile in state.piles))
        merge = ThemeMerge(pile="", into="")
        needs = {"pile": both, "into": both}
        offers.append(Offer(merge, say("Make two themes one"), "beside", needs=needs, shown=False))
    return offers + _answers(state)


def _answers(state: State) -> Offers:
    offers: Offers = []
    for id, wish in list(state.suggestions.items())[:AT_ONCE]:
        note = state.notes.get(wish.note)
        if note is None:
            label, hint = say("Do as suggested"), None
        else:
            label = say("Yes: {note}", note=note.words)
            hint = say("It goes to: {pile}", pile=_called(state, wish.pile))
        yes = SuggestionAnswer(suggestion=id, yes=True)
        no = SuggestionAnswer(suggestion=id, yes=False)
        offers.append(Offer(yes, label, "group", hint=hint))
        offers.append(Offer(no, say("Leave it where it is"), "group"))
    return offers


def _called(state: State, pile: str) -> Line:
    if pile == NEW_PILE:
        return say("a new theme")
    known = pile_of(state, pile)
    if known is None:
        return say("Not placed")
    number = state.piles.index(known) + 1
    if known.words is None:
        return say("Pile {number}, no name yet", number=number)
    return say("{words}", words=known.words)


def _piles(state: State, *, new: bool) -> Need:
    options = [Option(pile.id, _called(state, pile.id)) for pile in state.piles]
    options.append(Option("", say("Not placed")))
    if new:
        options.append(Option(NEW_PILE, say("A new theme")))
    return Need(kind="choice", options=tuple(options))


def _themes(state: State, piles: tuple[str, ...]) -> Need:
    return Need(kind="choice", options=tuple(Option(p, _called(state, p)) for p in piles))


def _name(state: State, piles: tuple[str, ...]) -> Offers:
    if not piles:
        return []
    needs = {"pile": _themes(state, piles), "words": Need(kind="text", limit=TITLE_LIMIT)}
    hint = say("Two to six words.")
    name = ThemeName(pile="", words=Words(""))
    return [Offer(name, say("Name it"), "beside", needs=needs, hint=hint, shown=False)]


# --- the lead -----------------------------------------------------------------------------------


def lead_offers(state: State, viewer: Viewer) -> Offers:
    """A facilitator's buttons; the table takes away what a co-facilitator may not."""
    kept = say("Notes, themes and ticks are kept.")
    offers = phases.lead_offers(state.phases, viewer, _labels(state), kept)
    if state.phases.paused:
        return offers
    if state.phases.phase == "prepare":
        now = seating(state)
        names = {team: team_name(state, team) for team in now}
        offers += groups.lead_offers(now, names, viewer.epoch, LARGEST)
        timer = state.phases.timer
        for team in now:
            if state.teams[team].wants_time:
                found = groups.time_offers(team, names[team], "prepare", viewer.epoch, timer)
                offers += [offer for offer in found if offer not in offers]
    if state.phases.phase in ("cluster", "name", "missing"):
        offers += _answers(state)
    held, round_ = floor(state), state.round
    if held is None or round_ is None:
        return offers
    speaks = voice(state, held.seat)
    if speaks == viewer.seat:
        offers += teller(state)
    else:
        read = VoiceTake(team=held.seat)
        hint = say("When a group would rather not speak.")
        offers.append(Offer(read, say("Read their notes aloud"), "group", hint=hint))
    if held.speaking and timing.may_extend(held.timer):
        more = turns.Extend(turn=held.turn, seconds=30)
        offers.append(Offer(more, say("Half a minute more for them"), "group"))
    if turns.may_move_on(round_):
        name = team_name(state, held.seat)
        moving = turns.Next(turn=held.turn)
        offers.append(Offer(moving, say("Thank {group} and go on", group=name), "group"))
    if len(round_.first) > 1:
        waiting = tuple(Option(t, team_name(state, t)) for t in round_.first if t in state.teams)
        need = {"order": Need(kind="seats", options=waiting)}
        reorder = turns.Reorder(epoch=viewer.epoch, order=())
        offers.append(Offer(reorder, say("Change the order"), "group", needs=need))
    return offers


def _labels(state: State) -> dict[str, Line]:
    """What the button that leaves each phase says; some phases are left out."""
    goes_to = {
        "reports": say("Let the groups report"),
        "cluster": say("Sort it into themes"),
        "name": say("Name the themes"),
        "missing": say("Ask what nobody said"),
        phases.CLOSED: say("Close the harvest"),
    }
    phase = state.phases.phase
    if phase == phases.CLOSED:
        return {}
    return {phase: goes_to[following(state.settings, phase)]}
