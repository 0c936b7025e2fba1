"""Agreements between authorities: who is in them, what they cover, what was agreed and when."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach, agreements_of
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.listing import AfterText, Listing, PageSize, next_page, place_of
from api.rest.schedules import ScheduleTold, schedule_told
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Gss, Id, IdInPath, Line, StayTold, Told
from gateway.agreements.make import end_agreement, make_agreement
from gateway.agreements.reading import agreements_page, whole_agreement
from gateway.agreements.tables import AgreementKind, AgreementRow
from gateway.refusals import Conflict, NotFound
from gateway.stay import Stay
from gateway.storage.work import Work

router = doors("agreements")

READ, KEEP = Permission.READ_AGREEMENTS, Permission.KEEP_AGREEMENTS


class AgreementTold(StayTold):
    """An agreement and its term."""

    id: str
    version: int
    name: str
    kind: AgreementKind
    lead_id: str = Field(description="The lead authority (GSS code).")
    ended_on: date | None = Field(description="The first day without it, if it was ended before its term.")


class PartyTold(Told):
    """An authority that has entered it."""

    authority_id: str
    joined_on: date
    left_on: date | None = Field(description="Its first day outside; null: it is a party.")


class WholeAgreementTold(AgreementTold):
    """An agreement with all that was ever said in it."""

    parties: Sequence[PartyTold] = Field(description="Those who have left too.")
    services: Sequence[str]
    schedules: Sequence[ScheduleTold] = Field(description="The first one first; the last begun is in force.")


class AgreementMade(
    Asked,
    json_schema_extra={
        "examples": [
            {
                "name": "Hub services of Birmingham and Dudley",
                "kind": "joint_purchase",
                "lead_id": "E08000025",
                "parties": ["E08000025", "E08000027"],
                "services": ["S-7K3F92QDXM"],
                "from_day": "2026-04-01",
                "until": "2029-04-01",
            }
        ]
    },
):
    """An agreement to be made; what it says comes with its first schedule."""

    name: Line
    kind: AgreementKind
    lead_id: Gss
    parties: Sequence[Gss] = Field(min_length=1, max_length=60, description="The lead among them.")
    services: Sequence[Id] = Field(min_length=1, max_length=200)
    from_day: Day
    until: Day = Field(description="Half-open: the first day after its term.")


class AgreementEnded(Asked, json_schema_extra={"examples": [{"on": "2027-10-01"}]}):
    """When it ends."""

    on: Day = Field(description="The first day without it.")


class AgreementsSought(Asked):
    """Which agreements; what is left out is no choice."""

    kind: AgreementKind | None = None
    authority: Gss | None = Field(default=None, description="Entered by this authority.")
    service: Id | None = Field(default=None, description="Over this service.")
    in_force_on: Day | None = None
    after: AfterText = None
    size: PageSize = 50


@router.get("/agreements", summary="Agreements", response_model=Listing[AgreementTold], responses=declared())
def list_agreements(
    sought: Annotated[AgreementsSought, Query()], door: Annotated[Door, may(READ)]
) -> Response:
    """In the order of their names. A commissioner of one authority is told of those it has entered."""

    def question(work: Work) -> Listing[AgreementTold]:
        rows, beyond = agreements_page(
            work,
            agreements_of(door.visitor),
            kind=sought.kind,
            authority_id=sought.authority,
            service_id=sought.service,
            in_force_on=sought.in_force_on,
            after=place_of(sought.after, str, str),
            size=sought.size,
        )
        return Listing(items=[_told(row) for row in rows], next=next_page(beyond))

    return door.read(question)


@router.get(
    "/agreements/{agreement_id}",
    summary="An agreement with its parties, services and schedules",
    response_model=WholeAgreementTold,
    responses=declared(NotFound),
)
def read_agreement(agreement_id: IdInPath, door: Annotated[Door, may(READ)]) -> Response:
    """All that was ever said in it: who has left, and schedules that are over."""

    def question(work: Work) -> WholeAgreementTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        return whole_told(work, agreement_id)

    return door.read(question)


@router.post(
    "/agreements",
    summary="Make an agreement",
    status_code=201,
    response_model=WholeAgreementTold,
    responses=declared(Conflict),
)
def post_agreement(asked: AgreementMade, door: Annotated[Door, may(KEEP)]) -> Response:
    """Refused over direct access services, and over services bought jointly already."""

    def deed(work: Work) -> WholeAgreementTold:
        row = make_agreement(
            asked.name,
            kind=asked.kind,
            lead_id=asked.lead_id,
            parties=asked.parties,
            services=asked.services,
            term=Stay(asked.from_day, asked.until),
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return whole_told(work, row.id)

    return door.write(deed, status=201, location="/api/v1/agreements/{id}")


@router.post(
    "/agreements/{agreement_id}/end",
    summary="End an agreement before its term",
    response_model=WholeAgreementTold,
    responses=declared(*EDITS),
)
def post_end(
    agreement_id: IdInPath, asked: AgreementEnded, seen: Seen, door: Annotated[Door, may(KEEP)]
) -> Response:
    """The day given is the first without it."""

    def deed(work: Work) -> WholeAgreementTold:
        agreement_in_reach(work, door.visitor, agreement_id)
        actor, at = door.visitor.actor, door.at
        end_agreement(agreement_id, asked.on, seen=seen, by=actor, at=at, work=work)
        return whole_told(work, agreement_id)

    return door.write(deed)


def whole_told(work: Work, agreement_id: str) -> WholeAgreementTold:
    """An agreement as it is answered."""
    whole = whole_agreement(work, agreement_id)
    return WholeAgreementTold(
        **_told(whole.row).model_dump(),
        parties=[PartyTold.model_validate(each) for each in whole.parties],
        services=whole.services,
        schedules=[schedule_told(each) for each in whole.schedules],
    )


def _told(row: AgreementRow) -> AgreementTold:
    return AgreementTold.model_validate(row)
