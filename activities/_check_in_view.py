"""What a check-in shows: to a seat, on the panel, on the wall (`methods.md` A4).

Before the reveal a screen shows its own answer and how many have answered, nothing else (CH2).
"""

from collections.abc import Mapping
from typing import Final

from activities import phases, rounds, timing
from activities._check_in_model import (
    ALLOWED,
    INSIGHT_LIMIT,
    INSIGHTS_EACH,
    OPTIONS,
    ROUND_LIMIT,
    WORD_LIMIT,
    State,
    circle_name,
    count,
    gathers,
    has_answered,
    is_spoken,
    may_give,
    phase_of,
    prompt,
    roles_of,
    round_of,
    takes_part,
)
from activities._check_in_offers import holder_offers, lead_offers, member_offers
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Bar,
    Choices,
    Entry,
    GroupLine,
    Groups,
    Line,
    NextStep,
    Note,
    Now,
    Progress,
    Prompt,
    Ring,
    Roll,
    Rules,
    Tally,
    View,
    Who,
    say,
    say_n,
)
from activities.kernel import Viewer
from activities.rounds import Round

Blocks = list[AnyBlock]

_COUNTS: Final = say("Everyone here sees counts and words, not names.")
_MEMO: Final = say("It may stand in the memo, without your name.")

RULES: Final = Rules(
    title=say("How a check-in goes"),
    lines=(
        say("Everybody is heard once."),
        say("Nobody replies, asks or comments."),
        say("Passing needs no reason."),
        say("When everybody has been heard it is over."),
    ),
)
RULES_OUT: Final = Rules(title=say("How a check-out goes"), lines=RULES.lines)


def view(state: State, viewer: Viewer) -> View:
    """What `viewer` sees and may do."""
    # Walls and panels show what is for everyone; one's own answer is on one's own page.
    seat = viewer.seat if viewer.lens == "seat" else ""
    blocks = _PHASES[state.phase](state, seat)
    blocks = [*phases.notices(state.phases), *blocks]
    if viewer.lens == "panel" and {"lead", "co"} & viewer.roles:
        blocks = [*_panel(state), *_public(state, blocks)]
    own = [*member_offers(state, viewer), *holder_offers(state, viewer)]
    roles = roles_of(state, viewer.seat, viewer.roles)
    allowed = phases.permitted(ALLOWED[phase_of(state, viewer.seat)], roles)
    _, people = count(state)
    return View(
        phase=phase_of(state, viewer.seat),
        blocks=tuple(blocks),
        may=phases.arranged(viewer, own, lead_offers(state, viewer), allowed),
        ends_at=state.phases.timer.ends_at,
        place=say("Check-in") if state.settings.direction == "in" else say("Check-out"),
        sub=say_n("{n} person", "{n} people", people),
    )


def _public(state: State, blocks: Blocks) -> Blocks:
    """The blocks of a phase on the panel: the rules are known there, circles are in a list."""
    known = Rules | Ring if len(state.rounds) > 1 else Rules
    return [block for block in blocks if not isinstance(block, known)]


# --- blocks, phase by phase ---------------------------------------------------------------------


def _frame(state: State, _seat: str) -> Blocks:
    blocks: Blocks = [
        Now(text=say("We begin with each other") if _inward(state) else say("We close together")),
        Note(text=_HOW[state.settings.mode]),
        RULES if _inward(state) else RULES_OUT,
    ]
    return blocks + _care_told(state)


_HOW: Final[Mapping[str, Line]] = {
    "round": say("The floor goes round once. Half a minute each, no hurry."),
    "circles": say("Small circles, and the floor goes round once. Nobody reports back."),
    "word": say("Each gives a word or two. All are shown together."),
    "weather": say("Each gives one picture of the sky. Only the counts are shown."),
    "scale": say("Each shows one to five fingers. Only the counts are shown."),
    "picture": say("Each chooses a picture. All are shown together, with names."),
    "gesture": say("Each chooses a movement. All are shown together, with names."),
}


def _inward(state: State) -> bool:
    return state.settings.direction == "in"


def _care_told(state: State) -> Blocks:
    """`care_view` is never on in secret."""
    if not state.settings.care_view:
        return []
    return [
        Note(text=say("The facilitators see who gave what, so that nobody stays alone with it."))
    ]


