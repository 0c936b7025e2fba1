"""Agreements listed, and one with its clauses, schedules and ledger."""

from datetime import date
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator

from api.access.permissions import Permission
from api.access.reach import agreement_in_reach, agreements_of
from api.design_system.spoken import spoken_day
from api.pages.agreements.ledger_views import LedgerSeen, Year, ledger_seen
from api.pages.agreements.views import (
    AgreementsListed,
    Names,
    OneAgreement,
    agreement_listed,
    clauses_called,
    kinds_to_choose,
    one_agreement,
)
from api.pages.choices import none_chosen
from api.pages.page_door import PageDoor, sees
from api.rest.listing import After, next_page, place_of
from api.rest.values import FIRST_DAY, LAST_DAY, IdInPath
from gateway.agreements.ledger import ledger
from gateway.agreements.reading import WholeAgreement, agreements_page, whole_agreement
from gateway.agreements.standing import term_of
from gateway.agreements.tables import AgreementKind, AgreementRow
from gateway.agreements.years import year_of
from gateway.directory.naming import authorities_named, services_named
from gateway.local_day import local_day
from gateway.records.actor import Role
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReadingDoor = Annotated[PageDoor, sees(Permission.READ_AGREEMENTS)]

PAGE = 25
"""Agreements on a page."""


KindChosen: TypeAlias = Annotated[AgreementKind | None, BeforeValidator(none_chosen), Query()]
YearAsked: TypeAlias = Annotated[int | None, Query(ge=FIRST_DAY.year, le=LAST_DAY.year)]


@router.get("/agreements")
def show_agreements(door: ReadingDoor, kind: KindChosen = None, after: After = None) -> Response:
    """In the order of their names; a commissioner of one authority is told of those it has entered."""
    view = door.read(lambda work: _listed(work, door, kind, after))
    return door.show("agreements/list.html", title="Agreements", view=view)


@router.get("/agreements/{agreement_id}")
def show_agreement(agreement_id: IdInPath, door: ReadingDoor, year: YearAsked = None) -> Response:
    """Who is in it, what was agreed, and what of a year's unit weeks is used and left."""
    view = door.read(lambda work: _agreement(work, door, agreement_id, year))
    return door.show("agreements/agreement.html", title=view.agreement.name, view=view, back="/agreements")


def names_of(work: Work, whole: WholeAgreement) -> Names:
    """What the authorities and the services of an agreement are called."""
    services = services_named(work, whole.services)
    return Names(authorities_named(work), {id: each.name for id, each in services.items()})


def _listed(work: Work, door: PageDoor, kind: AgreementKind | None, after: str | None) -> AgreementsListed:
    rows, beyond = agreements_page(
        work, agreements_of(door.visitor), kind=kind, after=place_of(after, str, str), size=PAGE
    )
    names, today, end = authorities_named(work), local_day(door.at), next_page(beyond)
    kept = "" if kind is None else f"kind={kind}&"
    return AgreementsListed(
        agreements=[agreement_listed(each, names.get(each.lead_id, each.lead_id), today) for each in rows],
        kinds=kinds_to_choose(kind),
        next=None if end is None else f"/agreements?{kept}after={end}",
        first=None if after is None else f"/agreements?{kept}".rstrip("?&"),
        may_make=door.visitor.may(Permission.KEEP_AGREEMENTS),
    )


def _agreement(work: Work, door: PageDoor, agreement_id: str, year: int | None) -> OneAgreement:
    agreement_in_reach(work, door.visitor, agreement_id)
    whole, today = whole_agreement(work, agreement_id), local_day(door.at)
    names = names_of(work, whole)
    return one_agreement(
        whole,
        names,
        _ledger(work, door, whole, year, names, today),
        today,
        may_keep=door.visitor.may(Permission.KEEP_AGREEMENTS),
    )


def _ledger(
    work: Work, door: PageDoor, whole: WholeAgreement, year: int | None, names: Names, today: date
) -> LedgerSeen | None:
    """The year asked for, or the one of today; ``None``: no year of it has begun."""
    row = whole.row
    begun = _years_begun(row, today)
    if not begun:
        return None
    chosen = year if year in begun else begun[-1]
    counted_to = today.replace(day=1) if door.visitor.role is Role.COMMISSIONER else today
    found = ledger(work, row.id, chosen, counted_to=counted_to)
    years = [
        Year(
            text=f"Year from {spoken_day(year_of(row.from_day, date(each, 12, 31)).from_day)}",
            href=f"/agreements/{row.id}?year={each}#ledger",
            current=each == chosen,
        )
        for each in begun
    ]
    return ledger_seen(found, years, names.authority, names.service, clauses_called(whole, names))


def _years_begun(row: AgreementRow, today: date) -> list[int]:
    """The calendar years in which the agreement years begin that have begun, the first one first."""
    term = term_of(row)
    last = today if today in term else (term.until or today)
    if today < term.from_day:
        return []
    years = range(row.from_day.year, year_of(row.from_day, last).from_day.year + 1)
    return [each for each in years if year_of(row.from_day, date(each, 12, 31)).within(term)]
