"""Other people's accounts, for administrators: who has one, in which role and for whom. Never a case file."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import Asked, Email, Id, IdInPath, Line, Told, Words
from gateway.accounts.addresses import account_at
from gateway.accounts.changing import (
    change_account,
    close_account,
    reactivate_account,
    suspend_account,
)
from gateway.accounts.finding import accounts
from gateway.accounts.inviting import Invited, Post, invite
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.records.actor import Role
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("accounts")

Manages = Annotated[Door, may(Permission.MANAGE_ACCOUNTS)]


class AccountTold(Told):
    """Somebody's account."""

    id: str = Field(examples=["AC-7K3F92QDXM"])
    version: int
    name: str = Field(examples=["Ada Lovelace"])
    email: str = Field(examples=["ada.lovelace@example.org"])
    role: Role
    agency_id: str | None
    provider_id: str | None
    authority_id: str | None
    status: AccountStatus
    created_at: datetime


class LinkTold(Told):
    """With what its owner sets a password, once."""

    secret: str | None = Field(
        description="Told once; null if this answer is given again. Hand it to its owner and nobody else: "
        "it is sent with ``POST /invitations/accept``.",
        examples=["Vq3mBSCJx0-rIhM2cS9e4oWkGAh3DPNcYTSoZWfAZ6g"],
    )
    expires_at: datetime


class AccountInvited(AccountTold):
    """A new account, and with what its owner sets the first password."""

    secret: str | None = Field(
        description="Told once; null if this answer is given again. Hand it to its owner and nobody else: "
        "it is sent with ``POST /invitations/accept``.",
        examples=["Vq3mBSCJx0-rIhM2cS9e4oWkGAh3DPNcYTSoZWfAZ6g"],
    )
    secret_expires_at: datetime


class AccountAsked(Asked):
    """Who somebody is, in which role they work, and for whom."""

    name: Line = Field(examples=["Ada Lovelace"])
    email: Email
    role: Role = Field(examples=["officer"])
    agency_id: Id | None = Field(default=None, description="For whom a referrer works.", examples=[None])
    provider_id: Id | None = Field(
        default=None, description="For whom a provider's worker works.", examples=[None]
    )
    authority_id: Id | None = Field(
        default=None,
        description="For whom a commissioner works; null: for the whole partnership.",
        examples=[None],
    )

    @property
    def post(self) -> Post:
        """In which role, and for whom."""
        return Post(
            role=self.role,
            agency_id=self.agency_id,
            provider_id=self.provider_id,
            authority_id=self.authority_id,
        )


class Sought(Asked):
    """By what an account is sought: in the body, because addresses of requests stand in logs."""

    email: Email


class Reason(Asked):
    """Why it is done; kept sealed."""

    why: Words = Field(examples=["Has left the agency."])


@router.get("/accounts", summary="Accounts", response_model=Listing[AccountTold], responses=declared())
def list_accounts(
    door: Manages,
    role: Annotated[Role | None, Query()] = None,
    status: Annotated[AccountStatus | None, Query()] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """In the order of their ids: names are sealed, so nobody can sort by them."""
    place = place_of(after, str)
    last = None if place is None else str(place[0])

    def question(work: Work) -> Listing[AccountTold]:
        rows = accounts(work, role=role, status=status, after=last, most=size + 1)
        items = [AccountTold.model_validate(row) for row in rows[:size]]
        return Listing(items=items, next=cursor(items[-1].id) if len(rows) > size else None)

    return door.read(question)


@router.post(
    "/accounts/find",
    summary="Find an account by its address",
    response_model=AccountTold,
    responses=declared(NotFound, Conflict),
)
def find(asked: Sought, door: Manages) -> Response:
    """The whole address, capitals aside."""

    def question(work: Work) -> AccountTold:
        row = account_at(work, asked.email)
        if row is None:
            raise NotFound("account", "with this address")
        return AccountTold.model_validate(row)

    return door.read(question)


@router.post(
    "/accounts",
    summary="Invite somebody",
    status_code=201,
    response_model=AccountInvited,
    responses=declared(Conflict),
)
def add(asked: AccountAsked, door: Manages) -> Response:
    """Makes an account that nobody can use until its owner has set a password, and the secret for that."""

    def deed(work: Work) -> AccountInvited:
        made = invite(asked.name, asked.email, asked.post, by=door.visitor.actor, at=door.at, work=work)
        return _invited(made)

    return door.write(deed, status=201, location="/api/v1/accounts/{id}", told_once=("secret",))


@router.get(
    "/accounts/{account_id}", summary="An account", response_model=AccountTold, responses=declared(NotFound)
)
def read(account_id: IdInPath, door: Manages) -> Response:
    """Who has it, in which role, for whom, and whether it may be used."""
    return door.read(lambda work: AccountTold.model_validate(work.get(AccountRow, account_id)))


@router.put(
    "/accounts/{account_id}",
    summary="Change an account",
    response_model=AccountTold,
    responses=declared(*EDITS),
)
def change(account_id: IdInPath, asked: AccountAsked, seen: Seen, door: Manages) -> Response:
    """Another role, or another agency, provider or authority, takes effect at once: sessions and tokens end.

    Nobody does this to their own account.
    """

    def deed(work: Work) -> AccountTold:
        row = change_account(
            account_id,
            name=asked.name,
            email=asked.email,
            post=asked.post,
            seen=seen,
            by=door.visitor.actor,
            at=door.at,
            work=work,
        )
        return AccountTold.model_validate(row)

    return door.write(deed)


@router.post(
    "/accounts/{account_id}/suspend",
    summary="Suspend an account",
    response_model=AccountTold,
    responses=declared(*EDITS),
)
def suspend(account_id: IdInPath, asked: Reason, seen: Seen, door: Manages) -> Response:
    """Nobody can use it for now: sessions, tokens and links end. Not one's own."""
    return door.write(
        lambda work: AccountTold.model_validate(
            suspend_account(
                account_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work
            )
        )
    )


@router.post(
    "/accounts/{account_id}/reactivate",
    summary="Let a suspended account be used again",
    response_model=AccountTold,
    responses=declared(*EDITS),
)
def reactivate(account_id: IdInPath, asked: Reason, seen: Seen, door: Manages) -> Response:
    """With its password as it was; tokens are issued anew. One that was never used is invited again."""
    return door.write(
        lambda work: AccountTold.model_validate(
            reactivate_account(
                account_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work
            )
        )
    )


@router.post(
    "/accounts/{account_id}/close",
    summary="Close an account for good",
    response_model=AccountTold,
    responses=declared(*EDITS),
)
def close(account_id: IdInPath, asked: Reason, seen: Seen, door: Manages) -> Response:
    """What its owner did stays on record under its id. Not one's own."""
    return door.write(
        lambda work: AccountTold.model_validate(
            close_account(account_id, why=asked.why, seen=seen, by=door.visitor.actor, at=door.at, work=work)
        )
    )


def _invited(made: Invited) -> AccountInvited:
    told = AccountTold.model_validate(made.row).model_dump()
    return AccountInvited(**told, secret=made.link.secret, secret_expires_at=made.link.expires_at)