def _answer(state: State, seat: str) -> Blocks:
    if is_spoken(state):
        return _spoken(state, seat)
    done, of = count(state)
    label = say("{done} of {of} have given or passed. All are shown together.", done=done, of=of)
    return [
        Prompt(text=prompt(state)),
        *_card(state, seat),
        *_care_told(state),
        Progress(done=done, of=of, label=label),
    ]


def _card(state: State, seat: str) -> Blocks:
    """The card one gives an answer on, with one's present answer."""
    blocks: Blocks = []
    given = state.answers.get(seat)
    if seat and may_give(state, seat):
        options = OPTIONS.get(state.settings.mode, ())
        counted = state.settings.mode in ("weather", "scale")
        if options:
            chosen = given.value if given and given.value else None
            blocks.append(
                Choices(
                    offer="answer.give",
                    field="value",
                    label=say("Choose one"),
                    options=options,
                    chosen=chosen,
                )
            )
        blocks.append(
            Entry(
                box="answer",
                offer="answer.give",
                field="words",
                label=say("One word, if you like") if options else say("Your word"),
                hint=_MEMO if gathers(state) else _COUNTS if counted else None,
                sees="memo" if gathers(state) else "room",
                limit=WORD_LIMIT,
            )
        )
    if given is not None:
        blocks.append(Note(text=_own(state, seat), tone="private", title=say("Only you see this")))
    return blocks + _care_note(state, seat)


def _own(state: State, seat: str) -> Line:
    """One's own answer, said back."""
    given = state.answers[seat]
    if given.passed:
        return say("You passed. Thank you.")
    label = _label(state, given.value)
    if label is not None and given.words is not None:
        return say("You gave: {answer}, {words}", answer=label, words=given.words)
    if label is not None:
        return say("You gave: {answer}", answer=label)
    return say("You gave: {answer}", answer=given.words or "")


def _label(state: State, value: str) -> Line | None:
    options = OPTIONS.get(state.settings.mode, ())
    return next((option.label for option in options if option.value == value), None)


def _care_note(state: State, seat: str) -> Blocks:
    if seat not in state.care:
        return []
    by = state.care[seat]
    text = (
        say("{name} will talk to you.", name=Who(by))
        if by
        else say("The facilitators know. One of them will talk to you.")
    )
    return [Note(text=text, tone="private")]


def _spoken(state: State, seat: str) -> Blocks:
    """A round: to everyone who speaks or listens in it; all rings on the wall."""
    round_ = round_of(state, seat)
    if round_ is None:
        rings = [rounds.picture(r, group, circle_name(group)) for group, r in state.rounds.items()]
        return [Prompt(text=prompt(state)), *rings, *_card(state, seat)]
    group = state.place.get(seat, "")
    ring = rounds.picture(round_, group or "plenary", circle_name(group) if group else None)
    return [
        Now(text=_floor_line(round_, seat)),
        Prompt(text=prompt(state)),
        ring,
        *_floor_notes(round_, seat),
        *(_card(state, seat) if round_.complete else []),
    ]


def _floor_line(round_: Round, seat: str) -> Line:
    floor = round_.floor
    if floor is None:
        return say("Everybody has been heard")
    if floor.seat == seat and floor.speaking:
        return say("Everyone is listening")
    return rounds.floor_line(floor, seat)


def _floor_notes(round_: Round, seat: str) -> Blocks:
    """What the holder alone is told, who comes soon, whose line dropped."""
    floor = round_.floor
    if floor is None:
        return []
    if floor.hold is not None:
        dropped = say("{name}'s line dropped. Their time waits.", name=Who(floor.seat))
        return [Note(text=dropped, tone="quiet")]
    if floor.seat == seat and not floor.speaking:
        if timing.rung_at(floor.timer, rounds.TAKE_YOUR_TIME):
            text = say("Take your time. You may also pass for now.")
            return [Note(text=text, tone="private", title=say("Only you see this"))]
        return []
    if floor.seat == seat:
        over = floor.timer.state == "over"
        return [Note(text=say("Finish when you are ready."), tone="private")] if over else []
    if seat and rounds.coming(round_, 1) == (seat,):
        return [Note(text=say("You are next."), tone="private", title=say("Only you see this"))]
    return []


def _reveal(state: State, seat: str) -> Blocks:
    shown = _shown(state)
    return [Prompt(text=prompt(state)), *shown, *_card(state, seat), *_care_told(state)]


