"""Services: what is recorded of each, and to whom its place is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import may_see_place, refuse_disclosure, service_known, services_of
from api.access.visitor import Visitor
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.listing import AfterText, Listing, PageSize, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.values import Asked, Code, Day, Gss, Id, IdInPath, Latitude, Line, Longitude, Told, Words
from gateway.directory.adding import add_service
from gateway.directory.changing import change_service
from gateway.directory.service_details import OLDEST, ServiceDetails
from gateway.directory.services import ServiceFilters, ServiceRead, service_read, services_page
from gateway.directory.tables import ServiceTrait, Tier
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("directory")

READ, KEEP = Permission.READ_DIRECTORY, Permission.KEEP_DIRECTORY

Age = Annotated[int, Field(ge=0, le=OLDEST)]
Codes = Annotated[Sequence[Code], Field(max_length=50)]


class ServiceTold(Told):
    """A place, or a team, that gives support."""

    id: str
    version: int
    provider_id: str
    authority_id: str = Field(description="Where it stands (GSS code).")
    name: str
    tier: Tier
    lot: str
    place_told: bool = Field(
        description="Whether address and coordinates are told to you. Of a confidential service only to "
        "officers, duty managers and its own provider; null is then withheld, not unknown."
    )
    address: str | None
    latitude: float | None
    longitude: float | None
    confidential: bool
    direct_access: bool
    min_age: int | None = Field(description="Inclusive, in years; null: no limit.")
    max_age: int | None
    client_groups: Sequence[str] = Field(description="Whom it is for; empty: all.")
    cannot_manage: Sequence[str] = Field(description="Risks that it cannot manage.")
    features: Sequence[str]
    opens_on: date
    closes_on: date | None = Field(description="The first day on which it is closed; null: none is planned.")


class ServiceAdded(
    Asked,
    json_schema_extra={
        "examples": [
            {
                "provider_id": "V-7K3F92QDXM",
                "authority_id": "E08000025",
                "name": "Alder House",
                "tier": "hub",
                "lot": "complex-needs",
                "opens_on": "2026-04-01",
                "min_age": 18,
                "client_groups": ["single-homeless"],
                "features": ["step-free"],
            }
        ]
    },
):
    """A service to be recorded, without units yet."""

    provider_id: Id
    authority_id: Gss
    name: Line
    tier: Tier
    lot: Code
    address: Line | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    confidential: bool = False
    direct_access: bool = False
    min_age: Age | None = None
    max_age: Age | None = None
    client_groups: Codes = ()
    cannot_manage: Codes = ()
    features: Codes = ()
    opens_on: Day
    closes_on: Day | None = None


class ServiceChanged(
    Asked, json_schema_extra={"examples": [{"name": "Alder House", "max_age": None, "features": ["dogs"]}]}
):
    """What is to be otherwise; what is left out stays as it is, and null takes a value away."""

    provider_id: Id = Field(default_factory=str)
    authority_id: Gss = Field(default_factory=str)
    name: Line = Field(default_factory=str)
    tier: Tier = Field(default_factory=lambda: Tier.HUB)
    lot: Code = Field(default_factory=str)
    address: Line | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    confidential: bool = Field(default_factory=bool)
    direct_access: bool = Field(default_factory=bool)
    min_age: Age | None = None
    max_age: Age | None = None
    client_groups: Codes = Field(default_factory=tuple)
    cannot_manage: Codes = Field(default_factory=tuple)
    features: Codes = Field(default_factory=tuple)
    why: Words | None = Field(default=None, description="Why it is changed; kept sealed.")


class ServicesSought(Asked):
    """Which services; what is left out is no choice."""

    provider: list[Id] = Field(default=[], max_length=20)
    authority: list[Gss] = Field(default=[], max_length=60)
    tier: list[Tier] = Field(default=[], max_length=3)
    lot: list[Code] = Field(default=[], max_length=20)
    client_group: list[Code] = Field(
        default=[], max_length=20, description="It is for one of these, or for all."
    )
    feature: list[Code] = Field(default=[], max_length=20, description="It has each of these.")
    direct_access: bool | None = None
    confidential: bool | None = None
    open_on: Day | None = Field(default=None, description="Open on this day.")
    after: AfterText = None
    size: PageSize = 50

    def filters(self) -> ServiceFilters:
        """As the directory has them."""
        return ServiceFilters(
            providers=self.provider,
            authorities=self.authority,
            tiers=self.tier,
            lots=self.lot,
            client_groups=self.client_group,
            features=self.feature,
            direct_access=self.direct_access,
            confidential=self.confidential,
            open_on=self.open_on,
        )


@router.get("/services", summary="Services", response_model=Listing[ServiceTold], responses=declared())
def list_services(sought: Annotated[ServicesSought, Query()], door: Annotated[Door, may(READ)]) -> Response:
    """In the order of their names, closed ones too; a provider is told of its own."""

    def question(work: Work) -> Listing[ServiceTold]:
        found, beyond = services_page(
            work,
            sought.filters(),
            services_of(door.visitor),
            after=place_of(sought.after, str, str),
            size=sought.size,
        )
        items = [service_told(each, door.visitor) for each in found]
        return Listing(items=items, next=next_page(beyond))

    return door.read(question)


@router.get(
    "/services/{service_id}",
    summary="A service",
    response_model=ServiceTold,
    responses=declared(NotFound),
)
def read_service(service_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Another provider's service is not there for a provider."""

    def question(work: Work) -> ServiceTold:
        service_known(work, door.visitor, service_id)
        return service_told(service_read(work, service_id), door.visitor)

    return door.read(question)


