"""Invitations and passwords: a link works once, for a while, and a password fits the rules."""

import pytest
from sqlalchemy import select

from gateway.accounts.inviting import (
    INVITED_FOR,
    RESET_FOR,
    AccountOver,
    invite_again,
    reset_password,
)
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.passwords import password_faults
from gateway.accounts.second_factors import vouch
from gateway.accounts.sessions import session_of
from gateway.accounts.setting_passwords import LinkOver, accept_invitation, change_password
from gateway.accounts.tables import AccountRow, AccountStatus, InvitationRow
from gateway.records.tables import EventRow
from gateway.refusals import Invalid
from tests.gateway.accounts.people import (
    EMAIL,
    PASSWORD,
    active,
    attempt,
    code,
    invited,
    own,
    with_second_factor,
)
from tests.gateway.ground import ADMINISTRATOR

ANOTHER = "nine-loud-badgers"


def accept(store, secret, password=PASSWORD):
    return store.transact(lambda work: accept_invitation(secret, password, at=store.clock(), work=work))


def reset(store, id, by=ADMINISTRATOR):
    return store.transact(lambda work: reset_password(id, by=by, at=store.clock(), work=work))


def test_an_invitation_makes_an_account_active_once_a_password_is_set(store):
    id, secret = invited(store)
    accept(store, secret)
    with store.reading() as work:
        assert work.get(AccountRow, id).status is AccountStatus.ACTIVE
    assert attempt(store) is not None


def test_a_link_works_once(store):
    _, secret = invited(store)
    accept(store, secret)
    with pytest.raises(LinkOver):
        accept(store, secret, ANOTHER)
    assert attempt(store, ANOTHER) is None


def test_a_link_expires(store, clock):
    _, secret = invited(store)
    clock.now += INVITED_FOR
    with pytest.raises(LinkOver):
        accept(store, secret)


def test_a_secret_that_was_never_made_is_refused_in_the_same_words(store):
    with pytest.raises(LinkOver):
        accept(store, "x" * 43)


def test_a_link_survives_a_password_that_breaks_the_rules(store):
    _, secret = invited(store)
    with pytest.raises(Invalid):
        accept(store, secret, "password1234")
    accept(store, secret)


def test_a_new_link_makes_the_older_ones_worthless(store):
    id, first = invited(store)
    link = store.transact(lambda work: invite_again(id, by=ADMINISTRATOR, at=store.clock(), work=work))
    with pytest.raises(LinkOver):
        accept(store, first)
    accept(store, link.secret)
    with pytest.raises(AccountOver):
        store.transact(lambda work: invite_again(id, by=ADMINISTRATOR, at=store.clock(), work=work))


def test_of_a_link_only_a_digest_is_kept_and_no_event_tells_it(store):
    _, secret = invited(store)
    with store.reading() as work:
        kept = work.all(select(InvitationRow.digest))
        events = " ".join(work.all(select(EventRow.changes)))
    assert secret not in kept
    assert secret not in events
    assert EMAIL not in events


def test_a_reset_ends_the_password_and_the_sessions_at_once_and_makes_a_link(store, clock):
    id = active(store)
    session = attempt(store).begun.secret
    link = reset(store, id)
    assert link.expires_at == clock() + RESET_FOR
    assert attempt(store) is None
    with store.reading() as work:
        assert session_of(work, session, at=clock()) is None
    accept(store, link.secret, ANOTHER)
    assert attempt(store, ANOTHER) is not None


def test_a_reset_opens_an_account_that_failures_had_shut(store):
    id = active(store)
    for _ in range(10):
        attempt(store, "wrong")
    accept(store, reset(store, id).secret, ANOTHER)
    assert attempt(store, ANOTHER) is not None


def test_a_new_password_by_a_link_does_not_get_round_the_second_factor(store, clock):
    id = active(store)
    secret, _, _ = with_second_factor(store, clock, id)
    accept(store, reset(store, id).secret, ANOTHER)
    signed_in = attempt(store, ANOTHER)
    assert signed_in.due
    session = signed_in.begun.row.id
    assert store.transact(
        lambda work: vouch(session, code(secret, clock()), by=own(id), at=clock(), work=work)
    )


def test_nobody_resets_their_own_password_without_knowing_it(store):
    id = active(store)
    with pytest.raises(OwnAccount):
        reset(store, id, by=own(id))


def test_changing_ones_password_ends_the_other_sessions(store, clock):
    id = active(store)
    here, there = attempt(store).begun, attempt(store).begun
    store.transact(
        lambda work: change_password(id, ANOTHER, keep_session=here.row.id, by=own(id), at=clock(), work=work)
    )
    with store.reading() as work:
        assert session_of(work, here.secret, at=clock()) is not None
        assert session_of(work, there.secret, at=clock()) is None
    assert attempt(store) is None
    assert attempt(store, ANOTHER) is not None


@pytest.mark.parametrize(
    "password",
    [
        "short-one",
        "password1234",
        "P@ssw0rd1234",
        "aaaaaaaaaaaaaa",
        "123456789012",
        "qwertyuiop12",
        "abcabcabcabcabc",
        "housinggateway",
        "ada@example.org",
        "Ada Lovelace!",
        "a" * 129,
    ],
)
def test_a_password_that_is_short_common_or_about_its_owner_is_refused(password):
    assert list(password_faults(password, name="Ada Lovelace", email=EMAIL))


@pytest.mark.parametrize(
    "password", ["seven-quiet-herons", "correct horse battery staple", "żółw na rowerze 7", "x7K2pQ9w" * 16]
)
def test_three_words_need_no_capital_digit_or_sign(password):
    assert not list(password_faults(password, name="Ada Lovelace", email=EMAIL))


def test_the_same_letters_from_another_keyboard_are_the_same_password(store):
    composed, apart = "caf\u00e9-quiet-herons", "cafe\u0301-quiet-herons"
    active(store, password=composed)
    assert attempt(store, apart) is not None
