"""Where could this person go? Every service, as things stand today, for one referral."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from allocation.problem import Person
from api.access.permissions import Permission
from api.design_system.spoken import spoken_day
from api.pages.page_door import PageDoor, sees
from api.pages.referral.heading import Heading, read_heading
from api.pages.referral.words import UNKNOWN
from api.pages.where_to.sentences import Sentences
from api.pages.where_to.views import (
    EVERYWHERE,
    NEAR,
    Found,
    PlacesPage,
    QuotaSeen,
    counts_of,
    groups_of,
    lot_choices,
    openings,
    quota_seen,
    tier_choices,
    where_choices,
)
from api.rest.listing import cursor, place_of
from api.rest.values import IdInPath
from gateway.agreements.reading import agreements_named
from gateway.agreements.remaining import remaining_on
from gateway.allocation_runs.scope import TIERS, Scope
from gateway.allocation_runs.where_to import Somewhere, where_could_they_go
from gateway.directory.authorities import neighbours_of
from gateway.directory.naming import ServiceNamed, authorities_named, lots_used, services_named
from gateway.directory.services import services_open
from gateway.directory.tables import UnitGender
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import UnitVacancy, vacancies
from gateway.local_day import local_day
from gateway.people.tables import PersonRow
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, Invalid
from gateway.stay import Stay
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

OfferDoor = Annotated[PageDoor, sees(Permission.MAKE_OFFERS)]

SIZE: Final = 25
AHEAD: Final = timedelta(days=90)
"""How far ahead it is looked for a unit that gets free."""

MANY: Final = 200
"""With more services than that, those in and next to the person's authority are looked at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    tier: str
    lot: str
    where: str
    after: str

    def href(self, referral_id: str, after: str = "") -> str:
        """The address of a page of this choice."""
        fields = [("tier", self.tier), ("lot", self.lot), ("where", self.where), ("after", after)]
        told = urlencode([(name, value) for name, value in fields if value])
        return f"/referrals/{referral_id}/places{'?' if told else ''}{told}"


@router.get("/referrals/{referral_id}/places")
def show_places(referral_id: IdInPath, door: OfferDoor) -> Response:
    """What can be offered, what suits and is full or forbidden, what does not suit; what would open one."""
    view = door.read(lambda work: _page(door, referral_id, work))
    title = "Where could this person go?"
    return door.show("where_to/places.html", title=title, view=view, back=view.heading.href)


def _page(door: PageDoor, referral_id: str, work: Work) -> PlacesPage:
    heading = read_heading(work, door, referral_id)
    row, lots = work.get(ReferralRow, referral_id), lots_used(work)
    asked, today, forbidden = _asked(door, lots), local_day(door.at), ""
    scope = Scope(
        as_of=today,
        tiers=frozenset(filter(None, [asked.tier])),
        lots=frozenset(filter(None, [asked.lot])),
    )
    places: Sequence[Somewhere] = ()
    near = _near(work, row.authority_id, asked, today)
    try:
        places = where_could_they_go(work, referral_id, scope, within=near)
    except Conflict:
        forbidden = "They have an offer elsewhere: look at every level and every lot."
    authorities = authorities_named(work)
    services = services_named(work, {each.service for each in places})
    sentences = _sentences(work, services, authorities)
    found = Found(
        places=places,
        shown=_shown(places, asked.after),
        services=services,
        freed=_freed(work, places, work.get(PersonRow, row.person_id).gender, today),
        sentences=sentences,
    )
    beyond, groups = _beyond(places, found.shown), list(groups_of(found, heading))
    return PlacesPage(
        heading=heading,
        href=asked.href(referral_id),
        day=spoken_day(today),
        forbidden=forbidden,
        cannot_offer=_cannot_offer(heading),
        looked="" if near is None else f"in {authorities[near[0]]} and next to it",
        counts=counts_of(places),
        groups=[each for each in groups if not each.fails],
        unsuitable=next((each for each in groups if each.fails), None),
        openings=list(openings(found)) if not asked.after else [],
        quotas=_quotas(work, row.authority_id, services, sentences, today) if not asked.after else [],
        authority=UNKNOWN if row.authority_id is None else authorities[row.authority_id],
        tiers=tier_choices(asked.tier),
        lots=lot_choices(lots, asked.lot),
        wheres=where_choices(row.authority_id and authorities[row.authority_id], near=near is not None),
        first=asked.href(referral_id) if asked.after else "",
        next=asked.href(referral_id, beyond) if beyond else None,
    )


def _near(work: Work, authority: str | None, asked: Asked, today: date) -> Sequence[str] | None:
    """The authorities to look in: the person's own and those next to it; ``None``: everywhere."""
    if authority is None or asked.where == EVERYWHERE:
        return None
    if asked.where != NEAR and services_open(work, today) <= MANY:
        return None
    return [authority, *neighbours_of(work, [authority])[authority]]


def _asked(door: PageDoor, lots: Sequence[str]) -> Asked:
    query = door.request.query_params
    tier, lot, where = (query.get(name, "") for name in ("tier", "lot", "where"))
    return Asked(
        tier=tier if tier in TIERS else "",
        lot=lot if lot in lots else "",
        where=where if where in {NEAR, EVERYWHERE} else "",
        after=query.get("after", ""),
    )


def _shown(places: Sequence[Somewhere], after: str) -> Sequence[Somewhere]:
    try:
        place = place_of(after or None, int, int, str)
    except Invalid:
        place = None
    return [each for each in places if place is None or each.place > place][:SIZE]


def _beyond(places: Sequence[Somewhere], shown: Sequence[Somewhere]) -> str:
    return cursor(*shown[-1].place) if shown and shown[-1] is not places[-1] else ""


def _cannot_offer(heading: Heading) -> str:
    if ReferralStatus.OFFERED in NEXT[heading.state]:
        return ""
    return f"No offer can be made now: the referral is in the state “{heading.status}”. You can look."


def _sentences(work: Work, services: Mapping[str, ServiceNamed], authorities: Mapping[str, str]) -> Sentences:
    names = {id: each.name for id, each in services.items()}
    return Sentences({**names, **authorities, **agreements_named(work)})


def _freed(work: Work, places: Sequence[Somewhere], gender: str | None, today: date) -> Mapping[str, date]:
    """The first day on which a unit that is not for others gets free, of the best that suit and are full."""
    full = [each.service for each in places if each.place[0] == 1 and not each.free_units][:SIZE]
    if not full:
        return {}
    found: dict[str, date] = {}
    for unit in vacancies(work, Stay(today, today + AHEAD), services=full).units:
        day = _first_free(unit, gender)
        if day is not None and day < found.get(unit.service.id, date.max):
            found[unit.service.id] = day
    return found


def _first_free(unit: UnitVacancy, gender: str | None) -> date | None:
    fits = {UnitGender.ANY, UnitGender.SAME, *(each for each in UnitGender if each.value == gender)}
    free = (each for each in unit.days if each.state is UnitState.FREE and each.gender in fits)
    return next((each.stay.from_day for each in free), None)


def _quotas(
    work: Work,
    authority: str | None,
    services: Mapping[str, ServiceNamed],
    sentences: Sentences,
    today: date,
) -> list[QuotaSeen]:
    """What is left of each limit that is about this person's authority, in the services looked at."""
    somebody = Person(id="somebody", authority=authority)
    names = {id: each.name for id, each in services.items()}
    return [
        quota_seen(each, names, sentences)
        for each in remaining_on(work, today, covering=names.keys(), about=somebody)
        if names.keys() & (each.limit.quota.services or frozenset())
    ]
