"""What a check-in offers: to facilitators, to members, to the one who has the floor."""

from collections.abc import Mapping
from typing import Final

from activities import phases, timing, turns
from activities._check_in_commands import (
    CareAsk,
    CareTake,
    Give,
    InsightGive,
    ModeChoose,
    PassAnswer,
)
from activities._check_in_model import (
    INSIGHT_LIMIT,
    INSIGHTS_EACH,
    OPTIONS,
    ROUND_LIMIT,
    WORD_LIMIT,
    State,
    count,
    floor_of,
    is_low,
    is_spoken,
    may_give,
    round_of,
)
from activities.blocks import (
    Line,
    Need,
    Offer,
    Option,
    Place,
    Who,
    Words,
    say,
)
from activities.kernel import Viewer

Offers = list[Offer]

_NEXT: Final[Mapping[str, Line]] = {
    "frame": say("Ask everybody"),
    "answer": say("Show the answers"),
    "reveal": say("Thank everybody"),
    "thanks": say("End this activity"),
}


def lead_offers(state: State, viewer: Viewer) -> Offers:
    """A facilitator's buttons; the table takes away what a co-facilitator may not."""
    epoch = viewer.epoch
    labels = {**_NEXT, "answer": _NEXT["reveal"]} if is_spoken(state) else _NEXT
    end = say("What was given is kept; who is still silent has passed.")
    offers = phases.lead_offers(state.phases, viewer, labels, end)
    offers += _mode_offers(state, epoch) + _floor_offers(state, epoch)
    for seat, by in state.care.items():
        if not by:
            offers.append(
                Offer(CareTake(seat=seat), say("I talk to {name}", name=Who(seat)), "foot")
            )
    return offers


def _mode_offers(state: State, epoch: int) -> Offers:
    """More than twelve for one round: circles, or a word each."""
    _, people = count(state)
    if state.phase != "frame" or state.settings.mode != "round" or people <= ROUND_LIMIT:
        return []
    return [
        Offer(ModeChoose(epoch=epoch, mode="circles"), say("Make circles of up to six"), "beside"),
        Offer(ModeChoose(epoch=epoch, mode="word"), say("One word each"), "beside"),
    ]


def _floor_offers(state: State, epoch: int) -> Offers:
    """Time and "next" for each floor, and the order of those who wait."""
    offers: Offers = []
    for group, round_ in state.rounds.items():
        floor = round_.floor
        if floor is None or state.phase != "answer":
            continue
        name = Who(floor.seat)
        if len(round_.first) > 1:
            waiting = tuple(Option(s, say("{name}", name=Who(s))) for s in round_.first)
            need = {"order": Need(kind="seats", options=waiting)}
            reorder = turns.Reorder(epoch=epoch, order=(), group=group)
            offers.append(Offer(reorder, say("Change the order"), "group", needs=need))
        if floor.speaking and timing.may_extend(floor.timer):
            more = turns.Extend(turn=floor.turn, group=group, seconds=30)
            offers.append(Offer(more, say("Half a minute more for {name}", name=name), "group"))
        if turns.may_move_on(round_):
            moving = turns.Next(turn=floor.turn, group=group)
            offers.append(Offer(moving, say("Thank {name} and go on", name=name), "group"))
    return offers


def member_offers(state: State, viewer: Viewer) -> Offers:
    """Giving, passing, and what is always there."""
    seat = viewer.seat
    offers: Offers = []
    if may_give(state, seat):
        give = Give(phase=state.phase)
        again = seat in state.answers
        label = say("Give this instead") if again else say("Give this")
        offers.append(Offer(give, label, "main", needs=_needs(state)))
        offers.append(Offer(PassAnswer(phase=state.phase), say("Pass"), "beside"))
    left = sum(other == seat for other, _ in state.insights)
    if state.settings.direction == "out" and left < INSIGHTS_EACH:
        need = {"words": Need(kind="text", limit=INSIGHT_LIMIT)}
        place: Place = "beside" if may_give(state, seat) else "main"
        insight = InsightGive(words=Words(""))
        offers.append(Offer(insight, say("Leave this"), place, needs=need))
    if is_low(state, seat) and seat not in state.care:
        hint = say("Only the facilitators learn of it.")
        offers.append(Offer(CareAsk(), say("Please talk to me"), "foot", hint=hint))
    return offers + phases.pause_offers(state.phases, viewer)


def _needs(state: State) -> Mapping[str, Need]:
    options: tuple[Option, ...] = OPTIONS.get(state.settings.mode, ())
    word = Need(kind="text", limit=WORD_LIMIT, optional=bool(options))
    if not options:
        return {"words": word}
    return {"value": Need(kind="choice", options=options), "words": word}


def holder_offers(state: State, viewer: Viewer) -> Offers:
    """The one who has the floor: begin or pass, equally big; then only "I have finished"."""
    floor = floor_of(state, viewer.seat)
    round_ = round_of(state, viewer.seat)
    if floor is None or round_ is None:
        return []
    group, turn = state.place.get(viewer.seat, ""), floor.turn
    pass_ = turns.Pass(turn=turn, group=group, begun=floor.speaking)
    back = turns.Defer(turn=turn, group=group)
    offers: Offers = []
    if floor.speaking:
        done = turns.Done(turn=turn, group=group)
        offers = [Offer(done, say("I have finished")), Offer(pass_, say("Pass"), "foot")]
    else:
        begin = turns.Begin(turn=turn, group=group)
        offers = [Offer(begin, say("Begin")), Offer(pass_, say("Pass"), "beside")]
    if turns.may_come_back(round_):
        label = say("Come back to me") if floor.speaking else say("Come back to me at the end")
        offers.append(Offer(back, label, "foot"))
    return offers
