"""What pairs see: one big word about whose time it is, the question, and one's own note.

The panel and the wall see who sits with whom and that somebody is missing, never what is said.
"""

from collections.abc import Mapping

import msgspec

from activities import phases, rounds, timing
from activities._dyads_model import (
    GROUPED,
    HALVES,
    LEAST_TURN,
    NOTE_LIMIT,
    NOTES,
    NOTES_EACH,
    State,
    group_of,
    has_trio,
    here,
    in_pairs,
    left_alone,
    own_timer,
    phase_of,
    step,
    turn,
    waiting,
)
from activities._dyads_offers import offers_of
from activities._dyads_words import (
    COMES,
    GUIDE,
    HEADS,
    KINDS,
    PROMPTS,
    RULES,
    SCOPES,
    TITLE,
    group_name,
    place_of,
)
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Field,
    Form,
    GroupLine,
    Groups,
    Line,
    NextStep,
    Note,
    Now,
    Offer,
    Pair,
    Pairs,
    Progress,
    Prompt,
    RingSeat,
    Roll,
    Rules,
    SeatState,
    View,
    Voice,
    VoiceMode,
    Who,
    say,
    say_n,
)
from activities.groups import TimeGive
from activities.kernel import Viewer

Blocks = list[AnyBlock]


def _seat_state(state: State, seat: str, floor: str) -> SeatState:
    if not here(state, seat):
        return "away"
    if seat == floor:
        return "floor"
    return "told" if seat in state.sitting.spoke else "waiting"


def _floor(state: State, group: str) -> str:
    if state.phases.phase not in HALVES or not state.groups.get(group):
        return ""
    return state.groups[group][turn(state, group)]


def _seats(state: State, group: str, without: str = "") -> tuple[RingSeat, ...]:
    floor = _floor(state, group)
    return tuple(
        RingSeat(seat, Who(seat), _seat_state(state, seat, floor))
        for seat in state.groups.get(group, ())
        if seat != without
    )


def prompt(state: State) -> Prompt:
    """The question of this round."""
    own = state.settings.prompt
    house = PROMPTS[state.settings.form]
    number = max(1, step(state)[1]) if state.settings.form == "rotating" else 1
    return Prompt(text=own if own is not None else house[(number - 1) % len(house)])


# --- a seat's own screen ------------------------------------------------------------------------


def view(state: State, viewer: Viewer) -> View:
    """What this viewer sees and may do."""
    phase = state.phases.phase
    may = offers_of(state, viewer)
    blocks: Blocks = phases.notices(state.phases)
    if phase == phases.CLOSED:
        blocks.append(Now(text=say("Thank you, everyone")))
    elif viewer.lens == "panel":
        blocks += _panel(state, may)
    elif viewer.lens == "screen":
        blocks += _wall(state)
    else:
        blocks += _own(state, viewer.seat)
    group = group_of(state, viewer.seat) if viewer.lens == "seat" else ""
    return View(
        phase=phase_of(state, viewer.seat if viewer.lens == "seat" else ""),
        blocks=tuple(blocks),
        may=may,
        ends_at=own_timer(state, group).ends_at,
        place=group_name(state, group) if group else TITLE[state.settings.form],
        sub=_round(state),
    )


def _round(state: State) -> Line | None:
    if state.settings.form != "rotating" or not step(state)[1]:
        return None
    return say("Round {n} of {of}", n=step(state)[1], of=state.settings.rounds)


