"""The evaluation: what was most useful, what people would change, without names
(`methods.md` A11).

Theory
------
    write -> (round ->) read_back -> one_change -> closed, and answers for some hours after

Nobody's answer is kept with a name (EV1): the command is decided without a seat and committed
without one (`Activity.unnamed`); a token tells answer sets apart, so that each person has one and
may change it until the room forgets the key (EV2). Facilitators do not answer (EV3). Texts are
shown when there are three answers or when writing is over, in the order of their tokens, which is
no order of time or people. A line about a person can be moved to the facilitators alone.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from activities import people, phases
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Bar,
    Field,
    Form,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
    Progress,
    Tally,
    View,
    Words,
    say,
)
from activities.kernel import (
    MINUTE,
    Activity,
    Assessment,
    Command,
    Deadline,
    Event,
    Harvest,
    Hint,
    Item,
    LeadCommand,
    Member,
    Moment,
    Planned,
    Purpose,
    Rating,
    Refused,
    Viewer,
    WordsErased,
)
from activities.phases import (
    Phases,
    Stage,
)

TEXT_LIMIT: Final = 280
SHOWN_FROM: Final = 3
"""Answers from which texts are shown while people write: fewer could be told apart (A11)."""

HOUR: Final = 60 * MINUTE


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of `methods.md` 1.15, A11. `minutes` of writing: five an hour of the exchange is a
    good measure, fifteen at most. `round`: a voluntary round of one sentence each."""

    form: Literal["useful_change", "plus_delta", "scores"] = "useful_change"
    minutes: Annotated[int, Meta(ge=1, le=15)] = 3
    round: bool = False
    after_hours: Annotated[int, Meta(ge=0, le=168)] = 48


class AnswersGive(Command, frozen=True, kw_only=True, tag="evaluation.give"):
    """My answers, all of them; the last ones count."""

    plus: Words | None = None
    delta: Words | None = None
    worth: Annotated[int, Meta(ge=0, le=5)] = 0  # 0: no answer
    heard: Annotated[int, Meta(ge=0, le=5)] = 0
    use: Annotated[int, Meta(ge=0, le=5)] = 0


class LineWithdraw(LeadCommand, frozen=True, kw_only=True, tag="evaluation.withhold"):
    """A facilitator moves a line that names a person to the facilitators alone."""

    words: str


class ChangeName(LeadCommand, frozen=True, kw_only=True, tag="change.name"):
    """The lead names one thing that will change next time."""

    words: Words


class AnswersGiven(Event, frozen=True, kw_only=True, tag="evaluation.given"):
    """Somebody's answers, under their token."""

    token: str
    plus: Words | None = None
    delta: Words | None = None
    scores: tuple[int, int, int] = (0, 0, 0)


class LineWithdrawn(Event, frozen=True, kw_only=True, tag="evaluation.withheld"):
    """A line is for facilitators alone."""

    words: str


class ChangeNamed(Event, frozen=True, kw_only=True, tag="change.named"):
    """The one change."""

    words: Words


class Given(msgspec.Struct, frozen=True):
    """One set of answers."""

    plus: Words | None = None
    delta: Words | None = None
    scores: tuple[int, int, int] = (0, 0, 0)


class State(msgspec.Struct, frozen=True):
    """`given`: token -> answers, in no order anybody could read; `asked` counts those here."""

    settings: Settings
    phases: Phases
    people: people.People
    given: Mapping[str, Given] = msgspec.field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    change: Words | None = None


STATEMENTS: Final = (
    say("It was worth my time."),
    say("I was heard."),
    say("I can use it."),
)

# --- reading ------------------------------------------------------------------------------------


def initial(settings: Settings, members: tuple[Member, ...], moment: Moment) -> State:
    """Everybody writes."""
    begun = phases.begin("write", _stage(settings, "write"), moment.now)
    return State(settings, begun, people.of(members))


def _stage(settings: Settings, phase: str) -> Stage:
    match phase:
        case "write":
            return Stage("hard", settings.minutes * MINUTE)
        case "read_back":
            return Stage("soft", MINUTE)
        case _:
            return Stage()


def roles_of(state: State, seat: str, roles: frozenset[str]) -> frozenset[str]:
    """Facilitators are not counted as participants (EV3), not even those dealt in."""
    return roles - {"member"} if {"lead", "co"} & roles else roles


