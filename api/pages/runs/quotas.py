"""Every quota of a run, page by page, and how full its proposal would make it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.access.permissions import Permission
from api.design_system.spoken import counted
from api.pages.page_door import PageDoor, sees
from api.pages.runs.proposal import proposal_of
from api.pages.runs.views import QuotaSeen, quotas_seen, services_of_quotas
from api.pages.runs.words import Called, run_name
from api.rest.values import IdInPath
from gateway.allocation_runs.tables import RunRow
from gateway.directory.naming import authorities_named, services_named
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReaderDoor = Annotated[PageDoor, sees(Permission.READ_RUNS)]

PAGE = 50
"""How many quotas are shown at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """A page of quotas; ``standing`` says how many there are, and how many are full."""

    run: str
    href: str
    standing: str
    quotas: Sequence[QuotaSeen]
    next: str | None
    first: str | None


@router.get("/runs/{run_id}/quotas")
def list_quotas(
    run_id: IdInPath, door: ReaderDoor, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> Response:
    """Those that keep people out and the fullest first."""

    def question(work: Work) -> Quotas:
        run = work.get(RunRow, run_id)
        fills = proposal_of(work, run).fills if run.has_proposal else ()
        here = fills[PAGE * (page - 1) : PAGE * page]
        called = Called(
            services=services_named(work, services_of_quotas(here)), authorities=authorities_named(work)
        )
        href = f"/runs/{run_id}/quotas"
        return Quotas(
            run=run_name(run),
            href=f"/runs/{run_id}",
            standing=f"{counted(len(fills), 'quota')}, {sum(each.full for each in fills):,} of them full.",
            quotas=quotas_seen(here, called),
            next=f"{href}?page={page + 1}" if len(fills) > PAGE * page else None,
            first=href if page > 1 else None,
        )

    view = door.read(question)
    return door.show("runs/quotas.html", title="What agreements allow", view=view, back=view.href)
