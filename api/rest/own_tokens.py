"""Tokens with which one's programs act in one's name, with no more than one's role may do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import MAY, Permission
from api.rest.door import Door, SecondFactorNeeded, declared, may
from api.rest.own_account import proved, signed_in
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, Moment, Password, ShortLine, Told
from gateway.accounts.tables import TokenRow
from gateway.accounts.tokens import issue_token, revoke_token, tokens_of
from gateway.refusals import NotFound, refuse
from gateway.storage.work import Work

router = doors("own account")

Own = Annotated[Door, may(Permission.OWN_ACCOUNT)]


class TokenTold(Told):
    """A token; its secret is told once, when it is issued."""

    id: str = Field(examples=["K-7K3F92QDXM"])
    name: str = Field(examples=["Case management system"])
    scopes: Sequence[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = Field(description="Exact to five minutes; null: never.")
    revoked_at: datetime | None


class TokensTold(Told):
    """Every token of one's own, the newest first."""

    items: Sequence[TokenTold]


class TokenIssued(TokenTold):
    """A new token."""

    secret: str | None = Field(
        description="Told once; null if this answer is given again. Send it as ``Authorization: Bearer …``.",
        examples=["gateway_Vq3mBSCJx0-rIhM2cS9e4oWkGAh3DPNcYTSoZWfAZ6g"],
    )


class TokenAsked(Asked):
    """A token that one wants."""

    name: ShortLine = Field(description="What it is for.", examples=["Case management system"])
    scopes: Sequence[Permission] = Field(
        min_length=1,
        max_length=len(Permission),
        description="What it may do: no more than one's role, now and later.",
        examples=[["read_vacancies"]],
    )
    expires_at: Moment = Field(description="A year from now at the latest.")
    password: Password | None = Field(default=None, description="Once more; null: one has none.")


@router.get("/own-account/tokens", summary="One's tokens", response_model=TokensTold, responses=declared())
def list_tokens(door: Own) -> Response:
    """Every token, those that are worth nothing any more too, and when each was last used."""
    signed_in(door)
    visitor = door.visitor
    return door.read(
        lambda work: TokensTold(items=[_told(row) for row in tokens_of(work, visitor.account_id)])
    )


@router.post(
    "/own-account/tokens",
    summary="Issue a token",
    status_code=201,
    response_model=TokenIssued,
    responses=declared(NotFound),
)
def issue(asked: TokenAsked, door: Own) -> Response:
    """Asks for the password again, and for the second factor of a role that needs one: a token has none."""
    if door.visitor.lacks_second_factor:
        raise SecondFactorNeeded
    proved(door, asked.password)
    visitor = door.visitor
    beyond = sorted(set(asked.scopes) - MAY[visitor.role])
    refuse([("scopes", f"{each} is more than your role may do") for each in beyond])

    def deed(work: Work) -> TokenIssued:
        issued = issue_token(
            visitor.account_id,
            name=asked.name,
            scopes=set(asked.scopes),
            expires_at=asked.expires_at,
            by=visitor.actor,
            at=door.at,
            work=work,
        )
        return TokenIssued(**_told(issued.row).model_dump(), secret=issued.secret)

    return door.write(deed, status=201, told_once=("secret",))


@router.delete(
    "/own-account/tokens/{token_id}",
    summary="Revoke a token",
    status_code=204,
    responses=declared(NotFound),
)
def revoke(token_id: IdInPath, door: Own) -> Response:
    """It is worth nothing from now on."""
    signed_in(door)
    visitor = door.visitor

    def deed(work: Work) -> None:
        revoke_token(token_id, account_id=visitor.account_id, by=visitor.actor, at=door.at, work=work)

    return door.write(deed)


def _told(row: TokenRow) -> TokenTold:
    known = {each.value for each in Permission}
    return TokenTold(
        id=row.id,
        name=row.name,
        scopes=[Permission(each) for each in row.scopes.split() if each in known],
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
