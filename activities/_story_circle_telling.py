"""A person's own screen while stories go round: telling, listening, hosting, at the door."""

from typing import Final

from activities import groups, rounds, timing, turns
from activities._story_circle_commands import (
    BreathHold,
    DraftErase,
    GroupJoin,
    HostTake,
    QuestionNext,
    SignalSend,
    TurnShorten,
    WitnessDraft,
)
from activities._story_circle_flow import LEAST_HOSTED, other
from activities._story_circle_harvest import lens_note, step_count
from activities._story_circle_offers import Offers
from activities._story_circle_state import (
    Circle,
    State,
    circle,
    hosted,
    may_go_on,
    one_tells,
    running,
    waiting,
)
from activities._story_circle_words import (
    ONLY_YOU,
    QUESTION_LINES,
    REMINDER,
    floor_line,
    notices,
    prompt,
    ring,
    rules,
)
from activities.blocks import (
    AnyBlock,
    Entry,
    Line,
    Need,
    Note,
    Now,
    Prompt,
    Who,
    Words,
    say,
    say_n,
)
from activities.groups import DoorAdmit, GroupReady, TimeAsk
from activities.kernel import MINUTE, Viewer
from activities.turns import Begin, Defer, Done, Extend, Next, Pass

DRAFT_LIMIT: Final = 280
"""A draft of the witness is a line or two, never a transcript."""

Blocks = list[AnyBlock]


def outside_view(state: State) -> Blocks:
    """Somebody without a circle who is not waiting for one: an observer, a facilitator."""
    return [
        Now(text=say("The circles are with their stories")),
        *(ring(state, one, title=True) for one in running(state)),
        rules(),
    ]


def door_view(state: State, _one: Circle | None, viewer: Viewer, _offers: Offers) -> Blocks:
    wait = waiting(state, viewer.seat)
    target = circle(state, wait.group) if wait is not None else None
    if target is None or state.phase not in ("form", "settle", "telling"):
        return [
            Now(text=say("You are welcome. The circles are closed for now")),
            Note(text=say("A facilitator keeps you company until everybody meets again.")),
            rules(),
        ]
    return [
        Now(text=say("You join when this story ends")),
        *([Prompt(text=prompt(state))] if target.prompt_shown else []),
        ring(state, target, title=True),
        Note(text=say("You tell after those who wait already.")),
        rules(unfolded=True),
    ]


def offer_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None or one.round.floor is None:
        return outside_view(state)
    floor, seat = one.round.floor, viewer.seat
    blocks: Blocks = [Now(text=floor_line(one, seat)), Prompt(text=prompt(state))]
    blocks += [ring(state, one), *notices(state, one)]
    if floor.seat != seat:
        return [*blocks, *_listening(state, one, seat), *_hosting(state, one, viewer, offers)]
    blocks.append(Note(text=REMINDER, tone="quiet"))
    if timing.rung_at(floor.timer, rounds.TAKE_YOUR_TIME):
        text = say("Take your time. You may also pass for now.")
        blocks.append(Note(text=text, tone="private", title=ONLY_YOU))
    turn, group = floor.turn, one.id
    offers.add(Begin(turn=turn, group=group), say("Begin my story"))
    back = turns.may_come_back(one.round) and not one_tells(state)
    label = say("Pass for now") if back else say("Pass")
    if one_tells(state):
        label = say("Somebody else may tell")
    hint = say("Passing needs no reason.")
    offers.add(Pass(turn=turn, group=group, begun=False), label, "beside", hint=hint)
    if back:
        label = say("Come back to me at the end")
        offers.add(Defer(turn=turn, group=group), label, "beside")
    return [*blocks, *_hosting(state, one, viewer, offers)]


