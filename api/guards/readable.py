"""Addresses and framing that can be read in one way only; for every route, in one place.

A NUL or broken UTF-8 in a path or a query reaches no database, and a request whose end two machines would
find in different places is not heard at all (OWASP ASVS 5.0, 4.2.1).
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import problem

LONGEST_QUERY: Final = 4_096
"""Bytes; the longest that the lists take, page and filters together, is a quarter of that."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
"""No address has control characters; in a query, a tab or a new line may be meant."""


LONGEST_HEADERS: Final = 32_768
"""Bytes of all header fields together."""


class Readable:
    """Refuses what cannot be read, or can be read in two ways (400), and too many headers (431)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it can be read."""
        if sum(len(name) + len(value) for name, value in scope["headers"]) > LONGEST_HEADERS:
            words = f"The header fields are longer than {LONGEST_HEADERS} bytes."
            await problem(431, words, type_="/problems/headers-too-large")(scope, receive, send)
            return
        fault = _fault(scope)
        if fault is None:
            await self.app(scope, receive, send)
            return
        await problem(400, fault, type_="/problems/unreadable")(scope, receive, send)


def _fault(scope: Scope) -> str | None:
    headers = Headers(scope=scope)
    if len(headers.getlist("Content-Length")) > 1:
        return "Content-Length stands there twice."
    if "Content-Length" in headers and "Transfer-Encoding" in headers:
        return "Content-Length and Transfer-Encoding contradict each other."
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogatepass")
    path = _text(unquote_to_bytes(raw_path.partition(b"?")[0]))
    if path is None or _CONTROL.search(path):
        return "The path holds a control character or is not UTF-8."
    query: bytes = scope["query_string"]
    if len(query) > LONGEST_QUERY:
        return f"The query is longer than {LONGEST_QUERY} bytes."
    asked = _text(unquote_to_bytes(query))
    if asked is None or "\0" in asked:
        return "The query holds a NUL or is not UTF-8."
    return None


def _text(raw: bytes) -> str | None:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None
