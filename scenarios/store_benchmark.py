"""How fast a large store answers, and how that grows: ``gateway benchmark store``.

A store of a tenth of the size and one of the full size are filled on each database (`large_store`), and every
measure (`store_measures`) is taken in a process of its own, whose peak memory is told beside it.
"""

import math
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from io import StringIO
from multiprocessing import get_context
from random import Random
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from scenarios.benchmark import peak_megabytes
from scenarios.bulk_deeds import Deeds
from scenarios.bulk_loading import counts
from scenarios.large_ground import moment
from scenarios.large_store import LargeStore, fill_large_store
from scenarios.scratch_databases import scratch_postgresql, scratch_sqlite
from scenarios.statements import Statement, statements
from scenarios.store_measures import MEASURES, VERIFIED_PER, VERIFY, Measure

SEED: Final = 1
DAY: Final = date(2026, 11, 21)

PROMISED_MS: Final = 50
"""Milliseconds at the median, for the measures that promise it."""

_WARM_UP: Final = 3
_WIDTH: Final = 130
_DRAWING: Final = 2
"""Processes that draw a store beside the one that loads it."""

STAGES: Final = 2 * (1 + len(MEASURES))
"""Of a run on one database."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a measure found: milliseconds of each repetition, the most queries of any, peak megabytes."""

    milliseconds: tuple[float, ...]
    queries: int
    megabytes: float

    @property
    def median(self) -> float:
        """Half of the repetitions took less."""
        return statistics.median(self.milliseconds)

    @property
    def p95(self) -> float:
        """Nineteen of twenty took at most this (nearest rank)."""
        ordered = sorted(self.milliseconds)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A store of one size on one database: how long filling took, what it holds, and what was found."""

    referrals: int
    fill_seconds: float
    rows: int
    events: int
    megabytes: float
    found: Mapping[str, Found] = field(default_factory=dict)


def main(referrals: int, server: str | None, console: Console, tell: Tell = lambda _: None) -> int:
    """Measure at a tenth of the referrals and at all of them, and print a table for each database.

    Parameters
    ----------
    server
        The URL of a PostgreSQL database, beside which others may be made; ``None``: SQLite alone.
    tell
        Is told what is being done.

    Returns
    -------
    int
        1 where a promise is broken at full size, else 0.
    """
    before = os.getloadavg()[1]
    databases: dict[str, Callable[[], AbstractContextManager[str]]] = {"SQLite": scratch_sqlite}
    if server is not None:
        databases["PostgreSQL"] = partial(scratch_postgresql, server)
    slow: list[str] = []
    for name, database in databases.items():
        told = partial(_prefixed, tell, name)
        sizes = [_measured(size, database, told) for size in (referrals // 10, referrals)]
        slow += show(name, sizes, console)
    load = f"{before:.1f} before, {os.getloadavg()[1]:.1f} after"
    console.print(f"Load of the machine: {load}, on {os.cpu_count()} cores.")
    limit = f"under {PROMISED_MS} ms at the median"
    words = f"Not {limit}: {'; '.join(slow)}." if slow else f"All that is promised is {limit}."
    console.print(words, soft_wrap=True)
    return int(bool(slow))


def show(name: str, sizes: Sequence[Measured], console: Console) -> list[str]:
    """Print what was measured on a database at two sizes, and give back the promises broken at the larger."""
    for table in (_table(name, sizes), _sizes(name, sizes)):
        console.print(as_text(table), soft_wrap=True)
    return [f"{name}: {each}" for each in _broken(sizes[-1])]


def as_text(table: Table) -> str:
    """The table as Markdown, for the documents, however narrow the terminal is."""
    page = StringIO()
    Console(file=page, width=_WIDTH).print(table)
    return page.getvalue()


def _prefixed(tell: Tell, name: str, words: str) -> None:
    tell(f"{name}: {words}")


def _measured(referrals: int, database: Callable[[], AbstractContextManager[str]], tell: Tell) -> Measured:
    keys = Keyring.generate().text()
    with database() as url:
        tell(f"filling with {referrals:,} referrals")
        with _store(url, keys, "filled") as store:
            started = time.perf_counter()
            filled = fill_large_store(store, referrals, seed=SEED, on=DAY, processes=_DRAWING)
            seconds = time.perf_counter() - started
            rows = counts(store.engine)
            megabytes = _size(store.engine)
        found = {}
        for what in MEASURES:
            tell(f"{what} among {referrals:,} referrals")
            found[what] = _apart(what, url, keys, filled)
    return Measured(
        referrals=referrals,
        fill_seconds=seconds,
        rows=sum(rows.values()),
        events=rows["events"],
        megabytes=megabytes,
        found=found,
    )


def _apart(what: str, url: str, keys: str, filled: LargeStore) -> Found:
    """The measure in a process of its own."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(take, what, url, keys, filled).result()


