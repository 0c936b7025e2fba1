"""Closing says what stands against it; an emergency closes anyway; half-open days."""

from datetime import date, timedelta

import pytest

from gateway.agreements.tables import AgreementKind, AgreementRow, CoveredServiceRow
from gateway.directory.closing import close_unit, plan_closure, reopen_service, reopen_unit
from gateway.directory.closure import ClosingBlocked, closing_blocked_by
from gateway.directory.holders import UnitHeld
from gateway.directory.tables import ServiceRow, UnitRow
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import vacancies
from gateway.records.tables import EventSubjectRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.stay import Stay
from scenarios.statements import statements
from tests.gateway.directory.holding import is_offered, lives
from tests.gateway.ground import DUDLEY, MANAGER, NOW, TODAY, put, small_world

DONE = {"by": MANAGER, "at": NOW}
WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def agree(work, id="G-1", service="S-1", **facts):
    terms = {"from_day": date(2025, 4, 1), "until": date(2027, 4, 1)} | facts
    agreement = AgreementRow(
        id=id, name="Joint purchase", kind=AgreementKind.JOINT_PURCHASE, lead_id=DUDLEY, **terms
    )
    put(work, agreement, CoveredServiceRow(agreement_id=id, service_id=service))


def close(work, day=WEEK, *, seen=1, why="the building is unsafe", **rest):
    return plan_closure("S-1", day, seen=seen, why=why, **DONE, work=work, **rest)


def states(work, *days, unit="U-1-1"):
    found = vacancies(work, Stay(TODAY - timedelta(days=30), TODAY + timedelta(days=90)), units=[unit])
    return [found.units[0].on(day).state.value for day in days]


def test_nothing_stands_against_closing_an_empty_service(world):
    with world.reading() as work:
        assert not closing_blocked_by(work, "S-1", TODAY)
    world.transact(close)
    with world.reading() as work:
        assert states(work, WEEK - timedelta(days=1), WEEK) == ["free", "closed"]


def test_who_lives_there_who_is_offered_a_place_and_which_agreements_cover_it_is_told(world):
    def settle(work):
        lives(work, "H-1", "U-1-1", 1)
        is_offered(work, "H-2", "U-1-2", 2, from_day=WEEK)
        lives(work, "H-3", "U-2-1", 3, service="S-2")
        agree(work)
        agree(work, "G-2", ended_on=WEEK)
        agree(work, "G-3", service="S-2")
        agree(work, "G-4", until=WEEK)

    world.transact(settle)
    with world.reading() as work:
        with statements(work) as sent:
            block = closing_blocked_by(work, "S-1", WEEK)
        assert len(sent) == 3
        assert closing_blocked_by(work, "S-1", TODAY).agreements == ("G-1", "G-2", "G-4")
    assert [(each.hold, each.referral, each.unit) for each in block.living] == [("H-1", "R-1", "U-1-1")]
    assert [each.hold for each in block.offered] == ["H-2"]
    assert block.agreements == ("G-1",)


def test_who_leaves_on_the_day_of_closing_does_not_stand_against_it(world):
    world.transact(lambda work: lives(work, "H-1", "U-1-1", until=WEEK))
    with world.working() as work:
        assert not closing_blocked_by(work, "S-1", WEEK)
        assert closing_blocked_by(work, "S-1", WEEK - timedelta(days=1))


def test_a_service_somebody_lives_in_closes_only_in_an_emergency(world):
    """A closure that moves nobody leaves people behind: who must leave is told by name of their referral."""
    world.transact(lambda work: lives(work, "H-1", "U-1-1"))
    with world.working() as work, pytest.raises(ClosingBlocked, match="Unit U-1-1 is") as refused:
        close(work)
    assert refused.value.block.living[0].person == "P-1"
    with world.working() as work, pytest.raises(ClosingBlocked, match="Unit U-1-1 is"):
        close(work, leaving={"R-2"})
    world.transact(lambda work: close(work, leaving={"R-1"}))
    with world.reading() as work:
        assert states(work, TODAY, WEEK) == ["occupied", "closed"]
        assert work.where(EventSubjectRow, EventSubjectRow.subject == "P-1")[-1:] != []


def test_a_plan_is_replaced_by_a_later_one_and_only_by_somebody_who_saw_it(world):
    world.transact(close)
    with world.working() as work, pytest.raises(ChangedMeanwhile):
        close(work, TODAY)
    world.transact(lambda work: close(work, WEEK + timedelta(days=1), seen=2))
    with world.reading() as work:
        assert states(work, WEEK) == ["free"]


def test_everything_wrong_with_a_plan_is_told_at_once(world):
    with world.working() as work:
        with pytest.raises(Invalid) as refused:
            close(work, date(2020, 1, 1), why=" ")
        assert [field for field, _ in refused.value.faults] == ["day", "why"]
        with pytest.raises(NotFound):
            closing_blocked_by(work, "S-9", WEEK)


def test_a_closure_that_is_still_to_come_is_taken_back(world):
    world.transact(close)
    world.transact(lambda work: reopen_service("S-1", TODAY, seen=2, why="a mistake", **DONE, work=work))
    with world.reading() as work:
        assert work.get(ServiceRow, "S-1").closes_on is None
        assert states(work, WEEK) == ["free"]


def test_days_on_which_a_service_was_closed_stay_days_on_which_nobody_could_be_placed(world):
    """Otherwise opening it again would turn months of closure into empty units."""
    closed = TODAY - timedelta(days=10)
    world.transact(lambda work: close(work, closed))
    world.transact(lambda work: reopen_service("S-1", WEEK, seen=2, why="repaired", **DONE, work=work))
    with world.reading() as work:
        told = states(work, closed - timedelta(days=1), closed, WEEK - timedelta(days=1), WEEK)
    assert told == ["free", "out_of_service", "out_of_service", "free"]


def test_a_service_that_is_not_closed_cannot_be_opened_again(world):
    with world.working() as work, pytest.raises(Conflict, match="no closure is planned"):
        reopen_service("S-1", TODAY, seen=1, why="x", **DONE, work=work)


def test_a_unit_closes_unless_somebody_has_it_then_or_later(world):
    def shut(work, day):
        return close_unit("U-1-1", day, seen=1, why="merged with the next room", **DONE, work=work)

    world.transact(lambda work: lives(work, "H-1", "U-1-1", until=WEEK))
    with world.working() as work, pytest.raises(UnitHeld, match=r"until 2026-03-09"):
        shut(work, WEEK - timedelta(days=1))
    world.transact(lambda work: shut(work, WEEK))
    with world.reading() as work:
        assert states(work, WEEK - timedelta(days=1), WEEK) == ["occupied", "closed"]


def test_a_unit_opens_again_and_was_out_of_service_meanwhile(world):
    closed = TODAY - timedelta(days=10)
    done = {"why": "it is needed", **DONE}
    world.transact(lambda work: close_unit("U-1-1", closed, seen=1, **done, work=work))
    world.transact(lambda work: reopen_unit("U-1-1", TODAY, seen=2, **done, work=work))
    with world.working() as work:
        assert work.get(UnitRow, "U-1-1").closes_on is None
        assert states(work, closed, TODAY) == [UnitState.OUT_OF_SERVICE, UnitState.FREE]
        with pytest.raises(Conflict, match="U-1-1 is not closed"):
            reopen_unit("U-1-1", TODAY, seen=3, **done, work=work)
