"""What facilitators see on the panel: all circles at a glance."""

from collections.abc import Callable
from typing import Final

from activities import groups, timing
from activities._story_circle_commands import (
    BreakEnd,
    BreakStart,
    GroupJoin,
    PauseCall,
    PauseResume,
    PromptReveal,
    QuestionNext,
    RoundStop,
    TellingStart,
    TurnShorten,
)
from activities._story_circle_flow import LARGEST, LEAST_HOSTED, other
from activities._story_circle_harvest import step_count
from activities._story_circle_offers import Offers
from activities._story_circle_state import (
    Circle,
    State,
    enough,
    is_here,
    may_go_on,
    phase,
    phase_after,
    placeable,
    running,
    seating,
    voices,
)
from activities._story_circle_words import (
    TOO_FEW,
    notices,
    prompt,
    ring,
    shown_to_all,
    status,
    stories,
    story_tag,
    voice_line,
)
from activities.blocks import (
    AnyBlock,
    Cards,
    Clock,
    Countdown,
    GroupLine,
    Groups,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Place,
    Progress,
    Prompt,
    Roll,
    View,
    Who,
    say,
    say_n,
)
from activities.grouping import name
from activities.groups import DoorAdmit, GroupMerge
from activities.kernel import Cut, Viewer
from activities.phases import PhaseBack, PhaseExtend, PhaseNext, PhaseSoften, may_soften
from activities.turns import Extend, Next

Blocks = list[AnyBlock]

HEADS: Final = {
    "gather": say("Story circles: coming in"),
    "frame": say("Story circles: the rules"),
    "form": say("Story circles: forming"),
    "settle": say("Story circles: settling in"),
    "telling": say("Story circles: telling"),
    "quiet": say("Story circles: the quiet minute"),
    "reflect": say("Story circles: talking about it"),
    "release": say("Story circles: the tellers decide"),
    "plenary": say("Story circles: everybody together"),
    "closed": say("Story circles: closed"),
}

NEXT_BUTTON: Final = {
    "frame": say("Go through the rules"),
    "form": say("Form the circles"),
    "settle": say("Let the circles settle in"),
    "telling": say("Start the stories everywhere"),
    "quiet": say("Start the quiet minute"),
    "reflect": say("Let the circles talk"),
    "release": say("Give tellers their card"),
    "plenary": say("Bring everybody together"),
    "closed": say("Close the circles"),
}
"""The button that leads to a phase says what will happen (design, *Voice*)."""

NEXT_TEXT: Final = {
    "frame": say("The rules. Everybody reads or hears them; you say when it ends."),
    "form": say("The circles. Everybody is dealt into one."),
    "settle": say("Settling in. Each circle says its names and chooses who begins."),
    "telling": say("The stories. Circles that have not begun begin now."),
    "quiet": say("The quiet minute. Everyone writes, only for themselves."),
    "reflect": say("The talk. Circles speak freely and write what they understood."),
    "release": say("The tellers' card. Each decides alone about their own words."),
    "plenary": say("Everybody together. One voice for each circle."),
    "closed": say("The end. Released stories stay on the board."),
}


def panel(state: State, viewer: Viewer) -> View:
    """The control panel: where everybody is, each circle in a line, the right next step."""
    offers = Offers(state, viewer)
    following = lead_offers(state, viewer, offers)
    blocks: Blocks = [Now(text=HEADS[state.phase]), *pause_blocks(state)]
    if state.phase in ("settle", "telling") and shown_to_all(state):
        blocks.append(Prompt(text=prompt(state)))
    blocks += notices(state)
    if running(state) and state.phase not in ("plenary", "closed"):
        lines = (_group_line(state, one, viewer, offers) for one in running(state))
        blocks.append(Groups(groups=tuple(lines)))
    blocks += [*_asks(state), *_door(state, viewer, offers), *_counts(state)]
    if state.phase == "frame" and not enough(state):
        blocks.append(Note(text=TOO_FEW))
    if following:
        blocks.append(NextStep(text=NEXT_TEXT[following], hint=_next_hint(state)))
    if state.phase in ("plenary", "closed"):
        blocks += _together(state, viewer, offers)
    return View(
        phase=phase(state, viewer.seat),
        blocks=tuple(blocks),
        may=tuple(offers.made),
        ends_at=state.pause.until or None if state.pause else state.timer.ends_at,
        place=say("Story circle"),
        sub=under_title(state),
    )


def under_title(state: State) -> Line | None:
    """How many circles there are, for the head of the page."""
    if not running(state):
        return None
    return say_n("{n} circle", "{n} circles", len(running(state)))


def pause_blocks(state: State) -> Blocks:
    """What stands still, and until when."""
    pause = state.pause
    if pause is None:
        return []
    if pause.until:
        clock = Clock("hard", "running", pause.until - pause.at, ends_at=pause.until)
        return [Countdown(clock=clock, label=say("The break ends in"))]
    return [Note(text=say("Paused for everyone. All times are kept."), tone="look")]


