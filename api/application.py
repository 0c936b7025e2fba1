"""The application: every door over HTTP, put together from one store and the settings."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from api import design_system
from api.pages.home import handlers as home
from api.pages.problem_pages import answer_pages
from api.problems import answer_problems
from api.rest import tasks, units
from gateway.storage.store import Store

ROUTERS: Final = (tasks.router, units.router)
"""What stands under ``/api/v1``."""

PAGE_ROUTERS: Final = (home.router,)
"""Pages for people."""

STATIC: Final = Path(design_system.__file__).parent / "static"

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
    """

    origins: frozenset[str] = field(default_factory=lambda: frozenset({"http://127.0.0.1:8000"}))
    threads: int = 20
    wake: Callable[[], None] = lambda: None


def make_application(store: Store, doors: Doors | None = None) -> FastAPI:
    """The application over one store; whoever makes it closes the store."""
    doors = doors or Doors()

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = doors.threads
        yield

    app = FastAPI(
        title="Referral gateway",
        version=version("referral-gateway"),
        description=DESCRIPTION,
        lifespan=living,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.store, app.state.origins, app.state.wake = store, doors.origins, doors.wake
    answer_problems(app)
    answer_pages(app)
    app.include_router(_rest())
    for router in PAGE_ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def _rest() -> APIRouter:
    rest = APIRouter(prefix="/api/v1")
    for router in ROUTERS:
        rest.include_router(router)
    return rest
