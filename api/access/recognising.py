"""Who is asking: a session's cookie or a token, each looked up anew at every request."""

import hmac
from datetime import datetime
from typing import Final

from fastapi import Request
from fastapi.security import APIKeyCookie, HTTPBearer

from api.access.permissions import Permission
from api.access.visitor import Visitor, visitor_of
from api.problems import NotSignedIn
from gateway.accounts import sessions, tokens
from gateway.accounts.sessions import factor_due, session_of, stamp_session
from gateway.accounts.tokens import stamp_token, token_of
from gateway.refusals import NotAllowed
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store

COOKIE: Final = "__Host-gateway"
"""The prefix makes browsers refuse it over plain HTTP, from another host, or for a part of this one
(draft-ietf-httpbis-rfc6265bis, 4.1.3.2)."""

CSRF_HEADER: Final = "X-CSRF-Token"

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

COOKIE_SCHEME: Final = APIKeyCookie(name=COOKIE, auto_error=False, description="A session, at a browser.")
BEARER_SCHEME: Final = HTTPBearer(auto_error=False, description="A token, for a program.")


class Forged(NotAllowed):
    """The request may come from somebody else's page: its CSRF token or its origin is wrong."""

    def __init__(self) -> None:
        super().__init__("This request does not come from our own page: load the page again.")


def csrf_token(keys: Keyring, digest: str) -> str:
    """What a page of a session sends back with every change; ``digest``: of the session's secret."""
    return keys.digest("csrf", digest)


def recognise(store: Store, request: Request, *, csrf: str, origins: frozenset[str], at: datetime) -> Visitor:
    """Who is asking.

    Parameters
    ----------
    csrf
        The CSRF token that came with the request: in a header, or in a page's form.

    Raises
    ------
    NotSignedIn
        If nobody is, or what they show does not stand any more.
    Forged
        If a session is used for a change without its CSRF token, or from another origin.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        if scheme.lower() != "bearer":
            raise NotSignedIn
        return _by_token(store, secret.strip(), at)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        raise NotSignedIn
    return _by_session(store, request, cookie, csrf, origins, at)


def _by_token(store: Store, secret: str, at: datetime) -> Visitor:
    with store.reading() as work:
        found = token_of(work, secret, at=at)
    if found is None:
        raise NotSignedIn
    token, account = found
    if token.last_used_at is None or token.last_used_at <= at - tokens.STAMPED_EVERY:
        store.transact(lambda work: stamp_token(token.id, at=at, work=work))
    known = {each.value for each in Permission}
    scopes = frozenset(Permission(each) for each in token.scopes.split() if each in known)
    return visitor_of(account, scopes=scopes)


def _by_session(
    store: Store, request: Request, cookie: str, csrf: str, origins: frozenset[str], at: datetime
) -> Visitor:
    with store.reading() as work:
        found = session_of(work, cookie, at=at)
        due = found is not None and factor_due(work, found[0])
    if found is None:
        raise NotSignedIn
    session, account = found
    if request.method not in SAFE:
        refuse_foreign_origin(request, origins)
        refuse_forged(csrf, csrf_token(store.keys, session.digest))
    if session.last_seen_at <= at - sessions.STAMPED_EVERY:
        store.transact(lambda work: stamp_session(session.id, at=at, work=work))
    return visitor_of(account, session_id=session.id, second_factor=session.second_factor, factor_due=due)


def seen_before(store: Store, request: Request, *, at: datetime) -> Visitor | None:
    """Whose session the request comes with, for a page that shows nothing of theirs but where they may go."""
    with store.reading() as work:
        found = session_of(work, request.cookies.get(COOKIE, ""), at=at)
        if found is None:
            return None
        session, account = found
        due = factor_due(work, session)
    return visitor_of(account, session_id=session.id, second_factor=session.second_factor, factor_due=due)


def refuse_forged(sent: str, expected: str) -> None:
    """Refuse a change whose CSRF token is another than our page has.

    Raises
    ------
    Forged
        If it is.
    """
    if not hmac.compare_digest(sent.encode(), expected.encode()):
        raise Forged


def refuse_foreign_origin(request: Request, origins: frozenset[str]) -> None:
    """Refuse a change that a browser says comes from another page.

    Raises
    ------
    Forged
        If it does (OWASP ASVS 5.0, 3.5.1).
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin not in origins:
        raise Forged
    if origin is None and request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        raise Forged
