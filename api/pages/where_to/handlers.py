"""Where could this person go? Every service, as things stand today, for one referral."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.design_system.spoken import spoken_day
from api.pages.page_door import PageDoor, sees
from api.pages.referral.heading import Heading, heading_told, read_heading
from api.pages.referral.words import UNKNOWN
from api.pages.where_to.looking import freed, near, quotas_left, sentences_of
from api.pages.where_to.views import (
    EVERYWHERE,
    NEAR,
    Found,
    PlacesPage,
    counts_of,
    groups_of,
    lot_choices,
    openings,
    tier_choices,
    where_choices,
)
from api.rest.listing import cursor, place_of
from api.rest.values import IdInPath
from gateway.allocation_runs.scope import TIERS, Scope
from gateway.allocation_runs.where_to import Somewhere, where_could_they_go
from gateway.directory.naming import authorities_named, lots_used, services_named
from gateway.local_day import local_day
from gateway.people.tables import PersonRow
from gateway.referrals.states import NEXT, ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.refusals import Conflict, Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

OfferDoor = Annotated[PageDoor, sees(Permission.MAKE_OFFERS)]

SIZE: Final = 25

PLACES_READ: Final = "places read"
"""What looking at where somebody could go is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks for."""

    tier: str
    lot: str
    where: str
    after: str

    def scope(self, today: date) -> Scope:
        """Which services are looked at."""
        tiers, lots = filter(None, [self.tier]), filter(None, [self.lot])
        return Scope(as_of=today, tiers=frozenset(tiers), lots=frozenset(lots))

    def href(self, referral_id: str, after: str = "") -> str:
        """The address of a page of this choice."""
        fields = [("tier", self.tier), ("lot", self.lot), ("where", self.where), ("after", after)]
        told = urlencode([(name, value) for name, value in fields if value])
        return f"/referrals/{referral_id}/places{'?' if told else ''}{told}"


@router.get("/referrals/{referral_id}/places")
def show_places(referral_id: IdInPath, door: OfferDoor) -> Response:
    """What can be offered, what suits and is full or forbidden, what does not suit; what would open one."""
    view = door.read(lambda work: _page(door, referral_id, work))  # and writers need not wait for it
    door.looks(lambda work: heading_told(work, door, referral_id, read=PLACES_READ))
    title = "Where could this person go?"
    return door.show("where_to/places.html", title=title, view=view, back=view.heading.href)


def _page(door: PageDoor, referral_id: str, work: Work) -> PlacesPage:
    heading = read_heading(work, door, referral_id)
    row, lots = work.get(ReferralRow, referral_id), lots_used(work)
    asked, today, forbidden = _asked(door, lots), local_day(door.at), ""
    places: Sequence[Somewhere] = ()
    around = near(work, row.authority_id, asked.where, today)
    try:
        places = where_could_they_go(work, referral_id, asked.scope(today), within=around)
    except Conflict:
        forbidden = "They have an offer elsewhere: look everywhere, at every level and every lot."
    authorities = authorities_named(work)
    services = services_named(work, {each.service for each in places})
    sentences = sentences_of(work, services, authorities)
    found = Found(
        places=places,
        shown=_shown(places, asked.after),
        services=services,
        freed=freed(work, places, work.get(PersonRow, row.person_id).gender, today),
        sentences=sentences,
    )
    beyond, groups = _beyond(places, found.shown), list(groups_of(found, heading))
    return PlacesPage(
        heading=heading,
        href=asked.href(referral_id),
        day=spoken_day(today),
        forbidden=forbidden,
        cannot_offer=_cannot_offer(heading),
        looked="" if around is None else f"in {authorities[around[0]]} and next to it",
        counts=counts_of(places),
        groups=[each for each in groups if not each.fails],
        unsuitable=next((each for each in groups if each.fails), None),
        openings=list(openings(found)) if not asked.after else [],
        quotas=quotas_left(work, row.authority_id, services, sentences, today) if not asked.after else [],
        authority=UNKNOWN if row.authority_id is None else authorities[row.authority_id],
        tiers=tier_choices(asked.tier),
        lots=lot_choices(lots, asked.lot),
        wheres=where_choices(row.authority_id and authorities[row.authority_id], near=around is not None),
        first=asked.href(referral_id) if asked.after else "",
        next=asked.href(referral_id, beyond) if beyond else None,
    )


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
    told = f"No offer can be made now: the referral is in the state “{heading.status}”. You can look."
    return f"{told} Put it on the waiting list first." if heading.state is ReferralStatus.IN_TRIAGE else told
