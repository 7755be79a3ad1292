"""What pairs may do: their own buttons, and the facilitators'."""

from collections.abc import Iterable
from typing import Final

from activities import groups as places
from activities import pairing, people, phases, turns
from activities._dyads_commands import (
    ItemBring,
    NoteKeep,
    NoteKind,
    PairJoin,
    PairWait,
    PairWish,
    PhaseNext,
)
from activities._dyads_model import (
    ALLOWED,
    GROUPED,
    MOST_TOGETHER,
    MOVABLE,
    NOTE_LIMIT,
    NOTES,
    NOTES_EACH,
    State,
    group_of,
    in_pairs,
    left_alone,
    may_extend,
    member,
    phase_of,
    roles_of,
    stage,
    step,
    waiting,
)
from activities._dyads_regroup import may_split
from activities._dyads_words import COMES, KINDS, LEAD_TO, MEET, SCOPES, group_name
from activities.blocks import (
    Need,
    Offer,
    Option,
    Who,
    Words,
    say,
)
from activities.groups import GroupMerge, GroupMove, GroupReady, GroupSplit, TimeAsk
from activities.kernel import Viewer
from activities.phases import PhaseExtend

AT_ONCE: Final = 6
"""Groups that asked for time and are answered one by one; when more ask, all need it."""


def offers_of(state: State, viewer: Viewer) -> tuple[Offer, ...]:
    """Every button of this viewer, as the table allows it."""
    hats = roles_of(state, viewer.seat, viewer.roles)
    allowed = phases.permitted(ALLOWED[phase_of(state, viewer.seat)], hats)
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
            offers.append(Offer(TimeAsk(group=group), say("Ask for two more minutes"), "foot"))
    return [*offers, *phases.pause_offers(state.phases, viewer)]


def _note_offer(state: State) -> Offer:
    kinds = KINDS.get(state.settings.form, KINDS[""])
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
    now, number = state.phases.phase, state.sitting.at + 1
    following = stage(state, number)[0]
    labels = {} if now == phases.CLOSED else {now: MEET if now == "intro" else LEAD_TO[following]}
    for offer in phases.lead_offers(state.phases, viewer, labels, COMES[phases.CLOSED]):
        match offer.command:
            case phases.PhaseNext(epoch=epoch, phase=phase):
                coming = PhaseNext(epoch=epoch, phase=phase, step=number)
                offers.append(Offer(coming, offer.label))
            case PhaseExtend() if not may_extend(state):
                pass
            case _:
                offers.append(offer)
    if state.phases.phase != phases.CLOSED:
        offers += _wish_offers(state, viewer) + _move_offers(state, viewer)
    if state.phases.phase in GROUPED and not state.phases.paused:
        offers += _time_offers(state, viewer.epoch)
    if state.phases.phase == "four" and not state.phases.paused:
        offers += _four_offers(state, viewer.epoch)
    aloud = state.aloud if state.phases.phase == "all" and not state.phases.paused else None
    if aloud is not None and aloud.floor is not None and turns.may_move_on(aloud):
        thank = turns.Next(turn=aloud.floor.turn)
        label = say("Thank {name} and go on", name=Who(aloud.floor.seat))
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


def _time_offers(state: State, epoch: int) -> list[Offer]:
    """The answers to groups that asked: for each alone, and one for all."""
    phase, timer = state.phases.phase, state.phases.timer
    asking = [id for id in state.groups if id in state.asked][:AT_ONCE]
    found = [
        offer
        for id in asking
        for offer in places.time_offers(id, group_name(state, id), phase, epoch, timer)
    ]
    return [one for n, one in enumerate(found) if one not in found[:n]]


def _four_offers(state: State, epoch: int) -> list[Offer]:
    """Small fours join, large ones are made two."""
    names = {id: group_name(state, id) for id in state.groups}
    found = places.lead_offers(state.groups, names, epoch, MOST_TOGETHER)
    offers = [offer for offer in found if isinstance(offer.command, GroupMerge)]
    large = [id for id in state.groups if may_split(state, id, epoch)]
    if large:
        need = Need(
            "choice",
            say("Which group?"),
            options=tuple(Option(id, names[id]) for id in large),
        )
        offers.append(
            Offer(
                GroupSplit(epoch=epoch, group=large[0]),
                say("Make two groups of one"),
                "menu",
                needs={"group": need},
                hint=say("Pair mates stay together."),
            )
        )
    return offers


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
