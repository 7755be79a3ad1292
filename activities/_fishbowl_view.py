"""What one person's own screen shows in a fishbowl: inside, outside, waiting, watching."""

from collections.abc import Callable, Mapping
from typing import Final

from activities import _fishbowl_questions as questions
from activities import _fishbowl_seats as seats
from activities import phases
from activities._fishbowl_commands import (
    BatchChoose,
    GroupReady,
    ObservationAdd,
    QuestionAdd,
    QuestionDecline,
    QuestionDone,
    QuestionDrop,
    QuestionTake,
    QuoteRelease,
    SeatAsk,
    SeatDecline,
    SeatLeave,
    SeatRelief,
    SeatTake,
    SeatUnask,
    SeedAnswer,
    ThreadPass,
)
from activities._fishbowl_groups import Listeners, group_of, hall
from activities._fishbowl_panel import lead_offers, panel, wall
from activities._fishbowl_state import (
    QUOTES_EACH,
    State,
    batch_count,
    is_inside,
    limits,
    may_rise,
    may_take,
    may_thread,
    quotes_of,
    takes_part,
)
from activities._fishbowl_words import (
    DEBRIEF,
    RULES,
    Blocks,
    allowed,
    asked,
    bowl,
    floor_line,
    free_line,
    head_count,
    interview_note,
    notices,
    offer,
    put_block,
    put_line,
    question_options,
    round_block,
    topic,
    waiting_line,
    written,
)
from activities.blocks import (
    Answer,
    Answers,
    Cards,
    Choices,
    Entry,
    Field,
    Form,
    Line,
    Need,
    Note,
    Now,
    Offer,
    Option,
    Prompt,
    Roll,
    View,
    Who,
    Words,
    say,
)
from activities.grouping import name
from activities.kernel import Member, Viewer
from activities.turns import Begin, Done, Pass

Offers = list[Offer]

NOTE_KINDS: Final = ("insight", "question", "practice")
THREAD_LIMIT: Final = 140
"""Characters of the one sentence that is passed on."""

QUOTE_LIMIT: Final = 280
_EMPTY: Final = Words("")

RELEASE: Final = (
    Option("keep", say("Keep it here"), "lock"),
    Option("lesson", say("Use the lesson without me"), "leaf"),
    Option("unnamed", say("Use my words without my name"), "marks"),
    Option("first_name", say("Use my words with my first name"), "person"),
    Option("name_org", say("Use my words with my name and organisation"), "house"),
)
"""The release card (`methods.md` 1.8)."""


def view(state: State, viewer: Viewer) -> View:
    """What `viewer` sees and may do, for each lens."""
    blocks: Blocks = [phases.paused_note()] if state.phases.paused else []
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
        ends_at=state.phases.timer.ends_at,
        place=say("Fishbowl"),
        sub=head_count(state),
    )


def _mine(state: State, viewer: Viewer) -> Blocks:
    """Notes of one's own while others talk."""
    if takes_part(state, viewer.seat) is None:
        return []
    return [
        Cards(
            document="mine",
            section="fishbowl",
            title=say("Your own notes"),
            kinds=NOTE_KINDS,
            sees="self",
            hint=say("A question or a thought for later."),
        )
    ]


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


def _starters(state: State, viewer: Viewer, own: Offers) -> Blocks:
    inside = is_inside(state, viewer.seat)
    head = say("You are inside. Talk with each other") if inside else say("Listen to those inside")
    if inside:
        _rise(state, viewer, own)
    return [
        Now(text=head),
        topic(state),
        bowl(state, viewer),
        *_thanked(state, viewer),
        Note(text=say("The free chair opens soon, for whoever wants to speak."), tone="quiet"),
        *([] if inside else _mine(state, viewer)),
        *_seed(state, viewer, own),
        RULES,
    ]


def _open(state: State, viewer: Viewer, own: Offers) -> Blocks:
    if is_inside(state, viewer.seat):
        _rise(state, viewer, own)
        return [
            Now(text=say("You are inside. Talk with each other")),
            topic(state),
            *_thanked(state, viewer),
            bowl(state, viewer),
            RULES,
        ]
    place = seats.place_of(state.bowl, viewer.seat)
    if place is not None:
        number = [one.seat for one in seats.order(state.bowl)].index(viewer.seat) + 1
        own.append(offer(SeatUnask(place=place.number), say("I listen on"), "beside"))
        head = say("You are number {number} in the waiting list", number=number)
        return [
            Now(text=head),
            topic(state),
            Note(text=say("The chair comes to you as soon as one is free.")),
            bowl(state, viewer),
            *_mine(state, viewer),
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
        *_mine(state, viewer),
        *_seed(state, viewer, own),
        RULES,
    ]


def _thanked(state: State, viewer: Viewer) -> Blocks:
    """The private sign to make room; said without haste."""
    chair = seats.chair_of(state.bowl, viewer.seat)
    if chair is None:
        return []
    if chair.relief and may_rise(state):
        text = say("Somebody has come in. You can leave the chair now, if you still wish.")
        return [Note(text=text, tone="private")]
    if chair.relief:
        return [
            Note(text=say("The lead looks for somebody. Thank you for staying."), tone="private")
        ]
    if not chair.asked and not chair.thanked:
        return []
    text = say("When your thought is finished, you can make room. Nobody else sees this.")
    return [Note(title=say("Thank you for what you brought."), text=text, tone="private")]


