"""How many requests are in hand at once: the one too many is told to come back, before it costs anything."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guards.machine_paths import PROBES
from api.problems import problem

RETRY_AFTER: Final = 2
"""Seconds; ours."""


class Crowds:
    """Refuses what comes when ``most`` requests are in hand.

    A stream of events counts until it has begun, as it then waits and does nothing; the probes of machines
    never count, as they are to tell that there is a crowd.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most, self.in_hand = app, most, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if there is room."""
        if scope["path"] in PROBES:
            await self.app(scope, receive, send)
            return
        if self.in_hand >= self.most:
            await _crowded(scope, receive, send)
            return
        held = True
        self.in_hand += 1

        def let_go() -> None:
            nonlocal held
            self.in_hand -= held
            held = False

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and _streams(message):
                let_go()
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            let_go()


def _streams(start: Message) -> bool:
    return Headers(raw=start["headers"]).get("Content-Type", "").startswith("text/event-stream")


async def _crowded(scope: Scope, receive: Receive, send: Send) -> None:
    answer = problem(
        503,
        "Too many requests are in hand just now; nothing of this one was done. Try again.",
        type_="/problems/crowded",
        headers={"Retry-After": str(RETRY_AFTER)},
    )
    await answer(scope, receive, send)
