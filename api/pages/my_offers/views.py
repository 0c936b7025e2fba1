"""Offers to a provider, as they are listed and as one is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from api.design_system.rendering import Choice
from api.design_system.spoken import spoken_day, spoken_moment
from api.pages.my_offers.offer_words import REASONS_SAID, REVIEWS, SIDES, STATUSES, time_left
from api.pages.my_offers.person_view import Fact, PersonSeen
from api.pages.my_offers.place_names import PlaceNames
from gateway.placements.answering import REASONS
from gateway.placements.offers import OfferLine
from gateway.placements.states import OfferStatus
from gateway.placements.tables import RefusalReason, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferListed:
    """One offer in a list."""

    place: str
    service: str
    href: str
    time: str
    from_day: str
    referral: str


@dataclass(frozen=True, slots=True)
class OffersListed:
    """A page of offers that wait; ``next`` and ``first`` lead to others."""

    offers: Sequence[OfferListed]
    next: str | None
    first: str | None


def offers_listed(
    lines: Sequence[OfferLine], names: PlaceNames, at: datetime, *, after: str | None, end: str | None
) -> OffersListed:
    """A page of offers; ``end`` is where it ended, ``None``: it was the last."""
    return OffersListed(
        [offer_listed(each, names, at) for each in lines],
        next=None if end is None else f"/my-offers?after={end}",
        first=None if after is None else "/my-offers",
    )


def offer_listed(line: OfferLine, names: PlaceNames, at: datetime) -> OfferListed:
    """One offer in a list."""
    return OfferListed(
        place=units_named(line, names),
        service=names.services.get(line.service, "Your service"),
        href=f"/my-offers/{line.id}",
        time=time_left(line.answer_by, at),
        from_day=spoken_day(line.from_day),
        referral=line.referral,
    )


def units_named(line: OfferLine, names: PlaceNames) -> str:
    """The units of an offer by name."""
    return ", ".join(names.units.get(each, each) for each in line.units) or "No unit any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOffer:
    """The page of an offer.

    to_answer, too_late, to_come
        What can be done: it waits for an answer, in time or not; it is accepted and somebody is to come.
    may_have_come
        The first day on which they could have come is here.
    """

    offer: OfferListed
    status: str
    colour: str
    seen: int
    to_answer: bool
    too_late: bool
    to_come: bool
    may_have_come: bool
    facts: Sequence[Fact]
    person: PersonSeen | None
    sides: Sequence[tuple[str, str]]


def one_offer(
    line: OfferLine,
    detail: str | None,
    person: PersonSeen | None,
    names: PlaceNames,
    *,
    at: datetime,
    today: date,
) -> OneOffer:
    """The page of an offer; ``person`` is ``None`` where they are no longer the provider's to see."""
    status, colour = STATUSES[line.status]
    made = line.status is OfferStatus.MADE
    return OneOffer(
        offer=offer_listed(line, names, at),
        status=status,
        colour=colour,
        seen=line.version,
        to_answer=made and (line.answer_by is None or at < line.answer_by),
        too_late=made and line.answer_by is not None and at >= line.answer_by,
        to_come=line.status is OfferStatus.ACCEPTED,
        may_have_come=line.from_day <= today,
        facts=list(_facts(line, detail, names)),
        person=person,
        sides=[(f"/my-offers/{line.id}/refuse?side={side}", words) for side, words in SIDES.items()],
    )


def _facts(line: OfferLine, detail: str | None, names: PlaceNames) -> list[Fact]:
    told = [
        Fact("Unit", [units_named(line, names)]),
        Fact("Can move in from", [spoken_day(line.from_day)]),
        Fact("Offered", [spoken_moment(line.made_at)]),
        Fact("Referral", [line.referral]),
    ]
    if line.answered_at is not None:
        told.append(Fact("Answered", [spoken_moment(line.answered_at)]))
    if line.side is not None and line.reason is not None:
        words = [f"{SIDES[line.side]}: {REASONS_SAID[line.reason].lower()}"]
        told.append(Fact("Why it was refused", [*words, detail] if detail else words))
    if line.review is not None:
        told.append(Fact("Review", [REVIEWS[line.review]]))
    return told


def reasons_of(side: Side, chosen: str) -> list[Choice]:
    """The reasons that a side can have, in their usual order."""
    return [
        Choice(value=each.value, text=REASONS_SAID[each], chosen=each.value == chosen)
        for each in RefusalReason
        if each in REASONS[side]
    ]
