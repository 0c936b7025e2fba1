"""``gateway roles``: who may come in at which door, read from the application itself."""

import csv
import io
from collections.abc import Iterator, Sequence

from api.application import every_route
from api.rest.matrix import StandingRoute, standing_routes
from api.terminal import results
from gateway.records.actor import Role

ROLES: Sequence[Role] = tuple(role for role in Role if role is not Role.CLOCKWORK)
"""The clockwork comes through no door."""

SHORT = {Role.DUTY_MANAGER: "duty mgr", Role.COMMISSIONER: "commiss.", Role.ADMINISTRATOR: "admin"}


def run(*, as_csv: bool) -> int:
    """Print a line a route and method, with what it asks for and the roles that have it."""
    routes = standing_routes(every_route())
    say = results()
    for line in _csv(routes) if as_csv else _table(routes):
        say.print(line, soft_wrap=True, highlight=False, markup=False)
    return 0


def asked(route: StandingRoute) -> str:
    """What a route asks for."""
    if route.public:
        return "public"
    return route.permission.value if route.permission is not None else "NOTHING, NOT ON PURPOSE"


def _csv(routes: Sequence[StandingRoute]) -> Iterator[str]:
    rows = [["method", "path", "permission", *(role.value for role in ROLES)]]
    rows += [
        [each.method, each.path, asked(each), *("yes" if each.open_to(role) else "no" for role in ROLES)]
        for each in routes
    ]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    yield from text.getvalue().splitlines()


def _table(routes: Sequence[StandingRoute]) -> Iterator[str]:
    wide = max(len(each.path) for each in routes)
    names = [SHORT.get(role, role.value) for role in ROLES]
    yield f"{'method':6}  {'path':{wide}}  {'permission':20}  {'  '.join(names)}"
    for each in routes:
        marks = [
            ("yes" if each.open_to(role) else "-").ljust(len(name))
            for role, name in zip(ROLES, names, strict=True)
        ]
        yield f"{each.method:6}  {each.path:{wide}}  {asked(each):20}  {'  '.join(marks)}".rstrip()
