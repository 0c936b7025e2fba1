"""What an administrator does to somebody's account, each from a page of its own that says what follows."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Response

from api.access.permissions import Permission
from api.pages.accounts.account_words import (
    CLOSE,
    INVITE_AGAIN,
    REACTIVATE,
    RESET_FACTOR,
    RESET_PASSWORD,
    STATUSES,
    SUSPEND,
    Act,
)
from api.pages.accounts.handlers import read_account, told_once
from api.pages.attempts import Field, tried, tried_once
from api.pages.page_door import PageDoor, sees
from api.rest.values import IdInPath
from gateway.accounts.changing import close_account, reactivate_account, suspend_account
from gateway.accounts.inviting import Link, invite_again, reset_password
from gateway.accounts.second_factors import reset_second_factor
from gateway.accounts.tables import AccountRow
from gateway.placements.faults import empty
from gateway.refusals import ChangedMeanwhile, refuse
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ManagingDoor = Annotated[PageDoor, sees(Permission.MANAGE_ACCOUNTS)]

FIELDS = {"why": Field("why", "why you do this")}


@router.get("/accounts/{account_id}/suspend")
def ask_suspend(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What suspending does."""
    return _page(door, account_id, SUSPEND, {})


@router.post("/accounts/{account_id}/suspend")
def suspend(account_id: IdInPath, door: ManagingDoor) -> Response:
    """Nobody can use it for now."""
    return _with_why(door, account_id, SUSPEND, suspend_account)


@router.get("/accounts/{account_id}/reactivate")
def ask_reactivate(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What letting it be used again does."""
    return _page(door, account_id, REACTIVATE, {})


@router.post("/accounts/{account_id}/reactivate")
def reactivate(account_id: IdInPath, door: ManagingDoor) -> Response:
    """It can be used again."""
    return _with_why(door, account_id, REACTIVATE, reactivate_account)


@router.get("/accounts/{account_id}/close")
def ask_close(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What closing does."""
    return _page(door, account_id, CLOSE, {})


@router.post("/accounts/{account_id}/close")
def close(account_id: IdInPath, door: ManagingDoor) -> Response:
    """It is over for good."""
    return _with_why(door, account_id, CLOSE, close_account)


@router.get("/accounts/{account_id}/invitation")
def ask_again(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What a new invitation does."""
    return _page(door, account_id, INVITE_AGAIN, {})


@router.post("/accounts/{account_id}/invitation")
def again(account_id: IdInPath, door: ManagingDoor) -> Response:
    """A new link, told once."""
    return _with_link(door, account_id, INVITE_AGAIN, invite_again)


@router.get("/accounts/{account_id}/reset-password")
def ask_reset(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What resetting the password does."""
    return _page(door, account_id, RESET_PASSWORD, {})


@router.post("/accounts/{account_id}/reset-password")
def reset(account_id: IdInPath, door: ManagingDoor) -> Response:
    """A link to a new password, told once."""
    return _with_link(door, account_id, RESET_PASSWORD, reset_password)


@router.get("/accounts/{account_id}/reset-second-factor")
def ask_reset_factor(account_id: IdInPath, door: ManagingDoor) -> Response:
    """What taking the second factor away does."""
    return _page(door, account_id, RESET_FACTOR, {})


@router.post("/accounts/{account_id}/reset-second-factor")
def reset_factor(account_id: IdInPath, door: ManagingDoor) -> Response:
    """For whoever has lost it and the recovery codes."""

    def deed(work: Work) -> bool:
        reset_second_factor(account_id, by=door.visitor.actor, at=door.at, work=work)
        return True

    here = f"/accounts/{account_id}"
    _, faults = tried_once(door, deed, FIELDS, at="do", there=lambda _: here)
    if faults:
        return _page(door, account_id, RESET_FACTOR, faults)
    return door.go(here, said=RESET_FACTOR.said)


def _with_why(door: PageDoor, account_id: str, act: Act, use_case: Callable[..., AccountRow]) -> Response:
    def deed(work: Work) -> AccountRow:
        why = door.form.one("why")
        refuse(empty("why", why))
        told = {"seen": door.form.seen(), "by": door.visitor.actor, "at": door.at, "work": work}
        return use_case(account_id, why=why, **told)

    here = f"/accounts/{account_id}"
    try:
        _, faults = tried_once(door, deed, FIELDS, at="do", there=lambda _: here)
    except ChangedMeanwhile:
        row = door.read(lambda work: work.get(AccountRow, account_id))
        rows = [
            ("The account", STATUSES[row.status][0], act.button),
            ("Your words", "", door.form.one("why")),
        ]
        return door.both_versions(rows, again=here)
    if faults:
        return _page(door, account_id, act, faults)
    return door.go(here, said=act.said)


def _with_link(door: PageDoor, account_id: str, act: Act, use_case: Callable[..., Link]) -> Response:
    def deed(work: Work) -> tuple[str, Link]:
        link = use_case(account_id, by=door.visitor.actor, at=door.at, work=work)
        return work.get(AccountRow, account_id).name, link

    made, faults = tried(door, deed, FIELDS, at="do")
    if made is None:
        return _page(door, account_id, act, faults)
    name, link = made
    return told_once(door, account_id, name, link)


def _page(door: PageDoor, account_id: str, act: Act, faults: Mapping[str, str]) -> Response:
    view = door.read(lambda work: read_account(work, door, account_id))
    return door.show(
        "accounts/act.html",
        title=act.title,
        view=view,
        act=act,
        faults=faults,
        back=f"/accounts/{account_id}",
        why=door.form.one("why"),
    )
