"""Refusals of the libraries underneath, which are plain text, as problems like all others."""

import re
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import TITLES, problem


class PlainRefusals:
    """Puts a problem in the place of a refusal that is plain text or has no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; hold back what is to be told otherwise."""
        status = 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start" and _is_plain(message):
                status = message["status"]
            if not status:
                await send(message)

        await self.app(scope, receive, told)
        if status:
            title = TITLES.get(status, HTTPStatus(status).phrase)
            type_ = "/problems/" + re.sub(r"\W+", "-", title.lower())
            await problem(status, f"{title}.", type_=type_)(scope, receive, send)


def _is_plain(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("Content-Type", "text/plain")
    return start["status"] >= HTTPStatus.BAD_REQUEST and kind.startswith("text/plain")