def _own(state: State, seat: str) -> Blocks:
    phase, group = state.phases.phase, group_of(state, seat)
    taking_part = seat in state.people and (bool(group) or not state.people[seat].facilitator)
    if not taking_part:
        return _wall(state)
    blocks: Blocks = [*_missing(state, seat, group), *_others_longer(state, group)]
    match phase:
        case "think" | "alone" | "intro":
            blocks.append(_voice(state, "think", say("Think for yourself"), group, seat))
            blocks.append(prompt(state))
        case "half_1" | "half_2" | "breath" | "open" | "pair" | "move" if group:
            blocks += _talking(state, seat, group)
        case "four" if group:
            blocks += _four(state, seat, group)
        case "own_note":
            blocks.append(Now(text=say("Your own note")))
            blocks += [prompt(state), *phases.countdown(state.phases)]
        case "plenary":
            blocks += [Now(text=say("All together")), *phases.countdown(state.phases)]
        case "all":
            blocks += _all(state, seat)
        case _:
            blocks += _door(state, seat)
    if phase in NOTES:
        blocks += _notes(state, seat)
    if phase in ("think", "intro", *HALVES) and not isinstance(blocks[-1], Rules):
        blocks.append(RULES)
    return blocks


def _voice(state: State, mode: VoiceMode, text: Line, group: str, seat: str) -> Voice:
    return Voice(
        mode=mode,
        text=text,
        clock=timing.clock(own_timer(state, group)) if state.phases.timer.kind != "open" else None,
        others=_seats(state, group, without=seat),
        next=_after(state, group, seat),
    )


def _after(state: State, group: str, seat: str) -> Line | None:
    """Who speaks next, as far as it is certain."""
    seats = state.groups.get(group, ())
    if not seats:
        return None
    phase = state.phases.phase
    if phase in HALVES:
        coming = turn(state, group) + 1
    else:
        coming = {"think": 0, "move": 0}.get(phase, len(seats))
        if phase == "breath":
            coming = len(seats) - 1 if state.sitting.at < 3 else len(seats)
    if coming >= len(seats):
        return None
    if seats[coming] == seat:
        return say("Then you speak.")
    return say("Then {name} speaks.", name=Who(seats[coming]))


def _talking(state: State, seat: str, group: str) -> Blocks:
    phase, seats = state.phases.phase, state.groups[group]
    others = tuple(other for other in seats if other != seat)
    floor = _floor(state, group)
    again = [other for other in others if _met_before(state, seat, other)]
    deeper = Note(text=say("You have met before: go deeper this time."))
    if phase == "move":
        return _moving(state, seats, others, deeper if again else None)
    match phase:
        case "half_1" | "half_2" if floor == seat:
            voice = _voice(state, "speak", say("You speak"), group, seat)
        case "half_1" | "half_2":
            text = say("You listen. {name} speaks.", name=Who(floor))
            voice = _voice(state, "listen", text, group, seat)
        case "breath":
            voice = _voice(state, "breath", say("A breath"), group, seat)
        case _:
            voice = _voice(state, "open", say("Talk freely"), group, seat)
    blocks: Blocks = [voice]
    if phase in HALVES and state.phases.timer.state == "over":
        blocks.append(Note(text=say("Last words."), tone="look"))
    blocks += [prompt(state), Note(text=place_of(state, seats), tone="quiet")]
    return [*blocks, deeper] if again and phase in ("half_1", "pair") else blocks


def _moving(
    state: State, seats: tuple[str, ...], others: tuple[str, ...], deeper: Note | None
) -> Blocks:
    """Whom one meets now, and where."""
    met = say("Meet {name}", name=Who(others[0])) if others else say("Your group")
    if len(others) > 1:
        met = say("Meet {a} and {b}", a=Who(others[0]), b=Who(others[1]))
    blocks: Blocks = [Now(text=met), Note(text=place_of(state, seats), tone="look")]
    blocks += [deeper] if deeper else []
    return [*blocks, prompt(state), *phases.countdown(state.phases)]


def _met_before(state: State, seat: str, other: str) -> bool:
    two = (seat, other) if seat < other else (other, seat)
    return state.sitting.met.get(two, 0) > 1


def _four(state: State, seat: str, group: str) -> Blocks:
    voice = _voice(state, "open", say("Talk together: which one do you bring?"), group, seat)
    place = Note(text=place_of(state, state.groups[group]), tone="quiet")
    blocks: Blocks = [voice, prompt(state), place]
    known = state.brought.get(group)
    if known is not None:
        title = say("What your group brings")
        blocks.append(Answers(title=title, answers=(Answer(known.words),)))
    field = Field(
        box="bring",
        field="words",
        label=say("The one we bring"),
        lines=2,
        limit=NOTE_LIMIT,
    )
    blocks.append(
        Form(
            offer="item.bring",
            title=say("One thing from your group"),
            fields=(field,),
            sees="memo",
            given=known is not None,
        )
    )
    return blocks


