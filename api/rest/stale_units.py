"""Units that nobody has confirmed for a while: whom to chase."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import among_providers
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.values import Told
from gateway.directory.units import StaleService, stale_units
from gateway.local_day import local_day
from gateway.storage.work import Work

router = doors("vacancies")


class StaleUnitTold(Told):
    """A unit to ask about."""

    id: str
    name: str
    confirmed_at: datetime | None = Field(description="Null: nobody ever confirmed it.")


class StaleServiceTold(Told):
    """A service to chase, and which of its units: never confirmed first, then the oldest."""

    provider_id: str
    service_id: str
    name: str
    units: Sequence[StaleUnitTold]


@router.get(
    "/stale-units",
    summary="Units that nobody has confirmed for a while",
    response_model=Listing[StaleServiceTold],
    responses=declared(),
)
def list_stale_units(
    door: Annotated[Door, may(Permission.READ_VACANCIES)],
    hours: Annotated[int, Query(ge=0, le=8_784, description="Not confirmed for so many hours.")] = 24,
    after: After = None,
    size: Size = 50,
) -> Response:
    """Whole services, provider by provider, because one press confirms a service. A provider sees its own."""

    def question(work: Work) -> Listing[StaleServiceTold]:
        page = stale_units(
            work,
            door.at - timedelta(hours=hours),
            on=local_day(door.at),
            providers=among_providers(door.visitor, None),
            after=place_of(after, str, str),
            size=size,
        )
        return Listing(items=[_told(each) for each in page.services], next=next_page(page.next))

    return door.read(question)


def _told(found: StaleService) -> StaleServiceTold:
    return StaleServiceTold(
        provider_id=found.provider,
        service_id=found.service,
        name=found.name,
        units=[StaleUnitTold.model_validate(each) for each in found.units],
    )
