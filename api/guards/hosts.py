"""Under which names the gateway answers: a forged ``Host`` could end up in a link that it sends."""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.guards.machine_paths import PROBES
from api.problems import problem

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


@lru_cache
def hosts_of(origins: frozenset[str]) -> frozenset[str]:
    """The names in these origins, with and without a port that goes without saying."""
    found = set()
    for origin in origins:
        parts = urlsplit(origin)
        port = _DEFAULT_PORTS.get(parts.scheme, "")
        bare = parts.netloc.lower().removesuffix(port)
        found |= {bare} if parts.port not in (None, 80, 443) else {bare, bare + port}
    return frozenset(found)


class Hosts:
    """Refuses a request that is not for one of these names (421; RFC 9110, 15.5.20)."""

    def __init__(self, app: ASGIApp, names: Callable[[], Collection[str]]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is for us."""
        given = [each.lower() for each in Headers(scope=scope).getlist("Host")]
        if scope["path"] in PROBES or (len(given) == 1 and given[0] in self.names()):
            await self.app(scope, receive, send)
            return
        detail = "This gateway does not answer under the name that was asked for."
        await problem(421, detail, type_="/problems/wrong-address")(scope, receive, send)
