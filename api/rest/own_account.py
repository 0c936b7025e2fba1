"""One's own account: password, second factor, recovery codes, sessions.

All but reading is done in a session, never with a token. What a thief of a session would do first (another
password, another second factor, new recovery codes) asks for the password again (OWASP ASVS 5.0, 7.5.1), and
nothing at all is done here while a second factor that is set up has not vouched.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.session_cookie import give_session
from api.rest.door import Door, SecondFactorNeeded, answer_of, declared, may, sent
from api.rest.session import Code, session_of_door
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, NewPassword, Password, Told
from api.rest.whoami import OwnAccountTold, SessionTold, own_account_told, session_told
from gateway.accounts.second_factors import (
    WrongCode,
    confirm,
    enrol,
    new_recovery_codes,
    remove_second_factor,
)
from gateway.accounts.sessions import end_other_sessions, end_session, sessions_of
from gateway.accounts.setting_passwords import change_password
from gateway.accounts.signing_in import prove_owner
from gateway.accounts.tables import AccountRow, SessionRow
from gateway.refusals import Conflict, NotAllowed, NotFound
from gateway.storage.work import Work

router = doors("own account")

Own = Annotated[Door, may(Permission.OWN_ACCOUNT)]


class WrongPassword(NotAllowed):
    """Whoever uses the session has not proved that they are its owner."""

    def __init__(self) -> None:
        super().__init__("The password is wrong, or too many attempts failed: wait a while and try again.")


class Proof(Asked):
    """The password once more.

    Whoever signs in through OpenID Connect alone has none: they sign in again there, not long before.
    """

    password: Password | None = None


class PasswordChange(Asked):
    """The password that stands, and the one that one wants."""

    password: Password | None = Field(default=None, description="Null: one has none yet.")
    new_password: NewPassword


class EnrolledTold(Told):
    """A second factor for an authenticator app; not in force until a code of it has been sent back."""

    secret: str | None = Field(
        description="Told once; null if this answer is given again.", examples=["JBSWY3DPEHPK3PXP"]
    )
    uri: str | None = Field(description="The same, as the app reads it from a picture; told once.")


class RecoveryCodesTold(Told):
    """Codes that stand in for the second factor, each once. Keep them where the password is not."""

    recovery_codes: Sequence[str] | None = Field(
        description="Told once; null if this answer is given again.", examples=[["4KX2P-99MBT"]]
    )


class ConfirmedTold(RecoveryCodesTold):
    """A second factor that is in force, and the session that goes on with it."""

    session: SessionTold


class OwnSessionTold(Told):
    """A session of one's own."""

    id: str = Field(examples=["Z-7K3F92QDXM"])
    began_at: datetime
    last_seen_at: datetime = Field(description="Exact to the minute.")
    expires_at: datetime
    second_factor: bool
    browser: str | None = Field(description="What the browser said it was.")
    current: bool = Field(description="Whether this is the one in which it is asked.")


class OwnSessionsTold(Told):
    """Sessions that stand, the newest first."""

    items: Sequence[OwnSessionTold]


class EndedTold(Told):
    """How many sessions were ended."""

    ended: int


@router.get("/own-account", summary="One's own account", response_model=OwnAccountTold, responses=declared())
def read(door: Own) -> Response:
    """Who one is, and what one may do with this session or token."""
    visitor = door.visitor
    return door.read(lambda work: own_account_told(work.get(AccountRow, visitor.account_id), visitor))


@router.put(
    "/own-account/password", summary="Change one's password", status_code=204, responses=declared(Conflict)
)
def change(asked: PasswordChange, door: Own) -> Response:
    """Every other session ends. Twelve characters at least, not one that many use: three random words do."""
    session, visitor = proved(door, asked.password), door.visitor
    new = asked.new_password.get_secret_value()

    def deed(work: Work) -> None:
        change_password(
            visitor.account_id, new, keep_session=session, by=visitor.actor, at=door.at, work=work
        )

    return door.write(deed)


@router.post(
    "/own-account/second-factor",
    summary="Begin to set up a second factor",
    status_code=201,
    response_model=EnrolledTold,
    responses=declared(Conflict),
)
def begin_second_factor(asked: Proof, door: Own) -> Response:
    """Answers with a secret for an authenticator app (TOTP, RFC 6238). Send back a code of it to confirm."""
    proved(door, asked.password)
    visitor = door.visitor

    def deed(work: Work) -> EnrolledTold:
        made = enrol(visitor.account_id, by=visitor.actor, at=door.at, work=work)
        return EnrolledTold.model_validate(made)

    return door.write(deed, status=201, told_once=("secret", "uri"))


