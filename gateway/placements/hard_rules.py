"""What forbids a place whatever else speaks for it: safety, separations, exclusions, when it is offered.

A run and a page asked all this when they proposed the place; between that and the offer somebody may have
recorded that the person is not safe there.
"""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select

from gateway.directory.tables import ServiceRow
from gateway.people.clusters import these
from gateway.people.exclusions import bars, exclusions_in_force
from gateway.people.safety import kept_apart_from, safety_areas_of
from gateway.placements.conflicts import ExcludedThere, NotSafeThere, SomebodyApartThere
from gateway.placements.tables import HoldRow
from gateway.storage.work import Work


def forbid_if_hard_rule_forbids(work: Work, *, person_id: str, service_id: str, from_day: date) -> None:
    """Refuse a place in a service from a day on, under whichever id of the person a rule was recorded.

    Raises
    ------
    NotSafeThere, ExcludedThere, SomebodyApartThere
        If the person is not safe in its authority or is barred from it, or somebody from whom they must be
        kept apart lives there or is offered it.
    """
    service = work.get(ServiceRow, service_id)
    if service.authority_id in safety_areas_of(work, [person_id], from_day)[person_id]:
        raise NotSafeThere(service_id, service.authority_id)
    scope = {"provider_id": service.provider_id, "authority_id": service.authority_id}
    barring = exclusions_in_force(work, [person_id], from_day)[person_id]
    if any(bars(each, service_id=service_id, **scope) for each in barring):
        raise ExcludedThere(service_id)
    if _any_there(work, kept_apart_from(work, person_id, from_day), service_id, from_day):
        raise SomebodyApartThere(service_id)


def _any_there(work: Work, people: Collection[str], service_id: str, from_day: date) -> bool:
    """Whether one of these people has a unit of the service on a day from this one on."""
    if not people:
        return False
    held = select(HoldRow.id).where(
        HoldRow.service_id == service_id,
        HoldRow.person_id.in_(these(work, people)),
        HoldRow.cancelled.is_(False),
        or_(HoldRow.until.is_(None), HoldRow.until > from_day),
    )
    return work.first(held) is not None
