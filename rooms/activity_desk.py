"""The running activity: started, left out, cut short, and told what its people do."""

from msgspec.structs import replace

from activities.blocks import say
from activities.kernel import Before, Command, Cut, Refused
from rooms import board_desk, commits, lead_rights, safety_desk, unnamed, wire
from rooms.agenda import item_of, next_item
from rooms.asked import tag_of
from rooms.asking import Asking, members_of
from rooms.hats import autopilot, roles_of
from rooms.whole import Draft
from rooms.words import decode_command

PlanCommand = wire.ActivityStart | wire.ActivitySkip | Cut
"""Commands about the course of the agenda."""


def decide(draft: Draft, command: PlanCommand, asking: Asking) -> None:
    """Start, leave out or cut an activity short. Raises `Refused`."""
    state = draft.room
    if isinstance(command, Cut):
        if not (id := draft.current()):
            raise Refused("stale_phase")
        draft.tell(id, command, asking.moment(draft))
        return
    item = item_of(state, command.item)
    if item is None:
        raise Refused("unknown")
    if item.id in state.started or item.id in state.skipped:
        raise Refused("stale_phase")
    if isinstance(command, wire.ActivitySkip):
        draft.add(commits.ActivitySkipped(activity=item.id))
        return
    if draft.current():
        raise Refused("stale_phase", say("Another activity is still running."))
    if (first := next_item(state)) is None or first.id != item.id:
        raise Refused("stale_phase")
    activity = draft.activities[item.kind]
    settings = commits.settings_to(commits.settings_from(item.settings, activity.settings))
    draft.add(
        commits.ActivityStarted(
            activity=item.id,
            kind=item.kind,
            version=activity.version,
            settings=settings,
            members=members_of(draft, asking.presence),
            seat=asking.seat.id,
            roles=tuple(sorted(roles_of(state, asking.seat))),
            now=asking.now,
            dice=asking.dice,
            epoch=state.lead.epoch,
            autopilot=autopilot(state),
            key=asking.new_key() if activity.unnamed else "",
            before=board_desk.before(state, draft.running, draft.activities)
            if activity.inherits
            else Before(),
        )
    )


def tell_as_lead(draft: Draft, id: str, command: Command, asking: Asking) -> None:
    """Send the lead's command, such as an approved proposal, to an activity. Raises `Refused`."""
    if id != draft.current():
        raise Refused("stale_phase")
    safety_desk.ensure_free(draft.room, asking.seat, lead_rights.tag(command))
    moment = asking.moment(draft)
    lead_rights.ensure_activity(draft.room, moment.roles, command)
    draft.tell(id, command, moment)


def tell(draft: Draft, id: str, raw: bytes, asking: Asking, text: unnamed.Text) -> None:
    """Send an activity what somebody asks of it (JSON). `text` reads kept words. Raises
    `Refused`."""
    seat = asking.seat
    if seat.status != "in":
        raise Refused("not_present")
    if id not in draft.running:
        raise Refused("unknown")
    if id != draft.current() and not unnamed.takes_answers(draft, id, asking.seat):
        raise Refused("stale_phase")
    safety_desk.ensure_free(draft.room, seat, tag_of(raw))
    kind = draft.activities[draft.running[id].kind]
    command = decode_command(raw, kind.command_union(), asking.mint)
    moment = asking.moment(draft)
    lead_rights.ensure_activity(draft.room, moment.roles, command)
    if type(command) in kind.unnamed:
        moment = replace(moment, seat="", token=unnamed.token(draft.room, text, id, seat.id))
        draft.unnamed = id
    if draft.room.lead.peer and "lead" in moment.roles and seat.role == "participant":
        moment = replace(moment, roles=moment.roles | {"member"})
    draft.tell(id, command, moment)