def texts(state: State, kind: Literal["plus", "delta"]) -> tuple[Words, ...]:
    """All lines of one box that are not withheld, in the order of their tokens."""
    lines = (getattr(state.given[token], kind) for token in sorted(state.given))
    return tuple(words for words in lines if words is not None and words.ref not in state.withheld)


def ratings(state: State) -> tuple[Rating, ...]:
    """How many answered what, statement by statement; empty when nobody was asked."""
    if state.settings.form != "scores":
        return ()
    found = []
    for number, statement in enumerate(STATEMENTS):
        values = [given.scores[number] for given in state.given.values()]
        one, two, three, four, five = (values.count(score) for score in range(1, 6))
        found.append(Rating(statement, (one, two, three, four, five)))
    return tuple(found)


def harvest(state: State) -> Harvest:
    """Counts, texts, the one change; nobody's name (EV1, EV4)."""
    kinds: tuple[Literal["plus", "delta"], ...] = ("plus", "delta")
    items = tuple(Item(kind, words, "") for kind in kinds for words in texts(state, kind))
    found = Assessment(len(state.given), ratings(state), state.change)
    return Harvest(items, {"evaluated": len(state.given)}, assessment=found)


def lingers(state: State) -> int:
    """Who left early may answer for some hours more."""
    return state.settings.after_hours * HOUR


# --- deciding -----------------------------------------------------------------------------------


def decide(state: State, command: Command, moment: Moment) -> tuple[Event, ...]:
    """What follows from a command. Raises `Refused`."""
    match command:
        case AnswersGive():
            given = _given(state, command, moment.token)
            return (given, *_let_go(state, given))
        case LineWithdraw():
            if Words(command.words) not in (*texts(state, "plus"), *texts(state, "delta")):
                raise Refused("unknown")
            return (LineWithdrawn(words=command.words),)
        case ChangeName():
            return (ChangeNamed(words=command.words),)
        case _ if isinstance(command, people.PeopleCommand):
            return people.decide(state.people, command)
        case _ if isinstance(command, phases.Decided):
            return phases.decide(state.phases, command, moment, lambda: _next(state, moment.now))
        case _:
            raise Refused("unknown")


def _given(state: State, command: AnswersGive, token: str) -> AnswersGiven:
    if not token:
        raise Refused("closed", say("The evaluation takes no more answers."))
    scores = (command.worth, command.heard, command.use)
    # A blank is an answer (`methods.md` 1.13).
    if state.settings.form != "scores":
        return AnswersGiven(token=token, plus=command.plus, delta=command.delta)
    return AnswersGiven(token=token, scores=scores)


def _let_go(state: State, new: AnswersGiven) -> tuple[Event, ...]:
    """What somebody thought better of is kept nowhere (WRD4)."""
    old = state.given.get(new.token)
    gone = tuple(words for words in (old.plus, old.delta) if words) if old else ()
    return (WordsErased(words=gone),) if gone else ()


def _next(state: State, now: int) -> tuple[Event, ...]:
    after = {
        "write": "round" if state.settings.round else "read_back",
        "round": "read_back",
        "read_back": "one_change",
    }
    phase = after.get(state.phases.phase, "closed")
    return (phases.enter(phase, _stage(state.settings, phase), now),)


def evolve(state: State, event: Event) -> State:
    """The state after `event`; total."""
    match event:
        case AnswersGiven():
            given = Given(event.plus, event.delta, event.scores)
            return replace(state, given={**state.given, event.token: given})
        case LineWithdrawn(words=words):
            return replace(state, withheld=state.withheld | {words})
        case ChangeNamed(words=change):
            return replace(state, change=change)
        case people.PersonEvent():
            return replace(state, people=people.evolve(state.people, event))
        case WordsErased():
            return state
        case _:
            return replace(state, phases=phases.evolve(state.phases, event))


# --- what screens show --------------------------------------------------------------------------

_UNNAMED: Final = say(
    "Nobody's name is kept with this, not even by the server. You may change it until it closes."
)
_LABELS: Final[Mapping[str, tuple[Line, Line]]] = {
    "useful_change": (say("What was most useful?"), say("What would you change?")),
    "plus_delta": (say("What was good?"), say("What should we do otherwise? Say it as a deed.")),
}


def view(state: State, viewer: Viewer) -> View:
    """Two boxes; then all of them read back; then one change."""
    return View(
        phase=state.phases.shown,
        blocks=(*_head(state, viewer), *_blocks(state, viewer)),
        may=_offers(state, viewer),
        ends_at=state.phases.timer.ends_at,
        place=say("Evaluation"),
    )


