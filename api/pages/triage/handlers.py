"""The queue, page by page; what it is narrowed by stands in the address."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Response
from starlette.datastructures import QueryParams

from api.access.permissions import Permission
from api.pages.page_door import PageDoor, sees
from api.pages.triage.views import NEVER_CHOSEN, Asked, Known, Queue, queue
from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force
from gateway.directory.naming import authorities_named
from gateway.local_day import local_day
from gateway.people.access import openable
from gateway.referrals.agency_list import agency_names
from gateway.referrals.states import ReferralStatus
from gateway.referrals.triage_list import IN_HAND, Cursor, Filters, TriageLine, triage_list
from gateway.refusals import Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

TriageDoor = Annotated[PageDoor, sees(Permission.TRIAGE)]

SIZE: Final = 50


@router.get("/triage")
def show_queue(door: TriageDoor) -> Response:
    """Who is to be looked at next: not yet scored first, then by band, place in the band, waiting."""
    view = door.read(lambda work: _queue(door, work))
    return door.show("triage/queue.html", title="Triage", view=view)


def _queue(door: PageDoor, work: Work) -> Queue:
    asked, after = asked_for(door.request.query_params), _after(door.request.query_params)
    filters = Filters(
        statuses=asked.statuses or IN_HAND,
        bands=asked.bands,
        authorities=asked.authorities,
        agencies=asked.agencies,
        unscored_only=asked.unscored,
        answered_only=asked.answered,
    )
    page = triage_list(work, after=after, size=SIZE, filters=filters)
    known = Known(
        authorities=authorities_named(work),
        agencies=agency_names(work),
        bands=_bands(door, work),
        openable=_openable(door, work, page.lines),
    )
    return queue(page, asked, known, local_day(door.at), is_first=after is None)


def asked_for(query: QueryParams) -> Asked:
    """What the address asks for; what it cannot ask for is not heard."""
    return Asked(
        statuses=tuple(_statuses(query)),
        bands=tuple(int(each) for each in query.getlist("band") if each.isdecimal() and len(each) < 5),
        authorities=tuple(filter(None, query.getlist("authority")))[:50],
        agencies=tuple(filter(None, query.getlist("agency")))[:50],
        unscored=query.get("unscored") == "yes",
        answered=query.get("answered") == "yes",
    )


def _statuses(query: QueryParams) -> Iterator[ReferralStatus]:
    known = {each.value: each for each in ReferralStatus if each not in NEVER_CHOSEN}
    return (known[each] for each in dict.fromkeys(query.getlist("status")) if each in known)


def _after(query: QueryParams) -> Cursor | None:
    try:
        return Cursor.parse(query["after"]) if "after" in query else None
    except Invalid:
        return None


def _bands(door: PageDoor, work: Work) -> Mapping[int, str]:
    try:
        return {each.number: each.label for each in scheme_in_force(work, door.at).bands}
    except NoSchemeInForce:
        return {}


def _openable(door: PageDoor, work: Work, lines: tuple[TriageLine, ...]) -> frozenset[str]:
    restricted = sorted({each.person_id for each in lines if each.restricted})
    return openable(work, restricted, door.visitor.actor, door.at) if restricted else frozenset()
