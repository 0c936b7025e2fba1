"""From what stands to a proposal: nobody asked about twice, no unit given twice, no name in what is kept."""

from datetime import date, timedelta

import pytest

from allocation.certify import certify
from allocation.exchange import plan_in, problem_in
from gateway.agreements.append_schedule import append_schedule
from gateway.agreements.make import make_agreement
from gateway.agreements.tables import AccessGroup, AgreementKind
from gateway.agreements.terms import Clause
from gateway.allocation_runs.asked_again import explanation
from gateway.allocation_runs.performing import perform
from gateway.allocation_runs.running import cancel_run, start_run
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.tables import (
    ProposalStatus,
    ProposalUnitRow,
    RedesignationRequestRow,
    RunRow,
    RunStatus,
)
from gateway.directory.tables import ConversionRow, UnitGender, VoidReason, VoidRow, VoidState
from gateway.people.tables import PersonRow
from gateway.records.write import write
from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import ReferralCodeRow, ReferralRow, ReferralTrait
from gateway.refusals import IllegalMove, Invalid
from gateway.stay import Stay
from tests.gateway.allocation_runs.worlds import ground, lines, offered, run, settle, two_services, waiting
from tests.gateway.ground import BIRMINGHAM, DUDLEY, MANAGER, NOW, OFFICER, TODAY, put, service


def the_problem(store, run_id):
    with store.reading() as work:
        return problem_in(work.get(RunRow, run_id).problem.encode())


def test_everybody_who_waits_is_proposed_a_place_with_a_unit_of_their_own(store):
    store.transact(two_services)
    found = lines(store, run_id := run(store))
    assert {id: line.status for id, line in found.items()} == dict.fromkeys(
        ("R-1", "R-2", "R-3"), ProposalStatus.PROPOSED
    )
    with store.reading() as work:
        units = [row.unit_id for row in work.where(ProposalUnitRow)]
        assert work.get(RunRow, run_id).status is RunStatus.PROPOSED
    assert len(units) == len(set(units)) == 3


@pytest.mark.parametrize("day", [TODAY - timedelta(days=1), TODAY + timedelta(days=367)])
def test_a_run_is_for_a_day_that_can_be_planned_for(store, day):
    store.transact(two_services)
    with pytest.raises(Invalid, match="must be today or a day within a year"):
        run(store, as_of=day)


def test_the_problem_and_plan_are_kept_whole_and_the_checker_accepts_them(store):
    store.transact(two_services)
    run_id = run(store)
    with store.reading() as work:
        row = work.get(RunRow, run_id)
        problem = problem_in(row.problem.encode())
        assert certify(problem, plan_in(row.plan.encode(), problem)).faults == ()
        assert "ortools" in row.engine


def test_no_name_and_no_id_of_a_person_or_referral_is_in_what_the_engine_sees(store):
    def world(work):
        ground(work)
        service(work)
        waiting(work, 1, forename="Marguerite", surname="Okonjo", born=date(1990, 5, 4))

    store.transact(world)
    with store.reading() as work:
        row = work.get(RunRow, run(store))
        for text in (row.problem, row.plan):
            assert not any(word in text for word in ("Marguerite", "Okonjo", "1990", "P-1", "R-1"))


def test_a_service_that_has_no_unit_yet_is_no_part_of_the_problem(store):
    """Somebody may wish for it, another must avoid it, and an agreement limits it."""

    def world(work):
        two_services(work)
        service(work, "S-3", units=0)
        wish = {"referral_id": "R-1", "trait": ReferralTrait.WISHED_SERVICE, "place": 1}
        avoided = {"referral_id": "R-2", "trait": ReferralTrait.AVOIDED_SERVICE}
        put(work, *(ReferralCodeRow(value="S-3", answer=True, **each) for each in (wish, avoided)))
        limit = Clause(clause="3.1", group=AccessGroup.NON_PARTY, service_id="S-3", max_units=1)
        paper = make_agreement(
            "Access",
            kind=AgreementKind.ACCESS,
            lead_id=BIRMINGHAM,
            parties=[BIRMINGHAM, DUDLEY],
            services=["S-3"],
            term=Stay(TODAY, TODAY + timedelta(days=365)),
            by=MANAGER,
            at=NOW,
            work=work,
        )
        append_schedule(paper.id, 1, from_day=TODAY, clauses=[limit], by=MANAGER, at=NOW, work=work)

    store.transact(world)
    problem = the_problem(store, run(store))
    assert {each.id for each in problem.services} == {"S-1", "S-2"}
    assert problem.quotas == ()


