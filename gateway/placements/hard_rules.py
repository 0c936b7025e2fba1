"""What forbids a place whatever else speaks for it: safety, separations, exclusions, when it is offered.

A run and a page asked all this when they proposed the place; between that and the offer somebody may have
recorded that the person is not safe there.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from sqlalchemy import or_, select

from gateway.directory.tables import ServiceRow
from gateway.people.clusters import these
from gateway.people.exclusions import bars, exclusions_in_force
from gateway.people.safety import kept_apart, safety_areas_of
from gateway.placements.conflicts import (
    ExcludedThere,
    HardRule,
    NotSafeThere,
    SomebodyApartThere,
    SomebodyApartToCome,
)
from gateway.placements.tables import HoldRow
from gateway.storage.work import Work

Wanted = tuple[str, str]
"""A person, and a service in which they would have a place."""

NOBODY: Collection[Wanted] = frozenset()


def forbid_if_hard_rule_forbids(work: Work, *, person_id: str, service_id: str, from_day: date) -> None:
    """Refuse a place in a service from a day on, under whichever id of the person a rule was recorded.

    Raises
    ------
    NotSafeThere, ExcludedThere, SomebodyApartThere
        If the person is not safe in its authority or is barred from it, or somebody from whom they must be
        kept apart lives there or is offered it.
    """
    wanted = person_id, service_id
    found = what_forbids(work, [wanted], {service_id: work.get(ServiceRow, service_id)}, from_day)
    if wanted in found:
        raise found[wanted]


def what_forbids(
    work: Work,
    wanted: Collection[Wanted],
    services: Mapping[str, ServiceRow],
    day: date,
    *,
    leaving: Collection[Wanted] = NOBODY,
    coming: Collection[Wanted] = NOBODY,
) -> Mapping[Wanted, HardRule]:
    """The first rule that forbids each of these places from a day on; in at most five queries for all.

    Parameters
    ----------
    services
        Those wanted, by id.
    leaving
        Referrals and the service that each is to leave first: who has a place there by one is not in the way.
    coming
        Who is to have a place in which service besides those who have one.
    """
    people = {person for person, _ in wanted}
    unsafe = safety_areas_of(work, people, day)
    barring = exclusions_in_force(work, people, day)
    apart = kept_apart(work, people, day)
    there = _there(work, {id for ids in apart.values() for id in ids}, services, day, leaving)

    def rules(person: str, service: ServiceRow) -> Iterator[HardRule]:
        scope = {"provider_id": service.provider_id, "authority_id": service.authority_id}
        if service.authority_id in unsafe[person]:
            yield NotSafeThere(service.id, service.authority_id)
        if any(bars(each, service_id=service.id, **scope) for each in barring[person]):
            yield ExcludedThere(service.id)
        if any((other, service.id) in there for other in apart[person]):
            yield SomebodyApartThere(service.id)
        if any((other, service.id) in coming for other in apart[person]):
            yield SomebodyApartToCome(service.id)

    first = {each: next(rules(each[0], services[each[1]]), None) for each in wanted}
    return {each: rule for each, rule in first.items() if rule is not None}


def _there(
    work: Work, people: Collection[str], services: Collection[str], day: date, leaving: Collection[Wanted]
) -> frozenset[Wanted]:
    """Which of these people have a unit of which of the services on a day from this one on."""
    if not people:
        return frozenset()
    held = select(HoldRow.person_id, HoldRow.service_id, HoldRow.referral_id).where(
        HoldRow.person_id.in_(these(work, people)),
        HoldRow.service_id.in_(these(work, services)),
        HoldRow.cancelled.is_(False),
        or_(HoldRow.until.is_(None), HoldRow.until > day),
    )
    return frozenset(
        (person, service)
        for person, service, referral in work.session.execute(held)
        if (referral, service) not in leaving
    )
