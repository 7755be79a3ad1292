"""Who leads: one record per room, moved only by offers, take-over, leave and presence
(`methods.md A5`).

The ruling *Lead* of `architecture.md` holds where the two differ: a lead whose line blinks stays
lead; after `LEAD_GRACE` a present co-facilitator may take over with a tap; only a leave by choice
passes the lead at once; with no facilitator present the clocks go on by themselves (*autopilot*),
and after `VOLUNTEER_AFTER` a willing member may lead.
"""

from collections.abc import Set as AbstractSet
from typing import Final

import msgspec
from msgspec.structs import replace

from activities.kernel import Refused

AUTOPILOT: Final = "autopilot"

LEAD_GRACE: Final = 30_000
"""Milliseconds a lead may be away before others are offered the lead (`methods.md A5`
lead_grace_s)."""

OFFER_LASTS: Final = 60_000
"""Milliseconds an offer stands (`methods.md A5`)."""

BATON_LASTS: Final = 20_000
"""Milliseconds a planned offer stands; not accepted, the old lead goes on (`methods.md A5`)."""

VOLUNTEER_AFTER: Final = 300_000
"""Milliseconds without any facilitator after which a willing member may lead (`methods.md A5`)."""


class Lead(msgspec.Struct, frozen=True):
    """The lead record. `lead` is exactly one seat from open to close (CO1); `acting` is that
    seat, or AUTOPILOT.

    `epoch` rises on every change of `acting` (CO6). `succession` never holds `lead` (CO4).
    `alone_since` is when the last facilitator was lost (ms), 0 while one is present. `peer`: the
    lead is a member with limited rights.
    """

    lead: str
    acting: str
    epoch: int = 1
    succession: tuple[str, ...] = ()
    offered_to: str = ""
    offer_ends: int = 0
    asked: tuple[str, ...] = ()  # co-facilitators who asked for the lead
    alone_since: int = 0
    peer: bool = False
    planned: str = ""  # the agenda item the standing offer was planned for


def _lead_becomes(record: Lead, seat: str, *, peer: bool = False) -> Lead:
    others = tuple(s for s in (record.lead, *record.succession) if s != seat)
    keep_old = others if not record.peer else tuple(s for s in others if s != record.lead)
    return replace(
        record,
        lead=seat,
        acting=seat,
        epoch=record.epoch + 1,
        succession=keep_old,
        offered_to="",
        offer_ends=0,
        planned="",
        asked=tuple(s for s in record.asked if s != seat),
        alone_since=0,
        peer=peer,
    )


def _no_offer(record: Lead) -> Lead:
    return replace(record, offered_to="", offer_ends=0, planned="")


def offer(record: Lead, by: str, to: str, present: AbstractSet[str], now: int) -> Lead:
    """The lead offers. Raises `Refused` unless `by` acts and `to` is a present facilitator."""
    if record.acting != by:
        raise Refused("not_allowed")
    if to not in record.succession:
        raise Refused("unknown")
    if to not in present:
        raise Refused("not_present")
    return replace(record, offered_to=to, offer_ends=now + OFFER_LASTS, planned="")


def may_baton(record: Lead, to: str, present: AbstractSet[str]) -> bool:
    """Whether the planned hand-over to `to` can be offered now: somebody leads, another offer
    does not stand, and both are here."""
    return (
        record.acting in present
        and record.acting != to
        and not record.offered_to
        and to in record.succession
        and to in present
    )


def baton(record: Lead, item: str, to: str, now: int) -> Lead:
    """The planned offer at the boundary before the agenda item `item`; ask `may_baton` first."""
    return replace(record, offered_to=to, offer_ends=now + BATON_LASTS, planned=item)


def force(record: Lead, to: str, epoch: int, present: AbstractSet[str]) -> Lead:
    """The organiser gives the lead to a present facilitator, whoever leads. The caller has checked
    that it is the organiser. Raises `Refused`."""
    if epoch != record.epoch:
        raise Refused("stale_epoch")
    if to == record.acting:
        raise Refused("duplicate")
    if to not in (record.lead, *record.succession):
        raise Refused("unknown")
    if to not in present:
        raise Refused("not_present")
    return _lead_becomes(record, to)


def accept(record: Lead, by: str, epoch: int, now: int) -> Lead:
    """The offered one accepts: one atomic step, no instant without a lead (CO3)."""
    if epoch != record.epoch:
        raise Refused("stale_epoch")
    if record.offered_to != by or now > record.offer_ends:
        raise Refused("not_allowed")
    return _lead_becomes(record, by)