def test_where_there_are_too_few_units_the_first_in_triage_have_them_and_the_others_a_reason(store):
    def world(work):
        ground(work)
        service(work, units=1)
        waiting(work, 1, band=2)
        waiting(work, 2, band=1)

    store.transact(world)
    found = lines(store, run(store))
    assert found["R-2"].service_id == "S-1"
    assert (found["R-1"].service_id, found["R-1"].reason) == (None, "outranked")


def test_a_unit_that_is_out_of_use_is_not_given(store):
    def world(work):
        ground(work)
        service(work, units=1)
        waiting(work, 1)
        put(
            work,
            VoidRow(
                void="V",
                revision=1,
                unit_id="U-1-1",
                state=VoidState.OUT_OF_SERVICE,
                reason=VoidReason.REPAIRS,
                from_day=TODAY,
                noted_at=NOW,
            ),
        )

    store.transact(world)
    assert lines(store, run(store))["R-1"].service_id is None


def test_who_lives_there_and_need_not_leave_stays_and_needs_no_line(store):
    store.transact(two_services)
    settle(store, "R-1", "U-1-1")
    found = lines(store, run(store))
    assert set(found) == {"R-2", "R-3"}


def test_who_must_leave_is_proposed_another_place(store):
    store.transact(two_services)
    settle(store, "R-1", "U-1-1")

    def must_leave(work):
        row = work.get(ReferralRow, "R-1")
        row.must_leave = True
        write(work, row, what="set up", by=OFFICER, at=NOW)

    store.transact(must_leave)
    line = lines(store, run(store))["R-1"]
    assert (line.from_service_id, line.service_id) == ("S-1", "S-2")


def test_who_has_an_offer_is_not_asked_about_again_and_the_unit_is_theirs(store):
    def world(work):
        ground(work)
        service(work, units=1)
        waiting(work, 1)
        waiting(work, 2)

    store.transact(world)
    store.transact(lambda work: offered(work, "R-2", "U-1-1"))
    found = lines(store, run(store))
    assert set(found) == {"R-1"}
    assert found["R-1"].service_id is None


def test_two_referrals_of_one_person_are_asked_about_once(store):
    store.transact(two_services)

    def merge(work):
        row = work.get(PersonRow, "P-2")
        row.merged_into = "P-1"
        write(work, row, what="set up", by=OFFICER, at=NOW)

    store.transact(merge)
    run_id = run(store)
    assert len(the_problem(store, run_id).people) == 2
    assert set(lines(store, run_id)) == {"R-1", "R-3"}


def test_a_risk_that_nobody_has_answered_has_the_line_looked_at_singly(store):
    store.transact(two_services)
    risk = ReferralCodeRow(referral_id="R-2", trait=ReferralTrait.RISK, value="arson", answer=None)
    store.transact(lambda work: put(work, risk))
    found = lines(store, run(store))
    assert {id: line.singly for id, line in found.items()} == {"R-1": False, "R-2": True, "R-3": False}


def test_equal_people_of_whom_one_has_a_place_are_a_near_tie(store):
    def world(work):
        ground(work)
        service(work, units=1)
        waiting(work, 1, rank=1001)
        waiting(work, 2, rank=1001)
        waiting(work, 3, rank=1002)

    store.transact(world)
    found = lines(store, run(store))
    assert {id: line.near_tie for id, line in found.items()} == {"R-1": True, "R-2": True, "R-3": False}