def _rise(state: State, viewer: Viewer, own: Offers) -> None:
    """Making room, or asking for somebody when only two are inside (rule 5)."""
    chair = seats.chair_of(state.bowl, viewer.seat)
    if chair is None:
        return
    if may_rise(state):
        wished = chair.asked or chair.thanked or chair.relief
        label = say("I make room")
        own.append(offer(SeatLeave(sitting=chair.sitting), label, "main" if wished else "beside"))
    elif not chair.relief:
        hint = say("Only two are inside. The lead is asked to find somebody.")
        label = say("I would like to leave the chair")
        own.append(offer(SeatRelief(sitting=chair.sitting), label, "foot", hint=hint))


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
    head = say("You are inside. Talk with each other") if inside else say("Listen to those inside")
    if inside:
        _rise(state, viewer, own)
    return [
        Now(text=head),
        topic(state),
        *_threads(state),
        *_thanked(state, viewer),
        bowl(state, viewer),
        Note(text=batch_line(state), tone="quiet"),
        *([] if inside else _mine(state, viewer)),
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


# --- an experience bowl -------------------------------------------------------------------------


def _talk(state: State, viewer: Viewer, own: Offers) -> Blocks:
    inside = is_inside(state, viewer.seat)
    if inside:
        _rise(state, viewer, own)
    head = say("Talk with each other, as if alone") if inside else say("Listen to those inside")
    text = (
        say("The good, the bad and the unexpected. Do not present; tell each other.")
        if inside
        else say("Nobody outside speaks now. Your group asks afterwards.")
    )
    return [
        Now(text=head),
        topic(state),
        *interview_note(state),
        *_thanked(state, viewer),
        Note(text=text),
        bowl(state, viewer),
        *([] if inside else [*_company(state, viewer), *_mine(state, viewer)]),
        RULES,
    ]


def _company(state: State, viewer: Viewer) -> Blocks:
    """With whom this person listens."""
    mine = group_of(state.groups, viewer.seat)
    if mine is None:
        return []
    others = tuple(
        (Who(seat), _where(state.people[seat]))
        for seat in mine.seats
        if seat != viewer.seat and seat in state.people
    )
    if not others:
        text = say("You are alone in your group. The lead joins you.")
        return [Note(text=text, tone="quiet")]
    title = say("With you in {group}", group=name(mine.index))
    return [Roll(title=title, rows=others)]


def _where(member: Member) -> Line:
    """Where somebody is, so that a group finds itself."""
    if not member.here:
        return say("the line dropped")
    return say("in the hall") if hall(member) else say("online")


def _writing(state: State, viewer: Viewer, own: Offers) -> Blocks:
    mine = group_of(state.groups, viewer.seat)
    experience = state.settings.mode == "experience"
    if mine is None:
        inside = is_inside(state, viewer.seat)
        head = say("Rest. The others write their questions")
        if not experience:
            head = say("Those who listened talk now")
        text = say("You hear their questions in a moment.") if inside else None
        return [Now(text=head), *([Note(text=text)] if text is not None else [])]
    head = say("What does your group ask?") if experience else say("What did you hear?")
    return [
        Now(text=head),
        *notices(state),
        *_company(state, viewer),
        *_entries(state, mine, own),
        *written(state, mine.id),
        *_notes(mine, experience=experience),
        *_drops(state, viewer, own),
        *_ready(mine, own),
    ]


def _entries(state: State, mine: Listeners, own: Offers) -> Blocks:
    blocks: Blocks = []
    most = limits(state)
    asks = questions.left(state.board, mine.id, "question", most)
    notes = questions.left(state.board, mine.id, "observation", most)
    need = Need("text", limit=questions.TEXT_LIMIT)
    hint = say("Everybody reads it when this ends. {left} left.", left=asks)
    if notes > 0:
        heard = say("One thing you noticed")
        note = ObservationAdd(group=mine.id, words=_EMPTY)
        own.append(offer(note, say("Write it down"), "beside", words=need))
        blocks.append(_entry("noticed", "observation.add", heard, None))
    if asks > 0:
        question = QuestionAdd(group=mine.id, words=_EMPTY)
        own.append(offer(question, say("Ask this"), words=need))
        blocks.append(_entry("question", "question.add", say("A question of your group"), hint))
    return blocks


def _entry(box: str, offered: str, label: Line, hint: Line | None) -> Entry:
    return Entry(
        box=box,
        offer=offered,
        field="words",
        label=label,
        sees="room",
        hint=hint,
        lines=2,
        limit=questions.TEXT_LIMIT,
    )


def _notes(mine: Listeners, *, experience: bool) -> Blocks:
    """A satellite's own document; it goes to everybody's board when the questions close."""
    if not experience:
        return []
    return [
        Cards(
            document=f"group/{mine.id}",
            section="questions",
            title=say("Notes of your group"),
            kinds=("insight", "practice"),
            sees="circle",
            hint=say("They go to everybody's board when the questions close."),
        )
    ]


def _drops(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """Taking back what one wrote oneself."""
    for one in state.board:
        if one.seat == viewer.seat and one.status == "open" and not one.into:
            label = say("Take back: {question}", question=one.words)
            own.append(offer(QuestionDrop(question=one.id), label, "menu"))
    return []


def _ready(mine: Listeners, own: Offers) -> Blocks:
    label = say("We are not ready yet") if mine.ready else say("Our group is ready")
    own.append(offer(GroupReady(group=mine.id, ready=not mine.ready), label, "foot"))
    return []


def _answers(state: State, viewer: Viewer, own: Offers) -> Blocks:
    inside = is_inside(state, viewer.seat)
    line = put_line(state)
    head = Now(text=line if line is not None else say("Those inside choose what to answer"))
    blocks: Blocks = []
    if inside:
        blocks = _choosing(state, viewer, own)
        _rise(state, viewer, own)
        if line is None:
            head = Now(text=say("Choose what you answer"))
        elif state.answering == viewer.seat:
            head = Now(text=say("You answer"))
    return [
        head,
        *put_block(state),
        *interview_note(state),
        *_thanked(state, viewer),
        *blocks,
        bowl(state, viewer),
        *asked(state, choosing=inside and line is None),
        *([] if inside else _mine(state, viewer)),
    ]


def _choosing(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """A fish chooses, answers, or leaves a question open."""
    if state.put:
        if state.answering in ("", viewer.seat):
            own.append(offer(QuestionDone(question=state.put), say("We have answered it")))
            decline = QuestionDecline(question=state.put)
            own.append(offer(decline, say("We leave this one open"), "beside"))
        return []
    able = questions.to_take(state.board)
    if not able:
        return [Note(text=say("Every question was answered or left open."))]
    options = question_options(able)
    need = Need("choice", options=options)
    take = QuestionTake(question=able[0].id)
    own.append(offer(take, say("I answer this one"), question=need))
    text = say("Every group has one answered before any has a second. You may leave any open.")
    return [
        Choices(
            offer="question.take",
            field="question",
            label=say("Which one do you answer?"),
            options=options,
        ),
        Note(text=text, tone="quiet"),
    ]


# --- the end ------------------------------------------------------------------------------------


def _debrief(state: State, viewer: Viewer, own: Offers) -> Blocks:
    prompt = DEBRIEF[state.prompt] if state.settings.mode == "experience" else DEBRIEF[0]
    return [
        Now(text=say("Everybody talks")),
        Prompt(text=prompt),
        *asked(state),
        _board(viewer),
        *_quote(state, viewer, own),
    ]


def _board(viewer: Viewer) -> Cards:
    return Cards(
        document="board",
        section="",
        title=say("What we take from it"),
        kinds=NOTE_KINDS,
        sees="room",
        add="observer" not in viewer.roles,
    )


def _quote(state: State, viewer: Viewer, own: Offers) -> Blocks:
    """One sentence of one's own for the memo, with its own release."""
    if takes_part(state, viewer.seat) is None:
        return []
    if len(quotes_of(state, viewer.seat)) >= QUOTES_EACH:
        text = say("Your sentences are kept as you chose. You can change that from your own page.")
        return [Note(text=text, tone="private")]
    own.append(
        offer(
            QuoteRelease(words=_EMPTY, choice="keep"),
            say("This is my answer"),
            "beside",
            words=Need("text", say("One sentence of yours"), limit=QUOTE_LIMIT),
            choice=Need("choice", options=RELEASE),
            outside=Need("flag", say("Also outside this group?"), optional=True),
        )
    )
    return [
        Form(
            offer="quote.release",
            title=say("May we quote you?"),
            sees="memo",
            fields=(
                Field("quote", "words", say("One sentence of yours"), lines=2, limit=QUOTE_LIMIT),
                Field(
                    "quote_choice",
                    "choice",
                    say("What may become of it"),
                    kind="choice",
                    options=RELEASE,
                ),
                Field(
                    "quote_outside",
                    "outside",
                    say("Also outside this group?"),
                    kind="flag",
                    optional=True,
                ),
            ),
        ),
        Note(text=say("Not answering means no."), tone="quiet"),
    ]


def _closed(state: State, _viewer: Viewer, _own: Offers) -> Blocks:
    return [Now(text=say("The fishbowl is closed. Thank you for listening")), *asked(state)]


_SEAT: Final[Mapping[str, Callable[[State, Viewer, Offers], Blocks]]] = {
    "frame": _frame,
    "starters": _starters,
    "open": _open,
    "last_call": _round,
    "round": _round,
    "batch": _batch,
    "swap": _swap,
    "talk": _talk,
    "questions": _writing,
    "answers": _answers,
    "outer_speaks": _writing,
    "debrief": _debrief,
    "closed": _closed,
}
"""One function for each phase."""
