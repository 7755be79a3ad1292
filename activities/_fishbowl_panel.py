"""What facilitators see of a fishbowl, with one right button at each moment."""

from collections.abc import Mapping
from typing import Final

from activities import _fishbowl_moves as moves
from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import phases, turns
from activities._fishbowl_asking import mergeable
from activities._fishbowl_commands import (
    FloorMark,
    PromptNext,
    QuestionDecline,
    QuestionDone,
    QuestionMerge,
    QuestionTake,
    RoundStart,
    SeatAnchor,
    SeatOffer,
    SeatRelease,
    SeatThank,
    SeedAsk,
    TopicSet,
)
from activities._fishbowl_state import (
    PROMPTS,
    State,
    may_go_round,
    phase_after,
    ready_to_begin,
    to_brief,
    to_invite,
    too_few,
    writing,
)
from activities._fishbowl_words import (
    DEBRIEF,
    Blocks,
    allowed,
    asked,
    bowl,
    interview_note,
    offer,
    person,
    put_block,
    put_line,
    question_options,
    round_block,
    topic,
    waiting_line,
)
from activities.blocks import (
    Cards,
    GroupLine,
    Groups,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Progress,
    Share,
    Shares,
    Who,
    Words,
    say,
    say_n,
)
from activities.grouping import name
from activities.groups import TimeGive
from activities.kernel import Viewer
from activities.turns import Next

HEADS: Final[Mapping[str, Line]] = {
    "frame": say("Fishbowl: finding the chairs"),
    "starters": say("Fishbowl: the first talk"),
    "open": say("Fishbowl: the chair is open"),
    "last_call": say("Fishbowl: a last sentence"),
    "batch": say("Fishbowl: a group is inside"),
    "swap": say("Fishbowl: changing places"),
    "talk": say("Fishbowl: talking inside"),
    "questions": say("Fishbowl: the questions"),
    "answers": say("Fishbowl: the answers"),
    "round": say("A round of everybody"),
    "outer_speaks": say("Fishbowl: the listeners speak"),
    "debrief": say("Fishbowl: everybody talks"),
    "closed": say("Fishbowl: closed"),
}

BUTTON: Final[Mapping[str, Line]] = {
    "starters": say("Begin inside"),
    "open": say("Open the chair"),
    "last_call": say("Ask for a last sentence"),
    "batch": say("Let the group in"),
    "swap": say("Change the groups"),
    "talk": say("Let them talk"),
    "questions": say("Ask for the questions"),
    "answers": say("Close the questions"),
    "outer_speaks": say("Let the listeners speak"),
    "debrief": say("Bring everybody together"),
    "closed": say("Close the fishbowl"),
}
"""Phase -> what the button that leads to it says."""

COMES: Final[Mapping[str, Line]] = {
    "starters": say("Those inside talk. The free chair is seen, and opens later."),
    "open": say("The free chair opens: whoever wants to speak sits down."),
    "last_call": say("Chairs stand still. Everybody inside says one sentence."),
    "batch": say("The group goes inside; the others listen."),
    "swap": say("Half a minute to change places."),
    "talk": say("Those inside talk as if alone; small groups listen."),
    "questions": say("Each small group writes up to three questions; those inside rest."),
    "answers": say("Everybody reads all questions; those inside choose."),
    "outer_speaks": say("Listeners talk in twos or threes: what they heard, one question."),
    "debrief": say("Everybody talks. What was written stays."),
    "closed": say("The end. What was written and released is kept."),
}
"""Phase -> what it does to the others."""


def panel(state: State, viewer: Viewer) -> Blocks:
    """Where everybody is, what asks for the lead, and the right next step."""
    made = _arranged(state, viewer)
    blocks: Blocks = [Now(text=HEADS[state.phases.phase]), topic(state)]
    line = put_line(state)
    if line is not None:  # the question in hand is what is now
        blocks = [Now(text=line), *put_block(state)]
    blocks += _signals(state)
    blocks += _step(state)
    blocks += _picture(state, viewer)
    if "lead" in viewer.roles:
        blocks += _inside(state, viewer, made)
        blocks += _shares(state)
    blocks += _outside(state, made)
    if state.phases.phase in ("answers", "debrief"):
        blocks += asked(state)
    if state.phases.phase == "debrief":
        blocks.append(_board())
    return blocks


def _picture(state: State, viewer: Viewer) -> Blocks:
    match state.phases.phase:
        case "round":
            return round_block(state)
        case "debrief" | "closed" | "swap":
            return []
        case _:
            return [bowl(state, viewer)]


def _board() -> Cards:
    return Cards(
        document="board",
        section="",
        title=say("What we take from it"),
        kinds=("insight", "question", "practice", "theme"),
        sees="room",
    )


