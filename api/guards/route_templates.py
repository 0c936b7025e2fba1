"""Routes as they stand in the application: the template of each, and which strangers may change things by."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount
from starlette.types import Scope

NONE: Final = "(none)"
"""What the template of a request is where no route fits: never its path, which may hold anything."""


class Templates:
    """From a route, as Starlette leaves it in a request's scope, to its whole template with prefixes."""

    def __init__(self, routes: Sequence[BaseRoute]) -> None:
        self._routes = routes
        self._known: dict[int, str] = {}

    def of(self, scope: Scope) -> str:
        """The template of the route that a request has come to."""
        # FastAPI leaves its own routes there, and of a plain one of Starlette's only the endpoint.
        come_to = [id(scope[key]) for key in ("route", "endpoint") if scope.get(key) is not None]
        if come_to and not any(each in self._known for each in come_to):
            self._known = dict(self._all())
        return next((self._known[each] for each in come_to if each in self._known), NONE)

    def _all(self) -> Iterator[tuple[int, str]]:
        for route, path, _ in whole_routes(self._routes):
            yield id(route), path
            if not isinstance(route, Mount) and getattr(route, "endpoint", None) is not None:
                yield id(route.endpoint), path  # type: ignore[attr-defined]  # of every route that is no mount


def whole_routes(routes: Sequence[BaseRoute], prefix: str = "") -> Iterator[tuple[BaseRoute, str, Any]]:
    """Every route, of mounted applications too: itself, its whole template, what FastAPI knows of it."""
    for context in iter_route_contexts(routes):
        route = context.original_route
        path = prefix + str(getattr(context, "path", ""))
        if isinstance(route, Mount):
            yield route, prefix + route.path, None
            yield from whole_routes(route.routes or [], prefix + route.path)
        else:
            yield route, path, context
