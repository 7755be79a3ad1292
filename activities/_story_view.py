"""What one person's own screen shows in a story circle: one thing now, and what they may do."""

from collections.abc import Callable, Mapping
from typing import Final

from activities import rounds, timing, turns
from activities._story_commands import (
    BreathHold,
    DoorAdmit,
    DraftErase,
    GroupJoin,
    GroupReady,
    HostTake,
    NotesShare,
    PauseCall,
    PauseResume,
    PromptReveal,
    QuestionNext,
    ReleaseAnswer,
    RulesHear,
    SignalSend,
    TellingStart,
    TimeAsk,
    TurnInterpret,
    TurnShorten,
    TurnVolunteer,
    VoiceTake,
    WitnessAnswer,
    WitnessAsk,
    WitnessDraft,
)
from activities._story_flow import LEAST_HOSTED, other
from activities._story_offers import Offers
from activities._story_panel import lead_offers, panel, wall
from activities._story_state import (
    QUESTIONS,
    Circle,
    State,
    circle,
    circle_of,
    hosted,
    phase,
    running,
    speaker,
    voices,
    waiting,
)
from activities._story_words import (
    ONLY_YOU,
    QUESTION_LINES,
    REMINDER,
    floor_line,
    notices,
    people_in,
    place_of,
    prompt,
    ring,
    rules,
    stories,
)
from activities.blocks import (
    AnyBlock,
    Cards,
    Choices,
    Clock,
    Countdown,
    Entry,
    Line,
    Need,
    Note,
    Now,
    Option,
    Progress,
    Prompt,
    Release,
    View,
    Who,
    Words,
    say,
    say_n,
)
from activities.grouping import name
from activities.kernel import MINUTE, Viewer
from activities.turns import Begin, Defer, Done, Extend, Next, Pass

NOTE_KINDS: Final = ("insight", "question", "practice")
DRAFT_LIMIT: Final = 280
"""A draft of the witness is a line or two, never a transcript."""

CHOICES: Final = (
    Option("keep", say("Keep it in the circle"), "lock"),
    Option("lesson", say("Use the lesson without me"), "leaf"),
    Option("unnamed", say("Use my words without my name"), "marks"),
    Option("first_name", say("Use my words with my first name"), "person"),
    Option("name_org", say("Use my words with my name and organisation"), "house"),
)
"""The release card (`methods.md` 1.8)."""

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
    return state.timer.ends_at


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
        return [Note(text=say("Your circle is paused. Your time is kept."), tone="look")]
    return []


