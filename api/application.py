"""The application: every door over HTTP, put together from one store and the settings."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from api.access.openid import OpenIdProvider
from api.design_system.assets import assets
from api.guards.order import Guards, Watchers, guarded
from api.guards.rates import Counting
from api.guards.route_templates import Templates
from api.open_referral.application import make_open_data
from api.pages.about import handlers as about
from api.pages.account import handlers as account
from api.pages.accounts import acts
from api.pages.accounts import handlers as accounts_pages
from api.pages.agreements import appending
from api.pages.agreements import handlers as agreements_pages
from api.pages.code_lists import handlers as code_lists_pages
from api.pages.emergencies import acting as emergency_acts
from api.pages.emergencies import declaring as emergency_declared
from api.pages.emergencies import handlers as emergencies
from api.pages.emergencies import log as emergency_log
from api.pages.events import handlers as events_pages
from api.pages.figures import handlers as figure_pages
from api.pages.home import handlers as home
from api.pages.live import live_parts
from api.pages.messages import handlers as messages_pages
from api.pages.my_offers import arriving
from api.pages.my_offers import handlers as my_offers
from api.pages.my_referrals import handlers as my_referrals
from api.pages.my_requests import handlers as my_requests
from api.pages.my_residents import following as following_residents
from api.pages.my_residents import handlers as my_residents
from api.pages.my_vacancies import handlers as my_vacancies
from api.pages.offers import handlers as offers
from api.pages.people import exclusion_handlers as exclusion_pages
from api.pages.people import handlers as people_pages
from api.pages.problem_pages import answer_pages, refusal_page
from api.pages.referral import assessment_handlers as referral_assessment
from api.pages.referral import deed_handlers as referral_deeds
from api.pages.referral import details_handlers as referral_details
from api.pages.referral import duplicates_handlers as referral_duplicates
from api.pages.referral import handlers as referral
from api.pages.runs import handlers as runs
from api.pages.schemes import handlers as schemes_pages
from api.pages.search import handlers as search_pages
from api.pages.signing_in import handlers as signing_in
from api.pages.stale_units import handlers as stale_unit_pages
from api.pages.timeline import handlers as timeline_pages
from api.pages.triage import handlers as triage_pages
from api.pages.where_to import handlers as where_to_pages
from api.pages.where_to import offer_handlers as where_to_offer
from api.problems import answer_problems
from api.rest import (
    account_access,
    accounts,
    allocation,
    casework,
    consents,
    directory,
    events,
    exclusions,
    exports,
    figures,
    finding_people,
    imports,
    invitations,
    machines,
    messages,
    openid,
    own_account,
    own_tokens,
    people,
    person_timeline,
    restrictions,
    safety,
    session,
    tasks,
)
from api.rest.described import describe
from api.rest.engine_room import EngineRoom
from api.rest.machines import Machines
from api.rest.matrix import OPENAPI, changes_by_strangers
from api.watching.meters import Meters
from api.watching.store_figures import StoreFigures
from api.watching.traces import Tracer, tracer_to
from gateway.storage.store import Store

ROUTERS: Final = (
    people.router,
    finding_people.router,
    person_timeline.router,
    restrictions.router,
    exclusions.router,
    safety.router,
    consents.router,
    session.router,
    openid.router,
    invitations.router,
    own_account.router,
    own_tokens.router,
    accounts.router,
    account_access.router,
    *casework.ROUTERS,
    *allocation.ROUTERS,
    tasks.router,
    *directory.ROUTERS,
    imports.router,
    exports.router,
    events.router,
    messages.router,
    figures.router,
)
"""What stands under ``/api/v1``."""

PAGE_ROUTERS: Final = (
    about.router,
    signing_in.router,
    account.router,
    home.router,
    search_pages.router,
    people_pages.router,
    exclusion_pages.router,
    timeline_pages.router,
    stale_unit_pages.router,
    my_vacancies.router,
    *(triage_pages.router, referral.router, referral_deeds.router, referral_assessment.router),
    *(referral_details.router, referral_duplicates.router, where_to_pages.router, where_to_offer.router),
    *(my_offers.router, arriving.router),
    *(accounts_pages.router, acts.router, schemes_pages.router, agreements_pages.router, appending.router),
    *(events_pages.router, messages_pages.router, code_lists_pages.router),
    *(my_residents.router, following_residents.router, my_requests.router),
    emergency_declared.router,
    emergencies.router,
    emergency_acts.router,
    emergency_log.router,
    *runs.ROUTERS,
    *offers.ROUTERS,
    *my_referrals.ROUTERS,
    figure_pages.router,
)
"""Pages for people."""

LIVE: Final = {"board": emergencies.board_part, "list": emergency_declared.list_part}
"""Parts of pages that are told anew when they change."""

BODY: Final = 1_048_576
"""Bytes of a body, where a route says nothing else: a referral with all its answers has 20,000."""

STALE_AFTER: Final = timedelta(days=7)
"""A unit that nobody confirmed for so long is counted as stale; ours."""

DESCRIPTION: Final = """
The gateway of a housing-support partnership: referrals, assessments, vacancies, agreements, offers,
placements, allocation runs and emergencies.

