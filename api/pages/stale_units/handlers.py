"""The list of services to chase, provider by provider, because one press confirms a whole service."""

from typing import Annotated

from fastapi import APIRouter, Response
from sqlalchemy import select

from api.access.permissions import Permission
from api.access.reach import among_providers
from api.pages.page_door import PageDoor, sees
from api.pages.stale_units.views import StaleList, stale_list
from api.rest.listing import After, next_page, place_of
from gateway.directory.tables import ProviderRow
from gateway.directory.units import stale_units
from gateway.local_day import local_day
from gateway.monitoring.needs_now import STALE
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

PAGE = 50
"""Services on a page."""


@router.get("/stale-units")
def show_stale(door: Annotated[PageDoor, sees(Permission.READ_VACANCIES)], after: After = None) -> Response:
    """Those with units that nobody has confirmed for a week; a provider sees its own."""

    def question(work: Work) -> StaleList:
        page = stale_units(
            work,
            door.at - STALE,
            on=local_day(door.at),
            providers=among_providers(door.visitor, None),
            after=place_of(after, str, str),
            size=PAGE,
        )
        providers = sorted({each.provider for each in page.services})
        named = select(ProviderRow.id, ProviderRow.name).where(ProviderRow.id.in_(providers))
        names = dict(work.session.execute(named).all())
        return stale_list(page.services, names, next_page(page.next))

    return door.show(
        "stale_units/stale.html", title="Units nobody confirmed for a week", view=door.read(question)
    )
