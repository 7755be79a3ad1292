"""The facilitators' private strip, with the debrief when all is over (`methods.md A5`)."""

from typing import Final

from activities.blocks import Line, Who, Words, say
from rooms import commits, helm_desk, wire
from rooms import wire_helm as on_wire
from rooms.helm import DEBRIEF_LASTS
from rooms.helm_proposals import named
from rooms.room_state import RoomState

CODES: Final[dict[str, Line]] = {
    "five_left": say("5 minutes left"),
    "slow_down": say("Slow down"),
    "wants_in": say("Someone wants in"),
    "sound": say("Sound problem"),
    "skip_next": say("Skip the next one"),
    "extend": say("Extend?"),
    "your_turn": say("Your turn to lead?"),
    "back": say("I am back"),
}

QUESTIONS: Final[dict[on_wire.Question, Line]] = {
    "saw": say("What did we see?"),
    "follow": say("What do we follow up?"),
    "change": say("What do we change?"),
}


def strip(state: RoomState, now: int, *, inside: bool, running: bool) -> wire.DeskMessage:
    """The private strip, last lines last; the debrief only for facilitators (`inside`)."""
    return wire.DeskMessage(
        seq=state.seq,
        now=now,
        lines=tuple(_line(line) for line in state.desk[-30:]),
        watcher=state.helm.duties.get("watch", ""),
        proposals=tuple(
            on_wire.ProposalRow(
                id=one.id, who=Who(one.seat), what=named(one.tag), at=one.at, state=one.state
            )
            for one in state.helm.proposals[-30:]
        ),
        debrief=_debrief(state, running=running) if inside else None,
    )


def _line(line: commits.DeskLineSaid) -> wire.DeskLine:
    return wire.DeskLine(
        id=line.id, who=Who(line.seat), at=line.at, text=_said(line), code=line.code
    )


def _said(line: commits.DeskLineSaid) -> Line | Words:
    match line.code:
        case "":
            return Words(line.text)
        case "forced":
            return say("Gave the lead to {name}", name=Who(line.about))
        case "not_taken":
            return say("{name} did not take the lead; I go on", name=Who(line.about))
        case code:
            return CODES.get(code, say("{command}", command=code))


def _debrief(state: RoomState, *, running: bool) -> on_wire.Debrief | None:
    if not helm_desk.is_over(state, running=running):
        return None
    over = max(state.ended.values(), default=state.last)
    return on_wire.Debrief(
        ends_at=over + DEBRIEF_LASTS,
        questions=tuple(
            on_wire.DebriefQuestion(
                question=question,
                label=label,
                lines=tuple(
                    on_wire.DebriefLine(who=Who(said.seat), text=Words(said.text))
                    for said in state.helm.debrief
                    if said.question == question
                ),
            )
            for question, label in QUESTIONS.items()
        ),
    )
