"""What pairs see: one big word about whose time it is, the question, and one's own note.

The panel and the wall see who sits with whom and that somebody is missing, never what is said.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from activities import pairing, people, phases, rounds, timing, turns
from activities._dyads_model import (
    ALLOWED,
    GROUPED,
    HALVES,
    LEAST_TURN,
    MOST_TOGETHER,
    MOVABLE,
    NOTE_LIMIT,
    NOTES,
    NOTES_EACH,
    ItemBring,
    NoteKeep,
    NoteKind,
    PairJoin,
    PairWait,
    PairWish,
    PhaseNext,
    State,
    group_of,
    has_trio,
    here,
    in_pairs,
    left_alone,
    may_extend,
    member,
    phase_of,
    roles_of,
    stage,
    step,
    turn,
    waiting,
)
from activities.blocks import (
    Answer,
    Answers,
    AnyBlock,
    Field,
    Form,
    Line,
    Need,
    NextStep,
    Note,
    Now,
    Offer,
    Option,
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
    Who,
    Words,
    say,
    say_n,
)
from activities.groups import GroupMove, GroupReady, TimeAsk
from activities.kernel import Command, Viewer
from activities.phases import PhaseExtend

Blocks = list[AnyBlock]

RULES: Final = Rules(
    title=say("How we listen in pairs"),
    lines=(
        say("Equal time for each. It stays yours, also when you are silent."),
        say("Who listens says nothing: no advice, no judging, no story of their own on top."),
        say("What is said here stays between you. You may share your own part only."),
    ),
)

_TITLE: Final = {
    "paired": say("Paired listening"),
    "rotating": say("Rotating pairs"),
    "one_two_four": say("1-2-4-All"),
}
_PROMPTS: Final[Mapping[str, tuple[Line, ...]]] = {
    "paired": (
        say("What struck you? What does it touch at home, and what would be different there?"),
    ),
    "rotating": (
        say("Which challenge do you bring?"),
        say("What could you give, and what do you hope for?"),
        say("What is the first small thing you could try?"),
    ),
    "one_two_four": (say("What is the first small thing we could do?"),),
}
_KINDS: Final[Mapping[str, tuple[Option, ...]]] = {
    "rotating": (
        Option("offer", say("I can give")),
        Option("need", say("I am looking for")),
        Option("insight", say("I understood")),
        Option("question", say("I ask myself")),
    ),
    "": (
        Option("insight", say("I understood")),
        Option("question", say("I ask myself")),
        Option("commitment", say("I will")),
    ),
}
SCOPES: Final = (
    Option("memo", say("It may stand in the memo, without my name")),
    Option("self", say("Only I keep it")),
)
_LEAVE: Final[Mapping[str, Line]] = {
    "think": say("Let the first one speak"),
    "half_1": say("On to the next"),
    "breath": say("Go on"),
    "half_2": say("On to the next"),
    "open": say("Let everybody write"),
    "own_note": say("Close"),
    "intro": say("Let pairs meet"),
    "move": say("Let the first one speak"),
    "plenary": say("Close"),
    "alone": say("On to pairs"),
    "pair": say("On to fours"),
    "four": say("Come together"),
    "all": say("Close"),
}
_COMES: Final[Mapping[str, Line]] = {
    "think": say("Everybody thinks alone; pairs are made meanwhile."),
    "half_1": say("Clocks end by themselves, with ten seconds for last words."),
    "breath": say("A breath. Then the time goes to the other one."),
    "half_2": say("Clocks end by themselves, with ten seconds for last words."),
    "open": say("They talk freely now."),
    "own_note": say("Everybody writes their own note; nobody writes about the partner."),
    "intro": say("Say the question and how it goes; leave a minute of silence to think."),
    "move": say("They find each other. Then the first one speaks."),
    "plenary": say("Ask a few what they heard in themselves; offers and wishes can be written."),
    "alone": say("Everybody thinks alone; pairs are made meanwhile."),
    "pair": say("They talk in pairs; fours are made meanwhile."),
    "four": say("Pairs sit down together; each four chooses the one it brings."),
    "all": say("One thing from each group, nothing twice."),
}
END: Final = say("Own notes are kept, and who has met.")

# --- names --------------------------------------------------------------------------------------


def group_name(state: State, id: str) -> Line:
    """ "Pair 3": the number is only a name."""
    number = int(id.rpartition("-")[2])
    match len(state.groups.get(id, ())):
        case 2:
            return say("Pair {n}", n=number)
        case 3:
            return say("Trio {n}", n=number)
        case _:
            return say("Group {n}", n=number)


def place_of(state: State, seats: tuple[str, ...]) -> Line:
    """Where they talk (A3 *Hybrid*)."""
    wheres = [member(state, seat) for seat in seats]
    if pairing.face_to_face(wheres):
        return say("In the room, face to face")
    if any(one.where in ("room", "carried") for one in wheres):
        return say("In the call; in the room with earphones")
    return say("In the call")


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
    house = _PROMPTS[state.settings.form]
    number = max(1, step(state)[1]) if state.settings.form == "rotating" else 1
    return Prompt(text=own if own is not None else house[(number - 1) % len(house)])


# --- a seat's own screen ------------------------------------------------------------------------


def view(state: State, viewer: Viewer) -> View:
    """What this viewer sees and may do."""
    phase = state.phases.phase
    blocks: Blocks = [phases.paused_note()] if state.phases.paused else []
    if phase == phases.CLOSED:
        blocks.append(Now(text=say("Thank you, everyone")))
    elif viewer.lens == "panel":
        blocks += _panel(state)
    elif viewer.lens == "screen":
        blocks += _wall(state)
    else:
        blocks += _own(state, viewer.seat)
    group = group_of(state, viewer.seat) if viewer.lens == "seat" else ""
    return View(
        phase=phase_of(state, viewer.seat if viewer.lens == "seat" else ""),
        blocks=tuple(blocks),
        may=_offers(state, viewer),
        ends_at=state.phases.timer.ends_at,
        place=group_name(state, group) if group else _TITLE[state.settings.form],
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
    blocks: Blocks = _missing(state, seat, group)
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


def _voice(state: State, mode: str, text: Line, group: str, seat: str) -> Voice:
    return Voice(
        mode=mode,  # type: ignore[arg-type]  # the callers' literals
        text=text,
        clock=timing.clock(state.phases.timer) if state.phases.timer.kind != "open" else None,
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
        return say("you speak")
    return say("{name} speaks", name=Who(seats[coming]))


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
    if aloud is not None:
        blocks.append(rounds.picture(aloud, "aloud"))
    if state.brought:
        given = tuple(Answer(one.words) for _, one in sorted(state.brought.items()))
        blocks.append(Answers(title=say("What the groups bring"), answers=given))
    return [*blocks, *phases.countdown(state.phases)]


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
    kinds = _KINDS.get(state.settings.form, _KINDS[""])
    fields = (
        Field(
            box="note",
            field="words",
            label=say("What I said or thought"),
            hint=say("Your own part only; what your partner said is theirs."),
            lines=3,
            limit=NOTE_LIMIT,
        ),
        Field(box="kind", field="kind", label=say("It is"), kind="choice", options=kinds),
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


def _panel(state: State) -> Blocks:
    phase = state.phases.phase
    blocks: Blocks = [NextStep(text=_COMES[phase])]
    if phase == "all":
        blocks += _all(state, "")
    elif state.groups and phase not in ("own_note", "plenary"):
        blocks.append(pairs_block(state, status=True))
    else:
        blocks += phases.countdown(state.phases)
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
    if phase in NOTES:
        label = say_n("{n} note was written", "{n} notes were written", len(state.notes))
        blocks.append(Note(text=label, tone="quiet"))
    return blocks


# --- offers -------------------------------------------------------------------------------------


def _offers(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    hats = roles_of(state, viewer.seat, viewer.roles)
    row = ALLOWED[phase_of(state, viewer.seat)]

    def allowed(command: type[Command]) -> bool:
        return any(command in row.get(hat, frozenset()) for hat in hats)

    own = _own_offers(state, viewer) if "member" in hats else []
    lead = _lead_offers(state, viewer) if {"lead", "co"} & viewer.roles else []
    return phases.arranged(viewer, own, lead, allowed)


def _own_offers(state: State, viewer: Viewer) -> list[Offer]:
    seat, phase = viewer.seat, state.phases.phase
    offers: list[Offer] = []
    if state.phases.paused or phase == phases.CLOSED:
        return phases.pause_offers(state.phases, viewer)
    group = group_of(state, seat)
    if group and in_pairs(state) and left_alone(state, group, seat):
        offers.append(Offer(PairJoin(group=group), say("Join others")))
        if seat not in state.patient:
            offers.append(Offer(PairWait(group=group), say("Wait"), "beside"))
    if phase in NOTES and sum(kept.seat == seat for kept in state.notes) < NOTES_EACH:
        offers.append(_note_offer(state))
    if phase == "four" and group:
        need = {"words": Need(kind="text", limit=NOTE_LIMIT)}
        bring = ItemBring(group=group, words=Words(""))
        offers.append(Offer(bring, say("We bring this"), needs=need))
    if phase == "all":
        offers += _turn_offers(state, seat)
    if phase in GROUPED and group:
        done = group in state.ready
        label = say("Not ready yet") if done else say("We are ready")
        offers.append(Offer(GroupReady(group=group, ready=not done), label, "beside"))
        if group not in state.asked:
            offers.append(Offer(TimeAsk(group=group), say("Two more minutes"), "foot"))
    return [*offers, *phases.pause_offers(state.phases, viewer)]


def _note_offer(state: State) -> Offer:
    kinds = _KINDS.get(state.settings.form, _KINDS[""])
    first: NoteKind = "offer" if state.settings.form == "rotating" else "insight"
    needs = {
        "words": Need(kind="text", limit=NOTE_LIMIT),
        "kind": Need(kind="choice", options=kinds),
        "scope": Need(kind="choice", options=SCOPES),
    }
    return Offer(NoteKeep(words=Words(""), kind=first), say("Keep this"), needs=needs)


def _turn_offers(state: State, seat: str) -> list[Offer]:
    floor = state.aloud.floor if state.aloud else None
    if floor is None or floor.seat != seat:
        return []
    pass_ = Offer(
        turns.Pass(turn=floor.turn, begun=floor.speaking),
        say("It has been said already"),
        "foot" if floor.speaking else "beside",
    )
    if floor.speaking:
        return [Offer(turns.Done(turn=floor.turn), say("I have finished")), pass_]
    return [Offer(turns.Begin(turn=floor.turn), say("Begin")), pass_]


def _lead_offers(state: State, viewer: Viewer) -> list[Offer]:
    offers: list[Offer] = []
    for offer in phases.lead_offers(state.phases, viewer, _LEAVE, END):
        match offer.command:
            case phases.PhaseNext(epoch=epoch, phase=phase):
                number = state.sitting.at + 1
                following = stage(state, number)[0]
                label = offer.label if following != phases.CLOSED else say("Close")
                coming = PhaseNext(epoch=epoch, phase=phase, step=number)
                offers.append(Offer(coming, label))
            case PhaseExtend() if not may_extend(state):
                pass
            case PhaseExtend(epoch=epoch, phase=phase) if state.asked:
                more = PhaseExtend(epoch=epoch, phase=phase, seconds=120)
                offers.append(Offer(more, say("2 minutes more"), "foot"))
            case _:
                offers.append(offer)
    if state.phases.phase != phases.CLOSED:
        offers += _wish_offers(state, viewer) + _move_offers(state, viewer)
    floor = state.aloud.floor if state.aloud and state.phases.phase == "all" else None
    if floor is not None and turns.may_move_on(state.aloud) and not state.phases.paused:  # type: ignore[arg-type]
        thank = turns.Next(turn=floor.turn)
        label = say("Thank {name} and go on", name=Who(floor.seat))
        offers.append(Offer(thank, label, "group"))
    return offers


def _move_offers(state: State, viewer: Viewer) -> list[Offer]:
    """Somebody to another group, or in from the door."""
    largest = MOST_TOGETHER if state.phases.phase == "four" else pairing.TRIO
    able = [id for id, seats in state.groups.items() if len(seats) < largest]
    seated = [seat for seats in state.groups.values() for seat in seats]
    who = [*waiting(state), *(s for s in seated if not member(state, s).facilitator)]
    if state.phases.phase not in MOVABLE or state.phases.paused or not able or not who:
        return []
    needs = {
        "seat": Need("seat", say("Who?"), options=_named(who)),
        "to": Need(
            "choice",
            say("To which group?"),
            options=tuple(Option(id, group_name(state, id)) for id in able),
        ),
    }
    move = GroupMove(epoch=viewer.epoch, seat=who[0], to=able[-1])
    hint = say("Whoever is left changes places with one of the others.")
    return [Offer(move, say("Move somebody to another group"), "menu", needs=needs, hint=hint)]


def _named(seats: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(seat, say("{name}", name=Who(seat))) for seat in seats)


def _wish_offers(state: State, viewer: Viewer) -> list[Offer]:
    """Two who should sit together or not, from the next pairs on."""
    seats = _named(m.seat for m in people.placeable(state.people))
    if len(seats) < pairing.PAIR or step(state)[1] >= _last_round(state) > 0:
        return []
    wishes = (
        Option("together", say("Together")),
        Option("apart", say("Apart")),
        Option("any", say("As it comes")),
    )
    needs = {
        "one": Need(kind="choice", options=seats),
        "other": Need(kind="choice", options=seats[::-1]),
        "wish": Need(kind="choice", options=wishes),
    }
    wish = PairWish(epoch=viewer.epoch, one=seats[0].value, other=seats[-1].value)
    label = say("Two together, or apart")
    hint = say("From the next pairs on. Nobody is told.")
    return [Offer(wish, label, "menu", needs=needs, hint=hint)]


def _last_round(state: State) -> int:
    """The last round for which pairs are still to be made; 0 when none is."""
    return state.settings.rounds if state.settings.form == "rotating" else state.sitting.round