@router.post(
    "/services",
    summary="Record a service",
    status_code=201,
    response_model=ServiceTold,
    responses=declared(),
)
def post_service(asked: ServiceAdded, door: Annotated[Door, may(KEEP)]) -> Response:
    """Without units yet. Of a confidential service coordinates are refused: its address is kept encrypted."""

    def deed(work: Work) -> ServiceTold:
        facts = asked.model_dump(exclude={"opens_on", "closes_on"})
        row = add_service(
            ServiceDetails(**_details(facts)),
            opens_on=asked.opens_on,
            closes_on=asked.closes_on,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return service_told(service_read(work, row.id), door.visitor)

    return door.write(deed, status=201, location="/api/v1/services/{id}")


@router.patch(
    "/services/{service_id}",
    summary="Change what is recorded of a service",
    response_model=ServiceTold,
    responses=declared(*EDITS),
)
def patch_service(
    service_id: IdInPath, asked: ServiceChanged, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """Whoever is not told its place leaves it as it is, and cannot open a confidential service."""

    def deed(work: Work) -> ServiceTold:
        service = service_known(work, door.visitor, service_id)
        changed = asked.model_dump(exclude_unset=True, exclude={"why"})
        refuse_disclosure(door.visitor, service, changed)
        details = replace(service_read(work, service_id).details(), **_details(changed))
        actor, at = door.visitor.actor, door.at
        change_service(service_id, details, seen=seen, why=asked.why, by=actor, at=at, work=work)
        return service_told(service_read(work, service_id), door.visitor)

    return door.write(deed)


def _details(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: frozenset(value) if name in _CODES else value for name, value in facts.items()}


_CODES = frozenset({"client_groups", "cannot_manage", "features"})


def service_told(read: ServiceRead, visitor: Visitor) -> ServiceTold:
    """A service as it is answered to somebody: its place only if they may see it."""
    row, told = read.row, may_see_place(visitor, read.row)
    return ServiceTold(
        id=row.id,
        version=row.version,
        provider_id=row.provider_id,
        authority_id=row.authority_id,
        name=row.name,
        tier=row.tier,
        lot=row.lot,
        place_told=told,
        address=row.address if told else None,
        latitude=row.latitude if told else None,
        longitude=row.longitude if told else None,
        confidential=row.confidential,
        direct_access=row.direct_access,
        min_age=row.min_age,
        max_age=row.max_age,
        client_groups=read.codes[ServiceTrait.CLIENT_GROUP],
        cannot_manage=read.codes[ServiceTrait.CANNOT_MANAGE],
        features=read.codes[ServiceTrait.FEATURE],
        opens_on=row.opens_on,
        closes_on=row.closes_on,
    )
