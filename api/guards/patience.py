"""How long a body may take to come: whoever sends a byte a second does not keep a place."""

import asyncio
import time
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WITHIN: Final = 20.0
"""Seconds in which a body must begin and go on; ours."""

LEAST_RATE: Final = 16_384
"""Bytes a second, over what has come, for which more time is given: a large file over a slow line."""


class TooSlow(HTTPException):
    """The body did not come in time (408; RFC 9110, 15.5.9)."""

    def __init__(self) -> None:
        super().__init__(408, "The body did not come in time", headers={"Connection": "close"})


class Patience:
    """Waits for a body so long and no longer."""

    def __init__(self, app: ASGIApp, within: float = WITHIN) -> None:
        self.app, self.within = app, within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that cannot dawdle."""
        await self.app(scope, _Body(receive, self.within).next, send)


class _Body:
    def __init__(self, receive: Receive, within: float) -> None:
        self.receive, self.within = receive, within
        self.whole, self.came = False, 0
        self.asked_at: float | None = None

    async def next(self) -> Message:
        """The next part; after the last one, whatever comes, however long it takes."""
        if self.whole:
            return await self.receive()
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        left = self.asked_at + self.within + self.came / LEAST_RATE - now
        try:
            message = await asyncio.wait_for(self.receive(), max(left, 0.001))
        except TimeoutError:
            raise TooSlow from None
        self.came += len(message.get("body", b""))
        self.whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message
