"""Providers: who runs services."""

from typing import Annotated

from fastapi import Response
from pydantic import Field
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import provider_known, providers_of
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, Line, Told
from gateway.directory.adding import add_provider
from gateway.directory.tables import ProviderRow
from gateway.refusals import NotFound
from gateway.storage.paging import page_of
from gateway.storage.work import Work

router = doors("directory")

READ, KEEP = Permission.READ_DIRECTORY, Permission.KEEP_DIRECTORY


class ProviderTold(Told):
    """An organisation that runs services."""

    id: str
    name: str
    in_house: bool = Field(description="The authority itself, under a service level agreement.")


class ProviderAdded(Asked, json_schema_extra={"examples": [{"name": "Alder Housing", "in_house": False}]}):
    """A provider to be recorded."""

    name: Line
    in_house: bool = False


@router.get("/providers", summary="Providers", response_model=Listing[ProviderTold], responses=declared())
def list_providers(door: Annotated[Door, may(READ)], after: After = None, size: Size = 50) -> Response:
    """In the order of their names; a provider is told of itself alone."""

    def question(work: Work) -> Listing[ProviderTold]:
        rows, beyond = page_of(
            work,
            select(ProviderRow).where(providers_of(door.visitor)),
            [ProviderRow.name, ProviderRow.id],
            after=place_of(after, str, str),
            size=size,
        )
        items = [ProviderTold.model_validate(row) for row in rows]
        return Listing(items=items, next=next_page(beyond))

    return door.read(question)


@router.get(
    "/providers/{provider_id}",
    summary="A provider",
    response_model=ProviderTold,
    responses=declared(NotFound),
)
def read_provider(provider_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Another provider is not there for a provider."""

    def question(work: Work) -> ProviderTold:
        return ProviderTold.model_validate(provider_known(work, door.visitor, provider_id))

    return door.read(question)


@router.post(
    "/providers",
    summary="Record a provider",
    status_code=201,
    response_model=ProviderTold,
    responses=declared(),
)
def post_provider(asked: ProviderAdded, door: Annotated[Door, may(KEEP)]) -> Response:
    """Its services are recorded each by itself."""

    def deed(work: Work) -> ProviderTold:
        actor = door.visitor.actor
        row = add_provider(asked.name, in_house=asked.in_house, by=actor, at=door.at, work=work)
        return ProviderTold.model_validate(row)

    return door.write(deed, status=201, location="/api/v1/providers/{id}")
