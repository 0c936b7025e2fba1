"""The second factor: no code works twice, the clock may be a little wrong, recovery codes stand in once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from gateway.accounts.credentials import FREE
from gateway.accounts.own_account import OwnAccount
from gateway.accounts.second_factors import (
    CODES,
    HasSecondFactor,
    NoSecondFactor,
    codes_left,
    confirm,
    enrol,
    new_recovery_codes,
    remove_second_factor,
    reset_second_factor,
    vouch,
)
from gateway.accounts.sessions import session_of
from gateway.accounts.tables import CredentialRow, RecoveryCodeRow, SessionRow
from gateway.records.tables import EventRow, ParticularRow
from tests.gateway.accounts.people import active, attempt, code, own, with_second_factor
from tests.gateway.ground import ADMINISTRATOR


@pytest.fixture
def ada(store):
    return active(store)


def given(store, id, said, session=None):
    """Give a code in a session that has only had the password."""
    session = session or attempt(store).begun.row.id
    return store.transact(lambda work: vouch(session, said, by=own(id), at=store.clock(), work=work))


def failures(store, id):
    with store.reading() as work:
        return work.get(CredentialRow, id).failures


def test_a_second_factor_is_not_in_force_until_a_code_of_it_came_back(store, ada, clock):
    session = attempt(store).begun.row.id
    made = store.transact(lambda work: enrol(ada, by=own(ada), at=clock(), work=work))
    assert made.uri.startswith("otpauth://totp/Referral%20gateway:ada%40example.org?secret=" + made.secret)
    assert not attempt(store).due
    refused = store.transact(lambda work: confirm(session, "000000", by=own(ada), at=clock(), work=work))
    assert refused is None
    assert not attempt(store).due
    said = code(made.secret, clock())
    assert store.transact(lambda work: confirm(session, said, by=own(ada), at=clock(), work=work))
    assert attempt(store).due


def test_confirming_gives_the_session_a_new_secret_and_ends_the_others(store, ada, clock):
    here, there = attempt(store).begun, attempt(store).begun
    made = store.transact(lambda work: enrol(ada, by=own(ada), at=clock(), work=work))
    done = store.transact(
        lambda work: confirm(here.row.id, code(made.secret, clock()), by=own(ada), at=clock(), work=work)
    )
    with store.reading() as work:
        assert session_of(work, here.secret, at=clock()) is None
        assert session_of(work, there.secret, at=clock()) is None
        assert session_of(work, done.begun.secret, at=clock())[0].second_factor


def test_a_code_makes_a_session_with_a_new_secret_and_ends_the_one_before(store, ada, clock):
    secret, _, _ = with_second_factor(store, clock, ada)
    before = attempt(store).begun
    after = given(store, ada, code(secret, clock()), before.row.id)
    with store.reading() as work:
        assert session_of(work, before.secret, at=clock()) is None
        assert session_of(work, after.secret, at=clock())[0].second_factor
    assert after.secret != before.secret


def test_a_code_works_once(store, ada, clock):
    secret, _, _ = with_second_factor(store, clock, ada)
    said = code(secret, clock())
    assert given(store, ada, said)
    assert given(store, ada, said) is None
    clock.on(seconds=30)
    assert given(store, ada, said) is None, "nor while the clock may be a step wrong"


def test_the_code_that_confirmed_it_does_not_work_again(store, ada, clock):
    session = attempt(store).begun.row.id
    made = store.transact(lambda work: enrol(ada, by=own(ada), at=clock(), work=work))
    said = code(made.secret, clock())
    store.transact(lambda work: confirm(session, said, by=own(ada), at=clock(), work=work))
    assert given(store, ada, said) is None


def test_of_two_who_give_one_code_at_once_one_gets_in(store, ada, clock):
    secret, _, _ = with_second_factor(store, clock, ada)
    sessions = [attempt(store).begun.row.id for _ in range(2)]
    said = code(secret, clock())
    with ThreadPoolExecutor(2) as two:
        outcomes = list(two.map(lambda session: given(store, ada, said, session), sessions))
    assert sorted(each is None for each in outcomes) == [False, True]


@pytest.mark.parametrize(
    ("seconds", "gets_in"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_clock_may_be_one_step_wrong(store, ada, clock, seconds, gets_in):
    secret, _, _ = with_second_factor(store, clock, ada)
    clock.on(minutes=5)
    said = code(secret, clock().timestamp() + seconds)
    assert (given(store, ada, said) is not None) is gets_in


def test_a_wrong_code_counts_as_a_failure_and_the_right_password_does_not_take_it_back(store, ada, clock):
    """Otherwise whoever has the password could guess codes without end."""
    secret, _, _ = with_second_factor(store, clock, ada)
    for _ in range(FREE + 1):
        signed_in = attempt(store)
        assert given(store, ada, "000000", signed_in.begun.row.id) is None
    assert failures(store, ada) == FREE + 1
    assert attempt(store) is None
    clock.on(minutes=1)
    session = attempt(store).begun.row.id
    assert given(store, ada, code(secret, clock()), session)
    assert failures(store, ada) == 0


def test_a_shut_account_takes_no_code_either(store, ada, clock):
    secret, codes, _ = with_second_factor(store, clock, ada)
    session = attempt(store).begun.row.id
    for _ in range(FREE + 1):
        attempt(store, "wrong")
    assert given(store, ada, code(secret, clock()), session) is None
    assert given(store, ada, codes[0], session) is None


def test_a_recovery_code_stands_in_once_however_it_is_typed(store, ada, clock):
    _, codes, _ = with_second_factor(store, clock, ada)
    assert len(set(codes)) == CODES
    typed = codes[0].lower().replace("-", "").replace("0", "o").replace("1", "l")
    assert given(store, ada, typed)
    assert given(store, ada, codes[0]) is None
    with store.reading() as work:
        assert codes_left(work, ada) == CODES - 1


def test_new_recovery_codes_make_the_older_ones_worthless(store, ada, clock):
    _, codes, _ = with_second_factor(store, clock, ada)
    fresh = store.transact(lambda work: new_recovery_codes(ada, by=own(ada), at=clock(), work=work))
    assert given(store, ada, codes[0]) is None
    assert given(store, ada, fresh[0])


def test_a_recovery_code_of_somebody_else_does_not_stand_in(store, ada, clock):
    with_second_factor(store, clock, ada)
    bob = active(store, "bob@example.org")
    _, codes, _ = with_second_factor(store, clock, bob, email="bob@example.org")
    assert given(store, ada, codes[0]) is None


def test_removing_it_ends_other_sessions_and_it_vouches_no_more_for_this_one(store, ada, clock):
    secret, codes, session = with_second_factor(store, clock, ada)
    other = given(store, ada, code(secret, clock()))
    store.transact(
        lambda work: remove_second_factor(ada, keep_session=session, by=own(ada), at=clock(), work=work)
    )
    with store.reading() as work:
        assert session_of(work, other.secret, at=clock()) is None
        assert not work.get(SessionRow, session).second_factor
        assert work.where(RecoveryCodeRow) == []
    assert not attempt(store).due
    with pytest.raises(NoSecondFactor):
        given(store, ada, codes[0])


def test_an_administrator_resets_it_for_somebody_else_and_not_for_themself(store, ada, clock):
    with_second_factor(store, clock, ada)
    with pytest.raises(OwnAccount):
        store.transact(lambda work: reset_second_factor(ada, by=own(ada), at=clock(), work=work))
    store.transact(lambda work: reset_second_factor(ada, by=ADMINISTRATOR, at=clock(), work=work))
    assert not attempt(store).due


def test_what_stands_is_not_overwritten_by_another(store, ada, clock):
    with_second_factor(store, clock, ada)
    with pytest.raises(HasSecondFactor):
        store.transact(lambda work: enrol(ada, by=own(ada), at=clock(), work=work))


def test_no_event_tells_a_secret_or_a_code_and_no_column_shows_one(store, ada, clock):
    secret, codes, _ = with_second_factor(store, clock, ada)
    with store.reading() as work:
        told = [*work.all(select(EventRow.changes)), *work.all(select(ParticularRow.text))]
        kept = [
            str(each) for each in work.session.connection().exec_driver_sql("SELECT totp FROM credentials")
        ]
        digests = work.all(select(RecoveryCodeRow.digest))
    for each in (secret, *codes, *(each.replace("-", "") for each in codes)):
        assert not any(each in text for text in (*told, *kept, *digests))
