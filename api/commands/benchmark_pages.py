"""``gateway benchmark pages``: how long each page takes, and what it weighs, over a large invented store."""

import asyncio
import gzip
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpx2
from fastapi import FastAPI
from fastapi.routing import APIRoute
from rich import box
from rich.console import Console
from rich.table import Table

from api.access.recognising import COOKIE
from api.application import Doors, make_application
from api.commands.measured_pages import ELSEWHERE, Shown, sessions, shown_in
from api.design_system.assets import FOLDER
from api.guards.how_often import Rates
from api.guards.order import Guards
from api.ids import new_id
from api.pages.every_job import PAGE_ROUTERS
from api.settings import now
from api.terminal import results, stages
from gateway.local_day import local_day
from gateway.records.actor import Role
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from scenarios.large_store import fill_large_store
from scenarios.scratch_databases import scratch_sqlite
from scenarios.statements import statements
from scenarios.store_benchmark import as_text

SEED: Final = 1
STAGES: Final = 2

PROMISED_MS: Final = 100
"""Milliseconds at the median in which the service answers with a page (issue 5)."""

PROMISED_KB: Final = 200
"""Kilobytes of a page with its style and its scripts, as they are sent (issue 5)."""

SHARED: Final = ("gateway.css", "govuk-frontend.min.js", "start.js")

ORIGIN: Final = "https://gateway.measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One page, as whoever sees it first in the order of `Role` gets it.

    milliseconds
        Half of the answers took less.
    kilobytes
            Of the page, its style and its scripts, as they are sent.
    """

    path: str
    role: Role | None
    status: int
    milliseconds: float = 0.0
    slowest: float = 0.0
    statements: int = 0
    kilobytes: float = 0.0

    @property
    def keeps_its_promise(self) -> bool:
        """Whether it is there, quick and light enough."""
        return self.status == 200 and self.milliseconds < PROMISED_MS and self.kilobytes < PROMISED_KB


def run(*, referrals: int, times: int, quiet: bool) -> int:
    """Fill, ask for every page, and print; returns 1 where a page is missing, slow or heavy, else 0."""
    with stages(STAGES, quiet=quiet) as stage, scratch_sqlite() as url:
        stage.next(f"filling with {referrals:,} referrals")
        store = Store(url, keys=Keyring.generate(), clock=now, new_id=new_id)
        try:
            fill_large_store(store, referrals, seed=SEED, on=local_day(now()), processes=2)
            stage.next("asking for every page")
            measured = asyncio.run(_measured(store, times))
        finally:
            store.close()
    _show(measured, referrals, results(quiet=quiet))
    return int(not all(each.keeps_its_promise for each in measured))


def page_paths() -> Sequence[str]:
    """The address of every page that is measured, with its parts in braces."""
    routes = [each for router in PAGE_ROUTERS for each in router.routes if isinstance(each, APIRoute)]
    return sorted({each.path for each in routes if "GET" in (each.methods or ())} - set(ELSEWHERE))


async def _measured(store: Store, times: int) -> Sequence[Measured]:
    rates = Rates(address="1000000/second", account="1000000/second", sign_in="1000000/second")
    app = make_application(store, Doors(origins=frozenset({ORIGIN}), guards=Guards(rates=rates)))
    shown = shown_in(store)
    secrets = sessions(store, shown)
    asked = _Asked(app, store, shown, secrets, times)
    return [await _page(asked, path) for path in page_paths()]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked for pages, by whom, over what, and how often."""

    app: FastAPI
    store: Store
    shown: Shown
    secrets: Mapping[Role, str]
    times: int


async def _page(asked: _Asked, path: str) -> Measured:
    """The page as the first role that is given it sees it."""
    address, transport, refused = asked.shown.address(path), httpx2.ASGITransport(app=asked.app), 0
    for role, secret in asked.secrets.items():
        async with httpx2.AsyncClient(
            transport=transport, base_url=ORIGIN, cookies={COOKIE: secret}
        ) as client:
            answer = await client.get(address)
            if answer.status_code == 200:
                return await _timed(client, asked, path, address, role)
            refused = max(refused, answer.status_code) if answer.status_code != 403 else refused
    return Measured(path=path, role=None, status=refused)


async def _timed(client: httpx2.AsyncClient, asked: _Asked, path: str, address: str, role: Role) -> Measured:
    answer = await client.get(address)
    took = []
    with statements(asked.store) as sent:
        for _ in range(asked.times):
            began = time.perf_counter()
            answer = await client.get(address)
            took.append((time.perf_counter() - began) * 1_000)
    return Measured(
        path=path,
        role=role,
        status=answer.status_code,
        milliseconds=statistics.median(took),
        slowest=max(took),
        statements=len(sent) // asked.times,
        kilobytes=(len(answer.content) + _shared()) / 1_000,
    )


@cache
def _shared() -> int:
    """Bytes of what every page fetches beside itself, as it is sent; a browser keeps it."""
    return sum(len(gzip.compress((FOLDER / name).read_bytes(), 6)) for name in SHARED)


def _show(measured: Sequence[Measured], referrals: int, console: Console) -> None:
    table = Table(box=box.MARKDOWN, title=f"Pages over {referrals:,} referrals, SQLite")
    for name in ("page", "seen by", "median ms", "slowest ms", "statements", "KB"):
        table.add_column(name, justify="left" if name in ("page", "seen by") else "right", no_wrap=True)
    for each in sorted(measured, key=lambda each: -each.milliseconds):
        table.add_row(
            each.path,
            "nobody" if each.role is None else each.role.value,
            f"{each.milliseconds:.0f}" if each.role else f"answers {each.status}",
            f"{each.slowest:.0f}",
            str(each.statements),
            f"{each.kilobytes:.0f}",
        )
    console.print(as_text(table), soft_wrap=True)
    broken = [each.path for each in measured if not each.keeps_its_promise]
    limit = f"under {PROMISED_MS} ms at the median and {PROMISED_KB} KB"
    words = f"Not there, or not {limit}: {', '.join(broken)}." if broken else f"Every page is {limit}."
    console.print(words, soft_wrap=True)
