"""Changing, suspending and closing accounts: at once, never one's own, and what was given out before ends."""

from datetime import timedelta

import pytest

from gateway.accounts.changing import (
    change_account,
    close_account,
    reactivate_account,
    suspend_account,
)
from gateway.accounts.inviting import AddressTaken, Post
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.sessions import session_of
from gateway.accounts.setting_passwords import LinkOver, accept_invitation
from gateway.accounts.tables import AccountRow, AccountStatus, CredentialRow, RecoveryCodeRow
from gateway.accounts.tokens import issue_token, token_of
from gateway.invariants.accounts_over_hold_nothing import ACCOUNTS_OVER_HOLD_NOTHING
from gateway.invariants.check import check
from gateway.records.actor import Role
from gateway.refusals import ChangedMeanwhile, IllegalMove, Invalid, NotFound
from tests.gateway.accounts.people import EMAIL, PASSWORD, active, attempt, invited, own, with_second_factor
from tests.gateway.ground import ADMINISTRATOR, agency


def issued(store, id):
    return store.transact(
        lambda work: issue_token(
            id,
            name="test",
            scopes=["read_people"],
            expires_at=store.clock() + timedelta(days=30),
            by=own(id),
            at=store.clock(),
            work=work,
        )
    ).secret


def does(store, use_case, id, seen=None, by=ADMINISTRATOR):
    return store.transact(
        lambda work: use_case(id, why="left", seen=seen, by=by, at=store.clock(), work=work)
    )


def change(store, id, post, *, name="Ada Lovelace", email=EMAIL, seen=None, by=ADMINISTRATOR):
    return store.transact(
        lambda work: change_account(
            id, name=name, email=email, post=post, seen=seen, by=by, at=store.clock(), work=work
        )
    )


def stands(store, session, token):
    with store.reading() as work:
        return (
            session_of(work, session, at=store.clock()) is not None,
            token_of(work, token, at=store.clock()) is not None,
        )


@pytest.mark.parametrize("use_case", [suspend_account, close_account])
def test_what_was_given_out_ends_when_an_account_is_suspended_or_closed(store, clock, use_case):
    id = active(store)
    expired = attempt(store)
    clock.on(hours=1)
    session, token = attempt(store).begun.secret, issued(store, id)
    assert stands(store, session, token) == (True, True)
    does(store, use_case, id)
    assert stands(store, session, token) == (False, False)
    assert attempt(store) is None
    with store.reading() as work:
        assert check(work, [ACCOUNTS_OVER_HOLD_NOTHING]) == [], expired
    with pytest.raises(NotFound):
        issued(store, id)


def test_a_link_of_a_suspended_account_is_worth_nothing_and_stays_so(store):
    id, secret = invited(store)
    does(store, suspend_account, id)
    does(store, reactivate_account, id)
    with pytest.raises(LinkOver):
        store.transact(lambda work: accept_invitation(secret, PASSWORD, at=store.clock(), work=work))
    with store.reading() as work:
        assert work.get(AccountRow, id).status is AccountStatus.INVITED


def test_a_reactivated_account_is_used_with_its_password_and_none_of_its_sessions_come_back(store):
    id = active(store)
    session, token = attempt(store).begun.secret, issued(store, id)
    does(store, suspend_account, id)
    does(store, reactivate_account, id)
    assert stands(store, session, token) == (False, False)
    assert attempt(store) is not None


def test_a_closed_account_stays_closed(store):
    id = active(store)
    does(store, close_account, id)
    for use_case in (suspend_account, reactivate_account, close_account):
        with pytest.raises(IllegalMove):
            does(store, use_case, id)


@pytest.mark.parametrize("use_case", [suspend_account, close_account, reactivate_account])
def test_nobody_does_this_to_their_own_account(store, use_case):
    id = active(store, role=Role.ADMINISTRATOR)
    with pytest.raises(OwnAccount):
        does(store, use_case, id, by=own(id, Role.ADMINISTRATOR))


def test_an_administrator_does_not_make_themself_a_duty_manager(store):
    id = active(store, role=Role.ADMINISTRATOR)
    with pytest.raises(OwnAccount):
        change(store, id, Post(role=Role.DUTY_MANAGER), by=own(id, Role.ADMINISTRATOR))


def test_another_role_takes_effect_at_once_and_ends_sessions_and_tokens_of_the_older_one(store):
    id = active(store)
    session, token = attempt(store).begun.secret, issued(store, id)
    change(store, id, Post(role=Role.AUDITOR))
    assert stands(store, session, token) == (False, False)
    assert attempt(store).account.role is Role.AUDITOR


def test_another_name_ends_nothing(store):
    id = active(store)
    session, token = attempt(store).begun.secret, issued(store, id)
    change(store, id, Post(role=Role.OFFICER), name="Ada King")
    assert stands(store, session, token) == (True, True)


def test_another_agency_ends_what_was_given_out_for_the_older_one(store):
    store.transact(lambda work: (agency(work, "A-1"), agency(work, "A-2")))
    id = active(store, role=Role.REFERRER, agency_id="A-1")
    session = attempt(store).begun.secret
    change(store, id, Post(role=Role.REFERRER, agency_id="A-2"))
    with store.reading() as work:
        assert session_of(work, session, at=store.clock()) is None
    with pytest.raises(Invalid, match="there is no agency A-9"):
        change(store, id, Post(role=Role.REFERRER, agency_id="A-9"))


def test_another_address_is_the_one_to_sign_in_with_and_links_to_the_older_one_are_worth_nothing(store):
    id, secret = invited(store)
    change(store, id, Post(role=Role.OFFICER), email="king@example.org")
    with pytest.raises(LinkOver):
        store.transact(lambda work: accept_invitation(secret, PASSWORD, at=store.clock(), work=work))


def test_an_address_that_somebody_has_is_refused(store):
    id = active(store)
    active(store, "grace@example.org")
    with pytest.raises(AddressTaken):
        change(store, id, Post(role=Role.OFFICER), email="Grace@example.org")


def test_what_was_changed_meanwhile_is_not_overwritten(store):
    id = active(store)
    change(store, id, Post(role=Role.OFFICER), name="Ada King")
    with pytest.raises(ChangedMeanwhile):
        does(store, suspend_account, id, seen=1)


def test_somebody_who_comes_back_gets_a_new_account_under_the_address_of_the_closed_one(store, clock):
    id = active(store)
    with_second_factor(store, clock, id)
    does(store, close_account, id)
    with store.reading() as work:
        kept = work.get(CredentialRow, id)
        assert (kept.password, kept.totp, kept.subject) == (None, None, None)
        assert not work.where(RecoveryCodeRow)
    again = active(store)
    assert again != id
    assert attempt(store).account.id == again
