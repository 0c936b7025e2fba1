"""Emergencies: declared, followed to the last person, ended; their board and their log."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Response
from pydantic import ConfigDict, Field

from api.access.permissions import Permission
from api.rest.door import Door, declared, may
from api.rest.filled_pages import dated_place, number_alone, shown
from api.rest.listing import After, Listing, Size, cursor
from api.rest.strict_requests import doors
from api.rest.values import Asked, Day, Id, IdInPath, Line, Told, Words
from gateway.allocation_runs import emergencies, run_lists
from gateway.allocation_runs.tables import EmergencyRow
from gateway.records.actor import Role
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("emergencies")

Manager = Annotated[Door, may(Permission.DECLARE_EMERGENCIES)]
Reader = Annotated[Door, may(Permission.READ_EMERGENCIES)]


class EmergencyAsked(Asked):
    """What has happened: services that close, or people who lose their places, on a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"title": "Provider closes", "closes_on": "2026-03-02", "services": ["S-7K3F92QDXM"]}
            ]
        }
    )

    title: Line = Field(description="In a few words, and without anybody's name.")
    closes_on: Day = Field(description="The day on which everybody must be out.")
    services: list[Id] = Field(default=[], max_length=500, description="Those that close.")
    referrals: list[Id] = Field(
        default=[], max_length=5_000, description="People who lose their place for another reason."
    )


class Affected(Asked):
    """People who lose their place too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"referrals": ["R-7K3F92QDXM"]}]})

    referrals: list[Id] = Field(min_length=1, max_length=5_000)


class Ended(Asked):
    """Why an emergency ends, if somebody has no place yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "The provider stays open."}]})

    why: Words | None = None


class EmergencyTold(Told):
    """Services close, or people lose their places, at once."""

    id: str
    version: int
    title: str
    declared_by: str
    declared_at: datetime
    closes_on: date
    ended_at: datetime | None
    services: Sequence[str] = Field(description="Those that close.")


class AddedTold(Told):
    """Who was not in the emergency before."""

    referrals: Sequence[str]


class PeopleTold(Told):
    """So many people; restricted cases are counted, and named only to whoever may open them."""

    count: int
    referrals: Sequence[str]


class BoardTold(Told):
    """Where everybody of an emergency stands."""

    without_a_place: PeopleTold = Field(description="Neither moved nor offered anything that stands.")
    offered: PeopleTold
    accepted: PeopleTold
    moved: PeopleTold
    ended: PeopleTold = Field(description="Their referral ended otherwise.")


class LoggedTold(Told):
    """One thing that was done."""

    number: int
    what: str
    actor: str
    role: Role
    happened_at: datetime
    referrals: Sequence[str] = Field(description="Whom of those affected it is about.")


@router.post(
    "/emergencies",
    summary="Declare an emergency",
    status_code=201,
    response_model=EmergencyTold,
    responses=declared(Conflict),
)
def declare(asked: EmergencyAsked, door: Manager) -> Response:
    """The services close on the day and everybody in them must leave; offers in them are withdrawn."""

    def deed(work: Work) -> EmergencyTold:
        row = emergencies.declare_emergency(
            asked.title,
            closes_on=asked.closes_on,
            services=asked.services,
            referrals=asked.referrals,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _told(work, [row])[0]

    return door.write(deed, status=201, location="/api/v1/emergencies/{id}")


@router.get(
    "/emergencies", summary="Emergencies", response_model=Listing[EmergencyTold], responses=declared()
)
def list_emergencies(door: Reader, after: After = None, size: Size = 50) -> Response:
    """The newest first."""
    place = dated_place(after)

    def question(work: Work) -> Listing[EmergencyTold]:
        found = run_lists.emergencies(work, after=place, limit=size + 1)
        items = found[:size]
        end = (items[-1].declared_at, items[-1].id) if len(found) > size else None
        return Listing(items=_told(work, items), next=shown(end))

    return door.read(question)


@router.get(
    "/emergencies/{emergency_id}",
    summary="One emergency",
    response_model=EmergencyTold,
    responses=declared(NotFound),
)
def read(emergency_id: IdInPath, door: Reader) -> Response:
    """What has happened, and which services close."""
    return door.read(lambda work: _told(work, [work.get(EmergencyRow, emergency_id)])[0])


@router.post(
    "/emergencies/{emergency_id}/affected",
    summary="Add people to an emergency",
    response_model=AddedTold,
    responses=declared(NotFound, Conflict),
)
def add(emergency_id: IdInPath, asked: Affected, door: Manager) -> Response:
    """Those who are in it already stay as they are; answers with who was added."""

    def deed(work: Work) -> AddedTold:
        added = emergencies.add_affected(
            emergency_id, asked.referrals, by=door.visitor.actor, at=door.at, work=work
        )
        return AddedTold(referrals=added)

    return door.write(deed)


@router.post(
    "/emergencies/{emergency_id}/end",
    summary="End an emergency",
    response_model=EmergencyTold,
    responses=declared(NotFound, Conflict),
)
def end(emergency_id: IdInPath, asked: Ended, door: Manager) -> Response:
    """While somebody has no place yet, only with a reason."""

    def deed(work: Work) -> EmergencyTold:
        row = emergencies.end_emergency(
            emergency_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work
        )
        return _told(work, [row])[0]

    return door.write(deed)


@router.get(
    "/emergencies/{emergency_id}/board",
    summary="Where everybody of an emergency stands",
    response_model=BoardTold,
    responses=declared(NotFound),
)
def board(emergency_id: IdInPath, door: Reader) -> Response:
    """Down to nobody without a place."""

    def question(work: Work) -> BoardTold:
        work.get(EmergencyRow, emergency_id)
        there = emergencies.board(work, emergency_id)
        lists = {name: getattr(there, name) for name in BoardTold.model_fields}
        everybody = {id for ids in lists.values() for id in ids}
        may_open = emergencies.openable_referrals(work, everybody, door.visitor.actor, door.at)
        return BoardTold(
            **{
                name: PeopleTold(count=len(ids), referrals=[id for id in ids if id in may_open])
                for name, ids in lists.items()
            }
        )

    return door.read(question)


@router.get(
    "/emergencies/{emergency_id}/log",
    summary="What was done in an emergency, and when",
    response_model=Listing[LoggedTold],
    responses=declared(NotFound),
)
def log(emergency_id: IdInPath, door: Reader, after: After = None, size: Size = 50) -> Response:
    """In order since it was declared: about it, its runs, and whom it affects."""
    number = number_alone(after)

    def question(work: Work) -> Listing[LoggedTold]:
        found = emergencies.log(work, emergency_id, after=number, limit=size + 1)
        items = found[:size]
        about = emergencies.referrals_in(work, emergency_id, items)
        everybody = {id for ids in about.values() for id in ids}
        may_open = emergencies.openable_referrals(work, everybody, door.visitor.actor, door.at)
        return Listing(
            items=[
                LoggedTold(
                    number=event.number,
                    what=event.what,
                    actor=event.actor,
                    role=event.role,
                    happened_at=event.happened_at,
                    referrals=[id for id in about[event.number] if id in may_open],
                )
                for event in items
            ],
            next=cursor(items[-1].number) if len(found) > size else None,
        )

    return door.read(question)


def _told(work: Work, rows: Sequence[EmergencyRow]) -> list[EmergencyTold]:
    closing = run_lists.services_closing(work, [row.id for row in rows])
    return [
        EmergencyTold(
            **{name: getattr(row, name) for name in EmergencyTold.model_fields if name != "services"},
            services=closing[row.id],
        )
        for row in rows
    ]
