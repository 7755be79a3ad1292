"""What a vote looks like: one's own ballot, what all see, the panel, the wall."""

from collections.abc import Callable, Mapping
from typing import Final

from activities import phases, timing
from activities._voting_model import (
    ALLOWED,
    FEWEST,
    MOST_OPTIONS,
    OPTION_LIMIT,
    Choice,
    OptionAdd,
    OptionDrop,
    OptionMerge,
    Papers,
    RunoffOpen,
    State,
    VoteCast,
    VoteDone,
    VoteUncast,
    chosen,
    dots_for,
    electorate,
    enough,
    first_cut,
    may_run_off,
    numbers,
    votes,
)
from activities.blocks import (
    AnyBlock,
    Ballot,
    BallotOption,
    Bar,
    Entry,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Progress,
    Rules,
    Tally,
    View,
    Words,
    say,
    say_n,
)
from activities.kernel import Command, Viewer

Blocks = list[AnyBlock]
Offers = list[Offer]

RULES: Final = Rules(
    title=say("How we vote"),
    lines=(
        say("A vote shows where our attention goes. It decides nothing for anybody."),
        say("Only the numbers are shown, at the end, never who placed which dot."),
        say("You may change your dots until the vote closes. A blank ballot is an answer."),
        say("Once the vote is open, no option is added and none is taken away."),
    ),
)


def view(state: State, viewer: Viewer) -> View:
    """One thing now, and what this viewer may do."""
    own = _own_offers(state, viewer)
    roles = roles_of(state, viewer.seat, viewer.roles)
    allowed = phases.permitted(ALLOWED[state.phases.shown], roles)
    offers = phases.arranged(viewer, own, _lead_offers(state, viewer), allowed)
    leads = viewer.lens == "panel" and bool({"lead", "co"} & viewer.roles)
    blocks: Blocks = phases.notices(state.phases)
    blocks += _PHASES[state.phases.phase](state, viewer)
    if leads:
        blocks += _panel(state)
    return View(
        phase=state.phases.shown,
        blocks=tuple(blocks),
        may=offers,
        place=say("Vote with dots"),
        ends_at=state.phases.timer.ends_at,
    )


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Whoever has a ballot is a member here, and nobody else. A ballot itself comes without a seat
    and with the hats the room knows of."""
    if not seat:
        return roles
    return roles | {"member"} if votes(state, seat) else roles - {"member"}


# --- what all see -------------------------------------------------------------------------------


def _tidy(state: State, viewer: Viewer) -> Blocks:
    blocks: Blocks = [
        Now(text=say("What shall we vote on?")),
        Note(text=say("Every option has a number and is read aloud, twice. Say when two are one.")),
    ]
    if state.options:
        each = dots_for(len(state.options), state.settings.dots)
        ids = tuple(option.id for option in state.options)
        blocks.append(_ballot(state, Papers(ids, each, state.settings.per_option), ""))
    else:
        blocks.append(Note(text=say("There are no options yet."), tone="quiet"))
    return [*blocks, *phases.countdown(state.phases), RULES]


def _open(state: State, viewer: Viewer) -> Blocks:
    papers = state.papers
    if papers is None:
        return [Now(text=say("The vote is open"))]
    again = state.counted
    mine = viewer.token if viewer.lens == "seat" and votes(state, viewer.seat) else ""
    blocks: Blocks = [
        Now(text=say("Place your dots once more") if again else say("Place your dots"))
    ]
    if again:
        blocks.append(Note(text=say("These are equal. Which of them goes on?")))
    if mine:
        given = say_n("You have {n} dot.", "You have {n} dots.", papers.dots)
        if papers.each > 1:
            given = say("{given} Up to two may lie on one option.", given=given)
        hidden = say("Nobody sees where yours lie. Change them until the vote closes.")
        blocks.append(Note(text=hidden, tone="private", title=given))
    done, of = _finished(state)
    label = say("{done} of {of} have finished", done=done, of=of)
    return [
        *blocks,
        _ballot(state, papers, mine),
        Progress(done=done, of=of, label=label),
        RULES,
    ]


def _ballot(state: State, papers: Papers, mine: str) -> Ballot:
    """The ballot: with one's own dots and their offers, or (for the wall and before it opens) to
    read only. Nobody else's dots are anywhere in it (VO3)."""
    number = numbers(state)
    return Ballot(
        offer="vote.cast" if mine else "",
        back="vote.uncast" if mine else "",
        field="option" if mine else "",
        options=tuple(
            BallotOption(o.id, number[o.id], o.words, papers.on(mine, o.id) if mine else 0)
            for o in state.options
            if o.id in papers.options
        ),
        dots=papers.dots,
        used=papers.used(mine) if mine else 0,
        each=papers.each,
        clock=timing.clock(state.phases.timer) if state.papers else None,
    )