def test_a_household_is_given_as_many_units_as_it_takes(store):
    def world(work):
        ground(work)
        service(work, "S-1", units=1)
        service(work, "S-2", units=2)
        waiting(work, 1, units=2)

    store.transact(world)
    found = lines(store, run(store))
    with store.reading() as work:
        units = {row.unit_id for row in work.where(ProposalUnitRow)}
    assert found["R-1"].service_id == "S-2"
    assert units == {"U-2-1", "U-2-2"}


def test_a_re_designation_that_the_plan_needs_is_asked_of_the_provider(store):
    def world(work):
        ground(work)
        service(work, units=1, gender=UnitGender.MALE)
        put(
            work,
            ConversionRow(service_id="S-1", source=UnitGender.MALE, target=UnitGender.FEMALE, max_units=1),
        )
        waiting(work, 1, gender="female")

    store.transact(world)
    assert lines(store, run(store))["R-1"].pool == "female"
    with store.reading() as work:
        (request,) = work.where(RedesignationRequestRow)
    assert (request.unit_id, request.to_pool) == ("U-1-1", "female")


def test_a_run_looks_at_the_tiers_lots_and_authorities_it_was_asked_to(store):
    store.transact(two_services)
    problem = the_problem(store, run(store, tiers=frozenset({"floating"})))
    assert problem.services == ()
    problem = the_problem(store, run(store, authorities=frozenset({"E08000031"})))
    assert problem.people == ()
    with pytest.raises(Invalid, match="'attic' is no tier"):
        Scope(as_of=TODAY, tiers=frozenset({"attic"}))


def test_a_run_that_was_killed_is_performed_again_and_proposes_once(store):
    store.transact(two_services)
    queued = store.transact(lambda work: start_run(Scope(as_of=TODAY), by=MANAGER, at=NOW, work=work))

    class Killed(BaseException):
        pass

    def killed(problem, *, time_limit_s):
        raise Killed

    with pytest.raises(Killed):
        perform(store, queued.id, by=MANAGER, solver=killed)
    perform(store, queued.id, by=MANAGER)
    assert len(lines(store, queued.id)) == 3


def test_a_run_whose_engine_fails_says_so_and_proposes_nothing(store):
    store.transact(two_services)
    queued = store.transact(lambda work: start_run(Scope(as_of=TODAY), by=MANAGER, at=NOW, work=work))

    def broken(problem, *, time_limit_s):
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        perform(store, queued.id, by=MANAGER, solver=broken)
    with store.reading() as work:
        assert work.get(RunRow, queued.id).status is RunStatus.FAILED
    assert lines(store, queued.id) == {}


def test_a_cancelled_run_is_not_performed(store):
    queued = store.transact(lambda work: start_run(Scope(as_of=TODAY), by=MANAGER, at=NOW, work=work))
    store.transact(lambda work: cancel_run(queued.id, by=MANAGER, at=NOW, work=work))
    with pytest.raises(IllegalMove, match="is cancelled: it cannot become running"):
        perform(store, queued.id, by=MANAGER)


def test_an_officer_sees_why_and_what_else_there_was(store):
    store.transact(two_services)
    run_id = run(store)
    with store.reading() as work:
        told = explanation(work, run_id, "R-1")
    assert [choice.is_suitable for choice in told.choices] == [True, True]
    assert all(choice.why for choice in told.choices)


def test_a_parked_referral_is_not_placed(store):
    def world(work):
        ground(work)
        service(work)
        waiting(work, 1, status=ReferralStatus.PARKED)

    store.transact(world)
    assert lines(store, run(store)) == {}


def test_somebody_whose_unit_is_free_tomorrow_holds_it_today(store):
    store.transact(two_services)
    settle(store, "R-1", "U-1-1", day=TODAY - timedelta(days=3))
    problem = the_problem(store, run(store))
    assert sum(pool.units for each in problem.services for pool in each.pools) == 4
