"""A store as large as a country's, invented: people, referrals, places, five years of placements, agreements.

A hundred referrals have five services and 40 units; of a hundred about 36 live in a place, four wait, two or
three are on their way to the list, and the rest ended. It is put straight into the tables, because it is what
measurements stand on and no use case, but every row has its event, and ``gateway check`` finds nothing wrong.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib import resources
from itertools import chain
from multiprocessing import get_context
from random import Random
from typing import Final

from gateway.assessment.scheme_documents import scheme_of
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from scenarios.bulk_chain import Facts, Links, facts_of
from scenarios.bulk_deeds import Deeds, Rows
from scenarios.bulk_loading import Prepared, dialect_of, finish, loading, prepared
from scenarios.large_agreements import draw_agreements
from scenarios.large_ground import ADMINISTRATOR, YEARS, Region, draw_ground, moment
from scenarios.large_lives import Life, draw_lives, tell
from scenarios.large_stays import Empty, draw_stays

_REFERRALS_A_SERVICE: Final = 20

_CHUNK: Final = 2_000
"""Referrals drawn and loaded together."""

_NUMBERS_A_CHUNK: Final = 100_000
"""Event numbers set aside for a chunk; what is not used stays a gap, as races leave them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeStore:
    """What was put into a store, for whoever measures it.

    joint_purchases
        The agreement of each region.
    empty
        Places that nobody has on the day.
    """

    on: date
    referrals: int
    regions: tuple[Region, ...]
    joint_purchases: tuple[str, ...]
    empty: tuple[Empty, ...]


def fill_large_store(store: Store, referrals: int, *, seed: int, on: date, processes: int = 0) -> LargeStore:
    """Fill a migrated, empty store, as of a day; its chain of events is sealed.

    Parameters
    ----------
    referrals
        How many, at least 100.
    processes
        How many draw and seal beside this one, which loads; 0: this one does everything.

    Raises
    ------
    ValueError
        If there are to be fewer than 100 referrals.
    """
    if referrals < 100:
        raise ValueError(f"a large store has at least 100 referrals, not {referrals}")
    document = _document()
    deeds = Deeds(Random(f"{seed}/ground"))
    _adopt(deeds, document, on)
    regions = draw_ground(deeds, max(1, referrals // _REFERRALS_A_SERVICE), on)
    agreements = draw_agreements(deeds, regions, on)
    rng = Random(f"{seed}/stays")
    spells, empty = draw_stays(regions, referrals * 4 // 5, on, rng)
    lives, empty = draw_lives(regions, spells, empty, referrals, on, rng)
    keys, dialect = store.keys.text(), store.engine.dialect.name
    draw = partial(_chunk, document=document, seed=seed, on=on, keys=keys, dialect=dialect)
    _load(store, chain([_ready(deeds.rows(1), keys, dialect)], _in_order(draw, lives, processes)))
    return LargeStore(
        on=on, referrals=referrals, regions=regions, joint_purchases=agreements, empty=tuple(empty)
    )


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Rows as the database takes them, and what the links of their events hold."""

    parts: list[Prepared]
    facts: list[Facts]


def _load(store: Store, chunks: Iterable[_Chunk]) -> None:
    dialect, links = dialect_of(store.engine.dialect.name, store.keys.text()), Links()
    with loading(store.engine) as load:
        for each in chunks:
            load([*each.parts, *prepared(links.after(each.facts), dialect)])
    finish(store.engine)


def _ready(rows: Rows, keys: str, dialect: str) -> _Chunk:
    return _Chunk(prepared(rows, dialect_of(dialect, keys)), facts_of(rows, Keyring.parse(keys)))


def _in_order(
    draw: Callable[[int, Sequence[Life]], _Chunk], lives: Sequence[Life], processes: int
) -> Iterator[_Chunk]:
    """What every chunk of lives comes to; the others are a few chunks ahead of whoever loads, and no more."""
    chunks = [
        (number, lives[first : first + _CHUNK])
        for number, first in enumerate(range(0, len(lives), _CHUNK), start=1)
    ]
    if not processes:
        yield from (draw(*each) for each in chunks)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as executor:
        ahead: deque[Future[_Chunk]] = deque()
        for each in chunks:
            ahead.append(executor.submit(draw, *each))
            if len(ahead) > 2 * processes:
                yield ahead.popleft().result()
        yield from (each.result() for each in ahead)


def _chunk(
    number: int, lives: Sequence[Life], *, document: str, seed: int, on: date, keys: str, dialect: str
) -> _Chunk:
    deeds = Deeds(Random(f"{seed}/{number}"))
    scheme, ring = scheme_of(document), Keyring.parse(keys)
    for life in lives:
        tell(life, deeds, scheme, ring, on)
    return _ready(deeds.rows(number * _NUMBERS_A_CHUNK), keys, dialect)


def _document() -> str:
    file = resources.files("gateway.assessment") / "schemes" / "new-directions-team.yaml"
    return file.read_text(encoding="utf-8")


def _adopt(deeds: Deeds, document: str, on: date) -> None:
    scheme, at = scheme_of(document), moment(on - timedelta(days=365 * YEARS + 30))
    row = deeds.keep(
        "schemes",
        name=scheme.name,
        edition=scheme.version,
        document=document,
        entered_at=at,
        in_force_from=at,
    )
    deeds.deed("scheme adopted", row, by=ADMINISTRATOR, at=at, about=[])