def take(what: str, url: str, keys: str, filled: LargeStore) -> Found:
    """Take a measure, by its name, of a store that was filled."""
    measure = MEASURES[what]
    with _store(url, keys, what) as store, statements(store) as asked:
        milliseconds, queries = _repeated(measure, store, filled, asked)
    return Found(milliseconds=tuple(milliseconds), queries=queries, megabytes=peak_megabytes())


def _repeated(
    measure: Measure, store: Store, filled: LargeStore, asked: list[Statement]
) -> tuple[list[float], int]:
    warm_up = _WARM_UP if measure.times > _WARM_UP else 0
    repetitions = measure.repetitions(store, filled, Random(f"{SEED}/{measure.what}"))
    milliseconds: list[float] = []
    queries = 0
    for _, once in zip(range(warm_up + measure.times), repetitions, strict=False):
        asked.clear()
        started = time.perf_counter()
        answer = once()
        seconds = time.perf_counter() - started
        share = VERIFIED_PER / answer if measure.what == VERIFY and isinstance(answer, int) else 1
        milliseconds.append(seconds * share * 1_000)
        queries = max(queries, len(asked))
    return milliseconds[warm_up:], queries


@contextmanager
def _store(url: str, keys: str, seed: str) -> Iterator[Store]:
    new_id = Deeds(Random(f"{SEED}/ids/{seed}")).new_id
    store = Store(url, keys=Keyring.parse(keys), clock=_at_nine, new_id=new_id)
    try:
        yield store
    finally:
        store.close()


def _at_nine() -> datetime:
    return moment(DAY)


def _size(engine: Engine) -> float:
    """Megabytes that the database takes."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages = connection.execute(
                text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
            )
            return float(pages.scalar_one()) / 1e6
        return (
            float(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()) / 1e6
        )


def _table(name: str, measured: Sequence[Measured]) -> Table:
    """Milliseconds, growth, queries, and memory at the larger size; what is promised stands in bold."""
    table = Table(title=f"{name}: milliseconds", title_justify="left", box=box.MARKDOWN)
    table.add_column("what")
    for each in measured:
        table.add_column(f"{each.referrals:,}: median", justify="right")
        table.add_column("p95", justify="right")
    for heading in ("times as long", "queries", "peak MB"):
        table.add_column(heading, justify="right")
    small, large = measured
    for what, measure in MEASURES.items():
        one, other = small.found[what], large.found[what]
        table.add_row(
            f"**{what}**" if measure.promised else what,
            *(f"{value:,.1f}" for value in (one.median, one.p95, other.median, other.p95)),
            f"{other.median / one.median:.1f}",
            str(other.queries) if one.queries == other.queries else f"{one.queries}, {other.queries}",
            f"{other.megabytes:,.0f}",
        )
    return table


def _sizes(name: str, measured: Sequence[Measured]) -> Table:
    table = Table(title=f"{name}: what was measured", title_justify="left", box=box.MARKDOWN)
    for heading in ("referrals", "rows", "events", "database MB", "filled in seconds"):
        table.add_column(heading, justify="right")
    for each in measured:
        table.add_row(
            f"{each.referrals:,}",
            f"{each.rows:,}",
            f"{each.events:,}",
            f"{each.megabytes:,.0f}",
            f"{each.fill_seconds:,.0f}",
        )
    return table


def _broken(measured: Measured) -> Iterator[str]:
    for what, measure in MEASURES.items():
        median = measured.found[what].median
        if measure.promised and median >= PROMISED_MS:
            yield f"{what} ({median:.0f} ms)"
