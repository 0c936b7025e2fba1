"""Who somebody is to the gateway, and what they may do now: as sessions and one's own account tell it."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from api.access.permissions import MAY, Permission
from api.access.recognising import csrf_token
from api.access.visitor import Visitor, visitor_of
from api.rest.values import Told
from gateway.accounts.sessions import factor_due
from gateway.accounts.tables import AccountRow, SessionRow
from gateway.records.actor import Role
from gateway.storage.work import Work


class SecondFactor(StrEnum):
    """How a session stands to the second factor."""

    GIVEN = "given"
    """It has vouched."""
    DUE = "due"
    """It is set up and has to vouch before anything else: ``PUT /session/second-factor``."""
    MISSING = "missing"
    """The role needs one, and none is set up: ``POST /own-account/second-factor``."""
    NOT_NEEDED = "not_needed"
    """None is set up, and the role needs none; or a token is used."""


class OwnAccountTold(Told):
    """Somebody's own account."""

    id: str
    name: str = Field(examples=["Ada Lovelace"])
    email: str = Field(examples=["ada.lovelace@example.org"])
    role: Role
    agency_id: str | None = Field(description="For which agency a referrer works.")
    provider_id: str | None = Field(description="For which provider somebody works.")
    authority_id: str | None = Field(description="For which authority a commissioner works; null: for all.")
    permissions: Sequence[Permission] = Field(description="What may be done now, by this session or token.")
    second_factor: SecondFactor


class SessionTold(Told):
    """A session, told to whoever is in it."""

    id: str = Field(examples=["Z-7K3F92QDXM"])
    account: OwnAccountTold
    csrf_token: str = Field(description="Send it as ``X-CSRF-Token`` with whatever is not a GET.")
    expires_at: datetime = Field(description="It ends then at the latest, and earlier if it is not used.")


def own_account_told(account: AccountRow, visitor: Visitor) -> OwnAccountTold:
    """An account as it is told to its owner."""
    return OwnAccountTold(
        id=account.id,
        name=account.name,
        email=account.email,
        role=account.role,
        agency_id=account.agency_id,
        provider_id=account.provider_id,
        authority_id=account.authority_id,
        permissions=sorted(each for each in MAY[account.role] if visitor.may(each)),
        second_factor=_second_factor(visitor),
    )


def _second_factor(visitor: Visitor) -> SecondFactor:
    if visitor.second_factor:
        return SecondFactor.GIVEN
    if visitor.factor_due:
        return SecondFactor.DUE
    return SecondFactor.MISSING if visitor.lacks_second_factor else SecondFactor.NOT_NEEDED


def session_told(work: Work, session: SessionRow) -> SessionTold:
    """A session as it is told to whoever is in it."""
    account = work.get(AccountRow, session.account_id)
    visitor = visitor_of(
        account,
        session_id=session.id,
        second_factor=session.second_factor,
        factor_due=factor_due(work, session),
    )
    return SessionTold(
        id=session.id,
        account=own_account_told(account, visitor),
        csrf_token=csrf_token(work.keys, session.digest),
        expires_at=session.expires_at,
    )
