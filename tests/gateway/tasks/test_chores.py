"""Chores come round by the database: missed ones are made up for once, none is done twice."""

from datetime import UTC, datetime, time, timedelta

import pytest

from gateway.tasks.chores import LONGEST_ROUND, Daily, Every, begin_round, end_round

DAILY = Daily(time(9), tuple(range(5)))


def begins(store, rhythm, worker="one"):
    return store.transact(lambda work: begin_round(work, "it", rhythm, worker, at=store.clock()))


def ends(store, worker="one", *, failed=False):
    at = None if failed else store.clock()
    store.transact(lambda work: end_round(work, "it", worker, at=at))


def test_a_chore_is_done_once_a_round_by_one_worker(store, clock):
    assert begins(store, Every(1))
    assert not begins(store, Every(1), "two"), "somebody is doing it"
    ends(store)
    clock.on(seconds=59)
    assert not begins(store, Every(1))
    clock.on(seconds=1)
    assert begins(store, Every(1), "two")


def test_rounds_that_were_missed_are_made_up_for_once(store, clock):
    assert begins(store, Every(5))
    ends(store)
    clock.on(hours=7)
    assert begins(store, Every(5))
    ends(store)
    assert not begins(store, Every(5))


def test_a_round_that_failed_is_begun_again_at_once(store):
    assert begins(store, Every(60))
    ends(store, failed=True)
    assert begins(store, Every(60))


def test_a_round_whose_worker_died_is_begun_again_by_another(store, clock):
    assert begins(store, Every(1), "dead")
    clock.on(seconds=LONGEST_ROUND.total_seconds() - 1)
    assert not begins(store, Every(1), "two")
    clock.on(seconds=1)
    assert begins(store, Every(1), "two")
    ends(store, "dead")
    assert not begins(store, Every(1), "three"), "the dead end nothing"


@pytest.mark.parametrize(
    ("at", "came"),
    [
        # 2026-03-02 is a Monday; London is on UTC until 29 March.
        (datetime(2026, 3, 2, 8, 59, tzinfo=UTC), datetime(2026, 2, 27, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 9, 0, tzinfo=UTC), datetime(2026, 3, 2, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 8, 23, 0, tzinfo=UTC), datetime(2026, 3, 6, 9, 0, tzinfo=UTC)),
        (datetime(2026, 3, 30, 8, 30, tzinfo=UTC), datetime(2026, 3, 30, 8, 0, tzinfo=UTC)),
    ],
)
def test_an_hour_of_the_day_is_londons(at, came):
    assert DAILY.last_before(at) == came


def test_a_rhythm_says_itself_in_words():
    assert [str(Every(1)), str(Every(5)), str(Every(60))] == ["every minute", "every 5 minutes", "every hour"]
    assert str(DAILY) == "Monday to Friday at 09:00"
    assert str(Daily(time(0, 10))) == "daily at 00:10"
    assert str(Daily(time(9), (0,))) == "Monday at 09:00"


def test_every_so_many_minutes_is_by_the_clock():
    at = datetime(2026, 3, 2, 9, 7, 30, tzinfo=UTC)
    assert Every(5).last_before(at) == at - timedelta(minutes=2, seconds=30)