# --- what asks for the lead ---------------------------------------------------------------------


def _signals(state: State) -> Blocks:
    """Plain sentences about what needs a look; nothing is blocked in silence."""
    phase = state.phases.phase
    found: Blocks = []
    if phase == "frame" and too_few(state):
        found.append(Note(text=FEW, tone="look"))
    if phase == "frame" and not ready_to_begin(state):
        found.append(Note(text=say("Two people inside are needed to begin.")))
    for chair in state.bowl.chairs:
        if chair.relief and chair.away is None and phase in _TALKING:
            text = say("{name} would like to leave the chair.", name=Who(chair.seat))
            if not seats.may_leave(state.bowl):
                text = say(
                    "{name} would like to leave, and only two are inside. Ask for a volunteer.",
                    name=Who(chair.seat),
                )
            found.append(Note(text=text, tone="look"))
    if state.bowl.due and not seats.may_release(state.bowl):
        text = say("All chairs are taken, and everybody inside stays. Ask who can make room.")
        found.append(Note(text=text, tone="look"))
    if state.bowl.seed and not to_invite(state):
        text = say("Nobody comes. Give it time, or ask somebody privately to be invited.")
        found.append(Note(text=text, tone="look"))
    found += interview_note(state)
    if phase in _TALKING and not seats.inside(state.bowl):
        found.append(Note(text=say("Nobody is inside any more."), tone="look"))
    return found


FEW: Final = say(
    "A fishbowl needs about six people. With so few a round works better: everybody speaks in "
    "turn. You decide."
)

_TALKING: Final = frozenset({"starters", "open", "batch", "talk", "answers"})


def _step(state: State) -> Blocks:
    """The words beside the main button."""
    if state.phases.paused or state.phases.phase == "closed":
        return []
    if state.phases.phase == "frame" and may_go_round(state):
        return [NextStep(text=say("A round. Everybody speaks in turn."))]
    if state.phases.phase == "frame" and not ready_to_begin(state):
        return [NextStep(text=say("Invite somebody to begin inside, or wait for volunteers."))]
    if seats.may_release(state.bowl) and (chair := seats.longest(state.bowl)) is not None:
        text = say("The bowl is full. Thank {name}; a chair is free again.", name=Who(chair.seat))
        return [NextStep(text=text)]
    if state.bowl.seed and to_invite(state):
        return [NextStep(text=say("Nobody comes. Invite somebody who agreed to it, privately."))]
    if state.phases.phase == "answers" and state.put:
        return [NextStep(text=say("Say when it is answered."))]
    if state.phases.phase == "answers" and questions.to_take(state.board):
        hint = say("Those inside may choose by themselves, too.")
        return [NextStep(text=say("Put a question to those inside."), hint=hint)]
    return [NextStep(text=COMES[phase_after(state)], hint=_ready_hint(state))]


def _ready_hint(state: State) -> Line | None:
    if not writing(state) or not state.groups:
        return None
    ready = sum(1 for one in state.groups if one.ready)
    if ready == len(state.groups):
        return say("All groups are ready. Shall we go on?")
    return say("{ready} of {all} groups are ready.", ready=ready, all=len(state.groups))


def _outside(state: State, made: tuple[Offer, ...]) -> Blocks:
    """Who waits, and how far the groups are; never what they write."""
    blocks: Blocks = []
    if state.phases.phase == "open" and state.bowl.queue:
        blocks.append(Note(text=waiting_line(state), tone="quiet"))
    if writing(state) and state.groups:
        done = sum(1 for one in state.groups if questions.of_group(state.board, one.id))
        label = say("{done} of {of} groups have written", done=done, of=len(state.groups))
        blocks.append(Progress(done=done, of=len(state.groups), label=label))
        lines = tuple(
            GroupLine(
                one.id,
                name(one.index),
                say_n("{n} person", "{n} people", len(one.seats)),
                tag=say("ready") if one.ready else None,
                ready=one.ready,
                offers=tuple(
                    index
                    for index, offered in enumerate(made)
                    if isinstance(offered.command, TimeGive)
                    and offered.command.group in ("", one.id)
                    and one.wants_time
                ),
            )
            for one in state.groups
        )
        blocks.append(Groups(groups=lines, title=say("The groups, one by one")))
        blocks += [
            Note(text=say("{group} asks for two more minutes.", group=name(one.index)), tone="look")
            for one in state.groups
            if one.wants_time
        ]
    return blocks


# --- those inside, for the lead alone -----------------------------------------------------------