def _shown(state: State) -> Blocks:
    """What everyone gave: counts for moods, and words without names; else each with the name, in
    the order drawn at the reveal."""
    counted = state.settings.mode in ("weather", "scale")
    # Who answered after the reveal stands last, in the order they came.
    order = [*state.order, *(seat for seat in state.answers if seat not in state.order)]
    given = [(seat, state.answers[seat]) for seat in order if not state.answers[seat].passed]
    blocks: Blocks = []
    if counted:
        values = [answer.value for _, answer in given]
        bars = tuple(
            Bar(option.label, values.count(option.value), option.picture)
            for option in OPTIONS[state.settings.mode]
        )
        blocks.append(Tally(title=say("All of us"), bars=bars))
    answers = []
    for seat, answer in given:
        content = answer.words if counted else answer.words or _label(state, answer.value)
        if content is not None:
            answers.append(Answer(content, None if counted else Who(seat)))
    if answers:
        blocks.append(Answers(title=say("What was given"), answers=tuple(answers)))
    return blocks


def _thanks(state: State, seat: str) -> Blocks:
    blocks: Blocks = [Now(text=say("Thank you, everyone"))]
    if not is_spoken(state):
        blocks += _shown(state)
    if seat and takes_part(state, seat) and not has_answered(state, seat):
        blocks.append(
            Note(text=say("You came a little late: here is a card of your own."), tone="private")
        )
    blocks += _card(state, seat)
    if seat and not _inward(state) and takes_part(state, seat):
        blocks += _insight(state, seat)
    return blocks


def _insight(state: State, seat: str) -> Blocks:
    own: Blocks = [
        Note(text=say("You left: {words}", words=words), tone="private")
        for other, words in state.insights
        if other == seat
    ]
    if len(own) >= INSIGHTS_EACH:
        return own
    entry = Entry(
        box="insight",
        offer="insight.give",
        field="words",
        label=say("One thing you take home"),
        hint=_MEMO,
        sees="memo",
        lines=2,
        limit=INSIGHT_LIMIT,
    )
    return [*own, entry]


def _closed(state: State, seat: str) -> Blocks:
    over = say("The check-in is over") if _inward(state) else say("The check-out is over")
    return [Now(text=over), *_care_note(state, seat)]


_PHASES: Final = {
    "frame": _frame,
    "answer": _answer,
    "reveal": _reveal,
    "thanks": _thanks,
    "closed": _closed,
}


# --- the panel ----------------------------------------------------------------------------------


def _panel(state: State) -> Blocks:
    """What facilitators see besides: the next step, who asks for somebody, who gave what if that
    was announced, the circles at a glance."""
    blocks: Blocks = []
    if state.phase != "closed":
        blocks.append(_next_step(state))
    for seat, by in state.care.items():
        asks = say("{name} asks for somebody to talk to.", name=Who(seat))
        taken = say("{by} talks to {name}.", by=Who(by), name=Who(seat))
        blocks.append(Note(text=taken if by else asks, tone="good" if by else "look"))
    groups = tuple(_group_line(state, group) for group in state.rounds if group)
    if groups and state.phase == "answer":
        blocks.append(Groups(groups=groups))
    if state.settings.care_view and state.revealed:
        blocks.append(_care_roll(state))
    return blocks


def _care_roll(state: State) -> Roll:
    rows = []
    for seat, answer in state.answers.items():
        label = _label(state, answer.value)
        if not answer.passed and label is not None:
            rows.append((Who(seat), label))
    return Roll(title=say("Who gave what, for you only"), rows=tuple(rows))


def _group_line(state: State, group: str) -> GroupLine:
    round_ = state.rounds[group]
    status = _floor_line(round_, "")
    return GroupLine(
        group,
        circle_name(group),
        status,
        ring=rounds.picture(round_, group),
        ready=round_.complete,
    )


def _next_step(state: State) -> NextStep:
    done, of = count(state)
    progress = say("{done} of {of} have given or passed.", done=done, of=of)
    match state.phase:
        case "frame":
            _, people = count(state)
            many = state.settings.mode == "round" and people > ROUND_LIMIT
            hint = say("You are many for one round: circles or one word take less time.")
            return NextStep(text=say("Everybody gets the question."), hint=hint if many else None)
        case "answer" if is_spoken(state):
            return NextStep(text=say("Thank everybody and end the round."), hint=progress)
        case "answer":
            return NextStep(text=say("All answers appear on every screen."), hint=progress)
        case "reveal":
            return NextStep(text=say("Thank everybody. Nobody comments on what was given."))
        case _:
            return NextStep(text=say("Everybody is here. The next activity can begin."))