def _head(state: State, viewer: Viewer) -> list[AnyBlock]:
    blocks: list[AnyBlock] = phases.notices(state.phases)
    steps = {
        "write": say("Everybody writes in quiet. Then all of it is read back."),
        "round": say("Whoever likes says one sentence. Nobody has to."),
        "read_back": say("Read three of each aloud. Thank for them; defend nothing."),
        "one_change": say("Name one thing that will be different next time."),
    }
    if viewer.lens == "panel" and (step := steps.get(state.phases.phase)) is not None:
        blocks.append(NextStep(text=step))
    return blocks


def _blocks(state: State, viewer: Viewer) -> list[AnyBlock]:
    own = viewer.lens == "seat"
    asks = own and not {"lead", "co"} & viewer.roles
    match state.phases.phase:
        case "write":
            count = _progress(state)
            body = [_form(state, viewer.token)] if asks else []
            shown = _texts(state, viewer) if len(state.given) >= SHOWN_FROM and not own else []
            clock = list(phases.countdown(state.phases))
            return [Now(text=say("How was it for you?")), *clock, *body, count, *shown]
        case "round":
            aloud = Note(text=say("Whoever likes says one sentence aloud. Nobody has to."))
            return [Now(text=say("One sentence, if you like")), aloud, _progress(state)]
        case "read_back":
            return [Now(text=say("What we said")), *_texts(state, viewer)]
        case "one_change":
            return [Now(text=say("One thing we change")), *_change(state), *_texts(state, viewer)]
        case _:
            thanks: list[AnyBlock] = [Now(text=say("Thank you for saying so")), *_change(state)]
            return [*thanks, _form(state, viewer.token)] if asks and viewer.token else thanks


def _progress(state: State) -> Progress:
    asked = [m for m in state.people.values() if m.here and not m.facilitator]
    done = len(state.given)
    label = say("{n} have answered.", n=done)
    return Progress(done=done, of=max(len(asked), done), label=label)


def _form(state: State, token: str) -> Form:
    given = state.given.get(token, Given())
    if state.settings.form == "scores":
        scale = tuple(Option(str(score), say("{n}", n=score)) for score in range(1, 6))
        fields = tuple(
            Field(
                box=field,
                field=field,
                label=statement,
                kind="scale",
                hint=say("1: not at all. 5: fully."),
                options=scale,
                optional=True,
                value=str(score) if score else None,
            )
            for field, statement, score in zip(
                ("worth", "heard", "use"), STATEMENTS, given.scores, strict=True
            )
        )
    else:
        plus, delta = _LABELS[state.settings.form]
        fields = (
            _box("plus", plus, given.plus),
            _box("delta", delta, given.delta),
        )
    return Form(
        offer="evaluation.give",
        title=_UNNAMED,
        fields=fields,
        sees="memo",
        given=token in state.given,
    )


def _box(name: str, label: Line, value: Words | None) -> Field:
    return Field(
        box=name, field=name, label=label, lines=3, limit=TEXT_LIMIT, optional=True, value=value
    )


def _texts(state: State, viewer: Viewer) -> list[AnyBlock]:
    blocks: list[AnyBlock] = []
    for rating in ratings(state):
        named = {1: say("{n}, not at all", n=1), 5: say("{n}, fully", n=5)}
        bars = tuple(
            Bar(named.get(i) or say("{n}", n=i), n) for i, n in enumerate(rating.counts, 1)
        )
        blocks.append(Tally(title=rating.statement, bars=bars))
    labels = _LABELS.get(state.settings.form, _LABELS["useful_change"])
    kinds: tuple[Literal["plus", "delta"], ...] = ("plus", "delta")
    for kind, label in zip(kinds, labels, strict=True):
        if lines := texts(state, kind):
            answers = tuple(Answer(words) for words in lines)
            blocks.append(Answers(title=label, answers=answers))
    if viewer.lens == "panel" and not viewer.peer and state.withheld:
        kept = tuple(Answer(Words(ref)) for ref in sorted(state.withheld))
        blocks.append(Answers(title=say("For facilitators only"), answers=kept))
    return blocks


def _change(state: State) -> list[AnyBlock]:
    if state.change is None:
        return []
    return [Note(text=say("Next time: {change}", change=state.change), tone="good")]


