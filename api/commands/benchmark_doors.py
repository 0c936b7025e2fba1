"""``gateway benchmark doors``: the real processes on loopback, under people who look, think and act."""

import secrets
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Final

import httpx2
from sqlalchemy import func, select

from api.access.permissions import MAY
from api.commands.measured_service import Service
from api.ids import new_id
from api.settings import now
from api.terminal import results, stages
from gateway.accounts.tables import AccountRow, AccountStatus
from gateway.accounts.tokens import issue_token
from gateway.allocation_runs.tables import RunRow, RunStatus
from gateway.directory.tables import ProviderRow
from gateway.invariants.check import check
from gateway.local_day import local_day
from gateway.placements.tables import OfferRow
from gateway.records.actor import Actor, Role
from gateway.records.write import write
from gateway.storage.sealing import Keyring
from gateway.storage.store import Store
from gateway.storage.work import Work
from scenarios.large_store import fill_large_store
from scenarios.load import Account, Plan, simulate
from scenarios.load_report import Report, told
from scenarios.scratch_databases import scratch_postgresql

OPERATOR: Final = Actor(id="benchmark", role=Role.ADMINISTRATOR)
SEED: Final = 1
STAGES: Final = 5
ASIDE: Final = 15.0
"""Seconds, at most, of warming up before anything is counted, and of each speed measured afterwards."""

PROMISED_MS: Final = 200
"""Milliseconds in which nineteen of twenty lists, case files, searches and offers are answered (issue 4)."""

THINKING: Final = (2.0, 8.0)
"""Seconds between two requests of one person; ours: an officer reads before going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much is measured."""

    database: str
    referrals: int
    people: int
    seconds: float
    restarts: bool

    @property
    def aside(self) -> float:
        """Seconds of what is not the load itself."""
        return min(ASIDE, self.seconds / 5)


def run(asked: Asked, *, quiet: bool) -> int:
    """Fill a database, start the processes, let people come, and print; returns the exit status."""
    console = results(quiet=quiet)
    with stages(STAGES, quiet=quiet) as stage, ExitStack() as stack:
        stage.next(f"filling with {asked.referrals:,} referrals")
        url = stack.enter_context(scratch_postgresql(asked.database))
        keys = Keyring.generate()
        store = Store(url, keys=keys, clock=now, new_id=new_id)
        stack.callback(store.close)
        fill_large_store(store, asked.referrals, seed=SEED, on=local_day(now()), processes=2)
        tokens = _accounts(store, asked.people)
        stage.next("starting the processes")
        folder = stack.enter_context(TemporaryDirectory())
        service = stack.enter_context(Service.running(url, keys, processes=2, folder=folder))
        stage.next("warming up")
        simulate(_plan(service, tokens, asked.aside, thinking=(0.2, 1.0)), seed=SEED)
        stage.next(f"{asked.people} people for {asked.seconds:.0f} s")
        report = _measured(asked, store, service, tokens)
        stage.next("as fast as it goes, and the floor")
        report = report.with_speeds(*_speeds(service, tokens, asked.aside))
    console.print(told(report, promised_ms=PROMISED_MS), soft_wrap=True)
    return int(report.broken(PROMISED_MS))


def _accounts(store: Store, people: int) -> Mapping[Role, Sequence[str]]:
    """Three of four are officers, the others providers; a token for each."""
    with store.reading() as work:
        providers = work.all(select(ProviderRow.id).order_by(ProviderRow.id))
    officers = people * 3 // 4
    return {
        Role.OFFICER: [_token(store, Role.OFFICER, None) for _ in range(officers)],
        Role.PROVIDER: [
            _token(store, Role.PROVIDER, providers[each % len(providers)])
            for each in range(people - officers)
        ],
    }


def _token(store: Store, role: Role, provider_id: str | None) -> str:
    def enter(work: Work) -> str:
        id, at = work.new_id("A"), work.clock()
        account = AccountRow(
            id=id,
            name="Somebody measured",
            email=f"{id}@example.org",
            email_digest=work.keys.digest("email", id),
            role=role,
            provider_id=provider_id,
            status=AccountStatus.ACTIVE,
            created_at=at,
        )
        write(work, account, what="account invited", by=OPERATOR, at=at, about=[id])
        issued = issue_token(
            id,
            name="benchmark",
            scopes=sorted(MAY[role]),
            expires_at=at + timedelta(days=1),
            by=OPERATOR,
            at=at,
            work=work,
        )
        return issued.secret

    return store.transact(enter)


