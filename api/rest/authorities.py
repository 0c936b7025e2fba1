"""Authorities of the partnership and around it: their roles, and who touches whom."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.values import Asked, Gss, GssInPath, Latitude, Longitude, ShortLine, Told, Words
from gateway.directory.adding import add_authority
from gateway.directory.authorities import authorities_page, neighbours_of
from gateway.directory.changing import set_neighbours, set_role
from gateway.directory.tables import AuthorityRow, PartnershipRole
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("directory")

READ, KEEP = Permission.READ_DIRECTORY, Permission.KEEP_DIRECTORY


class AuthorityTold(Told):
    """A council, under its GSS code."""

    id: str = Field(examples=["E08000025"])
    name: str
    role: PartnershipRole
    latitude: float | None
    longitude: float | None
    neighbours: Sequence[str] = Field(description="Codes of the authorities that touch it.")


class AuthorityAdded(
    Asked, json_schema_extra={"examples": [{"gss": "E08000025", "name": "Birmingham", "role": "primary"}]}
):
    """An authority to be recorded."""

    gss: Gss
    name: ShortLine
    role: PartnershipRole
    latitude: Latitude | None = None
    longitude: Longitude | None = None


class RoleSet(Asked, json_schema_extra={"examples": [{"role": "secondary", "why": "Named neighbour."}]}):
    """How an authority stands to the partnership from now on, and why."""

    role: PartnershipRole
    why: Words


class NeighboursSet(Asked, json_schema_extra={"examples": [{"neighbours": ["E08000027", "E08000030"]}]}):
    """All authorities that touch it; the others do not."""

    neighbours: Sequence[Gss] = Field(max_length=60)


@router.get(
    "/authorities",
    summary="Authorities",
    response_model=Listing[AuthorityTold],
    responses=declared(),
)
def list_authorities(door: Annotated[Door, may(READ)], after: After = None, size: Size = 50) -> Response:
    """All of them, in the order of their names."""

    def question(work: Work) -> Listing[AuthorityTold]:
        rows, beyond = authorities_page(work, after=place_of(after, str, str), size=size)
        return Listing(items=_told(work, rows), next=next_page(beyond))

    return door.read(question)


@router.get(
    "/authorities/{gss}",
    summary="An authority",
    response_model=AuthorityTold,
    responses=declared(NotFound),
)
def read_authority(gss: GssInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Its role, and who touches it."""
    return door.read(lambda work: _one(work, work.get(AuthorityRow, gss)))


@router.post(
    "/authorities",
    summary="Record an authority",
    status_code=201,
    response_model=AuthorityTold,
    responses=declared(Conflict),
)
def post_authority(asked: AuthorityAdded, door: Annotated[Door, may(KEEP)]) -> Response:
    """Under its GSS code (ONS)."""

    def deed(work: Work) -> AuthorityTold:
        row = add_authority(
            asked.gss,
            name=asked.name,
            role=asked.role,
            latitude=asked.latitude,
            longitude=asked.longitude,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _one(work, row)

    return door.write(deed, status=201, location="/api/v1/authorities/{id}")


@router.put(
    "/authorities/{gss}/role",
    summary="How an authority stands to the partnership",
    response_model=AuthorityTold,
    responses=declared(NotFound),
)
def put_role(gss: GssInPath, asked: RoleSet, door: Annotated[Door, may(KEEP)]) -> Response:
    """Primary, secondary or other (West London protocol, schedule 5)."""

    def deed(work: Work) -> AuthorityTold:
        row = set_role(gss, asked.role, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return _one(work, row)

    return door.write(deed)


@router.put(
    "/authorities/{gss}/neighbours",
    summary="Which authorities touch one",
    response_model=AuthorityTold,
    responses=declared(NotFound),
)
def put_neighbours(gss: GssInPath, asked: NeighboursSet, door: Annotated[Door, may(KEEP)]) -> Response:
    """All of them; it holds in both directions."""

    def deed(work: Work) -> AuthorityTold:
        row = set_neighbours(gss, asked.neighbours, by=door.visitor.actor, at=door.at, work=work)
        return _one(work, row)

    return door.write(deed)


def _one(work: Work, row: AuthorityRow) -> AuthorityTold:
    return _told(work, [row])[0]


def _told(work: Work, rows: Sequence[AuthorityRow]) -> list[AuthorityTold]:
    touching = neighbours_of(work, [row.id for row in rows])
    return [
        AuthorityTold(
            id=row.id,
            name=row.name,
            role=row.role,
            latitude=row.latitude,
            longitude=row.longitude,
            neighbours=touching.get(row.id, ()),
        )
        for row in rows
    ]
