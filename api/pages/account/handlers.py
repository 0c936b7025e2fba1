"""One's own account: what is signed in where, the password, the second factor and its recovery codes."""

import segno
from fastapi import APIRouter, Response

from api.access.session_cookie import give_session
from api.pages.account.views import account_view
from api.pages.page_door import OwnDoor, PageDoor
from api.rest.values import IdInPath
from gateway.accounts.second_factors import codes_left, confirm, enrol, new_recovery_codes
from gateway.accounts.sessions import end_other_sessions, end_session, sessions_of
from gateway.accounts.setting_passwords import change_password
from gateway.accounts.signing_in import prove_owner
from gateway.accounts.tables import AccountRow
from gateway.refusals import Invalid
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

WRONG_PASSWORD = "The password is wrong, or too many attempts failed. Wait a while and try again."  # noqa: S105  it is a sentence


@router.get("/account")
def show_account(door: OwnDoor) -> Response:
    """Who one is, and what can be changed."""
    return _page(door, {})


def _page(door: PageDoor, faults: dict[str, str]) -> Response:
    visitor = door.visitor
    with door.store.reading() as work:
        view = account_view(
            work.get(AccountRow, visitor.account_id),
            sessions_of(work, visitor.account_id, at=door.at),
            current=visitor.session_id,
            codes=codes_left(work, visitor.account_id),
            lacks_second_factor=visitor.lacks_second_factor,
        )
    return door.show("account/account.html", title="Your account", view=view, faults=faults)


@router.post("/account/password")
def change(door: OwnDoor) -> Response:
    """Another password; every other session ends."""
    new = door.form.raw("new")
    if not _proved(door):
        return _page(door, {"password": WRONG_PASSWORD})

    def deed(work: Work) -> None:
        visitor = door.visitor
        change_password(
            visitor.account_id,
            new,
            keep_session=visitor.session_id,
            by=visitor.actor,
            at=door.at,
            work=work,
        )

    try:
        door.does(deed)
    except Invalid as refused:
        return _page(door, {"new": f"The password {refused.faults[0][1]}"})
    return door.go("/account", said="Your password is changed. You are signed out everywhere else.")


@router.post("/account/second-factor")
def begin_second_factor(door: OwnDoor) -> Response:
    """A secret for an authenticator app, told this once."""
    if not _proved(door):
        return _page(door, {"factor-password": WRONG_PASSWORD})
    visitor = door.visitor
    enrolled = door.does(lambda work: enrol(visitor.account_id, by=visitor.actor, at=door.at, work=work))
    picture = segno.make(enrolled.uri).svg_data_uri(scale=4)
    return door.show("account/enrol.html", title="Set up a second factor", view=enrolled, picture=picture)


@router.post("/account/second-factor/confirm")
def confirm_second_factor(door: OwnDoor) -> Response:
    """The first code of the app: from now on it vouches; recovery codes are told this once."""
    visitor, code = door.visitor, door.form.one("code").replace(" ", "")[:20]
    confirmed = door.does(
        lambda work: confirm(visitor.session_id or "", code, by=visitor.actor, at=door.at, work=work)
    )
    if confirmed is None:
        wrong = {"code": "This code is wrong. Wait for the next one and try again."}
        return door.show("account/confirm.html", title="Set up a second factor", faults=wrong)
    page = door.show("account/codes.html", title="Recovery codes", codes=confirmed.recovery_codes)
    return give_session(page, confirmed.begun.secret)


@router.post("/account/recovery-codes")
def renew_codes(door: OwnDoor) -> Response:
    """New recovery codes; the old ones are worthless."""
    if not _proved(door):
        return _page(door, {"codes-password": WRONG_PASSWORD})
    visitor = door.visitor
    codes = door.does(
        lambda work: new_recovery_codes(visitor.account_id, by=visitor.actor, at=door.at, work=work)
    )
    return door.show("account/codes.html", title="Recovery codes", codes=codes)


@router.post("/account/sessions/{session_id}/end")
def end_one(session_id: IdInPath, door: OwnDoor) -> Response:
    """Sign out somewhere else."""
    visitor = door.visitor
    door.does(
        lambda work: end_session(
            session_id, account_id=visitor.account_id, by=visitor.actor, at=door.at, work=work
        )
    )
    return door.go("/account", said="That session has ended.")


@router.post("/account/sessions/end-others")
def end_others(door: OwnDoor) -> Response:
    """Sign out everywhere else."""
    visitor = door.visitor
    door.does(
        lambda work: end_other_sessions(
            visitor.account_id,
            apart_from=visitor.session_id or "",
            by=visitor.actor,
            at=door.at,
            work=work,
        )
    )
    return door.go("/account", said="You are signed out everywhere else.")


def _proved(door: PageDoor) -> bool:
    """Whether whoever uses the session knows the password too."""
    password = door.form.raw("password")
    return prove_owner(door.store, door.visitor.session_id or "", password, at=door.at)