def _inside(state: State, viewer: Viewer, made: tuple[Offer, ...]) -> Blocks:
    """Each one inside with what the lead may do, in one tap."""
    if state.phases.phase not in _TALKING | {"frame"} or state.phases.paused:
        return []
    lines = tuple(
        GroupLine(
            f"chair{chair.sitting}",
            say("{name}", name=Who(chair.seat)),
            _chair_status(state, chair),
            tag=say("stays inside") if chair.anchored else None,
            offers=tuple(
                index
                for index, one in enumerate(made)
                if one.place == "group" and _is_about(state, one.command, chair)
            ),
        )
        for chair in state.bowl.chairs
        if chair.seat
    )
    return [Groups(groups=lines, title=say("Those inside, one by one"))] if lines else []


def _is_about(state: State, command: object, chair: seats.Chair) -> bool:
    """Whether a button belongs to this chair's line; "nobody speaks" to the one who speaks."""
    match command:
        case FloorMark(sitting=0):
            return state.floor == chair.seat
        case FloorMark() | SeatThank() | SeatAnchor():
            return command.sitting == chair.sitting
        case _:
            return False


def _chair_status(state: State, chair: seats.Chair) -> Line:
    if chair.away is not None:
        return say("the line dropped; the chair is kept for a moment")
    if state.floor == chair.seat:
        return say("speaks now")
    if chair.asked or chair.thanked:
        return say("was asked to make room")
    return say("inside")


def _shares(state: State) -> Blocks:
    """Speaking time as the lead tapped it, for the lead alone; never exported."""
    if state.phases.phase not in _TALKING or not (state.spoken or state.floor):
        return []
    inside = seats.inside(state.bowl)
    known = (*inside, *(seat for seat in state.spoken if seat not in inside))
    running = state.bowl.stopped is None
    return [
        Shares(
            title=say("Speaking time, as you tapped it"),
            shares=tuple(
                Share(
                    seat,
                    Who(seat),
                    state.spoken.get(seat, 0),
                    since=seats.wall(state.bowl, state.floor_since)
                    if seat == state.floor and running
                    else None,
                )
                for seat in known
                if seat in state.people
            ),
        )
    ]


# --- buttons ------------------------------------------------------------------------------------


