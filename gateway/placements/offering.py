"""Offering units to somebody. The database decides who was first; the other is told by whom."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.agreements.forbid import forbid_if_clause_forbids
from gateway.local_day import A_YEAR, local_day
from gateway.people.access import openable
from gateway.people.clusters import cluster
from gateway.people.tables import PersonRow
from gateway.placements.conflicts import AlreadyOffered, CannotBeLet, Holder, UnitTaken
from gateway.placements.hard_rules import forbid_if_hard_rule_forbids
from gateway.placements.holding import hold_for_offer, holders, holds_of_offer
from gateway.placements.lettable import UnitOnDay, against_letting, units_on
from gateway.placements.persons import standing_offer
from gateway.placements.states import NEXT_OFFER, OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.moving import move
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, IllegalMove, refuse
from gateway.storage.store import lost_unseen
from gateway.storage.work import LostRace, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be offered; the fields are `make_offer`'s."""

    units: tuple[str, ...]
    from_day: date
    answer_by: datetime | None
    proposal_id: str | None = None
    draft: bool = False


def make_offer(  # noqa: PLR0913  an offer has so many facts
    referral_id: str,
    unit_ids: Collection[str],
    *,
    from_day: date,
    answer_by: datetime | None,
    proposal_id: str | None = None,
    draft: bool = False,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> OfferRow:
    """Offer units of one service to somebody who waits, or who lives elsewhere and is to move.

    Whether the service suits the person is ruled by ``allocation.eligibility`` when a run proposes it; here
    only what would be wrong in any case is asked: that the units can be let on the day, that they are
    designated for the person, that no hard rule which was recorded forbids the place (where they are not
    safe, from whom they are kept apart, what bars them), and that an agreement allows it.

    Parameters
    ----------
    unit_ids
        As many as the household takes together, all of one service.
    from_day
        The first day on which they can move in; the units are held from then on.
    answer_by
        When the offer lapses by itself (``gateway.working_time.deadline`` counts it in working hours);
        ``None``: it does not.
    proposal_id
        The line of a run that it comes from. The same line again gives the offer that it has made already,
        whatever became of that, and writes nothing.
    draft
        Propose it only: the units are held and nobody is told yet.
    seen
        The version of the referral on which the offer rests.

    Raises
    ------
    Invalid
        If units are missing, unknown, repeated, of several services or not as many as the household takes,
        the first day is further away than a year, or the answer would be due before the offer is made.
    UnitTaken
        If somebody has one of the units on a day from ``from_day`` on.
    AlreadyOffered
        If the person has an offer that stands, under this referral or another.
    CannotBeLet
        If a unit is closed, out of use or designated for others on ``from_day``.
    HardRule
        If they are not safe there, are excluded, or somebody they must be kept apart from is there.
    ClauseForbids
        If with these units a group would hold more than an agreement gives it.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    if proposal_id is not None and (made := _made_from(work, proposal_id, referral_id)):
        return made
    referral = work.get(ReferralRow, referral_id, seen=seen)
    wanted = Wanted(
        units=tuple(unit_ids), from_day=from_day, answer_by=answer_by, proposal_id=proposal_id, draft=draft
    )
    return offer_units(referral, wanted, by=by, at=at, work=work)


def send_offer(
    offer_id: str,
    *,
    answer_by: datetime | None,
    seen: int | None = None,
    by: Actor,
    at: datetime,
    work: Work,
) -> OfferRow:
    """Make the offer that was proposed: the provider and the person are told, and the time to answer runs.

    Raises
    ------
    Invalid
        If the answer would be due before the offer is made.
    HardRule
        If what was recorded since it was proposed forbids the place.
    IllegalMove, NotFound, ChangedMeanwhile
        As everywhere.
    """
    offer = work.get(OfferRow, offer_id, seen=seen)
    refuse(_due_before(answer_by, at))
    turn(offer, OfferStatus.MADE)
    forbid_by_hard_rules(work, offer, at)
    offer.made_at, offer.answer_by = at, answer_by
    units = [hold.unit_id for hold in holds_of_offer(work, offer.id)]
    write(work, offer, what="offer made", by=by, at=at, about=subjects(offer, *units))
    return offer


def require(offer: OfferRow, to: OfferStatus) -> None:
    """Raise `IllegalMove` if the state that stands cannot be followed by this one."""
    if to not in NEXT_OFFER[offer.status]:
        raise IllegalMove("offer", offer.id, stands=offer.status, wanted=to)


def turn(offer: OfferRow, to: OfferStatus) -> None:
    """Set an offer's state; the caller writes it with its event.

    Raises
    ------
    IllegalMove
        If the state that stands cannot be followed by this one.
    """
    require(offer, to)
    offer.status = to


def subjects(offer: OfferRow, *more: str) -> list[str]:
    """Whom and what an event about an offer is about; ``more``: its units."""
    return [offer.id, offer.referral_id, offer.person_id, *more]


def offer_units(
    referral: ReferralRow,
    wanted: Wanted,
    *,
    by: Actor,
    at: datetime,
    work: Work,
) -> OfferRow:
    """Offer what is wanted, as `make_offer` does, which see."""
    person_ids = cluster(work, referral.person_id)
    if referral.status is ReferralStatus.OFFERED or len(person_ids) > 1:
        _refuse_second_offer(work, referral, person_ids)
    units = _units(work, referral, person_ids, wanted, at)
    offer = _new_offer(work, referral, units[0].service, wanted, at)
    forbid_by_hard_rules(work, offer, at)
    forbid_if_clause_forbids(
        work,
        service_id=offer.service_id,
        authority_id=referral.authority_id,
        units=len(units),
        from_day=wanted.from_day,
        people=person_ids,
    )
    unit_ids = [unit.id for unit in units]
    what, about = "offer proposed" if wanted.draft else "offer made", subjects(offer, *unit_ids)
    try:
        with work.attempt():
            move(referral, ReferralStatus.OFFERED, at=at)
            holds = hold_for_offer(work, offer, unit_ids, referral.authority_id)
            write(work, offer, *holds, referral, what=what, by=by, at=at, about=about)
    except IntegrityError as fault:
        return _who_was_first(work, referral, person_ids, wanted, fault, by=by, at=at)
    return offer


def forbid_by_hard_rules(work: Work, offer: OfferRow, at: datetime) -> None:
    """Raise `HardRule` if one forbids an offer on its first day, or today if that is over.

    So a rule that is recorded today counts today.
    """
    day = max(offer.from_day, local_day(at))
    forbid_if_hard_rule_forbids(work, person_id=offer.person_id, service_id=offer.service_id, from_day=day)


def forbid_second_offer(work: Work, referral: ReferralRow) -> None:
    """Raise `AlreadyOffered` if an offer of this referral stands; it comes before all else that is amiss."""
    if referral.status is ReferralStatus.OFFERED:
        _refuse_second_offer(work, referral, cluster(work, referral.person_id))


def _new_offer(work: Work, referral: ReferralRow, service_id: str, wanted: Wanted, at: datetime) -> OfferRow:
    return OfferRow(
        id=work.new_id("O"),
        referral_id=referral.id,
        person_id=referral.person_id,
        service_id=service_id,
        proposal_id=wanted.proposal_id,
        status=OfferStatus.PROPOSED if wanted.draft else OfferStatus.MADE,
        from_day=wanted.from_day,
        made_at=at,
        answer_by=wanted.answer_by,
    )


def _who_was_first(
    work: Work,
    referral: ReferralRow,
    person_ids: Collection[str],
    wanted: Wanted,
    fault: IntegrityError,
    *,
    by: Actor,
    at: datetime,
) -> OfferRow:
    if wanted.proposal_id is not None and (made := _made_from(work, wanted.proposal_id, referral.id)):
        return made
    if taken := holders(work, wanted.units, wanted.from_day):
        raise UnitTaken(_known(work, taken, by, at))
    _refuse_second_offer(work, referral, person_ids)
    if lost_unseen(fault):
        raise LostRace(f"who was first for {', '.join(wanted.units)} cannot be seen yet")
    raise fault


def _known(work: Work, taken: Sequence[Holder], by: Actor, at: datetime) -> list[Holder]:
    """Who has the units, without the referrals of people whose cases are closed to whoever asks."""
    query = select(ReferralRow.id, ReferralRow.person_id)
    query = query.where(ReferralRow.id.in_(sorted({each.referral for each in taken if each.referral})))
    of = {row.id: row.person_id for row in work.session.execute(query)}
    may_know = openable(work, sorted(set(of.values())), by, at)
    return [
        each if each.referral and of[each.referral] in may_know else replace(each, referral=None)
        for each in taken
    ]


def _refuse_second_offer(work: Work, referral: ReferralRow, person_ids: Collection[str]) -> None:
    stands = standing_offer(work, person_ids)
    if stands is not None:
        raise AlreadyOffered(referral.id, stands.id)


def _made_from(work: Work, proposal_id: str, referral_id: str) -> OfferRow | None:
    made = work.first(select(OfferRow).where(OfferRow.proposal_id == proposal_id))
    if made is not None and made.referral_id != referral_id:
        raise Conflict(f"Proposal {proposal_id} is of {made.referral_id}, not of {referral_id}.")
    return made


def _units(
    work: Work, referral: ReferralRow, person_ids: Collection[str], wanted: Wanted, at: datetime
) -> Sequence[UnitOnDay]:
    units = units_on(work, set(wanted.units), wanted.from_day)
    refuse(
        [
            *_unit_faults(referral, wanted.units, units),
            *_far_away(wanted.from_day, at),
            *_due_before(wanted.answer_by, at),
        ]
    )
    person = work.get(PersonRow, referral.person_id)
    why = against_letting(work, units, person_ids, person.gender, wanted.from_day)
    if why:
        raise CannotBeLet(why)
    return units


def _unit_faults(
    referral: ReferralRow, unit_ids: Collection[str], units: Sequence[UnitOnDay]
) -> Iterator[tuple[str, str]]:
    unknown = sorted(set(unit_ids) - {unit.id for unit in units})
    services = sorted({unit.service for unit in units})
    if len(set(unit_ids)) != len(unit_ids):
        yield "unit_ids", "names a unit twice"
    if unknown:
        yield "unit_ids", f"names {', '.join(unknown)}, which there is not"
    if len(services) > 1:
        yield "unit_ids", f"names units of several services: {', '.join(services)}"
    if len(unit_ids) != referral.units:
        yield "unit_ids", f"names {len(unit_ids)}, must name {referral.units}, as many as the household takes"


def _far_away(from_day: date, at: datetime) -> Iterator[tuple[str, str]]:
    if from_day > local_day(at) + A_YEAR:
        yield "from_day", f"is {from_day}, must be within a year"


def _due_before(answer_by: datetime | None, at: datetime) -> Iterator[tuple[str, str]]:
    if answer_by is not None and answer_by <= at:
        yield (
            "answer_by",
            f"is {answer_by.isoformat()}, must be after {at.isoformat()}, when the offer is made",
        )
