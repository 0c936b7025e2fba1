"""Agencies, and which of them are designated to refer."""

from typing import Annotated

from fastapi import Response
from pydantic import Field
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import agencies_of, agency_known
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, next_page, place_of
from api.rest.strict_requests import doors
from api.rest.values import Asked, Gss, IdInPath, Line, ShortLine, Told, Words
from gateway.referrals.agencies import add_agency, designate_agency
from gateway.referrals.tables import AgencyRow
from gateway.refusals import NotFound
from gateway.storage.paging import page_of
from gateway.storage.work import Work

router = doors("directory")

READ, KEEP = Permission.READ_DIRECTORY, Permission.KEEP_DIRECTORY


class AgencyTold(Told):
    """Who may refer, if it is designated."""

    id: str
    name: str
    kind: str
    authority_id: str | None = Field(description="Which authority names it; null: no one authority.")
    designated: bool


class AgencyAdded(
    Asked, json_schema_extra={"examples": [{"name": "Probation, Birmingham", "kind": "probation"}]}
):
    """An agency to be recorded."""

    name: Line
    kind: ShortLine
    authority_id: Gss | None = None
    designated: bool = True


class DesignationSet(
    Asked, json_schema_extra={"examples": [{"designated": False, "why": "The service was closed."}]}
):
    """Whether it may refer from now on, and why."""

    designated: bool
    why: Words


@router.get("/agencies", summary="Agencies", response_model=Listing[AgencyTold], responses=declared())
def list_agencies(door: Annotated[Door, may(READ)], after: After = None, size: Size = 50) -> Response:
    """In the order of their names; a referrer is told of their own."""

    def question(work: Work) -> Listing[AgencyTold]:
        rows, beyond = page_of(
            work,
            select(AgencyRow).where(agencies_of(door.visitor)),
            [AgencyRow.name, AgencyRow.id],
            after=place_of(after, str, str),
            size=size,
        )
        items = [AgencyTold.model_validate(row) for row in rows]
        return Listing(items=items, next=next_page(beyond))

    return door.read(question)


@router.get(
    "/agencies/{agency_id}", summary="An agency", response_model=AgencyTold, responses=declared(NotFound)
)
def read_agency(agency_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """Another agency is not there for a referrer."""

    def question(work: Work) -> AgencyTold:
        return AgencyTold.model_validate(agency_known(work, door.visitor, agency_id))

    return door.read(question)


@router.post(
    "/agencies",
    summary="Record an agency",
    status_code=201,
    response_model=AgencyTold,
    responses=declared(),
)
def post_agency(asked: AgencyAdded, door: Annotated[Door, may(KEEP)]) -> Response:
    """It may refer from now on, unless it says otherwise."""

    def deed(work: Work) -> AgencyTold:
        row = add_agency(
            asked.name,
            kind=asked.kind,
            authority_id=asked.authority_id,
            designated=asked.designated,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return AgencyTold.model_validate(row)

    return door.write(deed, status=201, location="/api/v1/agencies/{id}")


@router.put(
    "/agencies/{agency_id}/designation",
    summary="Whether an agency may refer",
    response_model=AgencyTold,
    responses=declared(NotFound),
)
def put_designation(agency_id: IdInPath, asked: DesignationSet, door: Annotated[Door, may(KEEP)]) -> Response:
    """What it has referred goes on either way."""

    def deed(work: Work) -> AgencyTold:
        agency_known(work, door.visitor, agency_id)
        row = designate_agency(
            agency_id,
            designated=asked.designated,
            why=asked.why,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return AgencyTold.model_validate(row)

    return door.write(deed)
