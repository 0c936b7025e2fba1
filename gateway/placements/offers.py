"""Offers as they are listed: columns only, one query each, in a total order that ends in the id."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from gateway.directory.tables import ServiceRow
from gateway.people.clusters import these
from gateway.placements.paging import Place, page
from gateway.placements.states import OfferStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, RefusalReason, Review, Side
from gateway.refusals import NotFound
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


def offer_line(work: Work, offer_id: str) -> OfferLine:
    """One offer as it is listed.

    Raises
    ------
    NotFound
        If there is none.
    """
    found = _lines(work, select(*_COLUMNS).where(OfferRow.id == offer_id))
    if not found:
        raise NotFound("offer", offer_id)
    return found[0]


def offers_of(
    work: Work,
    referral_id: str,
    *,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[OfferLine]:
    """Every offer to a referral, the oldest first.

    Parameters
    ----------
    among
        Only offers for which this holds; ``None``: all.
    after, limit
        Where the page before ended (the moment an offer was made, and its id), and how many at most.
    """
    query = _among(select(*_COLUMNS).where(OfferRow.referral_id == referral_id), among)
    return _lines(work, page(query, OfferRow.made_at, OfferRow.id, after=after, limit=limit))


def offers_waiting_for(
    work: Work,
    *,
    provider_id: str | None = None,
    service_ids: Collection[str] | None = None,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[OfferLine]:
    """Offers that wait for an answer, those to be answered first on top; those without a deadline come last.

    Parameters
    ----------
    provider_id, service_ids
        Only offers of this provider's services, and of these; ``None``: of all.
    among, after, limit
        As in `offers_of`, by ``answer_by``.
    """
    query = select(*_COLUMNS).where(OfferRow.status == OfferStatus.MADE)
    query = _among(_of(query, provider_id, service_ids), among)
    return _lines(work, page(query, OfferRow.answer_by, OfferRow.id, after=after, limit=limit))


def moves_to_come(
    work: Work,
    *,
    provider_id: str | None = None,
    service_ids: Collection[str] | None = None,
    among: ColumnElement[bool] | None = None,
    after: Place | None = None,
    limit: int | None = None,
) -> Sequence[OfferLine]:
    """Offers accepted, whose people have not moved in yet, the earliest day first.

    Parameters
    ----------
    provider_id, service_ids, among, after, limit
        As in `offers_waiting_for`, by ``from_day``.
    """
    query = select(*_COLUMNS).where(OfferRow.status == OfferStatus.ACCEPTED)
    query = _among(_of(query, provider_id, service_ids), among)
    return _lines(work, page(query, OfferRow.from_day, OfferRow.id, after=after, limit=limit))


def refusals_to_review(
    work: Work, *, after: Place | None = None, limit: int | None = None
) -> Sequence[OfferLine]:
    """Providers' refusals that wait for an officer, the oldest first; ``after`` and ``limit`` as above."""
    query = select(*_COLUMNS).where(OfferRow.review == Review.PENDING)
    return _lines(work, page(query, OfferRow.answered_at, OfferRow.id, after=after, limit=limit))


def _among(query: Select[Any], condition: ColumnElement[bool] | None) -> Select[Any]:
    return query if condition is None else query.where(condition)


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
        HoldRow.offer_id.in_(these(work, units)), HoldRow.kind == HoldKind.OFFER
    )
    for offer_id, unit_id in work.session.execute(held.order_by(HoldRow.unit_id, HoldRow.id)):
        units[str(offer_id)].append(unit_id)
    return [OfferLine(**row, units=tuple(units[row["id"]])) for row in found]
