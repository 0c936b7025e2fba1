"""Requests to re-designate units, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.design_system.spoken import spoken_code, spoken_moment
from api.pages.my_vacancies.views import GENDERS
from gateway.allocation_runs.tables import RedesignationRequestRow, RequestStatus
from gateway.directory.tables import UnitGender

ANSWERS: Mapping[RequestStatus, str] = {
    RequestStatus.ASKED: "Waits for your answer",
    RequestStatus.AGREED: "Agreed",
    RequestStatus.REFUSED: "Not agreed",
    RequestStatus.WITHDRAWN: "Taken back by the gateway",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSeen:
    """One request.

    wish
        Whom the unit would be for.
    """

    href: str
    unit: str
    service: str
    wish: str
    asked: str
    status: str
    waits: bool
    answer: str | None


@dataclass(frozen=True, slots=True)
class Requests:
    """A page of them."""

    requests: Sequence[RequestSeen]
    next: str | None
    first: str | None


def request_seen(row: RedesignationRequestRow, unit: str, service: str) -> RequestSeen:
    """One request; the pool asked for begins with whom it is for."""
    whom = row.to_pool.partition(":")[0]
    wish = GENDERS[UnitGender(whom)] if whom in set(UnitGender) else spoken_code(whom)
    return RequestSeen(
        href=f"/my-requests/{row.id}",
        unit=unit,
        service=service,
        wish=wish[:1].lower() + wish[1:],
        asked=spoken_moment(row.asked_at),
        status=ANSWERS[row.status],
        waits=row.status is RequestStatus.ASKED,
        answer=row.answer,
    )
