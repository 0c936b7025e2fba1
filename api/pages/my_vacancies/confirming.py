"""All units of a provider on one screen, and one press that says that all of it is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response

from api.access.reach import service_in_reach
from api.design_system.spoken import counted
from api.pages.my_vacancies.handlers import ProviderDoor
from api.pages.my_vacancies.leaves import Leaf
from api.pages.my_vacancies.list_views import SEPARATOR, MyVacancies, my_vacancies, otherwise
from api.pages.page_door import PageDoor
from api.rest.values import ID_PATTERN
from gateway.directory.confirming import StandsOtherwise, confirm_units, standing_units
from gateway.directory.naming import services_kept
from gateway.directory.tables import ServiceRow
from gateway.directory.vacancies import vacancies
from gateway.local_day import local_day
from gateway.stay import Stay
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

OfService: TypeAlias = Annotated[str | None, Query(pattern=ID_PATTERN)]
"""The page on which this service stands."""

PageNumber = Annotated[int, Query(ge=1, le=10_000)]

Find: TypeAlias = Annotated[str, Query(max_length=100)]
"""Words in the names of services."""


@router.get("/my-vacancies")
def show_my_vacancies(
    door: ProviderDoor, page: PageNumber = 1, of: OfService = None, find: Find = ""
) -> Response:
    """Every unit of the provider as it is today, whole services to a page."""
    today = local_day(door.at)

    def question(work: Work) -> MyVacancies:
        kept = services_kept(work, today, provider=door.visitor.provider_id, called=find.strip())
        here = Leaf.of(kept, page, of=of, find=find.strip())
        units = vacancies(work, Stay(today, None), services=here.to_look_at).units
        return my_vacancies(units, today, here)

    view = door.read(question)
    heading = "Vacancies" if door.visitor.provider_id is None else "My vacancies"
    return door.show("my_vacancies/list.html", title=heading, heading=heading, view=view)


@router.post("/my-vacancies/confirm")
def confirm(door: ProviderDoor) -> Response:
    """One press: all that stands of these services is true, if it is what was seen of each; else of none."""
    seen = dict(each.partition(SEPARATOR)[::2] for each in door.form.every("service"))
    by = door.visitor.actor

    def deed(work: Work) -> Sequence[Confirmed]:
        return [
            Confirmed(
                service=service_in_reach(work, door.visitor, id),
                units=len(confirm_units(id, seen=stands, by=by, at=door.at, work=work)),
            )
            for id, stands in sorted(seen.items())
        ]

    try:
        done = door.does_once(deed, _where)
    except StandsOtherwise as other:
        return _stands_otherwise(door, other.id)
    return door.go(_where(done), said=_said(done))


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A service, and how many of its units were confirmed."""

    service: ServiceRow
    units: int


def _where(done: Sequence[Confirmed]) -> str:
    return f"/my-vacancies?of={done[0].service.id}" if done else "/my-vacancies"


def _said(done: Sequence[Confirmed]) -> str:
    units = counted(sum(each.units for each in done), "unit")
    if len(done) == 1:
        return f"{done[0].service.name}: {units} confirmed."
    return f"{units} of {counted(len(done), 'service')} confirmed."


def _stands_otherwise(door: PageDoor, service_id: str) -> Response:
    """What stands of the service beside what was seen of it; of no other was anything confirmed either."""

    def question(work: Work) -> list[tuple[str, str, str]]:
        service = service_in_reach(work, door.visitor, service_id)
        units = standing_units(work, service_id, door.at)
        return otherwise(units, door.form.every(f"said-{service_id}"), service.name, local_day(door.at))

    return door.both_versions(door.read(question), again=f"/my-vacancies?of={service_id}")
