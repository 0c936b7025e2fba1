"""Accounts listed and found, somebody invited, one account seen and changed."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Query, Response
from pydantic import BeforeValidator, TypeAdapter, ValidationError

from api.access.permissions import Permission
from api.pages.accounts.views import (
    Employers,
    OneAccount,
    accounts_listed,
    link_seen,
    one_account,
    post_form,
    values_of,
)
from api.pages.attempts import Field, tried, tried_once
from api.pages.choices import none_chosen
from api.pages.frame import ROLE_WORDS
from api.pages.page_door import PageDoor, sees
from api.rest.listing import After, cursor, place_of
from api.rest.values import Email, IdInPath
from gateway.accounts.addresses import account_at
from gateway.accounts.changing import change_account
from gateway.accounts.credentials import credential_of
from gateway.accounts.employers import agencies_named, providers_named
from gateway.accounts.finding import accounts
from gateway.accounts.inviting import AddressTaken, Invited, Link, Post, invite
from gateway.accounts.sessions import end_session, sessions_of
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.directory.naming import authorities_named
from gateway.records.actor import Role
from gateway.refusals import ChangedMeanwhile, Invalid, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ManagingDoor = Annotated[PageDoor, sees(Permission.MANAGE_ACCOUNTS)]

PAGE = 50
"""Accounts on a page."""

FIELDS = {
    "name": Field("name", "their name"),
    "email": Field("email", "their email address"),
    "role": Field("role", "their role"),
    "agency_id": Field("agency", "the agency"),
    "provider_id": Field("provider", "the provider"),
    "authority_id": Field("authority", "the authority"),
}


RoleChosen: TypeAlias = Annotated[Role | None, BeforeValidator(none_chosen), Query()]
StatusChosen: TypeAlias = Annotated[AccountStatus | None, BeforeValidator(none_chosen), Query()]


@router.get("/accounts")
def show_accounts(
    door: ManagingDoor, role: RoleChosen = None, status: StatusChosen = None, after: After = None
) -> Response:
    """In the order of their ids: names are sealed, so nobody can sort by them."""
    return _list_page(door, {}, role=role, status=status, after=after)


@router.post("/accounts/find")
def find(door: ManagingDoor) -> Response:
    """By the whole address; it is posted, because addresses of pages stand in logs."""
    row = door.read(lambda work: account_at(work, door.form.one("find")))
    if row is None:
        return _list_page(door, {"find": "There is no account with this email address"})
    return door.go(f"/accounts/{row.id}")


@router.get("/accounts/new")
def ask_whom(door: ManagingDoor) -> Response:
    """Whom to invite, in which role and for whom."""
    return _invite_page(door, {})


@router.post("/accounts/new")
def invite_somebody(door: ManagingDoor) -> Response:
    """An account that nobody can use until its owner has set a password, and the link for that."""

    def deed(work: Work) -> Invited:
        name, email, post = _sent(door)
        try:
            return invite(name, email, post, by=door.visitor.actor, at=door.at, work=work)
        except AddressTaken as taken:
            raise Invalid([("email", str(taken))]) from None

    made, faults = tried(door, deed, FIELDS, at="name")
    if made is None:
        return _invite_page(door, faults)
    return told_once(door, made.row.id, made.row.name, made.link)


@router.get("/accounts/{account_id}")
def show_account(account_id: IdInPath, door: ManagingDoor) -> Response:
    """Who has it, in which role, for whom, where they are signed in, and what can be done to it."""
    view = door.read(lambda work: read_account(work, door, account_id))
    return door.show("accounts/account.html", title=f"Account {account_id}", view=view, back="/accounts")


@router.get("/accounts/{account_id}/change")
def ask_change(account_id: IdInPath, door: ManagingDoor) -> Response:
    """Another name, address, role, or another one to work for."""
    return _change_page(door, account_id, {})


@router.post("/accounts/{account_id}/change")
def change(account_id: IdInPath, door: ManagingDoor) -> Response:
    """Another post takes effect at once: sessions and tokens end. Nobody does this to their own account."""

    def deed(work: Work) -> AccountRow:
        name, email, post = _sent(door)
        seen, by, at = door.form.seen(), door.visitor.actor, door.at
        try:
            return change_account(
                account_id, name=name, email=email, post=post, seen=seen, by=by, at=at, work=work
            )
        except AddressTaken as taken:
            raise Invalid([("email", str(taken))]) from None

    here = f"/accounts/{account_id}"
    try:
        _, faults = tried_once(door, deed, FIELDS, at="name", there=lambda _: here)
    except ChangedMeanwhile:
        return _both_versions(door, account_id)
    if faults:
        return _change_page(door, account_id, faults)
    return door.go(here, said="The account is changed.")


@router.post("/accounts/{account_id}/sessions/{session_id}/end")
def end_one(account_id: IdInPath, session_id: IdInPath, door: ManagingDoor) -> Response:
    """It ends at once."""
    by, at = door.visitor.actor, door.at
    here = f"/accounts/{account_id}"

    def deed(work: Work) -> str:
        end_session(session_id, account_id=account_id, by=by, at=at, work=work)
        return here

    return door.go(door.does_once(deed), said="That session has ended.")


def read_account(work: Work, door: PageDoor, account_id: str) -> OneAccount:
    """The page of an account.

    Raises
    ------
    NotFound
        If there is none.
    """
    row = work.get(AccountRow, account_id)
    return one_account(
        row,
        _employers(work),
        sessions_of(work, account_id, at=door.at),
        own=account_id == door.visitor.account_id,
        has_factor=credential_of(work, account_id).totp is not None,
    )


def told_once(door: PageDoor, account_id: str, name: str, link: Link) -> Response:
    """The link to a password, shown this once."""
    view = link_seen(link, _origin(door))
    response = door.show(
        "accounts/link.html",
        title="Hand this over",
        view=view,
        name=name,
        account=f"/accounts/{account_id}",
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _origin(door: PageDoor) -> str:
    """Where this service is reached, as whoever asked reached it."""
    origins, here = sorted(door.request.app.state.origins), door.request.url.netloc
    return str(next((each for each in origins if each.partition("://")[2] == here), origins[0]))


def _list_page(
    door: PageDoor,
    faults: Mapping[str, str],
    *,
    role: Role | None = None,
    status: AccountStatus | None = None,
    after: str | None = None,
) -> Response:
    place = place_of(after, str)
    with door.store.reading() as work:
        last = None if place is None else str(place[0])
        rows = accounts(work, role=role, status=status, after=last, most=PAGE + 1)
        employers = _employers(work)
    here, more = rows[:PAGE], len(rows) > PAGE
    view = accounts_listed(
        here,
        employers,
        role=role,
        status=status,
        after=after,
        end=cursor(here[-1].id) if more else None,
    )
    sought = door.form.one("find")
    return door.show("accounts/list.html", title="Accounts", view=view, faults=faults, sought=sought)


def _invite_page(door: PageDoor, faults: Mapping[str, str]) -> Response:
    employers = door.read(_employers)
    view = post_form(dict(door.form.fields), employers)
    return door.show(
        "accounts/invite.html", title="Invite somebody", view=view, faults=faults, back="/accounts"
    )


def _change_page(door: PageDoor, account_id: str, faults: Mapping[str, str]) -> Response:
    with door.store.reading() as work:
        row = work.get(AccountRow, account_id)
        employers = _employers(work)
    view = post_form(dict(door.form.fields) if door.form.fields else values_of(row), employers)
    seen = door.form.seen() or row.version
    return door.show(
        "accounts/change.html",
        title="Change an account",
        view=view,
        faults=faults,
        back=f"/accounts/{account_id}",
        name=row.name,
        action=f"/accounts/{account_id}/change",
        seen=seen,
    )


def _both_versions(door: PageDoor, account_id: str) -> Response:
    with door.store.reading() as work:
        row = work.get(AccountRow, account_id)
        employers = _employers(work)
    sent = door.form
    role = ROLE_WORDS[Role(sent.one("role"))]
    names = {**employers.agencies, **employers.providers, **employers.authorities}
    chosen = {Role.REFERRER: "agency", Role.PROVIDER: "provider", Role.COMMISSIONER: "authority"}
    for_whom = sent.one(chosen.get(Role(sent.one("role")), ""))
    rows = [
        ("Name", row.name, sent.one("name")),
        ("Email", row.email, sent.one("email")),
        ("Role", ROLE_WORDS[row.role], role),
        ("Works for", employers.of(row), names.get(for_whom, "The whole partnership")),
    ]
    return door.both_versions(rows, again=f"/accounts/{account_id}/change")


def _employers(work: Work) -> Employers:
    return Employers(agencies_named(work), providers_named(work), authorities_named(work))


def _sent(door: PageDoor) -> tuple[str, str, Post]:
    """The name, address and post that were sent; for whom, as the role needs it and no other.

    Raises
    ------
    Invalid
        If something is missing, or cannot be an address.
    """
    form = door.form
    name, email, role = form.one("name"), form.one("email"), form.one("role")
    refuse(
        [
            *([] if 0 < len(name) <= 200 else [("name", "enter their name, of at most 200 letters")]),
            *([] if _is_address(email) else [("email", "enter an address such as name@example.org")]),
            *([] if role in set(ROLE_WORDS) else [("role", "choose a role")]),
            *_employer_faults(form.one("role"), form.one("agency"), form.one("provider")),
        ]
    )
    chosen = Role(role)
    return (
        name,
        email,
        Post(
            role=chosen,
            agency_id=form.text("agency") if chosen is Role.REFERRER else None,
            provider_id=form.text("provider") if chosen is Role.PROVIDER else None,
            authority_id=form.text("authority") if chosen is Role.COMMISSIONER else None,
        ),
    )


def _employer_faults(role: str, agency: str, provider: str) -> list[tuple[str, str]]:
    if role == Role.REFERRER and not agency:
        return [("agency_id", "choose the agency for which they refer")]
    if role == Role.PROVIDER and not provider:
        return [("provider_id", "choose the provider for which they work")]
    return []


_ADDRESS: TypeAdapter[str] = TypeAdapter(Email)


def _is_address(text: str) -> bool:
    try:
        _ADDRESS.validate_python(text)
    except ValidationError:
        return False
    return True
