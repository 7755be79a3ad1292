"""What one person's own screen shows in a fishbowl: inside, outside, waiting, watching."""

from collections.abc import Callable, Mapping
from typing import Final

from activities import _fishbowl_moves as moves
from activities import _fishbowl_seats as seats
from activities import phases
from activities._fishbowl_after import (
    answers,
    closed,
    debrief,
    mine,
    rise,
    talk,
    thanked,
    writing_view,
)
from activities._fishbowl_commands import (
    BatchChoose,
    SeatAsk,
    SeatDecline,
    SeatLeave,
    SeatTake,
    SeatUnask,
    SeedAnswer,
    ThreadPass,
)
from activities._fishbowl_panel import lead_offers, panel
from activities._fishbowl_state import (
    State,
    batch_count,
    is_inside,
    may_take,
    may_thread,
    takes_part,
)
from activities._fishbowl_wall import wall
from activities._fishbowl_words import (
    RULES,
    Blocks,
    allowed,
    bowl,
    floor_line,
    free_line,
    head_count,
    offer,
    round_block,
    topic,
    waiting_line,
)
from activities.blocks import (
    Answer,
    Answers,
    Choices,
    Entry,
    Line,
    Need,
    Note,
    Now,
    Offer,
    Option,
    View,
    Who,
    Words,
    say,
)
from activities.kernel import Viewer
from activities.turns import Begin, Done, Pass

Offers = list[Offer]

THREAD_LIMIT: Final = 140
"""Characters of the one sentence that is passed on."""

_EMPTY: Final = Words("")


def view(state: State, viewer: Viewer) -> View:
    """What `viewer` sees and may do, for each lens."""
    blocks: Blocks = phases.notices(state.phases)
    own: Offers = []
    if viewer.lens == "screen":
        blocks += wall(state, viewer)
    else:
        shown = _SEAT[state.phases.phase](state, viewer, own)
        blocks += panel(state, viewer) if viewer.lens == "panel" else shown
    own += phases.pause_offers(state.phases, viewer)
    if state.phases.paused:
        own = [one for one in own if isinstance(one.command, phases.PauseResume)]
    made = phases.arranged(viewer, own, lead_offers(state, viewer), allowed(state, viewer))
    return View(
        phase=state.phases.shown,
        blocks=tuple(blocks),
        may=made,
        ends_at=moves.own_end(state, viewer.seat),
        place=say("Fishbowl"),
        sub=head_count(state),
    )


# --- chairs -------------------------------------------------------------------------------------


def _frame(state: State, viewer: Viewer, own: Offers) -> Blocks:
    closed = state.settings.mode == "closed"
    head = Now(text=_FRAME[state.settings.mode])
    blocks: Blocks = [head, topic(state)]
    if closed:
        blocks += _batch_wish(state, viewer, own)
    else:
        blocks += _invited(state, viewer, own)
        blocks.append(bowl(state, viewer))
        chair = seats.chair_of(state.bowl, viewer.seat)
        free = may_take(state, viewer.seat)
        if chair is not None:
            blocks[0] = Now(text=say("You begin inside"))
            leave = SeatLeave(sitting=chair.sitting)
            own.append(offer(leave, say("I would rather listen"), "beside"))
        elif free is not None:
            own.append(offer(SeatTake(chair=free), say("Take a chair and begin inside")))
    return [*blocks, *_seed(state, viewer, own), RULES]


_FRAME: Final[Mapping[str, Line]] = {
    "open": say("A few begin inside, the others listen"),
    "closed": say("Everybody is inside once, the others listen"),
    "experience": say("Those who lived it talk inside, the others listen"),
}


