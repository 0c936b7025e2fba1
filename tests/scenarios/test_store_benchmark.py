"""The benchmark of a large store tells medians, growth and broken promises, and leaves no database behind."""

from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from scenarios.large_store import fill_large_store
from scenarios.scratch_databases import scratch_postgresql, scratch_sqlite
from scenarios.store_benchmark import DAY, Found, Measured, show, take
from scenarios.store_measures import MEASURES, VERIFY
from tests.databases import server
from tests.gateway.ground import KEYS
from tests.scenarios.test_large_store import opened


def measured(referrals, milliseconds, queries=3):
    found = Found(milliseconds=tuple(milliseconds), queries=queries, megabytes=100)
    return Measured(
        referrals=referrals,
        fill_seconds=12,
        rows=1_000_000,
        events=140_000,
        megabytes=200,
        found=dict.fromkeys(MEASURES, found),
    )


def test_the_median_is_the_middle_and_of_twenty_repetitions_the_p95_is_the_last_but_one():
    found = Found(milliseconds=tuple(map(float, range(1, 21))), queries=1, megabytes=1)
    assert (found.median, found.p95) == (10.5, 19)


def test_what_is_promised_and_takes_too_long_is_named():
    """What is not promised may take as long as it likes."""
    slow = show("SQLite", [measured(1_000, [10]), measured(10_000, [20, 50, 80])], Console(file=StringIO()))
    promised = [what for what, measure in MEASURES.items() if measure.promised]
    assert slow == [f"SQLite: {what} (50 ms)" for what in promised]
    assert len(slow) == 4


def test_what_is_promised_in_time_is_not_named_and_growth_is_told():
    page = StringIO()
    assert show("SQLite", [measured(1_000, [4]), measured(10_000, [10])], Console(file=page)) == []
    row = next(line for line in page.getvalue().splitlines() if "one case file" in line)
    assert [cell.strip() for cell in row.split("|")[2:-1]] == [
        "4.0",
        "4.0",
        "10.0",
        "10.0",
        "2.5",
        "3",
        "100",
    ]


@pytest.mark.parametrize("what", ["writing one offer", "sealing 1,000 events", VERIFY])
def test_measures_that_write_or_read_everything_are_taken(what):
    with scratch_sqlite() as url:
        store = opened(url)
        there = fill_large_store(store, 400, seed=1, on=DAY)
        store.close()
        found = take(what, url, KEYS.text(), there)
    assert 0 < len(found.milliseconds) <= MEASURES[what].times
    assert found.queries > 0
    assert found.megabytes > 0


@pytest.mark.postgresql
def test_a_scratch_database_is_migrated_beside_the_one_named_and_gone_afterwards():
    beside = server().render_as_string(hide_password=False)
    with scratch_postgresql(beside) as url:
        engine = create_engine(url, poolclass=NullPool)
        assert "referrals" in inspect(engine).get_table_names()
        name = make_url(url).database
    assert name != make_url(beside).database
    with create_engine(beside, poolclass=NullPool).connect() as connection:
        there = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
    assert name not in there
