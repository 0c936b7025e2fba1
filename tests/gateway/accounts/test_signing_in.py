"""Signing in: who gets in, who does not, and that failures count whoever is told what."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select

from gateway.accounts import passwords, signing_in
from gateway.accounts.credentials import FREE, LONGEST
from gateway.accounts.inviting import reset_password
from gateway.accounts.sessions import session_of
from gateway.accounts.signing_in import prove_owner
from gateway.accounts.tables import AccountRow, CredentialRow, SessionRow
from gateway.records.actor import Role
from gateway.records.tables import EventRow
from gateway.refusals import Invalid
from tests.gateway.accounts.people import EMAIL, PASSWORD, active, attempt, invited
from tests.gateway.ground import ADMINISTRATOR


def credential(store, id):
    with store.reading() as work:
        return work.get(CredentialRow, id)


def told(store):
    with store.reading() as work:
        return list(work.all(select(EventRow.what).order_by(EventRow.number)))


def test_the_right_password_begins_a_session_that_is_found_by_its_secret(store, clock):
    id = active(store)
    signed_in = attempt(store)
    assert signed_in.account.id == id
    assert not signed_in.due
    with store.reading() as work:
        row, account = session_of(work, signed_in.begun.secret, at=clock())
    assert (row.account_id, account.id, row.second_factor) == (id, id, False)
    assert told(store)[-1] == "signed in"


def test_capitals_and_blanks_around_an_address_do_not_matter(store):
    active(store)
    assert attempt(store, email=" ADA@Example.ORG ") is not None


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "wrong"), ("nobody@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_are_refused_alike(store, email, password):
    active(store)
    assert attempt(store, password, email) is None


def test_for_an_unknown_address_a_password_is_held_against_a_hash_that_takes_as_long():
    assert not passwords.fits(PASSWORD, None)
    nobodys = passwords._nobodys()  # noqa: SLF001  its cost is what is tested
    ours = passwords.hashed(PASSWORD)
    assert nobodys.split("$")[:4] == ours.split("$")[:4]


def test_somebody_who_has_not_followed_their_invitation_does_not_sign_in(store):
    invited(store, "new@example.org")
    assert attempt(store, "", "new@example.org") is None
    assert attempt(store, PASSWORD, "new@example.org") is None


def test_a_failure_is_kept_although_the_sign_in_is_refused(store):
    id = active(store)
    assert attempt(store, "wrong") is None
    assert credential(store, id).failures == 1
    assert told(store)[-1] == "sign-in failed"


def test_a_success_forgets_the_failures(store):
    id = active(store)
    for _ in range(FREE):
        attempt(store, "wrong")
    assert attempt(store) is not None
    assert credential(store, id).failures == 0


def test_too_many_failures_shut_the_account_for_longer_each_time_even_for_the_right_password(store, clock):
    id = active(store)
    for _ in range(FREE + 1):
        attempt(store, "wrong")
    assert attempt(store) is None
    assert credential(store, id).locked_until == clock() + timedelta(minutes=1)
    assert credential(store, id).failures == FREE + 1, "while it is shut nothing is counted"
    clock.on(minutes=1)
    attempt(store, "wrong")
    assert credential(store, id).locked_until == clock() + timedelta(minutes=2)
    clock.on(minutes=2)
    assert attempt(store) is not None


def test_an_account_is_never_shut_for_longer_than_an_hour(store, clock):
    id = active(store)
    for _ in range(FREE + 20):
        attempt(store, "wrong")
        clock.now = max(clock.now, credential(store, id).locked_until or clock.now)
    attempt(store, "wrong")
    assert credential(store, id).locked_until == clock() + LONGEST


def test_many_who_try_at_once_each_count_and_none_gets_in_once_it_is_shut(store):
    """The passwords are examined at once; what comes of them is written one after the other."""
    id = active(store)
    with ThreadPoolExecutor(8) as several:
        outcomes = list(several.map(lambda n: attempt(store, f"wrong {n}"), range(3 * FREE)))
    assert outcomes == [None] * (3 * FREE)
    assert credential(store, id).failures == FREE + 1
    assert told(store).count("sign-in failed and shut for a while") == 1


def test_a_right_password_examined_before_the_account_was_shut_is_worth_nothing_after(store, clock):
    id = active(store)
    kept = credential(store, id).password
    early = signing_in.examine(id, kept, PASSWORD)
    for _ in range(FREE + 1):
        attempt(store, "wrong")
    assert (
        store.transact(lambda work: signing_in.conclude(early, browser=None, at=clock(), work=work)) is None
    )


def test_a_right_password_examined_before_it_was_reset_is_worth_nothing_after(store, clock):
    id = active(store)
    early = signing_in.examine(id, credential(store, id).password, PASSWORD)
    store.transact(lambda work: reset_password(id, by=ADMINISTRATOR, at=clock(), work=work))
    assert (
        store.transact(lambda work: signing_in.conclude(early, browser=None, at=clock(), work=work)) is None
    )


def test_a_hash_made_with_less_than_is_usual_by_now_is_made_anew(store):
    id = active(store)
    weak = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

    def weaken(work):
        row = work.get(CredentialRow, id)
        row.password = weak
        work.note(row)

    store.transact(weaken)
    assert attempt(store) is not None
    kept = credential(store, id).password
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert attempt(store) is not None
    assert credential(store, id).password == kept


def test_whoever_uses_a_session_proves_that_it_is_theirs_and_guesses_no_more_than_at_the_door(store, clock):
    id = active(store)
    session = attempt(store).begun.row.id
    assert prove_owner(store, session, PASSWORD, at=clock())
    for _ in range(FREE + 1):
        assert not prove_owner(store, session, "wrong", at=clock())
    assert not prove_owner(store, session, PASSWORD, at=clock())
    assert credential(store, id).failures == FREE + 1


def test_no_event_and_no_column_tells_a_password_or_a_sessions_secret(store):
    active(store)
    secret = attempt(store).begun.secret
    attempt(store, "a wrong password")
    with store.reading() as work:
        events = " ".join(work.all(select(EventRow.changes)))
        digests = work.all(select(SessionRow.digest))
    assert PASSWORD not in events
    assert "wrong" not in events
    assert secret not in [*digests, events]


def test_one_address_has_one_account(store):
    active(store)
    with pytest.raises(Exception, match="already"):
        invited(store, "ADA@example.org")
    with store.reading() as work:
        assert len(work.where(AccountRow)) == 1


def test_a_post_that_nobody_has_is_refused_with_all_that_is_wrong(store):
    with pytest.raises(Invalid) as refused:
        invited(store, role=Role.REFERRER, provider_id="V-9")
    assert dict(refused.value.faults) == {
        "agency_id": "is missing: somebody in the role referrer works for one",
        "provider_id": "is for the role provider only",
    }
