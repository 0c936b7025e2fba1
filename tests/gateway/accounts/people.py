"""People with accounts: invited, and with the password they chose."""

import pyotp

from gateway.accounts.inviting import Post, invite
from gateway.accounts.second_factors import confirm, enrol
from gateway.accounts.setting_passwords import accept_invitation
from gateway.accounts.signing_in import sign_in
from gateway.records.actor import Actor, Role
from tests.gateway.ground import ADMINISTRATOR

PASSWORD = "seven-quiet-herons"  # noqa: S105  it is nobody's
EMAIL = "ada@example.org"


def invited(store, email=EMAIL, role=Role.OFFICER, name="Ada Lovelace", **scope):
    """An account, and the secret of its link."""
    post = Post(role=role, **scope)
    made = store.transact(
        lambda work: invite(name, email, post, by=ADMINISTRATOR, at=store.clock(), work=work)
    )
    return made.row.id, made.link.secret


def active(store, email=EMAIL, role=Role.OFFICER, password=PASSWORD, **scope):
    """An account whose owner has set their password."""
    id, secret = invited(store, email, role, **scope)
    store.transact(lambda work: accept_invitation(secret, password, at=store.clock(), work=work))
    return id


def attempt(store, password=PASSWORD, email=EMAIL):
    return sign_in(store, email, password, browser="test", at=store.clock())


def own(account_id, role=Role.OFFICER):
    return Actor(id=account_id, role=role)


def code(secret, at):
    return pyotp.TOTP(secret).at(at)


def with_second_factor(store, clock, account_id, email=EMAIL, role=Role.OFFICER):
    """Set a second factor up: its secret, the recovery codes, and the session it vouches for."""
    session = attempt(store, email=email).begun.row.id
    by = own(account_id, role)
    secret = store.transact(lambda work: enrol(account_id, by=by, at=clock(), work=work)).secret
    done = store.transact(lambda work: confirm(session, code(secret, clock()), by=by, at=clock(), work=work))
    clock.on(minutes=1)
    return secret, done.recovery_codes, done.begun.row.id
