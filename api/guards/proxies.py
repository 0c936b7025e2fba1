"""Who is at the other end: the peer itself or, behind a proxy that is trusted, whom that proxy names."""

import re
import uuid
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, TypeAlias

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

Network: TypeAlias = IPv4Network | IPv6Network

REQUEST_ID: Final = "X-Request-ID"

_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")
_FORWARDING: Final = ("X-Forwarded-For", "Forwarded", "Via")
"""What a proxy adds (RFC 7239; RFC 9110, 7.6.3)."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read addresses and networks (``10.0.0.0/8``, ``::1``).

    Raises
    ------
    ValueError
        If one is neither.
    """
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


def within(address: str | None, among: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks; a name, or nothing, lies in none."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return any(found in network for network in among)


def neighbourhood(address: str | None) -> str:
    """Who counts as one where requests are counted: an IPv4 address, or an IPv6 network of 64 bits.

    Whoever has one address of IPv6 has 2^64 of them (RFC 4291, 2.5.4).
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return "nowhere"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
    return str(found)


class Proxies:
    """Gives each request its id, and the address and scheme of whoever sent it.

    trusted
        The proxies whose word is taken for all three. Nobody else's is.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[Network]) -> None:
        self.app, self.trusted = app, trusted
        inside: Any = app  # uvicorn has types of its own for what ASGI says
        self.behind: Any = ProxyHeadersMiddleware(inside, [str(each) for each in trusted])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with what is known of its sender."""
        headers, state = Headers(scope=scope), scope.setdefault("state", {})
        peer = scope["client"][0] if scope.get("client") else None
        trusted = within(peer, self.trusted)
        named = headers.get(REQUEST_ID, "") if trusted else ""
        state["request_id"] = named if _ID.fullmatch(named) else uuid.uuid4().hex
        state["direct"] = not any(name in headers for name in _FORWARDING)
        await (self.behind if trusted else self.app)(scope, receive, send)
