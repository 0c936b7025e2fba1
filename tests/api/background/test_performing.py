"""Tasks of every kind are performed, fail with a problem, are cancelled and handed back."""

import csv
import io
import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from api.background.performing import DEEDS, perform_next
from gateway.accounts.tables import AccountStatus
from gateway.allocation_runs.deciding import decide_band
from gateway.allocation_runs.queued import cancel_queued_run, queue_offers
from gateway.allocation_runs.tables import ProposalRow, RunRow, RunStatus
from gateway.directory.tables import UnitRow
from gateway.monitoring.lists import What
from gateway.people.restrict import restrict_case
from gateway.people.tables import PersonRow
from gateway.placements.tables import OfferRow
from gateway.records.seal import seal
from gateway.records.tables import EventRow, EventSubjectRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralRow
from gateway.tasks.ending import ask_to_cancel
from gateway.tasks.files import Part, file_of
from gateway.tasks.tables import TaskKind, TaskStatus
from gateway.tasks.taking import MOST_DEATHS, take_up
from tests.api.background.ground import csv_of, queue, queued_import, queued_run, result, task
from tests.api.doors import account
from tests.gateway.allocation_runs.worlds import two_services
from tests.gateway.assessment.scored import ground
from tests.gateway.ground import MANAGER, NOW, OFFICER, small_world

AT_ONCE = timedelta(0)


def perform(store, **options):
    assert perform_next(store, "worker", every=AT_ONCE, **options)


def count(store, kind, *conditions):
    with store.reading() as work:
        return work.first(select(func.count()).select_from(kind).where(*conditions))


def entered(store):
    return count(store, ReferralRow, ReferralRow.agency_reference.is_not(None))


@pytest.fixture
def referring(store):
    store.transact(ground)
    return store


def test_every_kind_of_task_has_its_deed():
    assert set(DEEDS) == set(TaskKind)


def test_nothing_waits_and_nothing_is_done(store):
    assert not perform_next(store, "worker")


def test_a_run_and_its_offers(store):
    store.transact(two_services)
    task_id, run_id = queued_run(store)
    perform(store)
    assert result(store, task_id) == {"run": run_id, "status": "proposed", "lines": 3}
    store.transact(lambda work: decide_band(run_id, 1, by=MANAGER, at=NOW, work=work))
    offers = store.transact(
        lambda work: queue_offers(run_id, answer_by=NOW + timedelta(days=1), by=MANAGER, at=NOW, work=work)
    )
    perform(store)
    assert result(store, offers.id)["offered"] == count(store, OfferRow) == 3
    assert (task(store, offers.id).done, task(store, offers.id).total) == (3, 3)


def test_what_hinders_an_offer_to_somebody_restricted_is_not_told_to_whom_the_case_is_closed(store):
    store.transact(two_services)
    _, run_id = queued_run(store)
    perform(store)
    store.transact(lambda work: decide_band(run_id, 1, by=MANAGER, at=NOW, work=work))

    def hinder(work):
        line = work.where(ProposalRow, ProposalRow.run_id == run_id)[0]
        referral = work.get(ReferralRow, line.referral_id)
        referral.status = ReferralStatus.CLOSED
        person = work.get(PersonRow, referral.person_id)
        person.restricted = True
        write(work, referral, person, what="set up", by=OFFICER, at=NOW, about=[referral.id])

    store.transact(hinder)
    offers = store.transact(lambda work: queue_offers(run_id, answer_by=None, by=MANAGER, at=NOW, work=work))
    perform(store)
    told = result(store, offers.id)
    assert (told["offered"], told["refused"], told["lines"]) == (2, 1, [])


def test_a_run_whose_worker_died_after_it_was_done_is_told_and_not_done_again(store):
    store.transact(two_services)
    task_id, run_id = queued_run(store)
    perform(store)
    again = queue(store, TaskKind.RUN, {"run": run_id}, by=MANAGER)
    perform(store)
    assert result(store, again) == result(store, task_id)
    assert count(store, EventRow, EventRow.what == "run proposed") == 1


def test_a_run_cancelled_before_or_while_it_is_performed_ends_its_task(store):
    store.transact(two_services)
    by_task, first_run = queued_run(store)
    store.transact(lambda work: ask_to_cancel(by_task, asked_by=MANAGER.id, work=work))
    perform(store)
    by_run, second_run = queued_run(store)
    store.transact(lambda work: cancel_queued_run(second_run, by=MANAGER, at=NOW, work=work))
    perform(store)
    for task_id, run_id in ((by_task, first_run), (by_run, second_run)):
        assert task(store, task_id).status is TaskStatus.CANCELLED
        with store.reading() as work:
            assert work.get(RunRow, run_id).status is RunStatus.CANCELLED


def test_an_import_enters_everybody_and_one_that_is_repeated_nobody(referring, tmp_path):
    first, again = (queued_import(referring, tmp_path, 25) for _ in range(2))
    perform(referring)
    perform(referring)
    assert result(referring, first) == {"entered": 25, "already_there": 0, "changed_rows": []}
    assert result(referring, again)["already_there"] == 25
    assert entered(referring) == 25


