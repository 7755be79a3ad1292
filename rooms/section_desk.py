"""Sections of everyone's board: those that facilitators make, and those that come with an activity.

A section belongs to the activity and step in which it was made. An activity's own sections are
made with their first card: an empty column tells nobody anything.
"""

from typing import Final, assert_never

from activities.blocks import Line, say
from activities.kernel import Refused
from rooms import board_desk, board_events, board_order, wire_board
from rooms.asking import Asking
from rooms.board_moves import GONE_ON
from rooms.room_state import RoomState
from rooms.whole import Draft

SectionCommand = wire_board.SectionAdd | wire_board.SectionRename | wire_board.SectionOrder
"""The commands of this module."""

FULL: Final = say(
    "This board has {limit} sections, more than anybody can read.", limit=wire_board.MOST_SECTIONS
)
NO_SECTION: Final = say("There is no such section on this board. Look again.")
NOTES_OF: Final = say("Notes")


def decide(draft: Draft, command: SectionCommand, asking: Asking) -> None:
    """Decide about a section; facilitators only. Raises `Refused`."""
    asking.ensure_facilitator()
    state = draft.room
    match command:
        case wire_board.SectionAdd():
            words = asking.mint.ref(command.title, wire_board.HEADING_LIMIT)
            if len(state.board.sections) >= wire_board.MOST_SECTIONS:
                raise Refused("full", FULL)
            _make(draft, f"x{asking.new_id()}", words=words, after=command.after)
        case wire_board.SectionRename():
            known = _known(state, command.section, command.since)
            words = asking.mint.ref(command.title, wire_board.HEADING_LIMIT)
            draft.add(
                board_events.SectionNamed(section=known.section, words=words, before=known.words)
            )
        case wire_board.SectionOrder():
            known = _known(state, command.section, command.since)
            keys = _keys(state, command.after, without=known.section)
            orders = (*keys.renumbered, (known.section, keys.keys[0]))
            draft.add(board_events.SectionOrdered(orders=orders))
        case _:
            assert_never(command)


def open_section(draft: Draft, section: str, title: Line) -> None:
    """A card comes to a section of the running activity: make it unless it is there. A board that
    is full of sections takes the card without a heading."""
    sections = draft.room.board.sections
    if not section or section in sections or len(sections) >= wire_board.MOST_SECTIONS:
        return
    line, number = board_desk.spelled(title)
    line = line or NOTES_OF.id  # a group that is called by its people
    same = sum((s.line, s.activity) == (line, draft.room.current) for s in sections.values())
    _make(draft, section, line=line, number=number or (same + 1 if same else 0))


def in_order(state: RoomState) -> tuple[board_events.SectionMade, ...]:
    """The sections as everybody sees them."""
    return tuple(sorted(state.board.sections.values(), key=lambda s: (s.order, s.section)))


def _make(
    draft: Draft,
    section: str,
    *,
    words: str = "",
    line: str = "",
    number: int = 0,
    after: str | None = None,
) -> None:
    keys = _keys(draft.room, after)
    if keys.renumbered:
        draft.add(board_events.SectionOrdered(orders=keys.renumbered))
    activity, step = draft.room.board.step
    running = activity == draft.room.current and draft.current() != ""
    draft.add(
        board_events.SectionMade(
            section=section,
            words=words,
            line=line,
            activity=activity if running else "",
            step=step if running else "",
            order=keys.keys[0],
            number=number,
        )
    )


def _known(state: RoomState, section: str, since: int | None) -> board_events.SectionMade:
    known = state.board.sections.get(section)
    if known is None:
        raise Refused("unknown", NO_SECTION)
    if since is not None and state.board.moved.get(section, 0) > since:
        raise Refused("stale_phase", GONE_ON)
    return known


def _keys(state: RoomState, after: str | None, without: str = "") -> board_order.Keys:
    row = [(s.section, s.order) for s in in_order(state) if s.section != without]
    keys = board_order.behind(row, after, 1)
    if keys is None:
        raise Refused("stale_phase", NO_SECTION)
    return keys
