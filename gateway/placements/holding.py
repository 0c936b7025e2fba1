"""Holds: who has which unit on which days, for an offer or for living there.

An offer holds its units from its first day on while it is proposed, made or accepted. Who moves in on day
``d`` has them for the offer until ``d`` and lives there from ``d`` on; an offer that comes to nothing held
nothing, and its holds are cancelled.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import or_, select

from gateway.directory.tables import UnitRow
from gateway.placements.conflicts import Holder
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, PlacementRow
from gateway.storage.work import Work


def holds_of_offer(work: Work, offer_id: str) -> Sequence[HoldRow]:
    """The holds of an offer that stand, in the order of their units."""
    return work.all(
        select(HoldRow)
        .where(HoldRow.offer_id == offer_id, HoldRow.kind == HoldKind.OFFER, HoldRow.cancelled.is_(False))
        .order_by(HoldRow.unit_id, HoldRow.id)
    )


def holds_of_placement(work: Work, placement_id: str) -> Sequence[HoldRow]:
    """The holds of a placement that stand, in the order of their units."""
    return work.all(
        select(HoldRow)
        .where(HoldRow.placement_id == placement_id, HoldRow.cancelled.is_(False))
        .order_by(HoldRow.unit_id, HoldRow.id)
    )


def queue_for(work: Work, holds: Iterable[HoldRow]) -> None:
    """Wait on PostgreSQL until nobody else is changing who has the units of these holds.

    It decides nothing: the exclusion constraint does. But two who write holds of one unit at once would each
    wait for the other to end before the constraint can tell, and the database takes a second to find out. On
    SQLite there is one writer at a time anyway.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        units = select(UnitRow.id).where(UnitRow.id.in_(sorted({hold.unit_id for hold in holds})))
        work.all(units.order_by(UnitRow.id).with_for_update(key_share=True))


def holders(
    work: Work, unit_ids: Collection[str], from_day: date, *, apart_from: str = ""
) -> Sequence[Holder]:
    """Who has any of these units on any day from this one on, in the order of units and days.

    Parameters
    ----------
    apart_from
        A placement whose own holds do not count.
    """
    query = (
        select(HoldRow.unit_id, HoldRow.referral_id, HoldRow.from_day, HoldRow.until)
        .where(HoldRow.unit_id.in_(sorted(unit_ids)), HoldRow.cancelled.is_(False))
        .where(or_(HoldRow.until.is_(None), HoldRow.until > from_day))
        .where(or_(HoldRow.placement_id.is_(None), HoldRow.placement_id != apart_from))
        .order_by(HoldRow.unit_id, HoldRow.from_day, HoldRow.id)
    )
    return [
        Holder(unit=unit, referral=referral, from_day=since, until=until)
        for unit, referral, since, until in work.session.execute(query)
    ]


def hold_for_offer(
    work: Work, offer: OfferRow, unit_ids: Iterable[str], authority_id: str | None
) -> list[HoldRow]:
    """New holds of these units for an offer, with no end yet."""
    return [
        HoldRow(
            id=work.new_id("H"),
            unit_id=unit_id,
            service_id=offer.service_id,
            person_id=offer.person_id,
            referral_id=offer.referral_id,
            offer_id=offer.id,
            authority_id=authority_id,
            kind=HoldKind.OFFER,
            from_day=offer.from_day,
        )
        for unit_id in sorted(unit_ids)
    ]


def hold_for_living(work: Work, placement: PlacementRow, unit_ids: Iterable[str]) -> list[HoldRow]:
    """New holds of these units for somebody who lives there, with no end yet."""
    return [
        HoldRow(
            id=work.new_id("H"),
            unit_id=unit_id,
            service_id=placement.service_id,
            person_id=placement.person_id,
            referral_id=placement.referral_id,
            offer_id=placement.offer_id,
            placement_id=placement.id,
            authority_id=placement.authority_id,
            kind=HoldKind.LIVING,
            from_day=placement.from_day,
        )
        for unit_id in sorted(unit_ids)
    ]


def cut(holds: Iterable[HoldRow], day: date) -> None:
    """End these holds on this day, which is free again; one that would be empty never was."""
    for hold in holds:
        if day > hold.from_day:
            hold.until = day
        else:
            hold.cancelled = True


def cancel(holds: Iterable[HoldRow]) -> None:
    """What these holds were for did not come to be."""
    for hold in holds:
        hold.cancelled = True