**Days** are half-open: the day of departure is free again. **Moments** are UTC. **Unknown** is `null`, never
no. A change sends the `ETag` of what it was made from as `If-Match`; a `POST` may send an `Idempotency-Key`.
Whatever is refused is a problem (RFC 9457): its `type` is stable, its `errors` name every field at once.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the doors are told besides the store.

    origins
        From which pages changes may come: the public address of the gateway.
    threads
        How many requests are worked on at once; the store's pool should have as many connections.
    wake
        Tells the workers that a task was queued.
    guards, machines
        What stands before the doors, and what machines are told.
    traces_to
        Where traces are collected; ``None``: nowhere.
    receipt_secret
        What GOV.UK Notify shows when it tells what became of messages; ``None``: nobody may.
    openid
        Who vouches for people besides their passwords; ``None``: nobody.
    """

    origins: frozenset[str] = field(default_factory=lambda: frozenset({"http://127.0.0.1:8000"}))
    threads: int = 20
    wake: Callable[[], None] = lambda: None
    guards: Guards = field(default_factory=Guards)
    machines: Machines = field(default_factory=Machines)
    traces_to: str | None = None
    receipt_secret: SecretStr | None = None
    openid: OpenIdProvider | None = None


class Gateway(FastAPI):
    """The application behind its guards, which stand outside of all that FastAPI puts around routes."""

    guarding: Callable[[ASGIApp], ASGIApp] = staticmethod(lambda app: app)

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's, guarded."""
        return self.guarding(super().build_middleware_stack())


def make_application(store: Store, doors: Doors | None = None) -> FastAPI:
    """The application over one store; whoever makes it closes the store.

    Raises
    ------
    ValueError
        If a rate limit cannot be read.
    """
    doors = doors or Doors()
    tracer = tracer_to(doors.traces_to)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = doors.threads
        yield
        tracer.close()
        app.state.engine.close()

    app = Gateway(
        title="Referral gateway",
        version=version("referral-gateway"),
        description=DESCRIPTION,
        lifespan=living,
        openapi_url=OPENAPI,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=BODY,
        # It would tell of paths, and the texts of exceptions.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.store, app.state.origins, app.state.wake = store, doors.origins, doors.wake
    app.state.engine = EngineRoom()
    app.state.followers, app.state.receipt_secret = tasks.followers_of(store), doors.receipt_secret
    app.state.openid, app.state.live = doors.openid, live_parts(store, LIVE)
    answer_problems(app)
    answer_pages(app)
    _open_doors(app)
    describe(app)
    _guard(app, doors, tracer)
    return app


def _guard(app: Gateway, doors: Doors, tracer: Tracer) -> None:
    state = app.state
    state.machines, state.meters, state.counting = doors.machines, Meters(), Counting(doors.guards.rates)
    state.meters.registry.register(StoreFigures(state.store, stale_after=STALE_AFTER))
    watchers = Watchers(
        templates=Templates(app.routes), meters=state.meters, tracer=tracer, counting=state.counting
    )
    app.guarding = lambda inner: guarded(
        inner,
        doors.guards,
        watchers,
        origins=lambda: state.origins,
        changes_by_strangers=changes_by_strangers(app.routes),
        page=refusal_page,
    )


def _open_doors(app: FastAPI) -> None:
    app.router.routes.extend(_doors())
    app.mount("/open-referral", make_open_data(getattr(app.state, "store", None)))
    app.mount("/static", assets(), name="static")


@cache
def _doors() -> Sequence[BaseRoute]:
    """The routes, which know of no store: made once, as hundreds of them take a second."""
    shelf = FastAPI(openapi_url=None)
    for router in (_rest(), *PAGE_ROUTERS, machines.router):
        shelf.include_router(router)
    return shelf.router.routes


def every_route() -> Sequence[BaseRoute]:
    """Every route as it stands in the application, without a store behind it."""
    app = FastAPI(openapi_url=OPENAPI, docs_url=None, redoc_url=None)
    _open_doors(app)
    return app.routes


def _rest() -> APIRouter:
    rest = APIRouter(prefix="/api/v1")
    for router in ROUTERS:
        rest.include_router(router)
    return rest
