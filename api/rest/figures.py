"""Figures for those who commission: whole months, small numbers hidden, nobody's name.

A commissioner of one authority asks for that one, or for the partnership as a whole in which the other
authorities stand in one row.
"""

from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeAlias

from fastapi import Depends, Query, Response

from api.access.permissions import Permission
from api.access.visitor import Visitor
from api.rest.body_fields import in_query, placed
from api.rest.door import Door, declared, may
from api.rest.figures_shaping import (
    agreement_told,
    demand_told,
    offers_told,
    placements_told,
    repeats_told,
    units_told,
    waits_told,
)
from api.rest.figures_told import (
    AgreementTold,
    DemandTold,
    FiguresTold,
    OffersTold,
    PlacementsTold,
    RepeatsTold,
    UnitsTold,
    WaitsTold,
)
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import Day
from gateway.directory.tables import AuthorityRow
from gateway.local_day import local_day
from gateway.monitoring.figures_agreements import agreement_use
from gateway.monitoring.figures_scope import FiguresScope, months
from gateway.refusals import NotFound
from gateway.storage.work import Work

router = doors("figures")

From: TypeAlias = Annotated[Day, Query(description="The first of a month.", examples=["2026-01-01"])]
Until: TypeAlias = Annotated[
    Day,
    Query(
        description="The first of the month after the last, which has ended.",
        examples=["2026-02-01"],
    ),
]
Authority: TypeAlias = Annotated[
    str | None,
    Query(
        pattern=r"^[ENSW]\d{8}$",
        description="GSS code: of people from there, and of services there. None: the whole partnership.",
        examples=["E08000025"],
    ),
]
Reading: TypeAlias = Annotated[Door, may(Permission.READ_FIGURES)]


class Asked:
    """Which months, and whose."""

    def __init__(self, from_day: From, until: Until, authority: Authority = None) -> None:
        self.first, self.until, self.authority = from_day, until, authority


AskedFor: TypeAlias = Annotated[Asked, Depends()]
Figures: TypeAlias = Callable[[Work, FiguresScope, str | None], FiguresTold]


def scope_in_reach(work: Work, visitor: Visitor, asked: Asked, today: date) -> FiguresScope:
    """What is asked for, if the visitor may see it.

    Raises
    ------
    Invalid
        If the months are none that can be counted.
    NotFound
        If the authority is not recorded, or is another one than the visitor's.
    """
    if asked.authority is not None:
        if visitor.authority_id not in (None, asked.authority):
            raise NotFound("authority", asked.authority)
        work.get(AuthorityRow, asked.authority)
    with placed(in_query):
        return months(asked.first, asked.until, today=today, authority=asked.authority)


def _figures(door: Door, asked: Asked, told: Figures) -> Response:
    def question(work: Work) -> FiguresTold:
        scope = scope_in_reach(work, door.visitor, asked, local_day(door.at))
        return told(work, scope, door.visitor.authority_id)

    return door.read(question)


@router.get(
    "/figures/demand",
    summary="Demand against supply",
    response_model=DemandTold,
    responses=declared(NotFound),
)
def demand(asked: AskedFor, door: Reading) -> Response:
    """Referrals that came, placements that began, and units, by tier, lot, authority and band."""
    return _figures(door, asked, demand_told)


@router.get(
    "/figures/waits", summary="How long people waited", response_model=WaitsTold, responses=declared(NotFound)
)
def waits(asked: AskedFor, door: Reading) -> Response:
    """Days from the list to moving in, of those who first moved in in these months."""
    return _figures(door, asked, waits_told)


@router.get(
    "/figures/offers", summary="Offers and refusals", response_model=OffersTold, responses=declared(NotFound)
)
def offers(asked: AskedFor, door: Reading) -> Response:
    """What became of offers; refusals by side and reason, and each provider's beside what bands explain."""
    return _figures(door, asked, offers_told)


@router.get(
    "/figures/placements",
    summary="Placements and departures",
    response_model=PlacementsTold,
    responses=declared(NotFound),
)
def placements(asked: AskedFor, door: Reading) -> Response:
    """Placements begun and ended, why and whither people left, and the key performance indicators 1 and 2."""
    return _figures(door, asked, placements_told)


@router.get(
    "/figures/units", summary="How units were used", response_model=UnitsTold, responses=declared(NotFound)
)
def units(asked: AskedFor, door: Reading) -> Response:
    """Unit-days, days between one person and the next, and the service performance indicators 1, 2 and 4."""
    return _figures(door, asked, units_told)


@router.get(
    "/figures/repeats", summary="Who came again", response_model=RepeatsTold, responses=declared(NotFound)
)
def repeats(asked: AskedFor, door: Reading) -> Response:
    """People who came at least twice within the year that ends with these months, by times and cause."""
    return _figures(door, asked, repeats_told)


@router.get(
    "/figures/agreements",
    summary="Unit weeks against agreements",
    response_model=Listing[AgreementTold],
    responses=declared(NotFound),
)
def agreements(asked: AskedFor, door: Reading, after: After = None, size: Size = 20) -> Response:
    """What was allowed and used of each agreement year up to the end of these months, from its ledger."""

    def question(work: Work) -> Listing[AgreementTold]:
        scope = scope_in_reach(work, door.visitor, asked, local_day(door.at))
        place = place_of(after, str, str)
        found = agreement_use(work, scope, after=place, size=size + 1)
        items = [agreement_told(each, door.visitor.authority_id) for each in found[:size]]
        last = items[-1] if len(found) > size else None
        return Listing(items=items, next=None if last is None else cursor(last.name, last.id))

    return door.read(question)
