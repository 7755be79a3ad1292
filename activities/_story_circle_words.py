"""The sentences of the story circle that more than one screen shows."""

from typing import Final

from msgspec.structs import replace

from activities import rounds, timing
from activities._story_circle_commands import Settings
from activities._story_circle_state import (
    Circle,
    State,
    one_tells,
    own_time,
    released,
    running,
    speaker,
    still,
    turn_length,
)
from activities.blocks import (
    AnyBlock,
    Clock,
    Line,
    Note,
    Ring,
    RingSeat,
    Rules,
    Stories,
    Story,
    Who,
    Words,
    say,
    say_n,
)
from activities.grouping import name
from activities.timing import SECOND

PROMPTS: Final = (
    say("A day when a change in your work became real."),
    say("A time when somebody from outside saw your place differently from you."),
    say("A moment when you nearly gave up, and did not."),
)
"""Sample prompts (A1): an invitation to a lived moment that needs no expertise."""

REMINDER: Final = say(
    "It happened to you. It has a beginning, a middle and an end, people and a place."
)

RULES: Final = (
    say("Listen as fully as you tell."),
    say("One story each, then you may pass."),
    say("Your own experience, told now, not read."),
    say("No questions, advice, comparison or comment while stories go round."),
    say("Silence is welcome."),
    say("Every story weighs the same."),
    say("What is told here stays here unless the teller releases it."),
    say("No notes while someone tells."),
)

QUESTION_LINES: Final = (
    say("What stays with you?"),
    say("What do the stories share, and where do they differ?"),
    say("What surprised you?"),
    say("What would you try, knowing this?"),
    say("Which question do we carry to the others?"),
)

TOO_FEW: Final = say("A circle needs at least two people. Wait for others.")

ONLY_YOU: Final = say("Only you see this")


def rules(*, unfolded: bool = False) -> Rules:
    """The rules, readable at any time."""
    return Rules(title=say("How we listen"), lines=RULES, open=unfolded)


def prompt(state: State) -> Line | Words:
    """The facilitator's own prompt, or the sample the dice chose."""
    return state.settings.prompt or PROMPTS[state.sample % len(PROMPTS)]


def shown_to_all(state: State) -> bool:
    """Whether every circle has revealed the prompt: only then may a screen outside the circles
    show it (SC5)."""
    circles = running(state)
    return bool(circles) and all(one.prompt_shown for one in circles)


def place_of(one: Circle) -> Line:
    """The head of a page in this circle."""
    return say("{name} circle", name=name(one.index))


def people_in(one: Circle) -> Line:
    """Under the head: what this is and how many."""
    return say_n("Story circle, {n} person", "Story circle, {n} people", len(one.seats))


def ring(state: State, one: Circle, *, title: bool = False) -> Ring:
    """The circle, drawn. Before the round all wait; after it nobody has the floor."""
    heading = name(one.index) if title else None
    if one.stage != "settle" and one.round.status:
        picture = rounds.picture(one.round, one.id, heading)
        seats = tuple(seat for seat in picture.seats if seat.seat in one.seats)
        if one_tells(state):  # who listens is in no round
            told = {seat.seat: seat for seat in seats}
            seats = tuple(told.get(seat, _waits(state, seat)) for seat in one.seats)
        return Ring(
            id=picture.id,
            seats=seats,
            floor=picture.floor,
            clock=_marked(state, picture.clock or _offered(state, one)),
            next=picture.next,
            title=heading,
        )
    seats = tuple(_waits(state, seat) for seat in one.seats)
    return Ring(id=one.id, seats=seats, title=heading)


def _waits(state: State, seat: str) -> RingSeat:
    return RingSeat(seat, Who(seat), "waiting" if _here(state, seat) else "away")


def _offered(state: State, one: Circle) -> Clock | None:
    """The time that waits for whoever is offered the floor: a whole turn, or what they kept."""
    floor = one.round.floor
    if floor is None or floor.speaking:
        return None
    if (kept := one.round.kept.get(floor.seat)) is not None:
        return timing.clock(kept)
    length = one.round.length * turn_length(state, floor.seat)
    return Clock("soft", "idle", length, remaining=length, marks=timing.marks(length))


def _marked(state: State, clock: Clock | None) -> Clock | None:
    """The turn's clock with the marks of the settings; the usual ones fit themselves to short
    turns (1.4)."""
    wanted = state.settings.marks
    if clock is None or wanted == Settings().marks:
        return clock
    return replace(clock, marks=tuple(mark for mark in wanted if mark * SECOND < clock.duration))