def _next_hint(state: State) -> Line | None:
    """How far the circles are: the lead is asked, never forced."""
    circles = running(state)
    if state.phase not in ("settle", "telling", "reflect") or not circles:
        return None
    ready = sum(_is_ready(state, one) for one in circles)
    if ready == len(circles):
        return say("All circles are ready. Shall we go on?")
    if not ready:
        return say("No circle is ready yet. They can finish in peace.")
    return say(
        "{ready} of {all} circles are ready. The others get time to finish.",
        ready=ready,
        all=len(circles),
    )


def _is_ready(state: State, one: Circle) -> bool:
    if state.phase == "settle":
        return one.ready or one.stage != "settle"
    return one.ready or (state.phase == "telling" and one.stage == "done")


def _counts(state: State) -> Blocks:
    people = [m.seat for m in state.members.values() if placeable(m)]
    if state.phase == "frame":
        done = sum(seat in state.heard for seat in people)
        label = say("{done} of {of} have heard the rules", done=done, of=len(people))
        return [Progress(done=done, of=len(people), label=label)]
    if state.phase == "release":
        here = [seat for seat in state.tellers if is_here(state, seat)]
        done = sum(seat in state.releases for seat in here)
        label = say("{done} of {of} tellers have answered", done=done, of=len(here))
        return [Progress(done=done, of=len(here), label=label)]
    return []


def _asks(state: State) -> Blocks:
    return [
        Note(text=say("{circle} asks for two more minutes.", circle=name(one.index)), tone="look")
        for one in running(state)
        if one.wants_time
    ]


def _door(state: State, viewer: Viewer, offers: Offers) -> Blocks:
    """Who waits, and for which circle."""
    rows = []
    for wait in state.door:
        one = next((c for c in state.circles if c.id == wait.group), None)
        if one is None:
            rows.append((Who(wait.seat), say("waits; no circle has room")))
            continue
        where = name(one.index)
        if wait.admitted:
            rows.append((Who(wait.seat), say("enters {circle} at the next breath", circle=where)))
            continue
        rows.append((Who(wait.seat), say("waits for {circle}", circle=where)))
        label = say("Let {name} in", name=Who(wait.seat))
        offers.add(DoorAdmit(seat=wait.seat), label, "foot")
    return [Roll(title=say("At the door"), rows=tuple(rows))] if rows else []


def _group_line(state: State, one: Circle, viewer: Viewer, offers: Offers) -> GroupLine:
    made = (
        *_turn_offers(state, one, offers),
        *_start_offers(state, one, offers),
        *_pause_offers(state, one, viewer, offers),
        *_time_offers(state, one, viewer, offers),
    )
    tag = say("ready") if _is_ready(state, one) else story_tag(one)
    return GroupLine(
        one.id,
        name(one.index),
        status(state, one),
        tag=tag,
        ring=ring(state, one),
        host=Who(one.host) if one.host else None,
        ready=_is_ready(state, one),
        offers=made,
    )


def _turn_offers(state: State, one: Circle, offers: Offers) -> tuple[int, ...]:
    floor = one.round.floor
    made: tuple[int, ...] = ()
    if floor is None or one.stage != "telling":
        return made
    if floor.speaking and timing.may_extend(floor.timer):
        more = Extend(turn=floor.turn, group=one.id, seconds=60)
        made += offers.add(more, say("+ 1 min"), "group")
    if may_go_on(state, one):
        label = say("Thank {name} and go on", name=Who(floor.seat))
        made += offers.add(Next(turn=floor.turn, group=one.id), label, "group")
    if one.tight:
        label = say("Shorten the stories to come, equally")
        made += offers.add(TurnShorten(group=one.id), label, "group")
    return made


def _start_offers(state: State, one: Circle, offers: Offers) -> tuple[int, ...]:
    made: tuple[int, ...] = ()
    if state.phase in ("settle", "telling") and one.stage == "settle":
        if not one.prompt_shown:
            made += offers.add(PromptReveal(group=one.id), say("Show the prompt"), "group")
        made += offers.add(TellingStart(group=one.id), say("Start the stories"), "group")
    if len(one.seats) <= LEAST_HOSTED and one.stage != "done" and other(state, one.id):
        made += offers.add(GroupJoin(group=one.id), say("Join another circle"), "group")
    if state.phase == "reflect" and one.question + 1 < step_count(state, one):
        more = QuestionNext(group=one.id, question=one.question)
        made += offers.add(more, say("Show the next question"), "group")
    return made


def _pause_offers(state: State, one: Circle, viewer: Viewer, offers: Offers) -> tuple[int, ...]:
    if state.pause is not None or state.phase not in ("settle", "telling", "reflect"):
        return ()
    if one.pause is not None and one.pause.until:
        return ()
    if one.pause is None:
        pause = PauseCall(group=one.id, epoch=viewer.epoch)
        return offers.add(pause, say("Pause"), "group")
    resume = PauseResume(group=one.id, pause=one.pause.id, epoch=viewer.epoch)
    return offers.add(resume, say("Go on"), "group")


