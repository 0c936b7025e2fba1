"""Chores do what is due; one that fails is told and done again, and keeps no other from being done."""

from datetime import timedelta

import pytest

from api.background.chores import CHORES, Round
from api.background.worker import Worker
from gateway.accounts.tables import SessionRow
from gateway.answers.keeping import KeptAnswer, keep_answer
from gateway.answers.tables import KeptAnswerRow
from gateway.messages.tables import MessageRow, MessageStatus
from gateway.people.tables import PersonRow
from gateway.placements.offering import make_offer
from gateway.placements.states import OfferStatus
from gateway.placements.tables import OfferRow
from gateway.records.retention_rules import RetentionRules
from gateway.records.seal import not_yet_sealed
from gateway.tasks.tables import ChoreRow
from tests.api.doors import account
from tests.gateway.ground import NOW, OFFICER, TODAY, person, small_world
from tests.gateway.messages.posts import Remembers

RULES = RetentionRules(placed_years=6, unplaced_years=2, never_referred_years=1)


def world(work):
    small_world(work)
    account(work, "theirs", "provider", provider_id="V-1")
    make_offer(
        "R-1", ["U-1-1"], from_day=TODAY, answer_by=NOW + timedelta(hours=1), by=OFFICER, at=NOW, work=work
    )


@pytest.fixture
def worker(store):
    store.transact(world)
    return a_worker(store)


def a_worker(store, **facts):
    round_ = Round(store=store, post=Remembers(), origin="https://gateway.test", rules=RULES, **facts)
    return Worker("one", round_)


def test_one_look_does_all_that_is_due_from_the_lapse_to_the_message(worker, clock):
    clock.on(hours=2)
    worker.do_chores()
    with worker.store.reading() as work:
        assert [row.status for row in work.where(OfferRow)] == [OfferStatus.LAPSED]
        assert {row.status for row in work.where(MessageRow)} == {MessageStatus.SENT}
        assert {row.name for row in work.where(ChoreRow)} == {chore.name for chore in CHORES}
        assert not_yet_sealed(work) == 0
    subjects = [each.subject for each in worker.round.post.letters]
    assert "An offer has lapsed" in subjects
    assert "Please confirm your vacancies" in subjects
    worker.do_chores()
    assert [each.subject for each in worker.round.post.letters] == subjects


def test_a_chore_that_fails_keeps_no_other_from_being_done_and_is_done_again(
    worker, clock, caplog, monkeypatch
):
    def broken(*_, **__):
        raise RuntimeError("disk")

    clock.on(hours=2)
    with monkeypatch.context() as patch:
        patch.setattr("api.background.chores.seal", broken)
        worker.do_chores()
    assert "Chore seal failed" in caplog.text
    with worker.store.reading() as work:
        assert [row.status for row in work.where(OfferRow)] == [OfferStatus.LAPSED]
        assert work.get(ChoreRow, "seal").done_at is None
    worker.do_chores()
    with worker.store.reading() as work:
        assert not_yet_sealed(work) == 0


def test_nobody_is_erased_by_itself_unless_a_setting_says_so(store, clock):
    store.transact(lambda work: person(work, "P-9", forename="Ada"))
    clock.on(days=500)
    a_worker(store).do_chores()
    with store.reading() as work:
        assert work.get(PersonRow, "P-9").erased_at is None
    clock.on(days=1)
    a_worker(store, erase=True).do_chores()
    with store.reading() as work:
        row = work.session.get(PersonRow, "P-9")
        assert row is None or row.erased_at is not None


def test_what_is_kept_for_a_while_only_is_forgotten(worker, clock):
    def kept(work):
        keep_answer(work, "key", "request", KeptAnswer(status=200, body="{}"), at=NOW)
        ended = {"digest": "d", "account_id": "theirs", "began_at": NOW, "last_seen_at": NOW}
        work.note(SessionRow(id="Z-1", expires_at=NOW + timedelta(hours=12), second_factor=False, **ended))

    worker.store.transact(kept)
    worker.do_chores()
    with worker.store.reading() as work:
        assert len(work.where(KeptAnswerRow)) == len(work.where(SessionRow)) == 1
    clock.on(days=1, hours=1)
    worker.do_chores()
    with worker.store.reading() as work:
        assert len(work.where(KeptAnswerRow)) == len(work.where(SessionRow)) == 0
