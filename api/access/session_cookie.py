"""The cookie of a session: given when one begins, taken away when it ends."""

from fastapi import Request, Response

from api.access.recognising import COOKIE
from gateway.accounts.sessions import ABSOLUTE

LONGEST_BROWSER = 200
"""Characters kept of what a browser says it is."""


def give_session(response: Response, secret: str) -> Response:
    """Have the browser keep a session's secret.

    No script reads it, and it goes over nothing but HTTPS, to this host alone. ``Lax`` and not ``Strict``:
    whoever follows a link in a mail ("you have an offer to answer"), or comes back from their OpenID Connect
    provider, would otherwise arrive as a stranger. What ``Strict`` adds is that other pages cannot have
    changes made in somebody's name, and the CSRF token and the check of the origin forbid that.
    """
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


def take_session(response: Response) -> Response:
    """Have the browser forget it, and whatever it keeps of pages (OWASP ASVS 5.0, 14.3.1)."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


def browser_of(request: Request) -> str | None:
    """What a browser says it is, so that its owner knows the session in a list."""
    said = "".join(each for each in request.headers.get("User-Agent", "") if each.isprintable())
    return said[:LONGEST_BROWSER] or None
