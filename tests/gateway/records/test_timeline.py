"""A timeline has a total order and pages; reading a case file is in it."""

import pytest

from gateway.records.reading import record_reading
from gateway.records.timeline import latest, timeline
from gateway.records.write import write
from scenarios.statements import statements
from tests.gateway.ground import NOW, OFFICER, person, small_world


@pytest.fixture
def world(store):
    store.transact(small_world)
    return store


def test_a_timeline_is_in_the_order_of_recording_a_page_at_a_time(world):
    for number in range(5):
        world.transact(
            lambda work, number=number: write(
                work, what=f"step {number}", by=OFFICER, at=NOW, about=["R-1"], why=f"because {number}"
            )
        )
    with world.reading() as work:
        whole = timeline(work, "R-1")
        pages, last = [], None
        while page := timeline(work, "R-1", after=last, limit=2):
            pages += page
            last = page[-1].number
    assert pages == whole
    assert [(each.what, each.why) for each in whole[-2:]] == [
        ("step 3", "because 3"),
        ("step 4", "because 4"),
    ]
    assert whole[0].changes["referrals/R-1"]["status"] == [None, "waiting"]


def test_an_event_about_two_of_the_ids_asked_for_stands_once(world):
    with world.reading() as work:
        assert len(timeline(work, "R-1", "P-1")) == 2


def test_the_page_takes_one_query(world):
    with world.reading() as work, statements(world) as made:
        timeline(work, "R-1")
    assert len(made) == 1


def test_any_reading_can_be_recorded_and_changes_nothing(world):
    world.transact(lambda work: person(work, "P-7", forename="Ada"))
    world.transact(lambda work: record_reading("list exported", about=["P-7"], by=OFFICER, at=NOW, work=work))
    with world.reading() as work:
        read = timeline(work, "P-7")[-1]
    assert (read.what, read.changes, read.particulars) == ("list exported", {}, {})


def test_the_latest_come_first_a_page_at_a_time_and_readings_only_if_asked_for(world):
    for number in range(4):
        world.transact(
            lambda work, number=number: person(work, f"P-{number + 7}", forename="Ada", merged_into="P-1")
        )
    world.transact(lambda work: record_reading("timeline read", about=["P-1"], by=OFFICER, at=NOW, work=work))
    with world.reading() as work:
        ids = ["P-1", *(f"P-{number + 7}" for number in range(4))]
        whole = latest(work, *ids)
        pages, last = [], None
        while page := latest(work, *ids, before=last, limit=2):
            pages += page
            last = page[-1].number
        changes = latest(work, *ids, changes_only=True)
        assert whole == list(reversed(timeline(work, *ids)))
    assert pages == whole
    assert changes == whole[1:]
    assert whole[0].what == "timeline read"
