"""What last came to nothing for somebody who came back, and what to ask about it.

The scrutiny inquiry of 2015 into Birmingham's gateway asks of each repeat presenter whether it was an issue
of the provider, a risk that could not be managed, an exclusion to challenge, or a gap in services. `RULES`
answers by what last came to nothing; docs/people.md tells the same table in words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from gateway.people.exclusions import bars, in_force
from gateway.people.tables import ExclusionRow
from gateway.placements.states import OfferStatus
from gateway.placements.tables import DepartureReason, RefusalReason, Review, Side
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason


class Cause(StrEnum):
    """What to ask about somebody who came back."""

    EXCLUSION_TO_CHALLENGE = "exclusion_to_challenge"
    RISK_NOT_MANAGEABLE = "risk_not_manageable"
    PROVIDER_ISSUE = "provider_issue"
    GAP_IN_SERVICES = "gap_in_services"
    OTHER = "other"


class Ending(StrEnum):
    """How something came to nothing."""

    REFUSED_FOR_RISK = "provider refused for risk"
    REFUSED_BY_PROVIDER = "provider refused"
    REFUSAL_OVERRULED = "provider refused and was overruled"
    OFFER_ENDED = "offer came to nothing otherwise"
    EVICTED = "evicted"
    UNIT_WITHDRAWN = "unit withdrawn"
    LEFT = "left otherwise"
    DECLINED_FOR_RISK = "declined for risk"
    NOT_ELIGIBLE = "declined: no service for them"
    EXPIRED_WAITING = "expired while waiting"
    REFERRAL_ENDED = "referral ended otherwise"


RULES: Mapping[Ending, Cause] = MappingProxyType(
    {
        Ending.REFUSED_FOR_RISK: Cause.RISK_NOT_MANAGEABLE,
        Ending.REFUSED_BY_PROVIDER: Cause.PROVIDER_ISSUE,
        Ending.REFUSAL_OVERRULED: Cause.PROVIDER_ISSUE,
        Ending.OFFER_ENDED: Cause.OTHER,
        Ending.EVICTED: Cause.PROVIDER_ISSUE,
        Ending.UNIT_WITHDRAWN: Cause.PROVIDER_ISSUE,
        Ending.LEFT: Cause.OTHER,
        Ending.DECLINED_FOR_RISK: Cause.RISK_NOT_MANAGEABLE,
        Ending.NOT_ELIGIBLE: Cause.GAP_IN_SERVICES,
        Ending.EXPIRED_WAITING: Cause.GAP_IN_SERVICES,
        Ending.REFERRAL_ENDED: Cause.OTHER,
    }
)
"""The cause of each ending, unless an exclusion bars the person there."""

BARRED = frozenset(
    {
        Ending.REFUSED_FOR_RISK,
        Ending.REFUSED_BY_PROVIDER,
        Ending.EVICTED,
        Ending.DECLINED_FOR_RISK,
        Ending.NOT_ELIGIBLE,
        Ending.EXPIRED_WAITING,
    }
)
"""Endings behind which an exclusion may stand."""

_RISKS = frozenset({RefusalReason.RISK_NOT_MANAGEABLE, RefusalReason.RISK_TO_RESIDENTS})

DEPARTURES: Mapping[DepartureReason, Ending] = MappingProxyType(
    {DepartureReason.EVICTED: Ending.EVICTED, DepartureReason.UNIT_WITHDRAWN: Ending.UNIT_WITHDRAWN}
)
"""The endings that a departure for this reason is; for any other, `Ending.LEFT`."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Happening:
    """Something came to nothing on a day.

    step
        0 a referral, 1 an offer, 2 a placement: of one day's, the later step counts as the later one.
    subject
        The id of the referral, offer or placement.
    service
        Id, provider and authority of the service; ``None``: it did not come to a service.
    """

    day: date
    step: int
    subject: str
    ending: Ending
    service: tuple[str, str, str] | None = None


def cause_of(last: Happening | None, exclusions: Iterable[ExclusionRow]) -> Cause:
    """What to ask, by what last came to nothing and by the person's exclusions.

    An exclusion from where it happened counts from its first day on, though it may be over since; where it
    did not come to a service, one that is in force on the day.
    """
    if last is None:
        return Cause.OTHER
    if last.ending in BARRED and any(_stands_behind(each, last) for each in exclusions):
        return Cause.EXCLUSION_TO_CHALLENGE
    return RULES[last.ending]


def _stands_behind(exclusion: ExclusionRow, last: Happening) -> bool:
    if last.service is None:
        return in_force(exclusion, last.day)
    service, provider, authority = last.service
    there = bars(exclusion, service_id=service, provider_id=provider, authority_id=authority)
    return there and exclusion.from_day <= last.day


def referral_ending(status: ReferralStatus, reason: EndReason | None, *, waited: bool) -> Ending:
    """How a referral ended, by its state, its reason, and whether it ever waited."""
    if status is ReferralStatus.DECLINED and reason is EndReason.RISK_NOT_MANAGEABLE:
        return Ending.DECLINED_FOR_RISK
    if status is ReferralStatus.DECLINED and reason is EndReason.NOT_ELIGIBLE:
        return Ending.NOT_ELIGIBLE
    if status is ReferralStatus.EXPIRED and reason is not EndReason.NOT_ANSWERED and waited:
        return Ending.EXPIRED_WAITING
    return Ending.REFERRAL_ENDED


def offer_ending(
    status: OfferStatus, side: Side | None, reason: RefusalReason | None, review: Review | None
) -> Ending:
    """How an offer came to nothing, by its state, whose reason it was, the reason, and what became of it."""
    if status is not OfferStatus.REFUSED or side is not Side.PROVIDER:
        return Ending.OFFER_ENDED
    if review is Review.OVERRULED:
        return Ending.REFUSAL_OVERRULED
    return Ending.REFUSED_FOR_RISK if reason in _RISKS else Ending.REFUSED_BY_PROVIDER