def turn_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None or one.round.floor is None:
        return outside_view(state)
    floor, seat = one.round.floor, viewer.seat
    blocks: Blocks = [Now(text=floor_line(one, seat)), Prompt(text=prompt(state))]
    blocks += [ring(state, one), *notices(state, one)]
    if floor.seat != seat:
        blocks += [*_listening(state, one, seat), *_writing(state, one, viewer, offers)]
        return [*blocks, *_hosting(state, one, viewer, offers)]
    if floor.timer.state == "over":
        text = say("Finish when you are ready.")
        blocks.append(Note(text=text, tone="private", title=ONLY_YOU))
    if one.signal:
        text = (
            say("What happened, then?") if one.signal == "story" else say("Come gently to an end.")
        )
        blocks.append(Note(text=text, tone="private", title=say("A card from your host")))
    turn, group = floor.turn, one.id
    offers.add(Done(turn=turn, group=group), say("I have finished"))
    offers.add(Pass(turn=turn, group=group, begun=True), say("Pass"), "beside")
    if turns.may_come_back(one.round) and not one_tells(state):
        offers.add(Defer(turn=turn, group=group), say("Come back to me"), "beside")
    blocks += drafts(state, seat, offers)
    return [*blocks, *_hosting(state, one, viewer, offers)]


def breath_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return outside_view(state)
    following = rounds.coming(one.round, 1)
    text = say("Silence is welcome.")
    if following:
        text = (
            say("Silence is welcome. Then the floor comes to you.")
            if following == (viewer.seat,)
            else say("Silence is welcome. Then the floor goes to {name}.", name=Who(following[0]))
        )
    return [
        Now(text=floor_line(one, viewer.seat)),
        Prompt(text=prompt(state)),
        ring(state, one),
        *notices(state, one),
        Note(text=text, tone="quiet"),
        *_hosting(state, one, viewer, offers),
    ]