def _pauses(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> None:
    """Pause please, always at the foot; going on, for who may."""
    if one is None or state.pause is not None or state.phase == "closed":
        return
    if one.pause is None:
        offers.add(PauseCall(group=one.id), say("Pause please"), "foot")
    elif one.host == viewer.seat or not hosted(state, one):
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
    _offer_host(state, one, offers)
    return [
        Now(text=say("You are in {name}", name=name(one.index))),
        ring(state, one),
        _host_line(state, one),
        rules(),
    ]


def _offer_host(state: State, one: Circle, offers: Offers) -> None:
    if not hosted(state, one):
        offers.add(HostTake(group=one.id), say("I look after this circle"), "beside")


def _settle(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return _outside(state)
    blocks: Blocks = [
        Now(text=say("Say your names and sit down")),
        *([Prompt(text=prompt(state))] if one.prompt_shown else []),
        ring(state, one),
        _host_line(state, one),
        *_witness(state, one, viewer, offers),
    ]
    if one.first:
        blocks.append(Note(text=say("{name} begins.", name=Who(one.first)), tone="quiet"))
    else:
        offers.add(TurnVolunteer(), say("I begin"), "beside")
    _offer_host(state, one, offers)
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


# --- telling ------------------------------------------------------------------------------------


def _outside(state: State) -> Blocks:
    """Somebody without a circle who is not waiting for one: an observer, a facilitator."""
    return [
        Now(text=say("The circles are with their stories")),
        *(ring(state, one, title=True) for one in running(state)),
        rules(),
    ]


def _door(state: State, _one: Circle | None, viewer: Viewer, _offers: Offers) -> Blocks:
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


def _offer(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None or one.round.floor is None:
        return _outside(state)
    floor, seat = one.round.floor, viewer.seat
    blocks: Blocks = [Now(text=floor_line(one, seat)), Prompt(text=prompt(state))]
    blocks += [ring(state, one), *notices(state)]
    if floor.seat != seat:
        return [*blocks, *_listening(state, one, seat), *_hosting(state, one, viewer, offers)]
    blocks.append(Note(text=REMINDER, tone="quiet"))
    if timing.rung_at(floor.timer, rounds.TAKE_YOUR_TIME):
        text = say("Take your time. You may also pass for now.")
        blocks.append(Note(text=text, tone="private", title=ONLY_YOU))
    turn, group = floor.turn, one.id
    offers.add(Begin(turn=turn, group=group), say("Begin my story"))
    back = turns.may_come_back(one.round)
    label = say("Pass for now") if back else say("Pass")
    hint = say("Passing needs no reason.")
    offers.add(Pass(turn=turn, group=group, begun=False), label, "beside", hint=hint)
    if back:
        label = say("Come back to me at the end")
        offers.add(Defer(turn=turn, group=group), label, "beside")
    return [*blocks, *_hosting(state, one, viewer, offers)]


def _turn(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None or one.round.floor is None:
        return _outside(state)
    floor, seat = one.round.floor, viewer.seat
    blocks: Blocks = [Now(text=floor_line(one, seat)), Prompt(text=prompt(state))]
    blocks += [ring(state, one), *notices(state)]
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
    if turns.may_come_back(one.round):
        offers.add(Defer(turn=turn, group=group), say("Come back to me"), "beside")
    blocks += _drafts(state, seat, offers)
    return [*blocks, *_hosting(state, one, viewer, offers)]


def _breath(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return _outside(state)
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
        *notices(state),
        Note(text=text, tone="quiet"),
        *_hosting(state, one, viewer, offers),
    ]


def _done(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return _outside(state)
    return [
        Now(text=say("Your circle has come round")),
        Prompt(text=QUESTION_LINES[one.question]),
        Note(text=say("The other circles are still telling. Talk quietly, with nothing to write.")),
        *notices(state),
        *_hosting(state, one, viewer, offers),
        *_ready(state, one, viewer, offers),
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


def _drafts(state: State, seat: str, offers: Offers) -> Blocks:
    if not state.drafts.get(seat):
        return []
    label = say("Throw away what was written for me")
    confirm = say("It cannot be brought back.")
    offers.add(DraftErase(), label, "menu", confirm=confirm)
    return []


# --- hosting ------------------------------------------------------------------------------------


def _hosting(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """What the host of this circle may do and is kindly reminded of."""
    _offer_host(state, one, offers)
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
        if turns.may_move_on(one.round):
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
    late = state.settings.overtime_prompt_s * timing.SECOND
    if timing.rung_at(floor.timer, late) and turns.may_move_on(one.round):
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
    if not one.wants_time:
        offers.add(TimeAsk(group=one.id), say("Ask for more time"), "foot")
    text = say("Time is short for those who have not told.")
    return [Note(text=text, tone="private", title=ONLY_YOU)]


def _ready(state: State, one: Circle, viewer: Viewer, offers: Offers) -> Blocks:
    """The circle says when it is ready; the lead is asked, never forced."""
    if one.ready:
        return [Note(text=say("Your circle is ready. The others finish in peace."), tone="good")]
    if one.host == viewer.seat or not hosted(state, one):
        offers.add(GroupReady(group=one.id), say("We are ready"), "beside")
    if one.question + 1 < QUESTIONS and one.host == viewer.seat:
        label = say("Show the next question")
        offers.add(QuestionNext(group=one.id, question=one.question), label)
    return []


# --- after the stories --------------------------------------------------------------------------


def _quiet(state: State, one: Circle | None, viewer: Viewer, _offers: Offers) -> Blocks:
    if one is None:
        return [Now(text=say("A quiet minute"))]
    return [
        Now(text=say("A quiet minute")),
        Note(text=say("Write or draw for yourself. Nobody else receives it.")),
        Countdown(clock=timing.clock(state.timer)),
        _cards("mine", say("Your own notes"), "self"),
        *_instead(state, one, viewer.seat),
    ]


def _instead(state: State, one: Circle, seat: str) -> Blocks:
    """Who did not tell may leave a note instead; nobody else sees who is asked."""
    if seat in state.tellers:
        return []
    return [
        Note(
            title=say("You can leave a note instead of a story."),
            text=say("Written, spoken or drawn, in your own time, until we close."),
            tone="private",
        )
    ]


def _cards(document: str, title: Line, sees: str, hint: Line | None = None) -> Cards:
    return Cards(
        document=document,
        section="reflect" if document != "mine" else "quiet",
        title=title,
        kinds=NOTE_KINDS,
        sees="self" if sees == "self" else "circle" if sees == "circle" else "room",
        hint=hint,
    )


def _reflect(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if one is None:
        return [Now(text=say("The circles talk about their stories"))]
    _offer_host(state, one, offers)
    return [
        Now(text=say("Talk freely now")),
        Prompt(text=QUESTION_LINES[one.question]),
        *notices(state),
        _group_cards(one),
        *_instead(state, one, viewer.seat),
        *_share(state, viewer, offers),
        *_ready(state, one, viewer, offers),
    ]


def _group_cards(one: Circle) -> Cards:
    return _cards(
        f"group/{one.id}",
        say("What this circle understood"),
        "circle",
        say("Insights, questions and practices. Not the stories themselves."),
    )


def _share(state: State, viewer: Viewer, offers: Offers) -> Blocks:
    """The author shares all, some or none of the cards of this circle."""
    options = (
        Option("all", say("Share all my notes")),
        Option("some", say("Share some of them")),
        Option("none", say("Keep them in the circle")),
    )
    needs = {
        "share": Need("choice", options=options),
        "cards": Need("texts", limit=200, optional=True),
    }
    label = say("Share like this")
    if not offers.add(NotesShare(share="none"), label, "foot", needs=needs):
        return []
    mine = state.shares.get(viewer.seat)
    return [
        Choices(
            offer="notes.share",
            field="share",
            label=say("What may go from your notes to the board?"),
            options=options,
            chosen=mine.share if mine is not None else None,
        )
    ]


def _release(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    if viewer.seat not in state.tellers:
        blocks: Blocks = [
            Now(text=say("The tellers decide about their words")),
            Note(text=say("Each alone, for their own story. This takes a few minutes.")),
        ]
    else:
        answered = viewer.seat in state.releases
        blocks = [
            Now(text=say("Your story, your choice")),
            Note(text=say("Not answering means no. You can change this later from the same link.")),
            _release_card(state, viewer, offers, answered),
        ]
    if one is not None:
        blocks += [_group_cards(one), *_instead(state, one, viewer.seat)]
    return [*blocks, *_share(state, viewer, offers)]


def _release_card(state: State, viewer: Viewer, offers: Offers, answered: bool) -> Release:
    needs = {
        "title": Need("text", say("A title for your story"), limit=80, optional=True),
        "moments": Need("texts", say("Up to three key moments"), limit=3, optional=True),
        "quote": Need("text", say("One sentence in your own words"), limit=280, optional=True),
        "choice": Need("choice", options=CHOICES),
        "outside": Need("flag", say("Also outside this group?"), optional=True),
    }
    label = say("Change my answer") if answered else say("This is my answer")
    offers.add(ReleaseAnswer(choice="keep"), label, "beside" if answered else "main", needs=needs)
    _drafts(state, viewer.seat, offers)
    mine = state.releases.get(viewer.seat)
    return Release(
        offer="release.answer",
        drafted=state.drafts.get(viewer.seat, ()),
        answered=mine.choice if mine is not None else None,
    )


def _plenary(state: State, one: Circle | None, viewer: Viewer, offers: Offers) -> Blocks:
    order = voices(state)
    blocks: Blocks = []
    if 1 <= state.voice <= len(order):
        now = order[state.voice - 1]
        mine = speaker(now) == viewer.seat
        if mine:
            offers.add(Done(turn=state.voice), say("We have finished"))
        blocks += [
            Now(text=say("You speak for your circle") if mine else voice_line(now)),
            Countdown(clock=timing.clock(state.voice_timer)),
        ]
    else:
        blocks.append(Now(text=say("All circles have spoken")))
    if one is not None and not one.voice:
        offers.add(VoiceTake(group=one.id), say("I speak for our circle"), "beside")
    blocks += [*stories(state), _cards("board", say("What the circles bring"), "room")]
    if viewer.seat in state.tellers:
        blocks.append(_release_card(state, viewer, offers, viewer.seat in state.releases))
    return [*blocks, *_share(state, viewer, offers)]


def voice_line(one: Circle) -> Line:
    """Which circle speaks, by whom."""
    who = speaker(one)
    circle_name = name(one.index)
    if who:
        return say("{name} speaks for {circle}", name=Who(who), circle=circle_name)
    return say("{circle} speaks", circle=circle_name)


def _closed(state: State, _one: Circle | None, _viewer: Viewer, _offers: Offers) -> Blocks:
    return [
        Now(text=say("The circles are closed. Thank you for listening")),
        *stories(state),
        _cards("board", say("What the circles bring"), "room"),
    ]


def _telling(state: State, _one: Circle | None, _viewer: Viewer, _offers: Offers) -> Blocks:
    return _outside(state)


_SEAT: Final[Mapping[str, Callable[[State, Circle | None, Viewer, Offers], Blocks]]] = {
    "gather": _gather,
    "frame": _frame,
    "form": _form,
    "settle": _settle,
    "telling": _telling,
    "offer": _offer,
    "turn": _turn,
    "breath": _breath,
    "done": _done,
    "door": _door,
    "quiet": _quiet,
    "reflect": _reflect,
    "release": _release,
    "plenary": _plenary,
    "closed": _closed,
}
"""One function for each phase a seat can be in."""