def _finished(state: State) -> tuple[int, int]:
    """How many said they have finished, of those here; it says nothing of their dots."""
    done = len(state.papers.done) if state.papers else 0
    return done, max(done, len(electorate(state)))


def _reveal(state: State, viewer: Viewer) -> Blocks:
    blocks: Blocks = [Now(text=say("Where our attention goes")), *_results(state)]
    line = first_cut(state)
    if line.tied and not state.tied:
        equal = say_n(
            "{n} option is equal at the line.",
            "{n} options are equal at the line.",
            len(line.tied),
        )
        blocks.append(Note(text=equal))
    if state.hushed:
        blocks.append(Note(text=say("Too few voted again; all that were equal go on.")))
    return blocks


def _results(state: State) -> Blocks:
    blocks: Blocks = []
    if state.counted:
        title = say_n("Dots of {n} person", "Dots of {n} people", state.voters)
        blocks.append(Tally(title=title, bars=_bars(state, state.counts)))
    if state.second:
        blocks.append(Tally(title=say("The second ballot"), bars=_bars(state, state.second)))
    if going := [_titled(state, option) for option in state.options if option.id in chosen(state)]:
        lines = tuple(going[i] for i in _order(state))
        blocks.append(Rules(title=say("This goes on"), lines=lines, open=True))
    return blocks


def _order(state: State) -> list[int]:
    """Where the chosen options, listed by number, stand in the order of their dots."""
    by_number = [option.id for option in state.options if option.id in chosen(state)]
    return [by_number.index(option) for option in chosen(state)]


def _bars(state: State, counts: Mapping[str, int]) -> tuple[Bar, ...]:
    ranked = sorted(
        (option for option in state.options if option.id in counts),
        key=lambda option: -counts[option.id],
    )
    return tuple(Bar(_titled(state, option), counts[option.id]) for option in ranked)


def _titled(state: State, option: Choice) -> Line:
    number = numbers(state)[option.id]
    return say("{number}. {option}", number=number, option=option.words)


def _talk(state: State, viewer: Viewer) -> Blocks:
    why = (
        say("Only a few placed a dot. The count would tell who chose what, so nobody sees it.")
        if state.hushed
        else say("With fewer than {n} voters, a count would tell who chose what.", n=FEWEST)
    )
    blocks: Blocks = [
        Now(text=say("Let us talk instead")),
        Note(text=why),
        Note(text=say("Each says which matter most, and why. Listen for what comes up again.")),
    ]
    if state.options:
        lines = tuple(_titled(state, option) for option in state.options)
        blocks.append(Rules(title=say("The options"), lines=lines, open=True))
    return [*blocks, *phases.countdown(state.phases)]


def _closed(state: State, viewer: Viewer) -> Blocks:
    return [Now(text=say("The vote is over")), *_results(state)]


_PHASES: Final[Mapping[str, Callable[[State, Viewer], Blocks]]] = {
    "tidy": _tidy,
    "open": _open,
    "reveal": _reveal,
    "runoff": _open,
    "talk": _talk,
    phases.CLOSED: _closed,
}

# --- the panel ----------------------------------------------------------------------------------


def _panel(state: State) -> Blocks:
    match state.phases.phase:
        case "tidy":
            return _tidying(state)
        case "open" | "runoff":
            done, of = _finished(state)
            hint = say("{done} of {of} have finished. You see no dots either.", done=done, of=of)
            return [NextStep(text=say("The vote closes and all see the numbers."), hint=hint)]
        case "reveal":
            return [NextStep(text=say("The themes of the memo stand in this order."))]
        case "talk":
            return [NextStep(text=say("Nothing was counted. The next activity can begin."))]
        case _:
            return []


