"""What one person's own screen shows in a story circle: one thing now, and what they may do."""

from collections.abc import Callable, Mapping
from typing import Final

from activities._story_circle_after import (
    closed_view,
    plenary_view,
    quiet_view,
    reflect_view,
    release_view,
)
from activities._story_circle_commands import (
    PauseCall,
    PauseResume,
    PromptReveal,
    RulesHear,
    TellingStart,
    TurnInterpret,
    TurnVolunteer,
    WitnessAnswer,
    WitnessAsk,
)
from activities._story_circle_harvest import lens_choice
from activities._story_circle_offers import Offers
from activities._story_circle_panel import lead_offers, panel
from activities._story_circle_state import (
    TOGETHER,
    Circle,
    State,
    circle_of,
    hosted,
    may_resume_all,
    one_tells,
    own_time,
    phase,
)
from activities._story_circle_telling import (
    ask_time,
    breath_view,
    done_view,
    door_view,
    offer_host,
    offer_view,
    outside_view,
    turn_view,
)
from activities._story_circle_wall import wall
from activities._story_circle_words import (
    people_in,
    place_of,
    prompt,
    ring,
    rules,
)
from activities.blocks import (
    AnyBlock,
    Clock,
    Countdown,
    Note,
    Now,
    Progress,
    Prompt,
    View,
    Who,
    say,
)
from activities.grouping import name
from activities.kernel import Viewer
from activities.phases import notices

Blocks = list[AnyBlock]


def view(state: State, viewer: Viewer) -> View:
    """What `viewer` sees and may do, for each lens."""
    if viewer.lens == "screen":
        return wall(state, viewer)
    if viewer.lens == "panel":
        return panel(state, viewer)
    offers = Offers(state, viewer)
    one = circle_of(state, viewer.seat)
    mine = phase(state, viewer.seat)
    kind = mine.split(".")[-1] if mine != "telling" else "telling"
    blocks = [*_standing(state, one), *_SEAT[kind](state, one, viewer, offers)]
    _pauses(state, one, viewer, offers)
    if one is not None and state.phase in ("telling", "reflect"):
        blocks += ask_time(state, one, offers)
    lead_offers(state, viewer, offers, menu=True)
    return View(
        phase=mine,
        blocks=tuple(blocks),
        may=tuple(offers.made),
        ends_at=_ends_at(state, one),
        place=place_of(one) if one is not None else say("Story circle"),
        sub=people_in(one) if one is not None else None,
    )


def _ends_at(state: State, one: Circle | None) -> int | None:
    """The clock this person draws: their circle's turn, else the phase's."""
    if state.pause is not None:
        return state.pause.until or None
    if one is not None and state.phase in ("settle", "telling"):
        floor = one.round.floor
        return floor.timer.ends_at if floor is not None and floor.speaking else None
    return (state.timer if one is None else own_time(state, one)).ends_at


def _standing(state: State, one: Circle | None) -> Blocks:
    """Time stands still: a break with its end, a pause of everything or of this circle."""
    pause = state.pause
    if pause is not None and pause.until:
        length = pause.until - pause.at
        return [
            Note(text=say("A break. We go on where we were."), tone="look"),
            Countdown(
                clock=Clock("hard", "running", length, ends_at=pause.until),
                label=say("Back together in"),
            ),
        ]
    if pause is not None:
        return [Note(text=say("Paused for everyone. Your time is kept."), tone="look")]
    if one is not None and one.pause is not None:
        text = say("Your circle is paused. Your time is kept.")
        if state.phase == "reflect":
            text = say("Your circle is paused. Take the time you need.")
        if one.pause.until:
            text = say("Your circle is paused, and goes on in a moment.")
        return [Note(text=text, tone="look")]
    return notices(state.phases)


