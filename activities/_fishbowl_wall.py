"""What the wall shows of a fishbowl: the screen in the hall."""

from activities import phases
from activities._fishbowl_state import State, interview
from activities._fishbowl_words import (
    DEBRIEF,
    RULES,
    Blocks,
    asked,
    bowl,
    floor_line,
    free_line,
    notices,
    put_block,
    put_line,
    round_block,
    topic,
    waiting_line,
)
from activities.blocks import Note, Now, Prompt, Who, say
from activities.kernel import Viewer


def wall(state: State, viewer: Viewer) -> Blocks:
    """The screen in the hall, legible from ten metres: the question, the bowl, the free chair."""
    match state.phases.phase:
        case "frame":
            return [Now(text=say("A few begin inside")), topic(state), bowl(state, viewer), RULES]
        case "last_call":
            return [Now(text=floor_line(state)), topic(state), bowl(state, viewer)]
        case "round":
            return [Now(text=floor_line(state)), topic(state), *round_block(state)]
        case "questions":
            return [Now(text=say("Small groups write their questions")), *_soft_end(state)]
        case "answers":
            return [*_answers(state), bowl(state, viewer)]
        case "outer_speaks":
            return [Now(text=say("The listeners speak: what did you hear?")), *_soft_end(state)]
        case "swap":
            return [Now(text=say("The groups change places")), *_clock(state)]
        case "debrief":
            prompt = DEBRIEF[state.prompt if state.settings.mode == "experience" else 0]
            return [Now(text=say("Everybody talks")), Prompt(text=prompt), *asked(state)]
        case "closed":
            return [Now(text=say("The fishbowl is closed. Thank you for listening"))]
        case _:
            return _talk(state, viewer)


def _clock(state: State) -> Blocks:
    return list(phases.countdown(state.phases))


def _soft_end(state: State) -> Blocks:
    return [*_clock(state), *notices(state)]


def _talk(state: State, viewer: Viewer) -> Blocks:
    line = free_line(state)
    blocks: Blocks = [topic(state), bowl(state, viewer)]
    if state.phases.phase == "open" and line is not None:
        text = say("Sit down to speak, stand up to make room.")
        return [Now(text=line), *blocks, Note(text=text)]
    if state.phases.phase == "open":
        return [Now(text=say("All chairs are taken")), *blocks, Note(text=waiting_line(state))]
    alone = interview(state)
    if alone:
        return [Now(text=say("The lead asks {name}", name=Who(alone))), *blocks]
    return [Now(text=say("We listen to those inside")), *blocks]


def _answers(state: State) -> Blocks:
    line = put_line(state)
    head = line if line is not None else say("Those inside choose what to answer")
    return [Now(text=head), *put_block(state)]