def _all(state: State, seat: str) -> Blocks:
    aloud = state.aloud
    floor = aloud.floor if aloud else None
    blocks: Blocks = [Now(text=say("One thing from each group"))]
    if floor is not None:
        mine = floor.seat == seat
        text = say("You say it") if mine else say("{name} says it", name=Who(floor.seat))
        blocks = [Now(text=text)]
    left = phases.countdown(state.phases)
    if aloud is not None:
        ring = rounds.picture(aloud, "aloud")
        # One clock at a time, and in the ring: the speaker's own, else what is left for all.
        if ring.clock is None and left:
            ring = msgspec.structs.replace(ring, clock=left[0].clock)
        blocks.append(ring)
        left = ()
    if state.brought:
        given = tuple(Answer(one.words) for _, one in sorted(state.brought.items()))
        blocks.append(Answers(title=say("What the groups bring"), answers=given))
    return [*blocks, *left]


def _missing(state: State, seat: str, group: str) -> Blocks:
    """Somebody of one's group is away: after half a minute one is asked."""
    if not group or not in_pairs(state):
        return []
    names = [s for s in state.groups[group] if s in state.missed and s != seat]
    if not names:
        return []
    text = say("{name} is away. Wait a moment, or join others.", name=Who(names[0]))
    if not left_alone(state, group, seat):
        text = say("{name} is away.", name=Who(names[0]))
    elif seat in state.patient:
        text = say("{name} is away. You wait for half a minute more.", name=Who(names[0]))
    return [Note(text=text, tone="look")]


def _others_longer(state: State, group: str) -> Blocks:
    """Somebody else was given more time; one's own ends as it would have."""
    more = state.sitting.more
    if not group or more.get(group, 0) >= max(more.get(id, 0) for id in state.groups):
        return []
    text = say("Another group has a little longer. When your time is up, you wait for it.")
    return [Note(text=text, tone="quiet")]


def _door(state: State, seat: str) -> Blocks:
    """Here, and with nobody yet."""
    text = say("You join when the next pairs meet.")
    if not state.groups:
        text = say("Partners are being found.")
    elif state.settings.form == "paired":
        text = say("The pairs are talking. Think about the question for yourself; you join after.")
    blocks: Blocks = [Now(text=say("Welcome")), Note(text=text), prompt(state)]
    return [*blocks, *phases.countdown(state.phases), RULES]


def _notes(state: State, seat: str) -> Blocks:
    own = tuple(kept for kept in state.notes if kept.seat == seat)
    blocks: Blocks = []
    if own:
        answers = tuple(Answer(kept.words) for kept in own)
        blocks.append(Answers(title=say("Your notes"), answers=answers))
    if len(own) >= NOTES_EACH:
        return blocks
    kinds = KINDS.get(state.settings.form, KINDS[""])
    fields = (
        Field(
            box="note",
            field="words",
            label=say("What I said or thought"),
            hint=say("Your own part only; what your partner said is theirs."),
            lines=3,
            limit=NOTE_LIMIT,
        ),
        Field(box="kind", field="kind", label=say("Kind of note"), kind="choice", options=kinds),
        Field(
            box="scope", field="scope", label=say("Who may see it?"), kind="choice", options=SCOPES
        ),
    )
    title = say("Your own note")
    return [*blocks, Form(offer="note.keep", title=title, fields=fields, sees="memo")]


# --- panel and wall -----------------------------------------------------------------------------


def pairs_block(state: State, *, status: bool) -> Pairs:
    """Who is with whom."""
    return Pairs(
        title=say("Who is with whom"),
        pairs=tuple(
            Pair(
                id=id,
                name=group_name(state, id),
                seats=_seats(state, id),
                place=place_of(state, seats),
                status=_status(state, id) if status else None,
            )
            for id, seats in state.groups.items()
        ),
        clock=timing.clock(state.phases.timer) if state.phases.timer.kind != "open" else None,
    )


