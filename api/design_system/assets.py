"""Style, script and pictures: packed on the way, kept by a browser until a release changes them."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

FOLDER: Final = Path(__file__).parent / "static"

KEPT_FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""An address with a digest of the contents: what it answers never changes (RFC 8246)."""

KEPT_FOR_AN_HOUR: Final = "public, max-age=3600"


class _Kept(StaticFiles):
    """Files that a browser may keep; nothing in them is about anybody."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            kept = KEPT_FOR_GOOD if scope["query_string"].startswith(b"v=") else KEPT_FOR_AN_HOUR
            response.headers["Cache-Control"] = kept
        return response


def assets() -> ASGIApp:
    """The files of the folder, packed for whoever understands it.

    Pages are never packed: with a secret and something a stranger chose in one page, its packed length would
    tell of the secret (BREACH, 2013).
    """
    return GZipMiddleware(_Kept(directory=FOLDER), minimum_size=1_000, compresslevel=6)


@cache
def asset(name: str) -> str:
    """The address of a file; it changes with what is in the file."""
    return f"/static/{name}?v={sha256((FOLDER / name).read_bytes()).hexdigest()[:12]}"