def _pauses(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> None:
    """Pause please, always at the foot; going on, for who may."""
    pause = state.pause
    if pause is not None:
        if may_resume_all(state, viewer.seat, viewer.autopilot):
            offers.add(PauseResume(pause=pause.id), say("Go on"), "beside")
    elif state.phase in TOGETHER:
        if not viewer.roles & {"lead", "co"}:
            offers.add(PauseCall(), say("Pause please"), "foot")
    elif one is not None and one.pause is None:
        offers.add(PauseCall(group=one.id), say("Pause please"), "foot")
    elif (
        one is not None
        and one.pause is not None
        and not one.pause.until
        and (one.host == viewer.seat or not hosted(state, one))
    ):
        resume = PauseResume(group=one.id, pause=one.pause.id)
        offers.add(resume, say("Go on"), "beside")


def _host_line(state: State, one: Circle) -> Note:
    if hosted(state, one):
        return Note(text=say("{name} looks after this circle.", name=Who(one.host)), tone="quiet")
    return Note(text=say("Nobody hosts this circle. The clock leads you gently."), tone="quiet")


# --- before the stories -------------------------------------------------------------------------


def _gather(_state: State, _one: Circle | None, _viewer: Viewer, _offers: Offers) -> Blocks:
    return [
        Now(text=say("Come in and greet each other")),
        Note(text=say("Talk freely. The stories begin when everybody is here.")),
        rules(),
    ]


def _frame(state: State, _one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    heard = viewer.seat in state.heard
    if not heard:
        offers.add(RulesHear(), say("I have heard the rules"))
    people = [m.seat for m in state.members.values() if not m.observer and not m.facilitator]
    done = sum(seat in state.heard for seat in people)
    label = say("{done} of {of} have heard the rules", done=done, of=len(people))
    return [
        Now(text=say("How a story circle goes")),
        rules(unfolded=True),
        Note(
            title=say("Your words stay yours."),
            text=say(
                "Nothing leaves the circle unless you say so. After the stories you decide alone, "
                "and you can change it later."
            ),
        ),
        Progress(done=done, of=len(people), label=label),
    ]


def _form(state: State, one: Circle | None, _viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return [Now(text=say("The circles are forming")), rules()]
    offer_host(state, one, offers)
    return [
        Now(text=say("You are in {name}", name=name(one.index))),
        ring(state, one),
        _host_line(state, one),
        rules(),
    ]


def _settle(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return outside_view(state)
    blocks: Blocks = [
        Now(text=say("Settle in and say your names")),
        *([Prompt(text=prompt(state))] if one.prompt_shown else []),
        ring(state, one),
        _host_line(state, one),
        *lens_choice(state, one, viewer.seat, offers),
        *_witness(state, one, viewer, offers),
    ]
    if one.first:
        text = say("{name} begins.", name=Who(one.first))
        if one_tells(state):
            text = say("{name} tells.", name=Who(one.first))
        blocks.append(Note(text=text, tone="quiet"))
    else:
        begins = say("I tell") if one_tells(state) else say("I begin")
        offers.add(TurnVolunteer(), begins, "beside")
    offer_host(state, one, offers)
    if not one.prompt_shown:
        offers.add(PromptReveal(group=one.id), say("Show the prompt"))
        offers.add(TellingStart(group=one.id), say("Start the stories"), "menu")
    else:
        offers.add(TellingStart(group=one.id), say("Start the stories"))
    _interpreted(state, viewer.seat, offers)
    return [*blocks, rules()]


def _interpreted(state: State, seat: str, offers: Offers) -> None:
    on = seat not in state.interpreted
    label = (
        say("I tell with an interpreter, and need twice the time")
        if on
        else say("I tell without an interpreter")
    )
    offers.add(TurnInterpret(seat=seat, on=on), label, "menu")


def _witness(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """Whether somebody writes a few words for each teller; hands are counted, never named."""
    if one.witness:
        text = say("{name} writes a few words for each teller alone.", name=Who(one.witness))
        return [Note(text=text, tone="quiet")]
    if not one.proposed:
        if state.settings.witness == "ask":
            label = say("I could write a few words for each teller")
            offers.add(WitnessAsk(), label, "menu")
        return []
    if viewer.seat != one.proposed and viewer.seat not in one.hands:
        for yes, label in ((True, say("Yes, please write")), (False, say("No, nobody writes"))):
            offers.add(WitnessAnswer(witness=one.proposed, yes=yes), label, "beside")
    text = say(
        "{name} could write a few words for each teller, who alone sees them. It takes "
        "everybody's yes.",
        name=Who(one.proposed),
    )
    of = len(one.seats) - 1
    done = len(one.hands)
    label = say("{done} of {of} hands", done=done, of=of)
    return [Note(text=text), Progress(done=done, of=of, label=label)]


def _telling(state: State, _one: Circle | None, _viewer: Viewer, _offers: Offers) -> Blocks:
    return outside_view(state)


_SEAT: Final[Mapping[str, Callable[[State, Circle | None, Viewer, Offers], Blocks]]] = {
    "gather": _gather,
    "frame": _frame,
    "form": _form,
    "settle": _settle,
    "telling": _telling,
    "offer": offer_view,
    "turn": turn_view,
    "breath": breath_view,
    "done": done_view,
    "door": door_view,
    "quiet": quiet_view,
    "reflect": reflect_view,
    "release": release_view,
    "plenary": plenary_view,
    "closed": closed_view,
}
"""One function for each phase a seat can be in."""