def _offers(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    phase = state.phases.phase
    own: list[Offer] = []
    if phase == "write" or (phase == "closed" and viewer.token):
        label = say("Change my answers") if viewer.token in state.given else say("Give this")
        own.append(Offer(AnswersGive(), label, needs=_needs(state)))
    own += phases.pause_offers(state.phases, viewer)
    labels = {
        "write": say("Go on without waiting"),
        "round": say("Read it back"),
        "read_back": say("What we change"),
        "one_change": say("Thank everybody"),
    }
    lead = phases.lead_offers(state.phases, viewer, labels, say("What was written is kept."))
    if phase == "one_change":
        need = {"words": Need(kind="text", limit=TEXT_LIMIT)}
        name = ChangeName(epoch=viewer.epoch, words=Words(""))
        lead.append(Offer(name, say("Say what will change"), "beside", needs=need))
    if phase in ("read_back", "one_change") and (lines := _withholdable(state)):
        lead.append(
            Offer(
                LineWithdraw(epoch=viewer.epoch, words=""),
                say("Keep a line for facilitators"),
                "menu",
                needs={"words": Need(kind="choice", options=lines)},
                hint=say("When a line names a person."),
            )
        )
    allowed = phases.permitted(
        ALLOWED[state.phases.shown], roles_of(state, viewer.seat, viewer.roles)
    )
    return phases.arranged(viewer, own, lead, allowed)


def _withholdable(state: State) -> tuple[Option, ...]:
    lines = (*texts(state, "plus"), *texts(state, "delta"))
    return tuple(Option(words.ref, say("{words}", words=words)) for words in lines)


def _needs(state: State) -> Mapping[str, Need]:
    if state.settings.form == "scores":
        number = Need(kind="number", low=1, high=5, optional=True)
        return {"worth": number, "heard": number, "use": number}
    text = Need(kind="text", limit=TEXT_LIMIT, optional=True)
    return {"plus": text, "delta": text}


HINTS: Final[Mapping[str, Hint]] = {
    "form": Hint(
        say("What people are asked"),
        options=(
            Option("useful_change", say("Most useful, and what to change")),
            Option("plus_delta", say("Good, and otherwise")),
            Option("scores", say("Three statements, one to five")),
        ),
    ),
    "minutes": Hint(
        say("Time to write"), say("Five minutes for each hour, fifteen at most."), unit="min"
    ),
    "round": Hint(say("A voluntary round"), say("Whoever likes says one sentence.")),
    "after_hours": Hint(
        say("Hours it stays open"), say("For those who had to leave. Zero: it closes at once.")
    ),
}
PLANNED: Final = Planned(minutes=5, low=2, high=20, does=frozenset[Purpose](("evaluate",)))

_GIVE: Final[frozenset[type[Command]]] = frozenset((AnswersGive,))
_NAME: Final[frozenset[type[Command]]] = frozenset((ChangeName,))
_LINES: Final[frozenset[type[Command]]] = frozenset((LineWithdraw,))

ALLOWED: Final = {
    "write": phases.row(member=_GIVE),
    "round": phases.row(),
    "read_back": phases.row(lead=_LINES, co=_LINES),
    "one_change": phases.row(lead=_LINES | _NAME, co=_LINES),
    "paused": phases.paused_row(),
    "closed": phases.closed_row(member=_GIVE),
}


def deadline(state: State) -> Deadline | None:
    """The hard end of writing."""
    return phases.deadline(state.phases)


EVALUATION: Final = Activity(
    kind="evaluation",
    version=1,
    title=say("Evaluation"),
    summary=say("What was most useful, what people would change; without names."),
    settings=Settings,
    state=State,
    commands=(*phases.COMMANDS, AnswersGive, LineWithdraw, ChangeName),
    events=(AnswersGiven, LineWithdrawn, ChangeNamed, WordsErased, *people.EVENTS, *phases.EVENTS),
    phases=("write", "round", "read_back", "one_change", "paused", "closed"),
    allowed=ALLOWED,
    initial=initial,
    phase=lambda state, _seat: state.phases.shown,
    roles=roles_of,
    stale=lambda state, command, moment: phases.stale(state.phases, command, moment),
    decide=decide,
    evolve=evolve,
    view=view,
    harvest=harvest,
    deadline=deadline,
    closed=lambda state: state.phases.phase == "closed",
    unnamed=_GIVE,
    lingers=lingers,
    hints=HINTS,
    planned=PLANNED,
)