def _plan(
    service: Service,
    tokens: Mapping[Role, Sequence[str]],
    seconds: float,
    *,
    thinking: tuple[float, float] = THINKING,
) -> Plan:
    return Plan(
        addresses=service.addresses,
        officers=tokens[Role.OFFICER],
        providers=tokens[Role.PROVIDER],
        seconds=seconds,
        thinking=thinking,
        today=local_day(now()),
    )


def _measured(asked: Asked, store: Store, service: Service, tokens: Mapping[Role, Sequence[str]]) -> Report:
    before = _offers(store)
    with ThreadPoolExecutor() as executor:
        plan = _plan(service, tokens, asked.seconds)
        coming = executor.submit(simulate, plan, seed=SEED + 1)
        began = time.monotonic()
        memory = [service.megabytes()]
        runs, restarts = [_start_run(service, tokens)], 0
        while not coming.done():
            time.sleep(min(5.0, max(0.1, asked.seconds / 20)))
            memory.append(service.megabytes())
            if _ended(store, runs[-1]) and time.monotonic() - began < asked.seconds - 20:
                runs.append(_start_run(service, tokens))
            if asked.restarts and not coming.done():
                service.restart(restarts % len(service.web))
                restarts += 1
        account = coming.result()
    return Report(
        people=asked.people,
        seconds=asked.seconds,
        account=account,
        memory=memory,
        runs=_runs(store, runs),
        restarts=restarts,
        written=_offers(store) - before,
        wrong=_wrong(store),
    )


def _start_run(service: Service, tokens: Mapping[Role, Sequence[str]]) -> str:
    headers = {"Authorization": f"Bearer {tokens[Role.OFFICER][0]}", "Idempotency-Key": secrets.token_hex(8)}
    body = {"as_of": local_day(now()).isoformat()}
    answer = httpx2.post(f"{service.addresses[0]}/api/v1/runs", json=body, headers=headers, timeout=30)
    answer.raise_for_status()
    return str(answer.json()["asked"]["run"])


def _ended(store: Store, run_id: str) -> bool:
    with store.reading() as work:
        return work.get(RunRow, run_id).status not in (RunStatus.QUEUED, RunStatus.RUNNING)


def _runs(store: Store, ids: Sequence[str]) -> Sequence[tuple[str, float | None, int]]:
    """Of each run: its state, how long it took, and how many people its problem has."""
    found = []
    with store.reading() as work:
        for id in ids:
            run = work.get(RunRow, id)
            ended: datetime | None = run.finished_at
            took = None if ended is None else (ended - run.started_at).total_seconds()
            found.append((run.status.value, took, (run.problem or "").count('"band":')))
    return found


def _offers(store: Store) -> int:
    with store.reading() as work:
        return work.session.scalar(select(func.count()).select_from(OfferRow)) or 0


def _wrong(store: Store) -> Sequence[str]:
    with store.reading() as work:
        return [str(each) for each in check(work)]


def _speeds(service: Service, tokens: Mapping[Role, Sequence[str]], seconds: float) -> tuple[float, float]:
    """Requests a second of the mixture without thinking, and of a constant answer by the same application."""
    plan = _plan(service, {role: some[:20] for role, some in tokens.items()}, seconds, thinking=(0.0, 0.0))
    account: Account = simulate(plan, seed=SEED + 2)
    answered = [each for each in account.visits if each.status < 300]
    return len(answered) / plan.seconds, _floor(service, seconds)


def _floor(service: Service, seconds: float) -> float:
    """How often the same application answers what needs no work at all, from as many connections."""

    def ask(address: str) -> int:
        until, count = time.monotonic() + seconds, 0
        with httpx2.Client() as client:
            while time.monotonic() < until:
                count += client.get(f"{address}/healthz").status_code == 200
        return count

    with ThreadPoolExecutor(max_workers=16) as executor:
        return sum(executor.map(ask, service.addresses * 8)) / seconds
