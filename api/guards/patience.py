"""How long a body may take to come, and how much of all bodies is held at once.

Whoever sends a byte a second does not keep a place; and many large bodies at once, which each would be
allowed, do not fill the memory of the machine.
"""

import asyncio
import time
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WITHIN: Final = 20.0
"""Seconds in which a body must begin and go on; ours."""

LEAST_RATE: Final = 16_384
"""Bytes a second, over what has come, for which more time is given: a large file over a slow line."""

MOST_HELD: Final = 268_435_456
"""Bytes of the bodies of all requests in hand; ours."""


class TooSlow(HTTPException):
    """The body did not come in time (408; RFC 9110, 15.5.9)."""

    def __init__(self) -> None:
        super().__init__(408, "The body did not come in time", headers={"Connection": "close"})


class TooMuchHeld(HTTPException):
    """The bodies of all requests together are too large just now."""

    def __init__(self) -> None:
        super().__init__(503, "Too much is being sent just now", headers={"Retry-After": "5"})


class Patience:
    """Waits for a body so long and no longer, and holds so much and no more."""

    def __init__(self, app: ASGIApp, within: float = WITHIN, most_held: int = MOST_HELD) -> None:
        self.app, self.within, self.most_held = app, within, most_held
        self.held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that can neither dawdle nor crowd out the others."""
        body = _Body(self, receive)
        try:
            await self.app(scope, body.next, send)
        finally:
            self.held -= body.came


class _Body:
    def __init__(self, among: Patience, receive: Receive) -> None:
        self.among, self.receive = among, receive
        self.whole, self.came = False, 0
        self.asked_at: float | None = None

    async def next(self) -> Message:
        """The next part; after the last one, whatever comes, however long it takes."""
        if self.whole:
            return await self.receive()
        now = time.monotonic()
        self.asked_at = self.asked_at or now
        left = self.asked_at + self.among.within + self.came / LEAST_RATE - now
        try:
            message = await asyncio.wait_for(self.receive(), max(left, 0.001))
        except TimeoutError:
            raise TooSlow from None
        self._hold(len(message.get("body", b"")))
        self.whole = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def _hold(self, size: int) -> None:
        self.came += size
        self.among.held += size
        if self.among.held > self.among.most_held:
            raise TooMuchHeld
