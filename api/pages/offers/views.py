"""Offers in words: in lists, and one with all that can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from api.design_system.spoken import counted, spoken_code, spoken_day, spoken_moment
from api.pages.runs.words import Called
from gateway.placements.offers import OfferLine
from gateway.placements.states import OfferStatus
from gateway.placements.tables import Review

STATES: Final[Mapping[OfferStatus, tuple[str, str]]] = MappingProxyType(
    {
        OfferStatus.PROPOSED: ("Not sent yet", "grey"),
        OfferStatus.MADE: ("Waiting", "yellow"),
        OfferStatus.ACCEPTED: ("Accepted", "green"),
        OfferStatus.TAKEN_UP: ("Moved in", "blue"),
        OfferStatus.NOT_ARRIVED: ("Did not come", "red"),
        OfferStatus.REFUSED: ("Refused", "red"),
        OfferStatus.LAPSED: ("Lapsed", "grey"),
        OfferStatus.WITHDRAWN: ("Taken back", "grey"),
    }
)
"""Each state in words, and the colour of its tag, which says nothing that the word does not."""

REVIEWS: Final[Mapping[Review, str]] = MappingProxyType(
    {
        Review.PENDING: "Waits for an officer's review",
        Review.CONFIRMED: "Found right by an officer",
        Review.OVERRULED: "Found wrong by an officer",
    }
)

SOON: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSeen:
    """One offer in a list; ``urgent``: in words, if somebody should look now."""

    href: str
    person: str
    referral: str
    service: str
    service_href: str
    state: str
    colour: str
    when: str
    urgent: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """A list of offers; ``next`` leads on."""

    offers: Sequence[OfferSeen]
    next: str
    only: str
    service: str


def offer_seen(offer: OfferLine, called: Called, at: datetime, *, which: str) -> OfferSeen:
    """An offer in the list of those that wait, those accepted, or those refused."""
    state, colour = STATES[offer.status]
    when = {
        "waiting": spoken_moment(offer.answer_by, unknown="No deadline"),
        "accepted": spoken_day(offer.from_day),
        "refused": spoken_moment(offer.answered_at),
    }[which]
    return OfferSeen(
        href=f"/offers/{offer.id}",
        person=called.person(offer.person),
        referral=offer.referral,
        service=called.place(offer.service),
        service_href=f"/offers?show={which}&service={offer.service}",
        state=state,
        colour=colour,
        when=when,
        urgent=time_left(offer.answer_by, at) if which == "waiting" else "",
        why=spoken_code(offer.reason, unknown=""),
    )


def time_left(due: datetime | None, at: datetime) -> str:
    """How long there still is, in whole hours or days; past it, that it is."""
    if due is None:
        return ""
    left = due - at
    if left <= timedelta(0):
        return "Time is over"
    if left < timedelta(hours=1):
        return "Less than an hour left"
    if left < 2 * SOON:
        return f"{counted(int(left / timedelta(hours=1)), 'hour')} left"
    return f"{counted(left.days, 'day')} left"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOffer:
    """The page of one offer: what stands of it, what forbids it now, and what can be done about it."""

    person: str
    forbids: str
    referral: str
    referral_href: str
    state: str
    colour: str
    facts: Sequence[tuple[str, str]]
    deeds: Sequence[tuple[str, str]]


def one_offer(
    offer: OfferLine,
    called: Called,
    at: datetime,
    *,
    detail: str | None,
    forbids: str,
    deeds: Sequence[tuple[str, str]],
) -> OneOffer:
    """The page; ``detail`` are a refusal's own words, ``deeds`` pairs of an address and a link's words."""
    state, colour = STATES[offer.status]
    return OneOffer(
        person=called.person(offer.person),
        forbids=forbids,
        referral=offer.referral,
        referral_href=f"/referrals/{offer.referral}",
        state=state,
        colour=colour,
        facts=list(_facts(offer, called, at, detail)),
        deeds=deeds,
    )


def _facts(offer: OfferLine, called: Called, at: datetime, detail: str | None) -> list[tuple[str, str]]:
    due = spoken_moment(offer.answer_by, unknown="No deadline")
    left = time_left(offer.answer_by, at) if offer.status is OfferStatus.MADE else ""
    facts = [
        ("Place", called.place(offer.service)),
        ("Units", ", ".join(map(called.unit, offer.units))),
        ("From", spoken_day(offer.from_day)),
        ("Made", spoken_moment(offer.made_at)),
        ("Answer by", f"{due} ({left.lower()})" if left else due),
    ]
    if offer.answered_at is not None:
        facts.append(("Answered", spoken_moment(offer.answered_at)))
    if offer.side is not None:
        facts.append(
            ("Refused by", f"The {offer.side}" if offer.side != "neither" else "Neither side's doing")
        )
    if offer.reason is not None:
        facts.append(("Reason", spoken_code(offer.reason)))
    if detail:
        facts.append(("In their words", detail))
    if offer.review is not None:
        facts.append(("Review", REVIEWS[offer.review]))
    return facts
