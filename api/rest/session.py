"""Signing in and out. A password begins a session; where a second factor is set up, a code completes it."""

from typing import Annotated, Final

import anyio
from fastapi import Response
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from api.access.permissions import Permission
from api.access.session_cookie import give_session, take_session
from api.problems import NotSignedIn
from api.rest.door import PUBLIC, Door, answer_of, declared, may, sent
from api.rest.porch import ANYONE, Porch, declared_of_porch
from api.rest.strict_requests import doors
from api.rest.values import Asked, Email, Password
from api.rest.whoami import SessionTold, session_told
from gateway.accounts.second_factors import WrongCode, vouch
from gateway.accounts.sessions import Begun, end_session
from gateway.accounts.signing_in import sign_in
from gateway.accounts.tables import SessionRow
from gateway.refusals import Conflict, NotAllowed
from gateway.storage.store import Store
from gateway.storage.work import Work

router = doors("session")

HalfWay = Annotated[Door, may(Permission.OWN_ACCOUNT, half_way=True)]
"""The door of whoever may still owe a second factor."""

REFUSED_AFTER: Final = 0.25
"""Seconds after which a refused sign-in is answered at the soonest: only the failure of an account that
exists is written down, and the time this takes would tell (OWASP ASVS 5.0, 6.3.8)."""


class SignInRefused(NotSignedIn):
    """Somebody could not sign in; why is not told."""

    def __init__(self) -> None:
        super().__init__(
            "The address or the password is wrong, or too many attempts failed: wait a while and try again."
        )


class NoSession(NotAllowed):
    """What is done in a session was tried with a token, which has none."""

    def __init__(self) -> None:
        super().__init__("This is done by somebody who has signed in, not with a token.")


class SignIn(Asked):
    """Who somebody says they are, and what proves it."""

    email: Email
    password: Password


class Code(Asked):
    """What proves it a second time."""

    code: Annotated[
        str,
        StringConstraints(pattern=r"^([0-9]{6}|[0-9A-Za-z]{5}-?[0-9A-Za-z]{5})$"),
        Field(
            description="Of the minute, from the authenticator app, or a recovery code.", examples=["492039"]
        ),
    ]


@router.post(
    "/session",
    summary="Sign in with an address and a password",
    status_code=201,
    response_model=SessionTold,
    responses=declared_of_porch(),
    openapi_extra=PUBLIC,
)
async def begin(asked: SignIn, porch: Annotated[Porch, ANYONE]) -> Response:
    """The answer sets the cookie of a new session. Public: nobody is signed in yet.

    An unknown address, a wrong password, an account that is shut for a while or may not be used: all are
    answered alike, and take as long.
    """
    soonest = anyio.current_time() + REFUSED_AFTER
    response = await run_in_threadpool(_begun, asked, porch)
    if response is None:
        await anyio.sleep_until(soonest)
        raise SignInRefused
    return response


def _begun(asked: SignIn, porch: Porch) -> Response | None:
    signed_in = sign_in(
        porch.store, asked.email, asked.password.get_secret_value(), browser=porch.browser, at=porch.at
    )
    return None if signed_in is None else answer_with(porch.store, signed_in.begun, status=201)


def answer_with(store: Store, begun: Begun, *, status: int = 200) -> Response:
    """Tell of a new session, and give its cookie."""
    with store.reading() as work:
        told = session_told(work, begun.row)
    return give_session(sent(answer_of(told, status=status)), begun.secret)


@router.get(
    "/session",
    summary="The session one is in",
    response_model=SessionTold,
    responses=declared(),
)
def read(door: HalfWay) -> Response:
    """Who one is, what one may do now, and the CSRF token."""
    id = session_of_door(door)
    return door.read(lambda work: session_told(work, work.get(SessionRow, id)))


@router.delete(
    "/session",
    summary="Sign out",
    status_code=204,
    responses=declared(),
)
def end(door: HalfWay) -> Response:
    """The session ends, and the browser forgets its cookie."""
    id, visitor = session_of_door(door), door.visitor

    def deed(work: Work) -> None:
        end_session(id, account_id=visitor.account_id, by=visitor.actor, at=door.at, work=work)

    return take_session(door.write(deed))


@router.put(
    "/session/second-factor",
    summary="Give a code of the second factor",
    response_model=SessionTold,
    responses=declared(Conflict),
)
def complete(asked: Code, door: HalfWay) -> Response:
    """The session ends, and another takes its place, for which the second factor vouches: its cookie is new.

    A wrong code counts as a failed attempt to sign in. No code works twice.
    """
    id, by = session_of_door(door), door.visitor.actor
    # Not `door.write`: a refusal has to keep its count, and a cookie is not given a second time.
    begun = door.store.transact(lambda work: vouch(id, asked.code, by=by, at=door.at, work=work))
    if begun is None:
        raise WrongCode
    return answer_with(door.store, begun)


def session_of_door(door: Door) -> str:
    """The session in which somebody asks.

    Raises
    ------
    NoSession
        If they came with a token.
    """
    if door.visitor.session_id is None:
        raise NoSession
    return door.visitor.session_id
