"""Services and their places."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api.open_referral.answering import answered
from api.open_referral.asking import AskedServices
from api.open_referral.declaring import LIST, ONE
from api.open_referral.identifiers import uuid_of
from api.open_referral.shaping import (
    at_location_listed,
    at_location_whole,
    service_listed,
    service_whole,
)
from api.open_referral.told import (
    Listed,
    ServiceAtLocationListed,
    ServiceAtLocationWhole,
    ServiceListed,
    ServiceWhole,
)
from gateway.local_day import local_day
from gateway.monitoring.published_services import (
    Place,
    Published,
    Wanted,
    areas_of,
    capacities_of,
    codes_of,
    places_of,
    published,
    published_ids,
)
from gateway.refusals import NotFound
from gateway.storage.store import Store
from gateway.storage.work import Work

router = APIRouter(tags=["services"])


@router.get("/services", summary="Services", response_model=Listed[ServiceListed], responses=LIST)
def list_services(request: Request, asked: Annotated[AskedServices, Query()]) -> Response:
    """Services that are open or will open, by name."""
    store: Store = request.app.state.store
    on = local_day(store.clock())
    with store.reading() as work:
        wanted = asked.wanted(work, Wanted())
        total, found = _page(work, wanted, asked)
    contents = [service_listed(each, on) for each in found]
    return answered(request, asked.page_of(contents, total), changed_at=_latest(found))


@router.get("/services/{id}", summary="One service", response_model=ServiceWhole, responses=ONE)
def read_service(request: Request, id: UUID) -> Response:
    """All that is told of it: whom it is for, how many places are empty, and where it is unless hidden."""
    store: Store = request.app.state.store
    with store.reading() as work:
        service = _service(work, "service", id)
        whole, _ = _whole(work, service, store.clock())
    return answered(request, whole, changed_at=service.changed_at)


@router.get(
    "/service_at_locations",
    summary="Places of services",
    response_model=Listed[ServiceAtLocationListed],
    responses=LIST,
)
def list_places(request: Request, asked: Annotated[AskedServices, Query()]) -> Response:
    """Where services are whose place is public; a confidential service is never among them."""
    store: Store = request.app.state.store
    on = local_day(store.clock())
    with store.reading() as work:
        wanted = asked.wanted(work, Wanted(with_place=True))
        total, found = _page(work, wanted, asked)
        places = places_of(work, [each.id for each in found])
    contents = [at_location_listed(each, places[each.id], on) for each in found]
    return answered(request, asked.page_of(contents, total), changed_at=_latest(found))


@router.get(
    "/service_at_locations/{id}",
    summary="One place of a service",
    response_model=ServiceAtLocationWhole,
    responses=ONE,
)
def read_place(request: Request, id: UUID) -> Response:
    """A place, and the service that is there."""
    store: Store = request.app.state.store
    with store.reading() as work:
        service = _service(work, "service_at_location", id)
        whole, place = _whole(work, service, store.clock())
    if place is None:
        raise NotFound("service_at_location", str(id))
    return answered(request, at_location_whole(service, place, whole), changed_at=service.changed_at)


def _page(work: Work, wanted: Wanted | None, asked: AskedServices) -> tuple[int, tuple[Published, ...]]:
    if wanted is None:
        return 0, ()
    on = local_day(work.clock())
    return published(work, wanted, on=on, first=asked.first, size=asked.per_page)


def _service(work: Work, kind: str, uuid: UUID) -> Published:
    """The service of which ``uuid`` is a record; what is hidden is refused as what is not there."""
    on = local_day(work.clock())
    id = next((each for each in published_ids(work, on=on) if uuid_of(kind, each) == uuid), None)
    if id is None:
        raise NotFound(kind, str(uuid))
    _, (service,) = published(work, Wanted(ids=[id]), on=on, first=0, size=1)
    return service


def _whole(work: Work, service: Published, at: datetime) -> tuple[ServiceWhole, Place | None]:
    on = local_day(at)
    place = places_of(work, [service.id]).get(service.id)
    whole = service_whole(
        service,
        on=on,
        at=at,
        codes=codes_of(work, [service.id]).get(service.id, ()),
        areas=areas_of(work, service),
        place=place,
        capacities=capacities_of(work, service, on=on),
    )
    return whole, place


def _latest(found: tuple[Published, ...]) -> datetime | None:
    return max((each.changed_at for each in found if each.changed_at), default=None)
