"""Who lives in a provider's services: four lists, and one of those in them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Annotated, TypeVar

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import holds_of_visitor, offers_of, placement_in_reach, placements_of_visitor
from api.pages.forbidden_places.handlers import called_in
from api.pages.forbidden_places.views import PlaceSeen, place_seen
from api.pages.my_offers.place_names import PlaceNames, place_names
from api.pages.my_offers.reading import read_person
from api.pages.my_residents.views import (
    Listed,
    OneResident,
    coming,
    living,
    one_resident,
    placed,
    residents_page,
)
from api.pages.page_door import PageDoor, sees
from api.rest.filled_pages import day_and_id, filled, shown, two_ids
from api.rest.listing import After, cursor
from api.rest.values import IdInPath
from gateway.local_day import local_day
from gateway.people.clusters import cluster
from gateway.placements.forbidden_places import forbidden_places
from gateway.placements.offers import OfferLine, moves_to_come
from gateway.placements.residents import PlacementLine, due_for_review, ready_to_leave, residents
from gateway.placements.tables import HoldRow, PlacementRow
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReadingDoor = Annotated[PageDoor, sees(Permission.READ_PLACEMENTS)]

PAGE = 25
"""Lines on a page."""

Line = TypeVar("Line", OfferLine, PlacementLine)


@router.get("/my-residents")
def show_living(door: ReadingDoor, after: After = None) -> Response:
    """Who lives here, unit by unit."""
    on, among = local_day(door.at), holds_of_visitor(door.visitor)

    def question(work: Work) -> tuple[list[Listed], str | None]:
        found, end = filled(
            work,
            door.visitor,
            lambda place, limit: residents(work, on, among=among, after=place, limit=limit),
            after=two_ids(after),
            size=PAGE,
            person=lambda each: each.person,
            place=lambda each: (each.service, each.unit),
        )
        names = place_names(work, {each.service for each in found}, {each.unit for each in found})
        return [living(each, names) for each in found], None if end is None else cursor(*end)

    return _list_page(door, "living", question, after)


@router.get("/my-residents/coming")
def show_coming(door: ReadingDoor, after: After = None) -> Response:
    """Who accepted and has not moved in yet, the earliest day first."""

    def question(work: Work) -> tuple[list[Listed], str | None]:
        def fetch(place: tuple[date | None, str] | None, limit: int) -> Sequence[OfferLine]:
            return moves_to_come(work, among=offers_of(door.visitor), after=place, limit=limit)

        found, end = _lines(work, door, fetch, after, lambda line: line.from_day)
        units = {unit for each in found for unit in each.units}
        names = place_names(work, {each.service for each in found}, units)
        return [coming(each, names) for each in found], end

    return _list_page(door, "coming", question, after)


@router.get("/my-residents/reviews")
def show_reviews(door: ReadingDoor, after: After = None) -> Response:
    """Whose review is due, the longest overdue first."""
    today = local_day(door.at)

    def question(work: Work) -> tuple[list[Listed], str | None]:
        def fetch(place: tuple[date | None, str] | None, limit: int) -> Sequence[PlacementLine]:
            among = placements_of_visitor(door.visitor)
            return due_for_review(work, today, among=among, after=place, limit=limit)

        found, end = _lines(work, door, fetch, after, lambda line: line.review_on)
        return _placed(work, found, today), end

    return _list_page(door, "reviews", question, after)


@router.get("/my-residents/ready")
def show_ready(door: ReadingDoor, after: After = None) -> Response:
    """Who no longer needs the place, those who are ready for longest first."""
    today = local_day(door.at)

    def question(work: Work) -> tuple[list[Listed], str | None]:
        def fetch(place: tuple[date | None, str] | None, limit: int) -> Sequence[PlacementLine]:
            among = placements_of_visitor(door.visitor)
            return ready_to_leave(work, among=among, after=place, limit=limit)

        found, end = _lines(work, door, fetch, after, lambda line: line.ready_since)
        return _placed(work, found, today), end

    return _list_page(door, "ready", question, after)


@router.get("/my-residents/{placement_id}")
def show_resident(placement_id: IdInPath, door: ReadingDoor) -> Response:
    """One of them: who it is, what is to be followed up, and what can be done."""

    def question(work: Work) -> tuple[OneResident, list[PlaceSeen]]:
        return read_resident(work, door, placement_id), _forbidden(work, door, placement_id)

    view, forbidden = door.looks(question)
    return door.show(
        "my_residents/resident.html",
        title=view.place,
        view=view,
        forbidden=forbidden,
        back="/my-residents",
        exit_this_page=view.person is not None and view.person.abuse,
    )


def _forbidden(work: Work, door: PageDoor, placement_id: str) -> list[PlaceSeen]:
    """The placement, if a rule forbids it by now, for whoever is told of such: a provider is not."""
    row = work.get(PlacementRow, placement_id)
    if not door.visitor.may(Permission.READ_PEOPLE) or row.until is not None:
        return []
    ids, by = cluster(work, row.person_id), door.visitor.actor
    found = [each for each in forbidden_places(work, by=by, at=door.at, person_ids=ids) if each.id == row.id]
    called = called_in(work, found)
    return [place_seen(each, called) for each in found]


def read_resident(work: Work, door: PageDoor, placement_id: str) -> OneResident:
    """The page of a placement in the visitor's reach; that it was looked at is recorded.

    Raises
    ------
    NotFound
        If there is no such placement, or it is none of the visitor's.
    """
    row = placement_in_reach(work, door.visitor, placement_id)
    today = local_day(door.at)
    units = _units_of(work, [row.id]).get(row.id, ())
    names = place_names(work, [row.service_id], units)
    person = read_person(work, door, row.referral_id, today) if row.until is None else None
    called = [names.units.get(each, each) for each in units]
    return one_resident(row, called, names.services[row.service_id], person, today)


def _list_page(
    door: PageDoor, which: str, question: Callable[[Work], tuple[list[Listed], str | None]], after: str | None
) -> Response:
    lines, end = door.read(question)
    view = residents_page(which, lines, after=after, end=end)
    return door.show("my_residents/list.html", title=view.title, view=view)


def _lines(
    work: Work,
    door: PageDoor,
    fetch: Callable[[tuple[date | None, str] | None, int], Sequence[Line]],
    after: str | None,
    day: Callable[[Line], date | None],
) -> tuple[list[Line], str | None]:
    found, end = filled(
        work,
        door.visitor,
        fetch,
        after=day_and_id(after),
        size=PAGE,
        person=lambda line: line.person,
        place=lambda line: (day(line), line.id),
    )
    return found, shown(end)


def _placed(work: Work, found: Sequence[PlacementLine], today: date) -> list[Listed]:
    units = _units_of(work, [each.id for each in found])
    names = place_names(
        work, {each.service for each in found}, {unit for each in units.values() for unit in each}
    )
    called = {id: _called(names, each) for id, each in units.items()}
    return [placed(each, names, called, today) for each in found]


def _called(names: PlaceNames, units: Sequence[str]) -> str:
    return ", ".join(names.units.get(each, each) for each in units)


def _units_of(work: Work, placement_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The units in which somebody lives, or lived to the end, by placement."""
    held = select(HoldRow.placement_id, HoldRow.unit_id).where(
        HoldRow.placement_id.in_(placement_ids), HoldRow.cancelled.is_(False)
    )
    told: dict[str, tuple[str, ...]] = {}
    for placement_id, unit_id in work.session.execute(held.order_by(HoldRow.unit_id)):
        id = str(placement_id)
        told[id] = (*told.get(id, ()), unit_id)
    return told