def _status(state: State, group: str) -> Line:
    away = [seat for seat in state.groups[group] if not here(state, seat)]
    if away:
        return say("{name} is away", name=Who(away[0]))
    if group in state.asked:
        return say("asks for two more minutes")
    if group in state.ready:
        return say("is ready")
    floor = _floor(state, group)
    return say("{name} speaks", name=Who(floor)) if floor else say("together")


def _wishes(state: State) -> Blocks:
    """Who should sit together or not; for facilitators alone."""
    rows = [
        *((Who(a), say("with {name}", name=Who(b))) for a, b in state.wishes.together),
        *((Who(a), say("not with {name}", name=Who(b))) for a, b in state.wishes.apart),
    ]
    return [Roll(title=say("From the next pairs on"), rows=tuple(rows))] if rows else []


def _wall(state: State) -> Blocks:
    phase = state.phases.phase
    named: Mapping[str, Line] = {
        "think": say("Think for yourself"),
        "alone": say("Think for yourself"),
        "intro": say("Think for yourself"),
        "half_1": say("One speaks, one listens"),
        "half_2": say("One speaks, one listens"),
        "breath": say("A breath"),
        "open": say("Talk freely"),
        "pair": say("Talk in pairs"),
        "four": say("Talk in fours"),
        "move": say("Find your partner"),
        "own_note": say("Write your own note"),
        "plenary": say("All together"),
        "all": say("One thing from each group"),
    }
    if phase == "all":
        return _all(state, "")
    blocks: Blocks = [Now(text=named[phase]), prompt(state)]
    if state.groups and phase in ("think", "move", "pair", "four"):
        return [*blocks, pairs_block(state, status=False)]
    return [*blocks, *phases.countdown(state.phases)]


def _asking(state: State, may: tuple[Offer, ...]) -> Blocks:
    """Groups that ask for more time, each with the answers to it."""
    answers = [(n, one.command) for n, one in enumerate(may) if isinstance(one.command, TimeGive)]
    named = {command.group for _, command in answers}
    lines = tuple(
        GroupLine(
            id,
            group_name(state, id),
            say("asks for two more minutes"),
            offers=tuple(n for n, command in answers if command.group in ("", id)),
        )
        for id in state.groups
        if id in named
    )
    return [Groups(groups=lines)] if lines else []


def _panel(state: State, may: tuple[Offer, ...]) -> Blocks:
    phase = state.phases.phase
    following, _ = step(state, state.sitting.at + 1)
    blocks: Blocks = [NextStep(text=COMES[following], hint=GUIDE.get(phase))]
    if phase in HEADS:
        blocks.append(Now(text=HEADS[phase]))
    if phase == "all":
        blocks += _all(state, "")
    elif state.groups and phase not in ("own_note", "plenary"):
        blocks.append(pairs_block(state, status=True))
    else:
        blocks += phases.countdown(state.phases)
    blocks += _asking(state, may)
    if late := waiting(state):
        rows = tuple((Who(seat), say("with nobody yet")) for seat in late)
        blocks.append(Roll(title=say("At the door"), rows=rows))
    if has_trio(state) and phase in ("think", "move", *HALVES):
        seconds = LEAST_TURN // timing.SECOND
        blocks.append(
            Note(text=say("Three share the time of two, {n} seconds each at least.", n=seconds))
        )
    if phase in GROUPED and state.groups:
        done, of = len(state.ready), len(state.groups)
        label = say_n("{n} group is ready", "{n} groups are ready", done)
        blocks.append(Progress(done=done, of=of, label=label))
        if done == of:
            blocks.append(Note(text=say("Every group is ready. Go on when you like."), tone="good"))
    blocks += _wishes(state)
    if phase in NOTES:
        label = say_n("{n} note was written", "{n} notes were written", len(state.notes))
        blocks.append(Note(text=label, tone="quiet"))
    return blocks
