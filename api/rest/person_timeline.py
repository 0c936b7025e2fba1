"""What was done about a person, and how often they came, over HTTP."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import person_in_reach
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import Day, IdInPath, Told
from gateway.local_day import local_day
from gateway.monitoring.repeat_presentations import (
    AT_LEAST,
    WINDOW_DAYS,
    RepeatPresenter,
    presentations_of,
    repeat_presentations,
)
from gateway.monitoring.what_happened_last import Cause, Ending
from gateway.people.history import Done, history
from gateway.records.actor import Role
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("people")

AsOf = Annotated[Day | None, Query(description="The last day of the window; today, if it is left out.")]
WindowDays = Annotated[int, Query(ge=1, le=3_660, description="How many days the window has.")]
AtLeast = Annotated[int, Query(ge=1, le=100, description="How often somebody must have come.")]


class DoneTold(Told):
    """One thing that was done."""

    number: int
    what: str = Field(examples=["exclusion imposed"])
    actor: str = Field(description="Whose account, or `clockwork`.")
    role: Role
    happened_at: datetime
    recorded_at: datetime
    why: str | None = Field(
        description="The reason; null too if it is also about somebody whose case is closed to you."
    )


class TimesReferredTold(Told):
    """An agency, and how often it referred the person."""

    agency_id: str
    times: int


class HappenedTold(Told):
    """What last came to nothing."""

    day: date
    subject: str = Field(description="The referral, offer or placement.")
    ending: Ending


class PresenterTold(Told):
    """How often somebody came in the window, from where, and what to ask about it."""

    person_id: str
    days: Sequence[date]
    agencies: Sequence[TimesReferredTold]
    last: HappenedTold | None
    cause: Cause


@router.get(
    "/people/{person_id}/timeline",
    summary="What was done about a person",
    response_model=Listing[DoneTold],
    responses=declared(NotFound, Conflict),
)
def read_timeline(
    person_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_PEOPLE)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """Under any of their ids, the newest first; that it was read is recorded."""

    def question(work: Work) -> Listing[DoneTold]:
        person_in_reach(work, door.visitor, person_id)
        place = place_of(after, int)
        found = history(
            person_id,
            before=None if place is None else int(str(place[0])),
            most=size + 1,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _page(found, size)

    return door.look(question)


def _page(found: Sequence[Done], size: int) -> Listing[DoneTold]:
    here = found[:size]
    more = len(found) > size
    return Listing(
        items=[DoneTold.model_validate(each) for each in here],
        next=cursor(here[-1].number) if more else None,
    )


@router.get(
    "/people/{person_id}/presentations",
    summary="How often a person came",
    response_model=PresenterTold,
    responses=declared(NotFound, Conflict),
)
def read_presentations(
    person_id: IdInPath,
    door: Annotated[Door, may(Permission.READ_PEOPLE)],
    as_of: AsOf = None,
    window_days: WindowDays = WINDOW_DAYS,
) -> Response:
    """In the window, from where, and what happened last; that it was read is recorded."""

    def question(work: Work) -> PresenterTold:
        person_in_reach(work, door.visitor, person_id)
        found = presentations_of(
            person_id,
            as_of=as_of or local_day(door.at),
            window_days=window_days,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return _presenter_told(found)

    return door.look(question)


@router.get(
    "/repeat-presentations",
    summary="Who comes back",
    response_model=Listing[PresenterTold],
    responses=declared(),
)
def list_repeat_presentations(
    door: Annotated[Door, may(Permission.READ_PEOPLE)],
    as_of: AsOf = None,
    window_days: WindowDays = WINDOW_DAYS,
    at_least: AtLeast = AT_LEAST,
    after: After = None,
    size: Size = 50,
) -> Response:
    """The most often first, then who came last, then by id."""

    def question(work: Work) -> Listing[PresenterTold]:
        place = place_of(after, int, int, str)
        found = repeat_presentations(
            work,
            as_of=as_of or local_day(door.at),
            window_days=window_days,
            at_least=at_least,
            by=door.visitor.actor,
            at=door.at,
        )
        left = [each for each in found if place is None or _order(each) > place]
        more = len(left) > size
        return Listing(
            items=[_presenter_told(each) for each in left[:size]],
            next=cursor(*_order(left[size - 1])) if more else None,
        )

    return door.read(question)


def _order(presenter: RepeatPresenter) -> tuple[int, int, str]:
    """As `repeat_presentations` orders them."""
    return -presenter.times, -presenter.days[-1].toordinal(), presenter.person_id


def _presenter_told(found: RepeatPresenter) -> PresenterTold:
    return PresenterTold(
        person_id=found.person_id,
        days=found.days,
        agencies=[TimesReferredTold(agency_id=agency, times=times) for agency, times in found.agencies],
        last=None if found.last is None else HappenedTold.model_validate(found.last),
        cause=found.cause,
    )
