"""The void register: appended, checked against who has the unit, and never changed."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from gateway.directory.holders import UnitHeld
from gateway.directory.tables import UnitRow, VoidReason, VoidRow, VoidState
from gateway.directory.unit_states import UnitState
from gateway.directory.vacancies import free_units, vacancies
from gateway.directory.voiding import VoidDetails, cancel_void, prepare, put_out_of_service, revise_void
from gateway.directory.voids import VoidStands, revisions, voids_of
from gateway.records.tables import ParticularRow
from gateway.refusals import ChangedMeanwhile, Conflict, Invalid, NotFound
from gateway.stay import Stay
from tests.gateway.directory.holding import is_offered, lives
from tests.gateway.ground import NOW, PROVIDER, TODAY, put, small_world

DONE = {"by": PROVIDER, "at": NOW}
WEEK = TODAY + timedelta(days=7)
REPAIRS = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=WEEK)


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def state(work, day, unit="U-1-1"):
    return vacancies(work, Stay.on(day), units=[unit]).units[0].on(day).state


def test_a_unit_is_out_of_service_until_the_day_it_can_be_let_again(world):
    world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    with world.reading() as work:
        assert state(work, TODAY) is UnitState.OUT_OF_SERVICE
        assert state(work, WEEK - timedelta(days=1)) is UnitState.OUT_OF_SERVICE
        assert state(work, WEEK) is UnitState.FREE


def test_a_revision_counts_and_what_was_said_before_stays(world):
    turnaround = VoidDetails(reason=VoidReason.TURNAROUND, from_day=TODAY, until=WEEK)
    row = world.transact(lambda work: prepare("U-1-1", turnaround, **DONE, work=work))
    broken = VoidDetails(reason=VoidReason.DAMAGE_BY_RESIDENT, from_day=TODAY, note="The window is broken.")
    world.transact(
        lambda work: revise_void(row.void, broken, seen=1, state=VoidState.OUT_OF_SERVICE, **DONE, work=work)
    )
    with world.reading() as work:
        said = [(each.revision, each.state.value, each.until) for each in revisions(work, row.void)]
        assert said == [(1, "being_prepared", WEEK), (2, "out_of_service", None)]
        assert state(work, WEEK + timedelta(days=400)) is UnitState.OUT_OF_SERVICE
        assert [each.revision for each in voids_of(work, "U-1-1", Stay(TODAY))] == [2]


def test_a_cancelled_void_leaves_the_unit_free_and_keeps_why(world):
    row = world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    world.transact(lambda work: cancel_void(row.void, seen=1, why="wrong room", **DONE, work=work))
    with world.working() as work:
        assert state(work, TODAY) is UnitState.FREE
        assert any("wrong room" in each.text for each in work.where(ParticularRow))
        with pytest.raises(Conflict, match=f"Void {row.void} is cancelled"):
            revise_void(row.void, REPAIRS, seen=2, **DONE, work=work)


def test_a_void_that_was_revised_meanwhile_is_not_revised_over_it(world):
    row = world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    world.transact(lambda work: revise_void(row.void, REPAIRS, seen=1, **DONE, work=work))
    with world.working() as work, pytest.raises(ChangedMeanwhile, match="you saw version 1, it is 2"):
        revise_void(row.void, REPAIRS, seen=1, **DONE, work=work)


@pytest.mark.parametrize("hold", [lives, is_offered])
def test_a_unit_that_somebody_has_is_not_put_out_of_service_and_the_refusal_says_who(world, hold):
    day = WEEK - timedelta(days=1)
    world.transact(lambda work: hold(work, "H-1", "U-1-1", 2, from_day=day))
    with world.working() as work:
        with pytest.raises(UnitHeld, match="Unit U-1-1 is") as refused:
            put_out_of_service("U-1-1", REPAIRS, **DONE, work=work)
        assert [each.person for each in refused.value.holders] == ["P-2"]
        before = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=day)
        assert put_out_of_service("U-1-1", before, **DONE, work=work).until == day


def test_a_void_cannot_be_revised_over_somebody_who_has_the_unit(world):
    world.transact(lambda work: is_offered(work, "H-1", "U-1-1", from_day=WEEK))
    row = world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    longer = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=WEEK + timedelta(days=1))
    with world.working() as work, pytest.raises(UnitHeld, match="Unit U-1-1 is"):
        revise_void(row.void, longer, seen=1, **DONE, work=work)


def test_a_void_and_an_offer_of_one_unit_at_one_moment_do_not_both_stand(world):
    """Each looked before the other wrote: the database lets the first stand, and the other is done again."""
    if world.engine.dialect.name == "sqlite":
        return  # writers stand in line: the second one begins when the first has ended
    with world.working() as one, world.working() as other:
        assert "U-1-1" in {unit.id for unit in free_units(other, ["S-1"], TODAY)}
        put_out_of_service("U-1-1", REPAIRS, **DONE, work=one)
        is_offered(other, "H-1", "U-1-1")
        one.commit()
        with pytest.raises(OperationalError, match="could not serialize"):
            other.commit()


def test_a_hold_that_came_to_nothing_stands_against_no_void(world):
    world.transact(lambda work: is_offered(work, "H-1", "U-1-1", cancelled=True))
    world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))


def test_two_voids_of_one_state_do_not_share_a_day(world):
    row = world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    with world.working() as work:
        with pytest.raises(VoidStands, match=f"by void {row.void}: revise that one"):
            put_out_of_service("U-1-1", REPAIRS, **DONE, work=work)
        turnaround = VoidDetails(reason=VoidReason.TURNAROUND, from_day=TODAY)
        prepare("U-1-1", turnaround, **DONE, work=work)
        assert state(work, TODAY) is UnitState.OUT_OF_SERVICE
        assert state(work, WEEK) is UnitState.BEING_PREPARED


def test_everything_wrong_with_the_days_is_told_at_once(world):
    def close(work):
        unit = work.get(UnitRow, "U-1-1")
        unit.closes_on = TODAY
        put(work, unit)

    world.transact(close)
    backwards = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY, until=TODAY)
    with world.working() as work, pytest.raises(Invalid) as refused:
        put_out_of_service("U-1-1", backwards, **DONE, work=work)
    assert [field for field, _ in refused.value.faults] == ["until", "from_day"]


def test_a_unit_cannot_be_out_of_service_before_it_opened(world):
    early = VoidDetails(reason=VoidReason.REPAIRS, from_day=TODAY.replace(year=2019))
    with world.working() as work, pytest.raises(Invalid) as refused:
        put_out_of_service("U-1-1", early, **DONE, work=work)
    assert [what for _, what in refused.value.faults] == [
        "is 2019-03-02, before unit U-1-1 opens on 2020-01-01",
        "is 2019-03-02, before service S-1 opens on 2020-01-01",
    ]


def test_what_does_not_exist_is_not_found(world):
    with world.working() as work:
        with pytest.raises(NotFound, match="unit U-9"):
            put_out_of_service("U-9", REPAIRS, **DONE, work=work)
        with pytest.raises(NotFound, match="void W-9"):
            cancel_void("W-9", seen=1, why="x", **DONE, work=work)


def test_a_reason_is_needed_to_cancel(world):
    row = world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    with world.working() as work, pytest.raises(Invalid, match="why: is empty"):
        cancel_void(row.void, seen=1, why=" ", **DONE, work=work)


def test_what_a_void_said_cannot_be_changed_nor_removed(world):
    world.transact(lambda work: put_out_of_service("U-1-1", REPAIRS, **DONE, work=work))
    for statement in ("UPDATE voids SET until = NULL", "DELETE FROM voids"):
        with world.engine.connect() as connection, pytest.raises(DBAPIError, match="appended"):
            connection.execute(text(statement))
    with world.reading() as work:
        assert work.where(VoidRow)[0].until == WEEK
