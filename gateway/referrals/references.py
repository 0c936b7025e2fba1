"""Whether the people, agencies, authorities and services that a form names are there."""

from collections.abc import Iterator

from sqlalchemy import select

from gateway.directory.tables import AuthorityRow, ServiceRow
from gateway.people.tables import PersonRow
from gateway.referrals.details import ReferralDetails
from gateway.referrals.tables import AgencyRow
from gateway.refusals import refuse
from gateway.storage.work import Work


def refuse_unknown(work: Work, details: ReferralDetails) -> None:
    """Raise `Invalid` naming every id in the form that nothing has."""
    refuse(_unknown(work, details))


def _unknown(work: Work, details: ReferralDetails) -> Iterator[tuple[str, str]]:
    if work.session.get(PersonRow, details.person_id) is None:
        yield "person_id", f"there is no person {details.person_id}"
    if work.session.get(AgencyRow, details.agency_id) is None:
        yield "agency_id", f"there is no agency {details.agency_id}"
    authority = details.authority_id
    if authority is not None and work.session.get(AuthorityRow, authority) is None:
        yield "authority_id", f"there is no authority {authority}"
    yield from _unknown_services(work, details)


def _unknown_services(work: Work, details: ReferralDetails) -> Iterator[tuple[str, str]]:
    current = () if details.current_service_id is None else (details.current_service_id,)
    named = {"wishes": details.wishes, "avoids": details.avoids, "current_service_id": current}
    wanted = {each for services in named.values() for each in services}
    if not wanted:
        return
    known = set(work.all(select(ServiceRow.id).where(ServiceRow.id.in_(sorted(wanted)))))
    for field, services in named.items():
        for each in services:
            if each not in known:
                yield field, f"there is no service {each}"