def decline(record: Lead, by: str, epoch: int) -> Lead:
    """The offered one declines, or the lead takes the offer back."""
    if epoch != record.epoch:
        raise Refused("stale_epoch")
    if not record.offered_to or by not in (record.offered_to, record.acting):
        raise Refused("not_allowed")
    return _no_offer(record)


def request(record: Lead, by: str) -> Lead:
    """A co-facilitator asks for the lead; nothing changes until the lead offers."""
    if by not in record.succession:
        raise Refused("not_allowed")
    if by in record.asked:
        raise Refused("duplicate")
    return replace(record, asked=(*record.asked, by))


def may_take(record: Lead, by: str, lead_away_since: int, now: int) -> bool:
    """Whether `by` may take over now: a co-facilitator, when nobody leads, when a member led in
    their absence, or when the lead has been away for `LEAD_GRACE` (0 = here)."""
    if by not in record.succession:
        return False
    lost = lead_away_since > 0 and now - lead_away_since >= LEAD_GRACE
    return record.acting == AUTOPILOT or record.peer or lost


def take(record: Lead, by: str, epoch: int, lead_away_since: int, now: int) -> Lead:
    """Take over with one tap."""
    if epoch != record.epoch:
        raise Refused("stale_epoch")
    if not may_take(record, by, lead_away_since, now):
        raise Refused("not_allowed")
    return _lead_becomes(record, by)


def may_volunteer(record: Lead, now: int) -> bool:
    """Whether a willing member may become peer lead now."""
    return (
        record.acting == AUTOPILOT
        and record.alone_since > 0
        and now - record.alone_since >= VOLUNTEER_AFTER
    )


def volunteer(record: Lead, by: str, epoch: int, now: int) -> Lead:
    """A willing member leads with limited rights until a facilitator is back."""
    if epoch != record.epoch:
        raise Refused("stale_epoch")
    if not may_volunteer(record, now) or by == record.lead:
        raise Refused("not_allowed")
    old = record.lead
    new = _lead_becomes(record, by, peer=True)
    others = dict.fromkeys(seat for seat in (old, *record.succession) if seat != by)
    return replace(new, succession=tuple(others))


def facilitator_added(record: Lead, seat: str) -> Lead:
    """A new co-facilitator stands last in the succession."""
    if seat == record.lead or seat in record.succession:
        return record
    return replace(record, succession=(*record.succession, seat))


def facilitator_gone(record: Lead, seat: str, present: AbstractSet[str], now: int) -> Lead:
    """A facilitator left by choice, was removed or made participant: the lead passes on at once.

    The last facilitator keeps the record's `lead` (CO1) and the room goes on by itself.
    """
    if seat != record.lead:
        stays = tuple(s for s in record.succession if s != seat)
        asked = tuple(s for s in record.asked if s != seat)
        record = _no_offer(record) if record.offered_to == seat else record
        return replace(record, succession=stays, asked=asked)
    heirs = [s for s in record.succession if s in present]
    if heirs:
        new = _lead_becomes(record, heirs[0])
        return replace(new, succession=tuple(s for s in new.succession if s != seat))
    return _alone(record, now)


def _alone(record: Lead, now: int) -> Lead:
    if record.acting == AUTOPILOT:
        return record
    return replace(
        record,
        acting=AUTOPILOT,
        epoch=record.epoch + 1,
        offered_to="",
        offer_ends=0,
        planned="",
        alone_since=now,
    )


def tick(record: Lead, present: AbstractSet[str], away_since: int, now: int) -> Lead:
    """What presence and time alone change: call it whenever either did.

    `present` are the facilitators here (and a peer lead); `away_since` is the earliest moment (ms)
    since when none is, 0 if one is. Autopilot begins after `LEAD_GRACE`; any facilitator back ends
    it (CO5).
    """
    if record.offered_to and (now >= record.offer_ends or record.offered_to not in present):
        record = _no_offer(record)
    if not present:
        lost = away_since > 0 and now - away_since >= LEAD_GRACE
        return _alone(record, away_since) if lost else record
    if record.acting == AUTOPILOT:
        heirs = [s for s in record.succession if s in present]
        back = [record.lead] if record.lead in present else []
        # A facilitator goes before a member who led while there was none.
        first = (*heirs, *back) if record.peer else (*back, *heirs)
        if first:
            return _lead_becomes(record, first[0], peer=record.peer and first[0] == record.lead)
    return record
