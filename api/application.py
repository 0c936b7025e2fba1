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
from api.pages.every_job import LIVE, PAGE_ROUTERS
from api.pages.live import live_parts
from api.pages.problem_pages import answer_pages, refusal_page
from api.problems import answer_problems
from api.rest import machines, tasks
from api.rest.described import describe
from api.rest.engine_room import EngineRoom
from api.rest.every_feature import ROUTERS
from api.rest.machines import Machines
from api.rest.matrix import OPENAPI, changes_by_strangers
from api.watching.meters import Meters
from api.watching.store_figures import StoreFigures
from api.watching.traces import Tracer, tracer_to
from gateway.storage.store import Store

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
