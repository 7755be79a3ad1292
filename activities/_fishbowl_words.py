"""What a fishbowl shows to everybody: the bowl as a picture, its rules, and who is where."""

from typing import Final

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import phases, rounds, timing
from activities._fishbowl_commands import ALLOWED
from activities._fishbowl_state import (
    State,
    free_to_take,
    hats,
    interview,
    outer,
    writing,
)
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Bowl,
    Chair,
    ChairState,
    Clock,
    Line,
    Need,
    Note,
    Offer,
    Option,
    Place,
    Prompt,
    RingSeat,
    Rules,
    Who,
    say,
    say_n,
)
from activities.kernel import Command, Viewer
from activities.phases import CLOSED
from activities.timing import SECOND

Blocks = list[AnyBlock]

AROUND: Final = 60
"""So many people around the bowl are drawn, one's own seat always among them: more dots no ring
can hold, and with 300 people every change would weigh 20 kB for each phone."""

TOPIC: Final = say("What is it really like where you work, and what made a difference?")
"""The question of a bowl that was given none."""

RULES: Final = Rules(
    title=say("How a fishbowl goes"),
    lines=(
        say("Inside: speak briefly, to each other, from experience."),
        say("Outside: listen, write, come in if you want to speak."),
        say("Making room is a contribution."),
        say("Nobody has to come in. Nobody is graded."),
    ),
)

DEBRIEF: Final = (
    say("What did we notice?"),
    say("Why does it matter?"),
    say("What now?"),
)


def allowed(state: State, viewer: Viewer) -> phases.Commands:
    """What the table permits this viewer now."""
    hats_on = hats(state, viewer.seat, viewer.roles)
    return phases.permitted(ALLOWED[state.phases.shown], hats_on)


def offer(
    command: Command,
    label: Line,
    place: Place = "main",
    *,
    hint: Line | None = None,
    confirm: Line | None = None,
    **needs: Need,
) -> Offer:
    """An offer; `needs` are the fields the sender fills in."""
    return Offer(command, label, place, needs, hint, confirm)


def person(seat: str) -> Option:
    """Somebody to choose."""
    return Option(seat, say("{name}", name=Who(seat)))


def topic(state: State) -> Prompt:
    """The question of this fishbowl."""
    return Prompt(text=state.topic if state.topic is not None else TOPIC)


def head_count(state: State) -> Line:
    """Under the page's head: "5 chairs, 16 around"."""
    around = len(outer(state))
    return say("{chairs} chairs, {around} around", chairs=state.settings.S, around=around)


def bowl(state: State, viewer: Viewer) -> Bowl:
    """The picture. Who was asked to make room is seen by themselves and the lead alone."""
    lead = viewer.lens == "panel" and "lead" in viewer.roles
    free = free_to_take(state)
    waits = {one.seat for one in state.bowl.queue}
    around = [m for m in outer(state) if m.seat not in waits]
    shown = around[: AROUND - 1]
    shown += [m for m in around[AROUND - 1 :] if m.seat == viewer.seat]
    return Bowl(
        id="bowl",
        chairs=tuple(
            _chair(state, index, lead=lead, me=viewer.seat, free=index in free)
            for index, chair in enumerate(state.bowl.chairs)
            if chair.seat or index in free or opens_later(state)
        ),
        queue=tuple(
            RingSeat(one.seat, Who(one.seat), "waiting" if one.away is None else "away")
            for one in seats.order(state.bowl)
        ),
        outer=tuple(RingSeat(m.seat, Who(m.seat), "waiting" if m.here else "away") for m in shown),
        clock=clock(state),
    )


def opens_later(state: State) -> bool:
    """Whether an empty chair is worth seeing: it opens later. Others are carried away."""
    return state.settings.mode == "open" and state.phases.phase in ("frame", "starters")