def _invited(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """A private invitation: nobody is ever called by name in front of all."""
    if viewer.seat not in state.invited:
        return []
    own.append(offer(SeatDecline(), say("Thank you, I listen"), "beside"))
    text = say("A chair is free for you. Coming in is your choice; nobody else sees this.")
    return [Note(title=say("You are invited inside."), text=text, tone="private")]


def _seed(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Whether the lead may invite this person quietly when nobody comes (rule 7)."""
    seat = viewer.seat
    if state.settings.mode != "open" or takes_part(state, seat) is None:
        return []
    answer = state.seeds.get(seat, "")
    yes, no = SeedAnswer(yes=True), SeedAnswer(yes=False)
    if answer == "asked":
        own.append(offer(yes, say("You may invite me"), "beside"))
        own.append(offer(no, say("Please do not invite me"), "beside"))
        text = say("If a chair stays free for long, may the lead invite you in quietly?")
        return [Note(title=say("A question to you alone."), text=text, tone="private")]
    if answer == "yes":
        own.append(offer(no, say("Please do not invite me any more"), "menu"))
    else:
        own.append(offer(yes, say("The lead may invite me in quietly"), "menu"))
    return []


def _talk_or_listen(state: State, viewer: Viewer, own: Offers) -> Now:
    """What is now, for those inside with the way out beside it."""
    if not is_inside(state, viewer.seat):
        return Now(text=say("Listen to those inside"))
    rise(state, viewer, own)
    return Now(text=say("You are inside. Talk with each other"))


def _starters(state: State, viewer: Viewer, own: Offers) -> Blocks:
    inside = is_inside(state, viewer.seat)
    return [
        _talk_or_listen(state, viewer, own),
        topic(state),
        bowl(state, viewer),
        *thanked(state, viewer),
        Note(text=say("The free chair opens soon, for whoever wants to speak."), tone="quiet"),
        *([] if inside else mine(state, viewer)),
        *_seed(state, viewer, own),
        RULES,
    ]


def _open(state: State, viewer: Viewer, own: Offers) -> Blocks:
    if is_inside(state, viewer.seat):
        rise(state, viewer, own)
        return [
            Now(text=say("You are inside. Talk with each other")),
            topic(state),
            *thanked(state, viewer),
            bowl(state, viewer),
            RULES,
        ]
    place = seats.place_of(state.bowl, viewer.seat)
    if place is not None:
        number = [one.seat for one in seats.order(state.bowl)].index(viewer.seat) + 1
        own.append(offer(SeatUnask(number=place.number), say("I listen on"), "beside"))
        head = say("You are number {number} in the waiting list", number=number)
        return [
            Now(text=head),
            topic(state),
            Note(text=say("The chair comes to you as soon as one is free.")),
            bowl(state, viewer),
            *mine(state, viewer),
            RULES,
        ]
    blocks = _invited(state, viewer, own)
    free = may_take(state, viewer.seat)
    line = free_line(state)
    if free is not None:
        own.append(offer(SeatTake(chair=free), say("Take the chair")))
    elif takes_part(state, viewer.seat) is not None:
        own.append(offer(SeatAsk(phase="open"), say("Ask for a chair")))
    text = (
        say("They talk with each other. The chair is yours if you want to speak.")
        if free is not None
        else say("They talk with each other. Ask for a chair if you want to speak.")
    )
    return [
        Now(text=line if line is not None else waiting_line(state)),
        topic(state),
        *blocks,
        Note(text=text),
        bowl(state, viewer),
        *mine(state, viewer),
        *_seed(state, viewer, own),
        RULES,
    ]


# --- rounds: the last sentence, and the round of a few ------------------------------------------


def _round(state: State, viewer: Viewer, own: Offers) -> Blocks:
    round_ = state.round
    last = state.phases.phase == "last_call"
    blocks: Blocks = [Now(text=floor_line(state))]
    if round_ is not None and round_.floor is not None and round_.floor.seat == viewer.seat:
        turn = round_.floor.turn
        if round_.floor.speaking:
            blocks = [Now(text=say("You speak"))]
            own.append(offer(Done(turn=turn), say("I have finished")))
        else:
            blocks = [Now(text=say("The floor comes to you"))]
            own.append(offer(Begin(turn=turn), say("I begin")))
            own.append(offer(Pass(turn=turn, begun=False), say("Pass"), "beside"))
    hint = say("One sentence each, from everybody inside. Passing needs no reason.")
    if not last:
        hint = say("We are few: everybody speaks in turn. Passing needs no reason.")
    picture: Blocks = [bowl(state, viewer)] if last else round_block(state)
    return [*blocks, topic(state), Note(text=hint), *picture]


# --- a closed bowl ------------------------------------------------------------------------------


def _batch_wish(state: State, viewer: Viewer, own: Offers) -> Blocks:
    if takes_part(state, viewer.seat) is None:
        return []
    count = max(1, batch_count(state))
    options = (
        *(Option(str(i), say("Inside in group {number}", number=i)) for i in range(1, count + 1)),
        Option("0", say("I only listen")),
    )
    need = Need("choice", say("When would you sit inside?"), options=options)
    own.append(offer(BatchChoose(batch="1"), say("This is my wish"), batch=need))
    wish = state.wishes.get(viewer.seat)
    return [
        Choices(
            offer="batch.choose",
            field="batch",
            label=say("When would you sit inside?"),
            options=options,
            chosen=None if wish is None else str(wish),
        ),
        Note(text=say("Without a wish you are drawn into a group. You never have to speak.")),
    ]


def _batch(state: State, viewer: Viewer, own: Offers) -> Blocks:
    inside = is_inside(state, viewer.seat)
    return [
        _talk_or_listen(state, viewer, own),
        topic(state),
        *_threads(state),
        *thanked(state, viewer),
        bowl(state, viewer),
        Note(text=batch_line(state), tone="quiet"),
        *([] if inside else mine(state, viewer)),
        RULES,
    ]


def batch_line(state: State) -> Line:
    """Which group is inside."""
    return say("Group {number} of {of} is inside.", number=state.batch, of=len(state.batches))


def _threads(state: State) -> Blocks:
    """What those who went passed on."""
    if not state.threads:
        return []
    answers = tuple(Answer(words, Who(seat)) for seat, words in state.threads)
    return [Answers(title=say("A thread to take up"), answers=answers)]


def _swap(state: State, viewer: Viewer, own: Offers) -> Blocks:
    blocks: Blocks = [Now(text=say("The groups change places")), *_coming(state, viewer)]
    if may_thread(state, viewer.seat):
        need = Need("text", limit=THREAD_LIMIT)
        pass_on = ThreadPass(batch=state.batch, words=_EMPTY)
        own.append(offer(pass_on, say("Pass it on"), words=need))
        blocks.append(
            Entry(
                box="thread",
                offer="thread.pass",
                field="words",
                label=say("One sentence for those who come in, if you like"),
                sees="room",
                limit=THREAD_LIMIT,
            )
        )
    return [*blocks, *_threads(state)]


def _coming(state: State, viewer: Viewer) -> Blocks:
    """Who goes inside now."""
    if state.batch >= len(state.batches):
        return []
    coming = state.batches[state.batch]
    if viewer.seat in coming:
        return [Note(text=say("You go inside now."), tone="look")]
    return []


_SEAT: Final[Mapping[str, Callable[[State, Viewer, Offers], Blocks]]] = {
    "frame": _frame,
    "starters": _starters,
    "open": _open,
    "last_call": _round,
    "round": _round,
    "batch": _batch,
    "swap": _swap,
    "talk": talk,
    "questions": writing_view,
    "answers": answers,
    "outer_speaks": writing_view,
    "debrief": debrief,
    "closed": closed,
}
"""One function for each phase."""