@router.put(
    "/own-account/second-factor",
    summary="Confirm the second factor with a code of it",
    response_model=ConfirmedTold,
    responses=declared(Conflict),
)
def confirm_second_factor(asked: Code, door: Own) -> Response:
    """It is in force from now on. Answers with recovery codes, once; the session's cookie is new."""
    session = signed_in(door)
    done = door.store.transact(
        lambda work: confirm(session, asked.code, by=door.visitor.actor, at=door.at, work=work)
    )
    if done is None:
        raise WrongCode
    with door.store.reading() as work:
        told = ConfirmedTold(recovery_codes=done.recovery_codes, session=session_told(work, done.begun.row))
    return give_session(sent(answer_of(told)), done.begun.secret)


@router.post(
    "/own-account/second-factor/remove",
    summary="Remove one's second factor",
    status_code=204,
    responses=declared(Conflict),
)
def remove(asked: Proof, door: Own) -> Response:
    """Recovery codes and other sessions go too. A role that needs one does nothing until one is set up."""
    session, visitor = proved(door, asked.password), door.visitor

    def deed(work: Work) -> None:
        remove_second_factor(
            visitor.account_id, keep_session=session, by=visitor.actor, at=door.at, work=work
        )

    return door.write(deed)


@router.post(
    "/own-account/recovery-codes",
    summary="Make new recovery codes",
    status_code=201,
    response_model=RecoveryCodesTold,
    responses=declared(Conflict),
)
def make_recovery_codes(asked: Proof, door: Own) -> Response:
    """Those made before are worth nothing from now on."""
    proved(door, asked.password)
    visitor = door.visitor

    def deed(work: Work) -> RecoveryCodesTold:
        codes = new_recovery_codes(visitor.account_id, by=visitor.actor, at=door.at, work=work)
        return RecoveryCodesTold(recovery_codes=codes)

    return door.write(deed, status=201, told_once=("recovery_codes",))


@router.get(
    "/own-account/sessions",
    summary="Where one is signed in",
    response_model=OwnSessionsTold,
    responses=declared(),
)
def list_sessions(door: Own) -> Response:
    """Every session that stands, the newest first."""
    current, visitor = signed_in(door), door.visitor

    def question(work: Work) -> OwnSessionsTold:
        rows = sessions_of(work, visitor.account_id, at=door.at)
        return OwnSessionsTold(items=[_session_told(row, current) for row in rows])

    return door.read(question)


@router.delete(
    "/own-account/sessions/{session_id}",
    summary="Sign out elsewhere",
    status_code=204,
    responses=declared(NotFound),
)
def end_one(session_id: IdInPath, door: Own) -> Response:
    """The session ends at once, wherever it is."""
    signed_in(door)
    visitor = door.visitor

    def deed(work: Work) -> None:
        end_session(session_id, account_id=visitor.account_id, by=visitor.actor, at=door.at, work=work)

    return door.write(deed)


@router.post(
    "/own-account/other-sessions/end",
    summary="Sign out everywhere else",
    response_model=EndedTold,
    responses=declared(),
)
def end_others(door: Own) -> Response:
    """Every session but this one ends."""
    current, visitor = signed_in(door), door.visitor

    def deed(work: Work) -> EndedTold:
        ended = end_other_sessions(
            visitor.account_id, apart_from=current, by=visitor.actor, at=door.at, work=work
        )
        return EndedTold(ended=ended)

    return door.write(deed)


def _session_told(row: SessionRow, current: str) -> OwnSessionTold:
    return OwnSessionTold(
        id=row.id,
        began_at=row.began_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        second_factor=row.second_factor,
        browser=row.browser,
        current=row.id == current,
    )


def signed_in(door: Door) -> str:
    """The session of somebody who has given all that their account asks for.

    Raises
    ------
    NoSession
        If they came with a token.
    SecondFactorNeeded
        If a second factor is set up and has not vouched.
    """
    session = session_of_door(door)
    if door.visitor.factor_due:
        raise SecondFactorNeeded
    return session


def proved(door: Door, password: Password | None) -> str:
    """The session of somebody who has just proved that they are its owner.

    Raises
    ------
    NoSession, SecondFactorNeeded
        As `signed_in`.
    WrongPassword
        If they have not; it counts as a failed attempt to sign in.
    """
    session = signed_in(door)
    known = None if password is None else password.get_secret_value()
    if not prove_owner(door.store, session, known, at=door.at):
        raise WrongPassword
    return session
