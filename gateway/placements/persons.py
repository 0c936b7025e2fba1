"""Where a person lives and what they are offered; somebody who was entered twice is one person."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import or_, select

from gateway.placements.states import HOLDING
from gateway.placements.tables import OfferRow, PlacementRow
from gateway.storage.work import Work


def places_after(work: Work, person_ids: Collection[str], day: date) -> Sequence[PlacementRow]:
    """Where the person lives, or lived still after this day, under any of their ids, in the order of ids.

    Who turned out to be two that live in two places has two; else nobody lives in more than one.
    """
    return work.all(
        select(PlacementRow)
        .where(PlacementRow.person_id.in_(sorted(person_ids)))
        .where(or_(PlacementRow.until.is_(None), PlacementRow.until > day))
        .order_by(PlacementRow.id)
    )


def standing_offer(work: Work, person_ids: Collection[str], *, apart_from: str = "") -> OfferRow | None:
    """The offer to the person that stands, under any of their ids; ``apart_from`` is not looked for."""
    return work.first(
        select(OfferRow)
        .where(OfferRow.person_id.in_(sorted(person_ids)), OfferRow.status.in_(sorted(HOLDING)))
        .where(OfferRow.id != apart_from)
        .order_by(OfferRow.id)
    )