def _arranged(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    """The buttons as the view will have them, so that lines can name them by their place."""
    return phases.arranged(viewer, [], lead_offers(state, viewer), allowed(state, viewer))


def lead_offers(state: State, viewer: Viewer) -> list[Offer]:
    """A facilitator's buttons; the one right now comes first, in place "main"."""
    if not viewer.roles & {"lead", "co"}:
        return []
    labels: Mapping[str, Line] = {}
    phase = state.phases.phase
    if phase != "closed" and (phase != "frame" or ready_to_begin(state)):
        labels = {phase: BUTTON[phase_after(state)]}
    end = say("What was written and released is kept. The fishbowl ends for everybody.")
    steps = phases.lead_offers(state.phases, viewer, labels, end)
    if state.phases.paused:
        return steps
    right = _right_now(state, viewer)
    if right:
        # One right button: the step to the next phase stands beside it.
        steps = [
            Offer(one.command, one.label, "beside", one.needs, one.hint, one.confirm)
            if isinstance(one.command, phases.PhaseNext)
            else one
            for one in steps
        ]
    apart = moves.lead_offers(state, viewer.epoch)
    return [*right, *steps, *_more(state, viewer), *_chairs(state, viewer), *apart]


def _right_now(state: State, viewer: Viewer) -> list[Offer]:
    """What should be done before the next phase, if anything."""
    epoch, phase = viewer.epoch, state.phases.phase
    found: list[Offer] = []
    if phase == "frame" and may_go_round(state):
        label = say("Go round instead")
        found.append(offer(RoundStart(epoch=epoch, phase=phase), label))
    elif phase == "frame" and not ready_to_begin(state):
        found += _invite(state, epoch, say("Invite somebody to begin inside"))
    elif seats.may_release(state.bowl) and (chair := seats.longest(state.bowl)) is not None:
        label = say("Thank {name} and free the chair", name=Who(chair.seat))
        found.append(offer(SeatRelease(epoch=epoch, sitting=chair.sitting), label))
    elif state.bowl.seed:
        found += _invite(state, epoch, say("Invite somebody quietly"))
    elif phase == "answers" and state.put:
        done = QuestionDone(question=state.put, epoch=epoch)
        found.append(offer(done, say("It is answered")))
    elif phase == "answers" and (able := questions.to_take(state.board)):
        need = Need("choice", say("Which question?"), options=question_options(able))
        take = QuestionTake(question=able[0].id, epoch=epoch)
        found.append(offer(take, say("Put a question"), question=need))
    elif (move := _next_turn(state)) is not None:
        found.append(move)
    return found if "lead" in viewer.roles or isinstance(_first(found), Next) else []


def _first(offers: list[Offer]) -> object:
    return offers[0].command if offers else None


def _next_turn(state: State) -> Offer | None:
    """A silent or very long turn of a round may be moved on kindly."""
    round_ = state.round
    if round_ is None or round_.floor is None or not turns.may_move_on(round_):
        return None
    label = say("Thank {name} and go on", name=Who(round_.floor.seat))
    return offer(Next(turn=round_.floor.turn), label)


def _invite(state: State, epoch: int, label: Line) -> list[Offer]:
    able = to_invite(state)
    if not able:
        return []
    need = Need("seat", say("Whom?"), options=tuple(person(m.seat) for m in able))
    hint = say("Only they see it, and they may say no.")
    return [offer(SeatOffer(epoch=epoch, seat=able[0].seat), label, hint=hint, seat=need)]


def _more(state: State, viewer: Viewer) -> list[Offer]:
    """What else the lead may do in this phase."""
    epoch, phase = viewer.epoch, state.phases.phase
    found: list[Offer] = []
    if phase == "frame":
        need = Need("text", say("One question they can answer from experience"), limit=200)
        label = say("Change the question") if state.topic else say("Give the question")
        topic_set = TopicSet(epoch=epoch, words=Words(""))
        found.append(offer(topic_set, label, "foot", words=need))
        invite = _invite(state, epoch, say("Invite somebody to begin inside"))
        found += [Offer(one.command, one.label, "beside", one.needs, one.hint) for one in invite]
    if phase in ("frame", "starters", "open") and (able := to_brief(state)):
        need = Need("seat", say("Whom?"), options=tuple(person(m.seat) for m in able))
        found.append(
            offer(
                SeedAsk(epoch=epoch, seat=able[0].seat),
                say("Ask somebody if you may invite them later"),
                "menu",
                hint=say("Only they see it. For when the chair stays free."),
                seat=need,
            )
        )
    if phase == "answers" and state.put:
        decline = QuestionDecline(question=state.put, epoch=epoch)
        found.append(offer(decline, say("Leave it open"), "beside"))
    if phase in ("answers", "debrief"):
        found += _merging(state, epoch)
    if phase == "debrief":
        found += _debrief(state, epoch)
    return found


def _merging(state: State, epoch: int) -> list[Offer]:
    able = mergeable(state)
    if len(able) < 2:
        return []
    options = question_options(able)
    merge = QuestionMerge(epoch=epoch, question=able[1].id, into=able[0].id)
    label = say("Two questions ask the same")
    return [
        offer(
            merge,
            label,
            "menu",
            question=Need("choice", say("The question put away"), options=options),
            into=Need("choice", say("The question that stays"), options=options),
        )
    ]


def _debrief(state: State, epoch: int) -> list[Offer]:
    found: list[Offer] = []
    if state.settings.mode == "experience" and state.prompt + 1 < PROMPTS:
        label = say("Ask: {question}", question=DEBRIEF[state.prompt + 1])
        found.append(offer(PromptNext(epoch=epoch, prompt=state.prompt), label, "beside"))
    left = questions.unanswered(state.board)
    if left:
        need = Need("choice", say("Which question?"), options=question_options(left))
        done = QuestionDone(question=left[0].id, epoch=epoch)
        label = say("A question was answered in the talk")
        found.append(offer(done, label, "menu", question=need))
    return found


def _chairs(state: State, viewer: Viewer) -> list[Offer]:
    """One tap on each person inside: who speaks now, a private thank you, stays inside."""
    epoch, phase = viewer.epoch, state.phases.phase
    found: list[Offer] = []
    for chair in state.bowl.chairs:
        if not chair.seat:
            continue
        # The line above says the whole name; these stand beside each other on a phone.
        who, sitting = Who(chair.seat, first=True), chair.sitting
        if phase in _TALKING and chair.away is None:
            speaks = state.floor == chair.seat
            mark = FloorMark(epoch=epoch, sitting=0 if speaks else sitting)
            label = say("Nobody speaks") if speaks else say("{name} speaks", name=who)
            found.append(offer(mark, label, "group"))
            if not chair.thanked:
                thank = SeatThank(epoch=epoch, sitting=sitting)
                found.append(offer(thank, say("Thank {name} privately", name=who), "group"))
        if phase in ("frame", "starters", "open") and state.settings.mode == "open":
            anchor = SeatAnchor(epoch=epoch, sitting=sitting, on=not chair.anchored)
            label = say("Keep {name} inside", name=who)
            if chair.anchored:
                label = say("{name} need not stay", name=who)
            found.append(offer(anchor, label, "group"))
    return found
