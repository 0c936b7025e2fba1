"""Every route as it stands in the application: what it asks for, and who may."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi.dependencies.models import Dependant
from starlette.routing import BaseRoute, Mount
from starlette.types import Scope

from api.access.permissions import MAY, Permission
from api.guards.recording import METHODS
from api.guards.route_templates import whole_routes
from api.rest.door import PUBLIC
from gateway.records.actor import Role

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

OPENAPI: Final = "/api/v1/openapi.json"
"""What the doors are, for programs: the same for everybody, and published with the source."""

OPEN: Final = frozenset({OPENAPI})
"""Routes that are there for strangers on purpose and cannot say so themselves; others carry `PUBLIC`."""

WITH_A_SECRET: Final = frozenset({"/api/v1/messages/receipts"})
"""Routes for machines that show a secret of their own: using one is no attempt to come in."""

OPEN_MOUNTS: Final = frozenset({"/open-referral"})
"""Applications of open data, in which every route is there for strangers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingRoute:
    """A route and method.

    permission
        What it asks for; ``None``: nothing.
    public
        Whether that is on purpose.
    known
        What FastAPI knows of it.
    """

    method: str
    path: str
    permission: Permission | None
    public: bool
    known: Any

    def open_to(self, role: Role) -> bool:
        """Whether somebody in this role may come in, at whatever rows they can reach."""
        return self.public or (self.permission is not None and self.permission in MAY[role])


def standing_routes(routes: Sequence[BaseRoute]) -> list[StandingRoute]:
    """Every route and method, in the order of paths."""
    found = [
        standing
        for route, path, known in whole_routes(routes)
        if not isinstance(route, Mount)
        for standing in _of_route(path, known)
    ]
    return sorted(found, key=lambda each: (each.path, each.method))


def _of_route(path: str, known: Any) -> Iterator[StandingRoute]:  # noqa: ANN401  a route of FastAPI's
    gates = list(_gates(getattr(known, "dependant", None)))
    methods: Iterable[str] = getattr(known, "methods", None) or METHODS
    for method in sorted({*methods} - {"HEAD"}):
        yield StandingRoute(
            method=method,
            path=path,
            permission=gates[0] if gates else None,
            public=not gates and _is_open(known, path),
            known=known,
        )


def _gates(dependant: Dependant | None) -> Iterator[Permission]:
    """What the gates ask for, REST's and those of pages."""
    for each in dependant.dependencies if dependant is not None else ():
        permission = getattr(each.call, "permission", None)
        if isinstance(permission, Permission):
            yield permission
        yield from _gates(each)


def _is_open(known: Any, path: str) -> bool:  # noqa: ANN401  a route of FastAPI's
    extra = getattr(known, "openapi_extra", None) or {}
    in_open_data = any(path == each or path.startswith(f"{each}/") for each in OPEN_MOUNTS)
    return path in OPEN or in_open_data or extra.get("security") == PUBLIC["security"]


def changes_by_strangers(routes: Sequence[BaseRoute]) -> Callable[[Scope], bool]:
    """Tells whether a request would change something although nobody has come in: signing in and the like."""
    patterns: list[tuple[str, Any]] = []

    def is_one(scope: Scope) -> bool:
        if scope["method"] in SAFE:
            return False
        if not patterns:
            patterns.extend(
                (each.method, each.known.path_regex)
                for each in standing_routes(routes)
                if each.public and each.method not in SAFE and each.path not in WITH_A_SECRET
            )
            patterns.append(("", None))  # so that none is looked for but once
        return any(
            method == scope["method"] and pattern.match(scope["path"])
            for method, pattern in patterns
            if pattern is not None
        )

    return is_one
