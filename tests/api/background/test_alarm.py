"""The alarm clock holds names and moments as JSON, and a broken one undoes nothing."""

import json
from datetime import datetime

import pytest
from huey import MemoryHuey
from sqlalchemy import create_engine, inspect, text

from api.background.alarm import SCHEMA, AlarmClock, Json, huey_at
from gateway.schema import MIGRATIONS


@pytest.fixture
def huey(database_url):
    yield huey_at(database_url)
    if database_url.startswith("postgresql"):
        engine = create_engine(database_url)
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        engine.dispose()


def test_an_alarm_that_is_rung_here_is_heard_there(huey, database_url):
    heard = []
    AlarmClock(huey).wake()
    there = huey_at(database_url)
    AlarmClock(there, when_woken=lambda: heard.append("woken"))
    there.execute(there.dequeue())
    assert heard == ["woken"]
    assert there.pending_count() == 0
    there.storage.close()
    huey.storage.close()


def test_the_clock_stands_beside_the_tables_of_the_gateway_and_not_among_them(huey, database_url):
    AlarmClock(huey).wake()
    huey.storage.close()
    engine = create_engine(database_url)
    assert not {each for each in inspect(engine).get_table_names() if "huey" in each or each == "task"}
    assert MIGRATIONS.differences(engine) == []
    engine.dispose()


def test_what_is_kept_is_json_with_a_name_and_no_words_of_ours(tmp_path):
    huey = huey_at(f"sqlite:///{tmp_path}/gateway.db")
    AlarmClock(huey).wake()
    (message,) = huey.storage.enqueued_items()
    kept = json.loads(message)["alarm"]
    assert kept["name"].endswith("tasks_queued")
    assert (kept["args"], kept["kwargs"]) == ([], {})
    assert isinstance(Json().deserialize(message).expires_resolved, datetime)
    huey.storage.close()


def test_a_clock_out_of_order_undoes_nothing(tmp_path):
    huey = huey_at(f"sqlite:///{tmp_path}/gateway.db")
    clock = AlarmClock(huey)
    huey.storage.close()
    huey.storage.filename = f"{tmp_path}/not/there"
    clock.wake()


def test_a_pickle_in_the_queue_is_not_opened():
    import pickle  # noqa: PLC0415  to see that it is not opened

    with pytest.raises(UnicodeDecodeError):
        Json().deserialize(pickle.dumps({"alarm": {}}))


def test_a_database_in_memory_has_its_clock_there():
    assert isinstance(huey_at("sqlite://"), MemoryHuey)