def _tidying(state: State) -> Blocks:
    blocks: Blocks = []
    if len(state.options) < MOST_OPTIONS and not state.phases.paused:
        entry = Entry(
            box="option",
            offer="option.add",
            field="words",
            label=say("One more option"),
            hint=say("A few words that can be read aloud."),
            sees="room",
            limit=OPTION_LIMIT,
        )
        blocks.append(entry)
    if len(state.options) < 2:
        step = NextStep(text=say("A vote needs two options."))
    elif enough(state):
        each = dots_for(len(state.options), state.settings.dots)
        step = NextStep(
            text=say_n("Everybody gets {n} dot.", "Everybody gets {n} dots.", each),
            hint=say("Read all options aloud twice first. Nothing can be added after this."),
        )
    else:
        step = NextStep(
            text=say("You are too few to vote without being known by it."),
            hint=say("Everybody sees the options and you talk about them."),
        )
    return [*blocks, step]


# --- offers -------------------------------------------------------------------------------------


def _own_offers(state: State, viewer: Viewer) -> Offers:
    offers: Offers = []
    papers = state.papers
    if papers is not None and votes(state, viewer.seat) and not state.phases.paused:
        offers += _dots(state, papers, viewer.token)
    return [*offers, *phases.pause_offers(state.phases, viewer)]


def _dots(state: State, papers: Papers, token: str) -> Offers:
    ballot = state.last
    offers: Offers = []
    free = tuple(o for o in papers.options if papers.on(token, o) < papers.each)
    if free and papers.used(token) < papers.dots:
        cast = VoteCast(ballot=ballot, option="")
        offers.append(_choice(cast, say("Place a dot"), "option", _listed(state, free), "main"))
    mine = tuple(o for o in papers.options if papers.on(token, o))
    if mine:
        uncast = VoteUncast(ballot=ballot, option="")
        offers.append(_choice(uncast, say("Take a dot back"), "option", _listed(state, mine)))
    if token not in papers.done:
        hint = None if papers.used(token) else say("A blank ballot is an answer.")
        offers.append(Offer(VoteDone(ballot=ballot), say("I have finished"), "beside", hint=hint))
    return offers


def _listed(state: State, ids: tuple[str, ...]) -> tuple[Option, ...]:
    return tuple(Option(o.id, _titled(state, o)) for o in state.options if o.id in ids)


def _choice(
    command: Command, label: Line, field: str, options: tuple[Option, ...], place: str = "beside"
) -> Offer:
    need = {field: Need(kind="choice", options=options)}
    return Offer(command, label, "main" if place == "main" else "beside", needs=need, shown=False)


def _lead_offers(state: State, viewer: Viewer) -> Offers:
    labels: dict[str, Line] = {
        "open": say("Close the vote and show the numbers"),
        "runoff": say("Close the vote and show the numbers"),
        "reveal": say("Go on with these"),
        "talk": say("End the talk"),
    }
    if len(state.options) >= 2:
        labels["tidy"] = say("Open the vote") if enough(state) else say("Talk instead")
    kept = say("Dots that are not counted yet are let go of. What was counted is kept.")
    offers = phases.lead_offers(state.phases, viewer, labels, kept)
    if state.phases.phase == "reveal" and may_run_off(state):
        again = RunoffOpen(epoch=viewer.epoch, ballot=state.last)
        label = say("Vote once more among the equal ones")
        offers.append(Offer(again, label, "beside", hint=say("One minute.")))
    if state.phases.phase == "tidy" and not state.phases.paused:
        offers += _tidy_offers(state, viewer.epoch)
    return offers


def _tidy_offers(state: State, epoch: int) -> Offers:
    offers: Offers = []
    if len(state.options) < MOST_OPTIONS:
        words = {"words": Need(kind="text", limit=OPTION_LIMIT)}
        add = OptionAdd(epoch=epoch, words=Words(""))
        offers.append(Offer(add, say("Add this option"), "beside", needs=words))
    every = _listed(state, tuple(option.id for option in state.options))
    one = Need(kind="choice", options=every)
    if every:
        drop = OptionDrop(epoch=epoch, option="")
        offers.append(Offer(drop, say("Take an option off"), "menu", needs={"option": one}))
    if len(every) > 1:
        merge = OptionMerge(epoch=epoch, option="", into="")
        into = Need(kind="choice", options=every, label=say("Which one stays?"))
        needs = {"option": one, "into": into}
        offers.append(Offer(merge, say("Make two options one"), "menu", needs=needs))
    return offers