def test_a_file_with_faults_enters_nobody_and_tells_each_by_row_and_column(referring, tmp_path):
    task_id = queued_import(referring, tmp_path, 3, referred_on="soon", agency="A-9")
    perform(referring)
    fault = json.loads(task(referring, task_id).fault)
    assert (fault["status"], fault["type"]) == (422, "/problems/bad-referrals")
    assert "row:2:referred_on" in {each["pointer"] for each in fault["errors"]}
    assert entered(referring) == 0


def test_a_file_that_a_spreadsheet_would_run_is_refused(referring, tmp_path):
    task_id = queue(
        referring, TaskKind.IMPORT, {}, content=csv_of(tmp_path, 1, referred_on='=cmd|"/c calc"!A1')
    )
    perform(referring)
    assert json.loads(task(referring, task_id).fault)["status"] == 422


def test_a_worker_that_stops_hands_the_import_back_and_the_next_goes_on(referring, tmp_path):
    task_id = queued_import(referring, tmp_path, 50)
    looks = iter([False] * 3)
    perform(referring, stopping=lambda: next(looks, True))
    assert task(referring, task_id).status is TaskStatus.QUEUED
    assert 0 < entered(referring) < 50
    perform(referring)
    assert task(referring, task_id).status is TaskStatus.DONE
    assert entered(referring) == 50


def test_an_import_cancelled_half_way_keeps_what_it_entered(referring, tmp_path):
    task_id = queued_import(referring, tmp_path, 50)
    cancel = threading.Event()

    def look():
        # The worker asks before each step; the third time somebody has pressed "cancel".
        if entered(referring) and not cancel.is_set():
            cancel.set()
            referring.transact(lambda work: ask_to_cancel(task_id, asked_by=OFFICER.id, work=work))
        return False

    perform(referring, stopping=look)
    assert task(referring, task_id).status is TaskStatus.CANCELLED
    assert entered(referring) == 20


def test_nothing_is_done_in_the_name_of_a_closed_account(referring, tmp_path):
    def suspended(work):
        row = account(work, OFFICER.id, "officer")
        row.status = AccountStatus.SUSPENDED
        write(work, row, what="set up", by=OFFICER, at=NOW)

    referring.transact(suspended)
    task_id = queued_import(referring, tmp_path, 1)
    perform(referring)
    assert json.loads(task(referring, task_id).fault)["type"] == "/problems/account-gone"
    assert entered(referring) == 0


def test_a_fault_of_ours_is_told_as_one_and_nothing_of_it(store, caplog):
    task_id = queue(store, TaskKind.EXPORT, {"what": "secrets of Ada"})
    perform(store)
    assert json.loads(task(store, task_id).fault)["type"] == "/problems/fault"
    assert "Ada" not in task(store, task_id).fault


def test_a_task_that_kills_workers_is_given_up(referring, tmp_path, clock):
    task_id = queued_import(referring, tmp_path, 1)
    for _ in range(MOST_DEATHS):
        referring.transact(lambda work: take_up(work, "dead", at=clock()))
        clock.on(minutes=10)
    perform(referring)
    assert json.loads(task(referring, task_id).fault)["type"] == "/problems/given-up"


def exported(store, what, **asked):
    task_id = queue(store, TaskKind.EXPORT, {"what": what} | asked)
    perform(store)
    rows = result(store, task_id)["rows"]
    with store.reading() as work:
        file = file_of(work, task_id, Part.OUT)
    found = list(csv.DictReader(io.StringIO(file.content.decode())))
    assert len(found) == rows
    return found


@pytest.mark.parametrize("what", list(What))
def test_every_list_is_given_out_and_that_is_recorded(store, what):
    store.transact(small_world)
    before = count(store, EventRow)
    assert exported(store, what.value) or what in (What.OFFERS, What.PLACEMENTS)
    assert count(store, EventRow, EventRow.what == f"list of {what.value} exported") == 1
    assert count(store, EventRow) == before + 1


def test_a_list_of_referrals_has_no_restricted_person_and_its_event_names_whom_it_told(store):
    store.transact(small_world)
    store.transact(
        lambda work: restrict_case(
            "P-2", until=NOW + timedelta(days=1), why="in danger", seen=1, by=MANAGER, at=NOW, work=work
        )
    )
    assert [row["id"] for row in exported(store, "referrals")] == ["R-1", "R-3"]
    with store.reading() as work:
        told = work.all(
            select(EventSubjectRow.subject)
            .join(EventRow, EventRow.number == EventSubjectRow.event)
            .where(EventRow.what == "list of referrals exported")
        )
    assert sorted(told) == ["R-1", "R-3"]


def test_a_list_is_of_the_days_asked_for(store):
    store.transact(small_world)
    assert exported(store, "referrals", from_day="2026-03-03") == []
    assert len(exported(store, "referrals", from_day="2026-03-02", until="2026-03-03")) == 3


def test_formulas_in_an_exported_file_are_shielded(store):
    store.transact(small_world)

    def name(work):
        unit = work.get(UnitRow, "U-1-1")
        unit.name = "=HYPERLINK(1)"
        write(work, unit, what="set up", by=OFFICER, at=NOW)

    store.transact(name)
    assert {row["unit_name"] for row in exported(store, "vacancies")} >= {"'=HYPERLINK(1)"}


def test_the_chain_is_verified_as_a_task(store):
    store.transact(small_world)
    seal(store)
    task_id = queue(store, TaskKind.VERIFY, {})
    perform(store)
    told = result(store, task_id)
    assert told["holds"]
    assert told["links"] == count(store, EventRow)
