"""Everybody of an emergency: who would be in it, and where each stands; columns only, a few queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Select, func, or_, select

from gateway.allocation_runs.places import holds_after
from gateway.allocation_runs.tables import AffectedRow, EmergencyServiceRow, ProposalRow, ProposalStatus
from gateway.people.clusters import these
from gateway.placements.states import HOLDING, OfferStatus, PlacementStatus
from gateway.placements.tables import HoldKind, HoldRow, OfferRow, PlacementRow
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triage_list import SCORED_FROM
from gateway.storage.work import Work


class Stands(StrEnum):
    """Where somebody of an emergency stands.

    WITHOUT_A_PLACE
        Neither moved nor offered anything that stands.
    OFFERED, ACCEPTED
        An offer waits for an answer; it was accepted and the move is to come.
    MOVED
        They live in a service that does not close.
    ENDED
        Their referral ended otherwise (withdrawn, closed, died).
    """

    WITHOUT_A_PLACE = "without_a_place"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    MOVED = "moved"
    ENDED = "ended"


STILL_LOOKING = frozenset(
    {
        ReferralStatus.SUBMITTED,
        ReferralStatus.IN_TRIAGE,
        ReferralStatus.MORE_ASKED,
        ReferralStatus.WAITING,
        ReferralStatus.PLACED,
        ReferralStatus.PARKED,
    }
)
"""States of people for whom a place must still be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody of an emergency, and where they stand.

    band
        The one that counts; ``None``: not assessed at all.
    scored
        Whether both score and band are known.
    home, offered
        The service where they live, and the one whose offer stands.
    """

    referral: str
    person: str
    band: int | None
    scored: bool
    stands: Stands
    home: str | None
    offered: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Somebody who would be in an emergency; ``service``: the one they live in, if it is one that closes."""

    referral: str
    person: str
    band: int | None
    scored: bool
    service: str | None


def standings(work: Work, emergency_id: str) -> Sequence[Standing]:
    """Where everybody stands, in the order of referrals' ids; four queries."""
    affected = select(AffectedRow.referral_id).where(AffectedRow.emergency_id == emergency_id)
    of_it = EmergencyServiceRow.emergency_id == emergency_id
    closing = set(work.all(select(EmergencyServiceRow.service_id).where(of_it)))
    live = (OfferRow.referral_id.in_(affected), OfferRow.status.in_(sorted(HOLDING)))
    offers = {
        referral: (status, service)
        for referral, status, service in work.session.execute(
            select(OfferRow.referral_id, OfferRow.status, OfferRow.service_id).where(*live)
        )
    }
    lives = (PlacementRow.referral_id.in_(affected), PlacementRow.status == PlacementStatus.LIVING)
    homes = dict(
        work.session.execute(select(PlacementRow.referral_id, PlacementRow.service_id).where(*lives)).all()
    )
    found = []
    for referral, person, band, rank, status, must_leave in work.session.execute(_people(affected)):
        offer, offered = offers.get(referral, (None, None))
        home = homes.get(referral)
        safe = home is not None and home not in closing and not must_leave
        found.append(
            Standing(
                referral=referral,
                person=person,
                band=band,
                scored=rank >= SCORED_FROM,
                stands=_stands(status, offer, is_safe=safe),
                home=home,
                offered=offered,
            )
        )
    return found


def _people(affected: Select[str]) -> Select[str, str, int | None, int, ReferralStatus, bool]:
    return (
        select(
            ReferralRow.id,
            ReferralRow.person_id,
            ReferralRow.band,
            ReferralRow.triage_rank,
            ReferralRow.status,
            ReferralRow.must_leave,
        )
        .where(ReferralRow.id.in_(affected))
        .order_by(ReferralRow.id)
    )


def who_would_leave(
    work: Work, services: Collection[str], referrals: Collection[str], day: date
) -> Sequence[Leaving]:
    """Whoever would lose their place if these services closed on the day, and these people left anyway.

    The highest band first, unscored ones before all, then in the order of triage; two queries.
    """
    living = living_in(services, day)
    homes: dict[str, str] = dict(work.session.execute(living.add_columns(HoldRow.service_id)).all())
    query = (
        select(ReferralRow.id, ReferralRow.person_id, ReferralRow.band, ReferralRow.triage_rank)
        .where(or_(ReferralRow.id.in_(living), ReferralRow.id.in_(these(work, referrals))))
        .order_by(ReferralRow.triage_rank, ReferralRow.id)
    )
    return [
        Leaving(
            referral=referral,
            person=person,
            band=band,
            scored=rank >= SCORED_FROM,
            service=homes.get(referral),
        )
        for referral, person, band, rank in work.session.execute(query)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineThere:
    """What a run proposes for somebody; ``service`` ``None``: no place was found, ``reason`` is why."""

    id: str
    status: ProposalStatus
    service: str | None
    reason: str | None


def lines_for(work: Work, run_id: str, referrals: Collection[str]) -> Mapping[str, LineThere]:
    """What a run proposes for each of these referrals that it has a line for; one query."""
    query = select(
        ProposalRow.referral_id,
        ProposalRow.id,
        ProposalRow.status,
        func.coalesce(ProposalRow.chosen_service_id, ProposalRow.service_id),
        ProposalRow.reason,
    ).where(ProposalRow.run_id == run_id, ProposalRow.referral_id.in_(these(work, referrals)))
    return {
        referral: LineThere(id=id, status=status, service=service, reason=reason)
        for referral, id, status, service, reason in work.session.execute(query)
    }


def proposed_in(work: Work, run_id: str, emergency_id: str) -> int:
    """For how many people of an emergency a run proposes a place."""
    affected = select(AffectedRow.referral_id).where(AffectedRow.emergency_id == emergency_id)
    query = select(func.count(ProposalRow.service_id)).where(
        ProposalRow.run_id == run_id, ProposalRow.referral_id.in_(affected)
    )
    return work.first(query) or 0


def living_in(services: Collection[str], day: date) -> Select[str]:
    """The referrals of whoever lives there on the day or later."""
    return select(HoldRow.referral_id).where(
        HoldRow.service_id.in_(sorted(services)), HoldRow.kind == HoldKind.LIVING, holds_after(day)
    )


def offered_in(work: Work, services: Collection[str]) -> Sequence[str]:
    """Offers that stand in services which will not be there."""
    there = (OfferRow.service_id.in_(sorted(services)), OfferRow.status.in_(sorted(HOLDING)))
    return work.all(select(OfferRow.id).where(*there).order_by(OfferRow.id))


def _stands(status: ReferralStatus, offer: OfferStatus | None, *, is_safe: bool) -> Stands:
    if offer is OfferStatus.ACCEPTED:
        return Stands.ACCEPTED
    if offer is not None:
        return Stands.OFFERED
    if is_safe:
        return Stands.MOVED
    return Stands.WITHOUT_A_PLACE if status in STILL_LOOKING else Stands.ENDED
