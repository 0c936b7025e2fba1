"""Signing in through an OpenID Connect provider: the browser goes there, and comes back with an answer."""

from typing import Annotated, Final, TypeAlias

from fastapi import Query, Request, Response
from starlette.responses import RedirectResponse

from api.access.openid import LASTS, NotVouched, OpenIdProvider
from api.access.session_cookie import give_session
from api.problems import problem_of
from api.rest.door import PUBLIC
from api.rest.porch import ANYONE, Porch, declared_of_porch
from api.rest.strict_requests import doors
from gateway.accounts.vouched_elsewhere import sign_in_as_vouched
from gateway.refusals import Conflict, Refusal
from gateway.storage.work import Work

router = doors("session")

ASKED: Final = "__Host-gateway-openid"
"""The cookie that ties an answer to the browser that asked. ``Lax``: the answer comes from another host."""

LANDING: Final = "/"
"""Where somebody stands who has been signed in."""

Told: TypeAlias = Annotated[str | None, Query(max_length=1_200, description="As the provider gives it.")]


class NoProvider(Conflict):
    """No provider is set up."""

    def __init__(self) -> None:
        super().__init__("Signing in through OpenID Connect is not set up here.")


@router.get(
    "/openid/start",
    summary="Go to the OpenID Connect provider to sign in",
    status_code=303,
    response_class=RedirectResponse,
    responses=declared_of_porch(Conflict),
    openapi_extra=PUBLIC,
)
def start(porch: Annotated[Porch, ANYONE]) -> Response:
    """For a browser. Public: nobody is signed in yet."""
    asked = provider_of(porch.request).begin(porch.store.keys, at=porch.at)
    response = RedirectResponse(asked.url, status_code=303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        ASKED,
        asked.kept,
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get(
    "/openid/callback",
    summary="Come back from the OpenID Connect provider",
    status_code=303,
    response_class=RedirectResponse,
    responses=declared_of_porch(Conflict),
    openapi_extra=PUBLIC,
)
def come_back(
    porch: Annotated[Porch, ANYONE], state: Told = None, code: Told = None, iss: Told = None
) -> Response:
    """For a browser: sets the cookie of a session, and leads on. Public: nobody is signed in yet.

    Only somebody who was invited has an account; the first time they are found by the address that the
    provider has verified. An answer is taken once, from the browser that asked, within ten minutes.
    """
    try:
        response = _signed_in(porch, provider_of(porch.request), state=state, code=code, iss=iss)
    except Refusal as refusal:
        response = problem_of(refusal)
    response.delete_cookie(ASKED, path="/", secure=True, httponly=True, samesite="lax")
    return response


def _signed_in(
    porch: Porch, provider: OpenIdProvider, *, state: str | None, code: str | None, iss: str | None
) -> Response:
    kept = porch.request.cookies.get(ASKED)
    if kept is None or not state or not code:  # it may also have answered with an error
        raise NotVouched
    vouched = provider.finish(porch.store.keys, kept, state=state, code=code, issuer=iss, at=porch.at)

    def deed(work: Work) -> str | None:
        done = sign_in_as_vouched(vouched, browser=porch.browser, at=porch.at, work=work)
        return None if done is None else done.begun.secret

    secret = porch.store.transact(deed)
    if secret is None:
        raise NotVouched
    response = RedirectResponse(LANDING, status_code=303, headers={"Cache-Control": "no-store"})
    return give_session(response, secret)


def provider_of(request: Request) -> OpenIdProvider:
    """The provider that is set up.

    Raises
    ------
    NoProvider
        If none is.
    """
    provider: OpenIdProvider | None = request.app.state.openid
    if provider is None:
        raise NoProvider
    return provider
