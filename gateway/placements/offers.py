"""Offers as they are listed: columns only, one query each, in a total order that ends in the id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from gateway.directory.tables import ServiceRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, RefusalReason, Review, Side
from gateway.storage.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferLine:
    """One offer in a list; ``units`` are those it was of, whether or not it holds them still."""

    id: str
    version: int
    referral: str
    person: str
    service: str
    status: OfferStatus
    from_day: date
    made_at: datetime
    answer_by: datetime | None
    answered_at: datetime | None
    side: Side | None
    reason: RefusalReason | None
    review: Review | None
    units: tuple[str, ...]


_COLUMNS: tuple[Any, ...] = (
    OfferRow.id,
    OfferRow.version,
    OfferRow.referral_id.label("referral"),
    OfferRow.person_id.label("person"),
    OfferRow.service_id.label("service"),
    OfferRow.status,
    OfferRow.from_day,
    OfferRow.made_at,
    OfferRow.answer_by,
    OfferRow.answered_at,
    OfferRow.side,
    OfferRow.reason,
    OfferRow.review,
)


def offers_of(work: Work, referral_id: str) -> Sequence[OfferLine]:
    """Every offer to a referral, the oldest first."""
    query = select(*_COLUMNS).where(OfferRow.referral_id == referral_id)
    return _lines(work, query.order_by(OfferRow.made_at, OfferRow.id))


def offers_waiting_for(
    work: Work, *, provider_id: str | None = None, service_ids: Collection[str] | None = None
) -> Sequence[OfferLine]:
    """Offers that wait for an answer, those to be answered first on top; those without a deadline come last.

    Parameters
    ----------
    provider_id, service_ids
        Only offers of this provider's services, and of these; ``None``: of all.
    """
    query = _of(select(*_COLUMNS).where(OfferRow.status == OfferStatus.MADE), provider_id, service_ids)
    return _lines(work, query.order_by(OfferRow.answer_by.asc().nulls_last(), OfferRow.id))


def moves_to_come(
    work: Work, *, provider_id: str | None = None, service_ids: Collection[str] | None = None
) -> Sequence[OfferLine]:
    """Offers accepted, whose people have not moved in yet, the earliest day first.

    Parameters
    ----------
    provider_id, service_ids
        As in `offers_waiting_for`.
    """
    query = _of(select(*_COLUMNS).where(OfferRow.status == OfferStatus.ACCEPTED), provider_id, service_ids)
    return _lines(work, query.order_by(OfferRow.from_day, OfferRow.id))


def refusals_to_review(work: Work) -> Sequence[OfferLine]:
    """Providers' refusals that wait for an officer, the oldest first."""
    query = select(*_COLUMNS).where(OfferRow.review == Review.PENDING)
    return _lines(work, query.order_by(OfferRow.answered_at, OfferRow.id))


def _of(query: Select[Any], provider_id: str | None, service_ids: Collection[str] | None) -> Select[Any]:
    if provider_id is not None:
        theirs = select(ServiceRow.id).where(ServiceRow.provider_id == provider_id)
        query = query.where(OfferRow.service_id.in_(theirs))
    return query if service_ids is None else query.where(OfferRow.service_id.in_(sorted(service_ids)))


def _lines(work: Work, query: Select[Any]) -> Sequence[OfferLine]:
    """Two statements: the offers, and the units they are, or were, of."""
    found = work.session.execute(query).mappings().all()
    units: dict[str, list[str]] = {row["id"]: [] for row in found}
    held = select(HoldRow.offer_id, HoldRow.unit_id).where(
        HoldRow.offer_id.in_(query.with_only_columns(OfferRow.id).order_by(None)),
        HoldRow.kind == HoldKind.OFFER,
    )
    for offer_id, unit_id in work.session.execute(held.order_by(HoldRow.unit_id, HoldRow.id)):
        units[str(offer_id)].append(unit_id)
    return [OfferLine(**row, units=tuple(units[row["id"]])) for row in found]
