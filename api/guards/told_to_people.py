"""Refusals of the guards as pages for whoever is at a browser; programs are told problems as ever."""

import json
from collections.abc import Callable, MutableMapping
from typing import Any, Final, TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guards.machine_paths import MACHINES
from api.problems import MEDIA_TYPE

Page: TypeAlias = Callable[[int, str], bytes]
"""The page for a status and a sentence."""

TOO_LONG: Final = 65_536
"""Bytes; no problem of a guard is as long."""


class ToldToPeople:
    """Puts a page in the place of a problem, where somebody at a browser asked for a page."""

    def __init__(self, app: ASGIApp, page: Page) -> None:
        self.app, self.page = app, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold back a problem until all of it is there."""
        if not _asks_for_a_page(scope):
            await self.app(scope, receive, send)
            return
        held: MutableMapping[str, Any] | None = None
        body = b""

        async def told(message: Message) -> None:
            nonlocal held, body
            if message["type"] == "http.response.start" and _is_problem(message):
                held = message
            elif held is None:
                await send(message)
            else:
                body = (body + message.get("body", b""))[:TOO_LONG]

        await self.app(scope, receive, told)
        if held is not None:
            await self._show(held, body, send)

    async def _show(self, start: MutableMapping[str, Any], body: bytes, send: Send) -> None:
        page = self.page(start["status"], str(json.loads(body)["detail"]))
        headers = MutableHeaders(raw=list(start["headers"]))
        headers["Content-Type"], headers["Content-Length"] = "text/html; charset=utf-8", str(len(page))
        await send({**start, "headers": headers.raw})
        await send({"type": "http.response.body", "body": page})


def _asks_for_a_page(scope: Scope) -> bool:
    accepts = Headers(scope=scope).get("Accept", "")
    return "text/html" in accepts and not scope["path"].startswith(MACHINES)


def _is_problem(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("Content-Type", "").startswith(MEDIA_TYPE)