def _chair(state: State, index: int, *, lead: bool, me: str, free: bool) -> Chair:
    chair = state.bowl.chairs[index]
    if not chair.seat:
        return Chair("free" if free else "locked")
    asked = (chair.asked or chair.thanked) and (lead or chair.seat == me)
    round_ = state.round
    floor = round_.floor if round_ is not None else None
    visitor = state.settings.chair_rule == "visitor" and not chair.anchored
    tag = None
    if floor is not None and floor.seat == chair.seat:
        tag = say("speaks now") if floor.speaking else say("has the floor")
    elif lead and state.floor == chair.seat:
        tag = say("speaks now")
    elif visitor and state.phases.phase == "open":
        tag = say("visitor")
    shown: ChairState = "leaving" if asked else "taken"
    if chair.away is not None:
        shown = "held"
    return Chair(shown, chair.seat, Who(chair.seat), tag)


def clock(state: State) -> Clock | None:
    """The clock in the middle: a turn's, else the phase's."""
    floor = state.round.floor if state.round is not None else None
    if floor is not None and floor.speaking:
        return timing.clock(floor.timer)
    if state.phases.timer.kind == "open" or state.phases.phase == CLOSED:
        return None
    return timing.clock(state.phases.timer)


def free_line(state: State) -> Line | None:
    """How many chairs are free to be taken."""
    free = len(free_to_take(state))
    return say_n("One chair is free", "{n} chairs are free", free) if free else None


def waiting_line(state: State) -> Line:
    """How many wait for a chair."""
    return say_n(
        "{n} person waits for a chair", "{n} people wait for a chair", len(state.bowl.queue)
    )


def floor_line(state: State) -> Line:
    """Who has the floor of a round."""
    round_ = state.round
    if round_ is None or round_.floor is None:
        return say("A moment of silence")
    return rounds.floor_line(round_.floor)


def round_block(state: State) -> Blocks:
    """The ring of the round that stands in for a bowl."""
    return [rounds.picture(state.round, "round")] if state.round is not None else []


def notices(state: State) -> Blocks:
    """Groups end softly: a word at two minutes and at half a minute, then a minute to finish."""
    timer = state.phases.timer
    if not writing(state) or state.phases.paused:
        return []
    if timing.rung_at(timer, 0):
        text = say("Please come to an end. Everybody meets again in a minute.")
    elif timing.rung_at(timer, -30 * SECOND):
        text = say("Half a minute is left. Finish your sentence.")
    elif timing.rung_at(timer, -120 * SECOND):
        text = say("Two minutes are left.")
    else:
        return []
    return [Note(text=text, tone="quiet")]


def interview_note(state: State) -> Blocks:
    """One is left inside: it has become an interview."""
    alone = interview(state)
    if not alone:
        return []
    return [
        Note(text=say("{name} is alone inside. The lead asks, {name} answers.", name=Who(alone)))
    ]


# --- questions ----------------------------------------------------------------------------------


def written(state: State, group: str) -> Blocks:
    """What this group has written so far; only its people read it."""
    mine = questions.of_group(state.board, group)
    if not mine:
        return []
    answers = tuple(Answer(one.words) for one in mine)
    return [Answers(title=say("What your group has written"), answers=answers)]


def asked(state: State, *, choosing: bool = False) -> Blocks:
    """All questions, for everybody, once they are closed; who chooses among the open ones has
    those before them already."""
    if not state.open_board:
        return []
    blocks: Blocks = []
    open_ = () if choosing else questions.unanswered(state.board)
    done = [one for one in questions.standing(state.board) if one.status == "answered"]
    noticed = [one for one in state.board if one.kind == "observation"]
    for title, some in (
        (say("Questions not answered yet"), open_),
        (say("Answered"), done),
        (say("What listeners noticed"), noticed),
    ):
        if some:
            blocks.append(Answers(title=title, answers=tuple(Answer(one.words) for one in some)))
    return blocks


def put_line(state: State) -> Line | None:
    """Who answers the question that is put."""
    if not state.put:
        return None
    if state.answering:
        return say("{name} answers", name=Who(state.answering))
    return say("A question for those inside")


def put_block(state: State) -> Blocks:
    """The question that is being answered."""
    one = questions.find(state.board, state.put)
    return [Prompt(text=one.words)] if one is not None else []


def question_options(board: questions.Board) -> tuple[Option, ...]:
    """Questions to choose from, with how often each was asked."""
    return tuple(Option(one.id, say("{question}", question=one.words)) for one in board)
