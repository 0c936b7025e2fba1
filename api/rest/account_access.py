"""How somebody gets into their account, seen to by an administrator: links, second factor, sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.accounts import LinkTold
from api.rest.door import Door, declared, may
from api.rest.strict_requests import doors
from api.rest.values import IdInPath, Told
from gateway.accounts.inviting import invite_again, reset_password
from gateway.accounts.second_factors import reset_second_factor
from gateway.accounts.sessions import end_session, sessions_of
from gateway.accounts.tables import AccountRow
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("accounts")

Manages = Annotated[Door, may(Permission.MANAGE_ACCOUNTS)]


class SessionOfTold(Told):
    """A session of somebody's."""

    id: str = Field(examples=["Z-7K3F92QDXM"])
    began_at: datetime
    last_seen_at: datetime = Field(description="Exact to the minute.")
    expires_at: datetime
    second_factor: bool
    browser: str | None = Field(description="What the browser said it was.")


class SessionsOfTold(Told):
    """Sessions that stand, the newest first."""

    items: Sequence[SessionOfTold]


@router.post(
    "/accounts/{account_id}/invitation",
    summary="Invite somebody again",
    status_code=201,
    response_model=LinkTold,
    responses=declared(NotFound, Conflict),
)
def again(account_id: IdInPath, door: Manages) -> Response:
    """Answers with a new secret; the older ones are worth nothing from now on."""

    def deed(work: Work) -> LinkTold:
        link = invite_again(account_id, by=door.visitor.actor, at=door.at, work=work)
        return LinkTold.model_validate(link)

    return door.write(deed, status=201, told_once=("secret",))


@router.post(
    "/accounts/{account_id}/reset-password",
    summary="Have somebody set a new password",
    status_code=201,
    response_model=LinkTold,
    responses=declared(NotFound, Conflict),
)
def reset(account_id: IdInPath, door: Manages) -> Response:
    """The old password and every session end; answers with the secret with which a new one is set.

    The second factor stays: make sure who asks before that is reset as well.
    """

    def deed(work: Work) -> LinkTold:
        link = reset_password(account_id, by=door.visitor.actor, at=door.at, work=work)
        return LinkTold.model_validate(link)

    return door.write(deed, status=201, told_once=("secret",))


@router.post(
    "/accounts/{account_id}/reset-second-factor",
    summary="Take somebody's second factor away",
    status_code=204,
    responses=declared(NotFound, Conflict),
)
def reset_factor(account_id: IdInPath, door: Manages) -> Response:
    """For whoever has lost it and the recovery codes. Not one's own: that asks for the password."""

    def deed(work: Work) -> None:
        reset_second_factor(account_id, by=door.visitor.actor, at=door.at, work=work)

    return door.write(deed)


@router.get(
    "/accounts/{account_id}/sessions",
    summary="Where somebody is signed in",
    response_model=SessionsOfTold,
    responses=declared(NotFound),
)
def list_sessions(account_id: IdInPath, door: Manages) -> Response:
    """Every session that stands, the newest first."""

    def question(work: Work) -> SessionsOfTold:
        work.get(AccountRow, account_id)
        rows = sessions_of(work, account_id, at=door.at)
        return SessionsOfTold(items=[SessionOfTold.model_validate(row) for row in rows])

    return door.read(question)


@router.delete(
    "/accounts/{account_id}/sessions/{session_id}",
    summary="End somebody's session",
    status_code=204,
    responses=declared(NotFound),
)
def end(account_id: IdInPath, session_id: IdInPath, door: Manages) -> Response:
    """It ends at once."""

    def deed(work: Work) -> None:
        end_session(session_id, account_id=account_id, by=door.visitor.actor, at=door.at, work=work)

    return door.write(deed)