def done_view(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return outside_view(state)
    return [
        Now(text=say("Your circle has come round")),
        Prompt(text=QUESTION_LINES[0 if one_tells(state) else one.question]),
        Note(text=say("The other circles are still telling. Talk quietly, with nothing to write.")),
        *notices(state, one),
        *_hosting(state, one, viewer, offers),
        *ready(state, one, viewer, offers),
        rules(),
    ]


def _listening(state: State, one: Circle, seat: str) -> Blocks:
    """For those who listen: nothing to do, and how far away their own story is."""
    floor = one.round.floor
    blocks: Blocks = []
    if floor is not None and floor.hold is not None:
        dropped = say("{name}'s line dropped. Their time waits.", name=Who(floor.seat))
        blocks.append(Note(text=dropped, tone="look"))
    before = _before(one, seat)
    later = say("Nothing to type now; a quiet minute to write comes after the stories.")
    text = say("{turn} {later}", turn=before, later=later) if before is not None else later
    blocks += lens_note(state, one, seat)
    return [*blocks, Note(title=say("Listen as fully as you tell."), text=text, tone="private")]


def _before(one: Circle, seat: str) -> Line | None:
    """Who comes before this person."""
    order = rounds.coming(one.round, len(one.seats))
    if seat not in order:
        return None
    place = order.index(seat)
    if place == 0:
        return say("You are next.")
    if place == 1:
        return say("{name} comes before you.", name=Who(order[0]))
    if place == 2:
        return say(
            "{first} and {second} come before you.", first=Who(order[0]), second=Who(order[1])
        )
    return say_n("{n} person comes before you.", "{n} people come before you.", place)


def _writing(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """The agreed witness writes for the teller alone."""
    if one.witness != viewer.seat or one.round.floor is None:
        return []
    draft = WitnessDraft(turn=one.round.floor.turn, group=one.id, words=Words(""))
    need = Need("text", limit=DRAFT_LIMIT)
    if not offers.add(draft, say("Keep it for the teller"), "beside", needs={"words": need}):
        return []
    return [
        Entry(
            box="draft",
            offer="witness.draft",
            field="words",
            label=say("A few words for {name}", name=Who(one.teller)),
            hint=say("Only you and the teller see this."),
            sees="self",
            lines=2,
            limit=DRAFT_LIMIT,
        )
    ]


def drafts(state: State, seat: str, offers: Offers) -> Blocks:
    if not state.drafts.get(seat):
        return []
    label = say("Throw away what was written for me")
    confirm = say("It cannot be brought back.")
    offers.add(DraftErase(), label, "menu", confirm=confirm)
    return []


# --- hosting ------------------------------------------------------------------------------------


def offer_host(state: State, one: Circle, offers: Offers) -> None:
    """Anybody may look after a circle that has no host now."""
    if not hosted(state, one):
        offers.add(HostTake(group=one.id), say("I look after this circle"), "beside")


def _hosting(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """What the host of this circle may do and is kindly reminded of."""
    offer_host(state, one, offers)
    if one.host != viewer.seat:
        return []
    for wait in state.door:
        if wait.group == one.id and not wait.admitted:
            label = say("Let {name} in", name=Who(wait.seat))
            offers.add(DoorAdmit(seat=wait.seat), label, "foot")
    if len(one.seats) <= LEAST_HOSTED and one.stage != "done" and other(state, one.id):
        offers.add(
            GroupJoin(group=one.id),
            say("Join another circle"),
            "beside",
            confirm=say("You enter the smallest circle at its next breath."),
        )
    if one.step == "breath" and one.stage == "telling":
        offers.add(BreathHold(group=one.id), say("Half a minute more of silence"), "foot")
    return [*_host_floor(state, one, viewer, offers), *_host_time(one, offers)]


def _host_floor(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    floor = one.round.floor
    if floor is None or floor.seat == viewer.seat:
        return []
    turn, group = floor.turn, one.id
    if not floor.speaking:
        if may_go_on(state, one):
            offers.add(Next(turn=turn, group=group), say("Go on to the next person"), "foot")
        if timing.rung_at(floor.timer, rounds.ASK_KINDLY):
            text = say(
                "Ask {name} kindly whether to begin or come back later.", name=Who(floor.seat)
            )
            return [Note(text=text, tone="private", title=ONLY_YOU)]
        return []
    if timing.may_extend(floor.timer):
        more = Extend(turn=turn, group=group, seconds=MINUTE // 1000)
        offers.add(more, say("1 minute more"), "foot")
    story = SignalSend(turn=turn, group=group, signal="story")
    offers.add(story, say("Card to the teller: what happened, then?"), "menu")
    time = SignalSend(turn=turn, group=group, signal="time")
    offers.add(time, say("Card to the teller: come gently to an end"), "menu")
    if may_go_on(state, one):
        offers.add(
            Next(turn=turn, group=group),
            say("Thank {name} and go on", name=Who(floor.seat)),
            "foot",
        )
        text = say("You may close this story kindly now.")
        return [Note(text=text, tone="private", title=ONLY_YOU)]
    return []


def _host_time(one: Circle, offers: Offers) -> Blocks:
    """Less than two minutes are left for each to come: shorten for all, or ask for time."""
    if not one.tight:
        return []
    label = say("Shorten the stories to come, equally")
    offers.add(TurnShorten(group=one.id), label, "foot")
    text = say("Time is short for those who have not told.")
    return [Note(text=text, tone="private", title=ONLY_YOU)]


def ask_time(state: State, one: Circle, offers: Offers) -> Blocks:
    """Two more minutes in one tap, from the first notice on, or when time is short for those to
    come (moment 7)."""
    if one.wants_time:
        text = say("Your circle asked for two more minutes. The facilitators see it.")
        return [Note(text=text, tone="quiet")]
    if one.tight or groups.may_ask(state.timer, one.wants_time):
        offers.add(TimeAsk(group=one.id), say("Ask for two more minutes"), "foot")
    return []


def ready(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """The circle says when it is ready; the lead is asked, never forced."""
    if one.ready:
        return [Note(text=say("Your circle is ready. The others finish in peace."), tone="good")]
    if one.host == viewer.seat or not hosted(state, one):
        offers.add(GroupReady(group=one.id), say("We are ready"), "beside")
    harvests = one_tells(state) and state.phase != "reflect"
    if one.question + 1 < step_count(state, one) and one.host == viewer.seat and not harvests:
        label = say("Show the next question")
        offers.add(QuestionNext(group=one.id, question=one.question), label)
    return []
