"""Sign in, give the second factor, sign out, set a password by an invitation."""

import re
from typing import Annotated, Final

import anyio
from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from api.access.session_cookie import give_session, take_session
from api.pages.page_door import HalfWayDoor, gone
from api.pages.page_porch import ANYBODY, PagePorch
from api.rest.door import PUBLIC
from api.rest.session import REFUSED_AFTER
from gateway.accounts.second_factors import vouch
from gateway.accounts.sessions import end_session
from gateway.accounts.setting_passwords import LinkOver, accept_invitation
from gateway.accounts.signing_in import SignedIn, sign_in
from gateway.refusals import Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

Porch = Annotated[PagePorch, ANYBODY]

REFUSED: Final = (
    "The email address or the password is wrong, or too many attempts failed. Wait a while and try again."
)
LONGEST: Final = 500
"""Characters of an address or a password that are looked at."""


@router.get("/sign-in", openapi_extra=PUBLIC)
def show_sign_in(porch: Porch) -> Response:
    """The form. Public: nobody is signed in yet."""
    return _sign_in_page(porch, {})


@router.post("/sign-in", openapi_extra=PUBLIC)
async def begin(porch: Porch) -> Response:
    """Begin a session; a wrong password and an unknown address are answered alike, and as late."""
    soonest = anyio.current_time() + REFUSED_AFTER
    email, password = porch.form.one("email")[:LONGEST], porch.form.raw("password")[:LONGEST]
    missing = {
        **({} if email else {"email": "Enter your email address"}),
        **({} if password else {"password": "Enter your password"}),
    }
    if missing:
        return await run_in_threadpool(_sign_in_page, porch, missing)
    signed_in = await run_in_threadpool(
        sign_in, porch.store, email, password, browser=porch.browser, at=porch.at
    )
    if signed_in is None:
        await anyio.sleep_until(soonest)
        return await run_in_threadpool(_sign_in_page, porch, {"email": REFUSED})
    return _come_in(signed_in, porch.form.one("next"))


def _come_in(signed_in: SignedIn, wanted: str) -> Response:
    path = inside(wanted)
    if signed_in.due:
        path = f"/second-factor?next={path}"
    return give_session(gone(path), signed_in.begun.secret)


def inside(path: str) -> str:
    """The page somebody wanted, if it is one of ours; else the start: no address elsewhere is followed."""
    return path if re.fullmatch(r"/(?![/\\])[A-Za-z0-9/_-]*", path) else "/"


def _sign_in_page(porch: PagePorch, faults: dict[str, str]) -> Response:
    wanted = inside(porch.form.one("next") or porch.request.query_params.get("next", "/"))
    email, late = porch.form.one("email"), porch.request.query_params.get("late") == "yes"
    return porch.show(
        "signing_in/sign_in.html", title="Sign in", faults=faults, next=wanted, email=email, late=late
    )


@router.get("/second-factor")
def show_second_factor(door: HalfWayDoor) -> Response:
    """The form for a code of the authenticator app, or a recovery code."""
    wanted = inside(door.request.query_params.get("next", "/"))
    return door.show("signing_in/second_factor.html", title="Second factor", next=wanted)


@router.post("/second-factor")
def complete(door: HalfWayDoor) -> Response:
    """The session ends, and another takes its place, for which the second factor vouches."""
    session, code = door.visitor.session_id or "", door.form.one("code").replace(" ", "")[:20]
    begun = door.does(lambda work: vouch(session, code, by=door.visitor.actor, at=door.at, work=work))
    wanted = inside(door.form.one("next"))
    if begun is None:
        wrong = {"code": "This code is wrong or was used. Wait for the next one and try again."}
        return door.show("signing_in/second_factor.html", title="Second factor", faults=wrong, next=wanted)
    return give_session(gone(wanted), begun.secret)


@router.post("/sign-out")
def go(door: HalfWayDoor) -> Response:
    """The session ends, and the browser forgets its cookie."""
    visitor = door.visitor

    def deed(work: Work) -> None:
        end_session(
            visitor.session_id or "",
            account_id=visitor.account_id,
            by=visitor.actor,
            at=door.at,
            work=work,
        )

    door.does(deed)
    return take_session(gone("/sign-in", said="You have signed out."))


@router.get("/invitation", openapi_extra=PUBLIC)
def show_invitation(porch: Porch) -> Response:
    """The form for the secret of an invitation. Public: whoever has it has no password yet."""
    return porch.show("signing_in/invitation.html", title="Set your password")


@router.post("/invitation", openapi_extra=PUBLIC)
def accept(porch: Porch) -> Response:
    """Set the password; the invitation is used up."""
    secret, password = porch.form.one("secret")[:LONGEST], porch.form.raw("password")
    if password != porch.form.raw("again"):
        return _invitation_again(porch, {"again": "The two passwords are not the same"})
    try:
        porch.store.transact(lambda work: accept_invitation(secret, password, at=porch.at, work=work))
    except Invalid as refused:
        return _invitation_again(porch, {"password": f"The password {refused.faults[0][1]}"})
    except LinkOver as refused:
        return _invitation_again(porch, {"secret": str(refused)})
    return gone("/sign-in", said="Your password is set. Sign in with it.")


def _invitation_again(porch: PagePorch, faults: dict[str, str]) -> Response:
    return porch.show(
        "signing_in/invitation.html",
        title="Set your password",
        faults=faults,
        secret=porch.form.one("secret"),
    )