def _time_offers(
    state: State, one: Circle, viewer: Viewer, offers: Offers, place: Place = "group"
) -> tuple[int, ...]:
    """The answers to a circle that asked for two more minutes."""
    if not one.wants_time or state.phase not in ("telling", "reflect"):
        return ()
    made: tuple[int, ...] = ()
    label = name(one.index)
    for offer in groups.time_offers(one.id, label, state.phase, viewer.epoch, state.timer):
        made += offers.add(offer.command, offer.label, place)
    return made


def lead_offers(state: State, viewer: Viewer, offers: Offers, *, menu: bool = False) -> str:
    """A facilitator's buttons for everybody (in the menu of their own page). Returns the phase
    the main button leads to, or ""."""
    if not viewer.roles & {"lead", "co"} or state.phase == "closed":
        return ""

    def where(place: Place) -> Place:
        return "menu" if menu else place

    epoch, now = viewer.epoch, state.phase
    _lead_pause(state, epoch, offers, where)
    following = phase_after(state, now)
    step = PhaseNext(epoch=epoch, phase=now)
    confirm = _confirm(state)
    can = following != "form" or enough(state)
    led = can and offers.add(step, NEXT_BUTTON[following], where("main"), confirm=confirm)
    if state.phases.before is not None:
        back = PhaseBack(epoch=epoch, phase=now)
        offers.add(back, say("Undo"), where("foot"))
    if timing.may_extend(state.timer, 20) and state.timer.duration:
        more = PhaseExtend(epoch=epoch, phase=now, seconds=120)
        offers.add(more, say("2 minutes more"), where("foot"))
    if now not in ("gather", "form") and may_soften(state.phases):
        hint = say("Two minutes and a last one, then we go on.")
        soften = PhaseSoften(epoch=epoch, phase=now)
        offers.add(soften, say("End softly"), where("foot"), hint=hint)
    if now in ("settle", "telling"):
        offers.add(
            RoundStop(epoch=epoch, phase=now),
            say("Stop the round"),
            "menu",
            confirm=say(
                "All circles go to the quiet minute now. Whoever has not told can leave a note."
            ),
        )
    _lead_moves(state, epoch, offers)
    if menu:
        for one in running(state):
            _time_offers(state, one, viewer, offers, "menu")
    offers.add(
        Cut(epoch=epoch),
        say("End the story circles now"),
        "menu",
        confirm=say("What was shared is kept. The circles close for everybody."),
    )
    return following if led else ""


def _confirm(state: State) -> Line | None:
    """Leaving while people still tell asks for a second tap."""
    left = sum(1 for one in running(state) if one.stage != "done")
    if state.phase != "telling" or not left:
        return None
    return say_n(
        "{n} circle is still telling. Its round ends for everybody.",
        "{n} circles are still telling. Their rounds end for everybody.",
        left,
    )


def _lead_pause(state: State, epoch: int, offers: Offers, where: Callable[[Place], Place]) -> None:
    pause = state.pause
    if pause is None:
        offers.add(PauseCall(epoch=epoch), say("Pause everything"), where("foot"))
        minutes = Need("number", say("Minutes"), low=1, high=60)
        offers.add(
            BreakStart(epoch=epoch, minutes=10),
            say("Take a break"),
            "menu",
            needs={"minutes": minutes},
            hint=say("Everything stands still and goes on where it was."),
        )
    elif pause.until:
        offers.add(BreakEnd(epoch=epoch, pause=pause.id), say("End the break now"), where("beside"))
    else:
        resume = PauseResume(pause=pause.id, epoch=epoch)
        offers.add(resume, say("Go on"), where("beside"))


def _lead_moves(state: State, epoch: int, offers: Offers) -> None:
    """Moving somebody to another circle, joining and splitting circles, where that may be."""
    if state.phase not in ("form", "settle", "telling"):
        return
    settling = {one.id: name(one.index) for one in running(state) if one.stage == "settle"}
    telling = {one.id: name(one.index) for one in running(state) if one.stage == "telling"}
    for names in (settling, telling):
        for offer in groups.lead_offers(seating(state), names, epoch, LARGEST):
            if names is settling or isinstance(offer.command, GroupMerge):
                offers.add(
                    offer.command, offer.label, "menu", needs=offer.needs, confirm=offer.confirm
                )


def _together(state: State, viewer: Viewer, offers: Offers) -> Blocks:
    order = voices(state)
    blocks: Blocks = []
    if state.phase == "plenary" and 1 <= state.voice <= len(order):
        one = order[state.voice - 1]
        blocks.append(Note(text=voice_line(one)))
        blocks.append(Countdown(clock=timing.clock(state.voice_timer)))
        offers.add(Next(turn=state.voice), say("Thank them and go on"), "beside")
        if timing.may_extend(state.voice_timer):
            offers.add(Extend(turn=state.voice, seconds=60), say("1 minute more"), "foot")
    return [*blocks, _board(), *stories(state)]


def _board() -> Cards:
    return Cards(
        document="board",
        section="",
        title=say("What the circles bring"),
        kinds=("insight", "question", "practice"),
        sees="room",
    )
