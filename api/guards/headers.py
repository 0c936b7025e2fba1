"""Headers of every answer, whatever it is: what browsers may do with it, and what they keep of it."""

import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whatever is no page: nothing in it is ever loaded or run (OWASP ASVS 5.0, 3.4.3)."""

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
"""For pages: only our own files, and what carries this request's nonce (``request.state.nonce``), run."""

ALWAYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=()",
        "Cache-Control": "no-store",
    }
)
"""Unless an answer says otherwise for itself: open data may be kept and shown anywhere."""

HSTS: Final = "max-age=63072000; includeSubDomains"
"""Two years (OWASP ASVS 5.0, 3.4.1: at least one, with subdomains)."""


class SecurityHeaders:
    """Adds them; ``https`` tells whether the gateway's public address is one."""

    def __init__(self, app: ASGIApp, *, https: Callable[[], bool]) -> None:
        self.app, self.https = app, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its nonce, and the answer with its headers."""
        nonce = scope["state"]["nonce"] = secrets.token_urlsafe(16)

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), nonce)
            await send(message)

        await self.app(scope, receive, told)

    def _add(self, headers: MutableHeaders, nonce: str) -> None:
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        page = headers.get("Content-Type", "").startswith("text/html")
        headers.setdefault("Content-Security-Policy", PAGE_POLICY.format(nonce=nonce) if page else API_POLICY)
        if self.https():
            headers.setdefault("Strict-Transport-Security", HSTS)