def _here(state: State, seat: str) -> bool:
    member = state.members.get(seat)
    return member is not None and member.here


def floor_line(one: Circle, seat: str = "") -> Line:
    """What is happening in a circle that tells, for `seat` or ("") for anybody."""
    mine = bool(seat) and one.teller == seat
    match one.step:
        case "turn":
            if mine:
                return say("Everyone is listening")
            return say("{name} is telling", name=Who(one.teller))
        case "offer":
            if mine:
                return say("The floor comes to you")
            return say("The floor comes to {name}", name=Who(one.teller))
        case _ if len(one.seats) == 1:
            return say("We wait for the others")
        case _:
            return say("A breath")


def status(state: State, one: Circle) -> Line:
    """A circle in one sentence, for facilitators; never what is said in it."""
    if still(state, one):
        return say("Paused. Their time is kept.")
    if state.phase == "reflect":
        if one_tells(state):
            return say("They give back what they heard.")
        return say("They talk about: {question}", question=QUESTION_LINES[one.question])
    if state.phase == "quiet":
        return say("They are quiet and write, each for themselves.")
    if state.phase == "release":
        return say("Each teller decides about their own words.")
    if one.stage == "settle":
        return (
            say("They have the prompt and can begin.")
            if one.prompt_shown
            else say("They settle in and say their names.")
        )
    if one.stage == "done":
        return say("All who wanted to have told. A question is on their screens.")
    floor = one.round.floor
    following = rounds.coming(one.round, 1)
    if floor is not None and floor.hold is not None:
        return say("{name}'s line dropped. Their time waits.", name=Who(floor.seat))
    if floor is None:
        if len(one.seats) == 1:
            return say("One person waits for others.")
        if following:
            return say("A breath. Next: {name}.", name=Who(following[0]))
        return say("A breath after the last story.")
    doing = (
        say("{name} is telling", name=Who(floor.seat))
        if floor.speaking
        else say("The floor comes to {name}", name=Who(floor.seat))
    )
    if following:
        return say("{doing}. Next: {name}.", doing=doing, name=Who(following[0]))
    return say("{doing}. Nobody comes after.", doing=doing)


def story_tag(one: Circle) -> Line | None:
    """Which story of how many."""
    told = sum(one.round.status.get(seat) == "told" for seat in one.seats)
    if one.stage != "telling":
        return None
    number = min(told + int(one.step == "turn"), len(one.seats))
    if not number or one.lenses:  # where one tells for all there is nothing to count
        return None
    return say("story {number} of {all}", number=number, all=len(one.seats))


def notices(state: State, one: Circle | None = None) -> list[AnyBlock]:
    """The circles end softly: at two minutes, at half a minute, then a minute to finish. A circle
    the phase does not wait for knows that another has longer."""
    timer = state.timer
    if state.phase not in ("telling", "reflect") or state.pause is not None:
        return []
    if one is not None and own_time(state, one).ends_at != timer.ends_at:
        text = say("Another circle was given a little longer. End in your own time, then rest.")
        return [Note(text=text, tone="quiet")]
    if timing.rung_at(timer, 0):
        text = say("Please come to an end. Everybody meets again in a minute.")
        if state.phase == "reflect":
            text = say("Please come to an end in your own time.")
    elif timing.rung_at(timer, -30 * SECOND):
        text = say("Half a minute is left for the circles. Finish your sentence.")
    elif timing.rung_at(timer, -120 * SECOND):
        text = say("Two minutes are left for the circles.")
    else:
        return []
    return [Note(text=text, tone="quiet")]


def stories(state: State) -> list[AnyBlock]:
    """Released stories only (SC6)."""
    shown = tuple(
        Story(
            title=answer.title,
            moments=answer.moments,
            quote=answer.quote,
            who=Who(seat) if answer.choice in ("first_name", "name_org") else None,
            organisation=answer.choice == "name_org",
        )
        for seat, answer in released(state)
    )
    if not shown:
        return []
    return [Stories(title=say("Stories their tellers released"), stories=shown)]


def voice_line(one: Circle) -> Line:
    """Which circle speaks, by whom."""
    who = speaker(one)
    circle_name = name(one.index)
    if who:
        return say("{name} speaks for {circle}", name=Who(who), circle=circle_name)
    return say("{circle} speaks", circle=circle_name)
