"""What the wall shows of story circles: the screen in the hall."""

from activities import rounds, timing
from activities._story_circle_panel import pause_blocks, under_title
from activities._story_circle_state import Circle, State, running, still, voices
from activities._story_circle_words import (
    floor_line,
    notices,
    prompt,
    ring,
    rules,
    shown_to_all,
    stories,
    voice_line,
)
from activities.blocks import AnyBlock, Countdown, Line, Note, Now, Prompt, View, Who, say
from activities.kernel import Viewer

Blocks = list[AnyBlock]


def wall(state: State, viewer: Viewer) -> View:
    """The screen in the hall: prompt, ring, clock, who comes next. Nothing private, no button."""
    return View(
        phase=state.phase,
        blocks=tuple(_blocks(state)),
        ends_at=state.pause.until or None if state.pause else state.timer.ends_at,
        place=say("Story circle"),
        sub=under_title(state),
    )


def _blocks(state: State) -> Blocks:
    if state.pause is not None:
        return [
            Now(text=say("A break") if state.pause.until else say("Paused")),
            *pause_blocks(state),
        ]
    match state.phase:
        case "gather":
            return [Now(text=say("Come in and greet each other"))]
        case "frame":
            return [Now(text=say("How a story circle goes")), rules(unfolded=True)]
        case "form":
            return [Now(text=say("Find your circle")), *_rings(state)]
        case "settle" | "telling":
            return _telling(state)
        case "quiet":
            return [Now(text=say("A quiet minute")), Countdown(clock=timing.clock(state.timer))]
        case "reflect":
            return [
                Now(text=say("The circles talk about their stories")),
                Countdown(clock=timing.clock(state.timer)),
            ]
        case "release":
            return [Now(text=say("The tellers decide about their words"))]
        case "plenary":
            return _together(state)
        case _:
            return [Now(text=say("The circles are closed. Thank you for listening"))]


def _rings(state: State) -> Blocks:
    circles = running(state)
    return [ring(state, one, title=len(circles) > 1) for one in circles]


def _telling(state: State) -> Blocks:
    circles = running(state)
    head = say("The circles are with their stories")
    if state.phase == "settle":
        head = say("Settle in and say your names")
    if len(circles) == 1 and circles[0].stage == "telling":
        head = floor_line(circles[0])
    blocks: Blocks = [Now(text=head)]
    if shown_to_all(state):
        blocks.append(Prompt(text=prompt(state)))
    blocks += [*_rings(state), *notices(state)]
    if len(circles) == 1 and not still(state, circles[0]):
        blocks.append(Note(text=_next_up(state, circles[0]), tone="quiet"))
    return [*blocks, Note(text=say("We listen. No notes while someone tells."), tone="quiet")]


def _next_up(state: State, one: Circle) -> Line:
    """Who comes next, and where they are: remote tellers are named one turn ahead."""
    order = rounds.coming(one.round, 1)
    if not order:
        return say("Every story weighs the same.")
    member = state.members.get(order[0])
    who = Who(order[0])
    if member is not None and member.where in ("room", "carried"):
        return say("Next: {name}, in the hall.", name=who)
    if member is not None and member.where == "phone":
        return say("Next: {name}, on the phone.", name=who)
    return say("Next: {name}, online.", name=who)


def _together(state: State) -> Blocks:
    order = voices(state)
    blocks: Blocks = [Now(text=say("All circles have spoken"))]
    if 1 <= state.voice <= len(order):
        one = order[state.voice - 1]
        blocks = [Now(text=voice_line(one)), Countdown(clock=timing.clock(state.voice_timer))]
    return [*blocks, *stories(state)]
