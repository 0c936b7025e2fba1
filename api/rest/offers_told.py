"""Offers as they are answered: each role is told what it needs of one."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

from pydantic import Field

from api.access.reach import EVERYWHERE
from api.rest.door import Door
from api.rest.filled_pages import filled, shown
from api.rest.listing import Listing
from api.rest.values import Told
from gateway.placements.offers import OfferLine, offer_line
from gateway.placements.paging import Place
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow, RefusalReason, Review, Side
from gateway.records.actor import Role
from gateway.storage.work import Work

Fetch = Callable[[Place | None, int], Sequence[OfferLine]]
WhereTo = Callable[[OfferLine], Place]


class OfferTold(Told):
    """Units of one service, offered to somebody."""

    id: str
    version: int
    referral_id: str
    person_id: str | None = Field(description="Told to officers and duty managers.")
    service_id: str
    unit_ids: Sequence[str] = Field(description="Those it is, or was, of.")
    status: OfferStatus
    from_day: date = Field(description="The first day on which they can move in.")
    made_at: datetime
    answer_by: datetime | None = Field(description="When it lapses by itself; null: it does not.")
    answered_at: datetime | None
    side: Side | None = Field(description="Who refused.")
    reason: RefusalReason | None
    review: Review | None = Field(description="What an officer made of a provider's refusal.")


class OfferInFull(OfferTold):
    """One offer, with the words of a refusal for those who act on them."""

    detail: str | None = Field(description="Told to the provider, to officers and to duty managers.")


def offer_told(work: Work, door: Door, offer: OfferRow) -> OfferInFull:
    """One offer, as this visitor is told of it."""
    told = _told(door, offer_line(work, offer.id)).model_dump()
    hears_words = door.visitor.role in EVERYWHERE | {Role.PROVIDER}
    return OfferInFull(**told, detail=offer.detail if hears_words else None)


def offers_told(
    work: Work,
    door: Door,
    fetch: Fetch,
    *,
    after: Place | None,
    size: int,
    place: WhereTo,
) -> Listing[OfferTold]:
    """One page of offers, as this visitor is told of them."""
    lines, end = filled(
        work,
        door.visitor,
        fetch,
        after=after,
        size=size,
        person=lambda line: line.person,
        place=place,
    )
    return Listing(items=[_told(door, line) for line in lines], next=shown(end))


def _told(door: Door, line: OfferLine) -> OfferTold:
    return OfferTold(
        id=line.id,
        version=line.version,
        referral_id=line.referral,
        person_id=line.person if door.visitor.role in EVERYWHERE else None,
        service_id=line.service,
        unit_ids=line.units,
        status=line.status,
        from_day=line.from_day,
        made_at=line.made_at,
        answer_by=line.answer_by,
        answered_at=line.answered_at,
        side=line.side,
        reason=line.reason,
        review=line.review,
    )
