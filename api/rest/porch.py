"""The porch: where somebody stands who has not been recognised.

A route stands behind a gate (`api.rest.door.may`) or, on purpose, on the porch: it asks for
``Annotated[Porch, ANYONE]`` and is declared with ``openapi_extra=PUBLIC``, by which whoever walks over all
routes knows it (`api.rest.matrix`), and by which changes are counted as attempts to come in
(`api.guards.rates`). There is no session, so no CSRF token either: the origin is checked all the same, or
another page could sign somebody in under a name that is not theirs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import Depends, Request

from api.access.recognising import SAFE, refuse_foreign_origin
from api.access.session_cookie import browser_of
from api.problems import NotSignedIn, OutOfReach, TooMany, Unreadable, refusals
from gateway.refusals import Invalid, NotAllowed, Refusal
from gateway.storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Porch:
    """What a public route is given."""

    store: Store
    at: datetime
    request: Request

    @property
    def browser(self) -> str | None:
        """What the browser says it is."""
        return browser_of(self.request)


async def _step_on(request: Request) -> Porch:
    state = request.app.state
    if request.method not in SAFE:
        refuse_foreign_origin(request, state.origins)
    return Porch(store=state.store, at=state.store.clock(), request=request)


ANYONE: Final[Any] = Depends(_step_on)
"""Gives a route that is public on purpose its porch."""


def declared_of_porch(*more: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """What a public route may refuse with: what all do, and ``more``."""
    return refusals(Unreadable, NotSignedIn, NotAllowed, Invalid, TooMany, OutOfReach, *more)
