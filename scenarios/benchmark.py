"""Measures: ours against the bare solver, other solvers and greedy planners, in one run, with memory.

Every measurement is a process of its own, so that its peak memory is its own; each is repeated and the median
is told. Ratios are what to quote: the seconds of one machine on one day are not.
"""

import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
from rich.console import Console
from rich.table import Table

from allocation import network
from allocation.certify import certify
from allocation.choices import Scene
from allocation.exchange import read_problem, write_plan, write_problem
from allocation.greedy import place_in_order
from allocation.levels import levels_of, priority
from allocation.plan import Status
from allocation.problem import Problem
from allocation.rules import Programme
from allocation.solve import solve, solve_parts
from allocation.structure import classes, nest, ranks
from scenarios import peers
from scenarios.emergency import emergency
from scenarios.large_problems import Size, large_problem

SEED: Final = 1
DAY: Final = date(2026, 11, 21)
REGION: Final = "birmingham-black-country"

SIZES: Final = {
    "small": Size(people=1_000, services=50),
    "full": Size(people=10_000, services=500),
    "national": Size(people=100_000, services=5_000),
}
"""``full`` is what the project promises; ``national`` shows the growth and takes minutes."""

SLOW_PEERS_AT: Final = Size(people=1_000, services=50)
"""Where peers are measured that would take minutes at full size; ours is measured there too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one measurement found: median seconds over ``runs``, peak memory of its process, and a remark."""

    what: str
    seconds: float
    runs: int
    megabytes: float
    worth: int = 0
    remark: str = ""


def main(size: str, console: Console) -> int:
    """Run all measurements of ``size`` and print them as tables; 1 where a promise is broken, else 0."""
    wanted = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        nested, crossing = (_file(Path(folder), wanted, gendered=each) for each in (False, True))
        small = _file(Path(folder), SLOW_PEERS_AT, gendered=False)
        runs = 3 if size != "national" else 1
        sections = {
            "The emergency: 430 people must move": [
                _apart(_emergency_solved, (), 5),
                _apart(_emergency_planned, (), 3),
            ],
            _title(wanted, "nested quotas"): [
                _apart(_end_to_end, (nested,), runs),
                _apart(_ours, (nested,), runs),
                _apart(_bare_flow, (nested,), runs),
            ],
            _title(SLOW_PEERS_AT, "nested quotas"): [
                _apart(each, (small,), runs) for each in (_ours, _bare_flow, _highs, _network_simplex)
            ],
            _title(wanted, "gendered pools across authorities' quotas"): [
                _apart(_end_to_end, (crossing,), 1)
            ],
        }
        for title, measures in sections.items():
            console.print(_table(title, measures))
        console.print(_lost_table(_title(wanted, "gendered pools"), read_problem(crossing)))
    return int(any("!" in each.remark for measures in sections.values() for each in measures))


def _title(size: Size, what: str) -> str:
    options = size.people * size.options_each
    return f"{size.people:,} people, {size.services} services, {options:,} options: {what}"


def _file(folder: Path, size: Size, *, gendered: bool) -> Path:
    path = folder / f"{size.people}-{'crossing' if gendered else 'nested'}.json"
    write_problem(large_problem(size, gendered=gendered, seed=SEED), path)
    return path


def _apart(measure: Callable[..., Measure], arguments: tuple[object, ...], runs: int) -> Measure:
    """``measure`` in a process of its own."""
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as executor:
        return executor.submit(measure, *arguments, runs=runs).result()


def _timed(what: str, runs: int, work: Callable[[], tuple[int, str]]) -> Measure:
    """The median of ``runs``; ``work`` returns the worth of its answer and a remark."""
    seconds, answers = [], []
    for _ in range(runs):
        started = time.perf_counter()
        answers.append(work())
        seconds.append(time.perf_counter() - started)
    worth, remark = answers[-1]
    return Measure(
        what=what,
        seconds=statistics.median(seconds),
        runs=runs,
        megabytes=peak_megabytes(),
        worth=worth,
        remark=remark,
    )


def peak_megabytes() -> float:
    """The most memory this process has held: Linux's own mark, which a parent's size does not blur."""
    marks = Path("/proc/self/status")
    if marks.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", marks.read_text(encoding="ascii"))
        if found:
            return int(found.group(1)) / 1_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000


def _emergency_solved(*, runs: int) -> Measure:
    problem = emergency(REGION, people=430, seed=SEED, on=DAY).problem

    def work() -> tuple[int, str]:
        answers = solve_parts(Programme.of(Scene.of(problem)), time_limit_s=60, clock=time.perf_counter)
        proved = all(answer.proved for answer in answers)
        return 0, f"{len(problem.people)} people; every level {'proved' if proved else 'NOT proved!'}"

    return _timed("solve", runs, work)


def _emergency_planned(*, runs: int) -> Measure:
    problem = emergency(REGION, people=430, seed=SEED, on=DAY).problem

    def work() -> tuple[int, str]:
        plan = solve(problem)
        holds = certify(problem, plan).holds
        return 0, f"{plan.summary.placed} placed; {'certified' if holds else 'NOT certified!'}"

    return _timed("solve, explain, order, certify", runs, work)


def _end_to_end(path: Path, *, runs: int) -> Measure:
    def work() -> tuple[int, str]:
        problem = read_problem(path)
        plan = solve(problem, time_limit_s=120)
        write_plan(plan, path.with_suffix(".plan.json"))
        proved = "every level proved" if plan.status is Status.OPTIMAL else "NOT every level proved!"
        return 0, f"{plan.summary.placed:,} placed by {plan.summary.method}; {proved}"

    return _timed("ours, from file to file, explained", runs, work)


def _programme(path: Path) -> Programme:
    return Programme.of(Scene.of(read_problem(path)))


def _ours(path: Path, *, runs: int) -> Measure:
    programme = _programme(path)
    level, _ = priority(programme)

    def work() -> tuple[int, str]:
        answer = network.solve(programme, classes(programme), nest(programme))
        if answer is None:
            raise ArithmeticError("the problem is no network")
        return level.value(programme, answer.columns), "with prices and an exact bound"

    return _timed("ours, arrays to answer", runs, work)


def _bare_flow(path: Path, *, runs: int) -> Measure:
    programme = _programme(path)
    remark = "a node for every person"
    return _timed("OR-Tools flow, bare", runs, lambda: (peers.bare_flow(programme), remark))


def _highs(path: Path, *, runs: int) -> Measure:
    programme = _programme(path)
    return _timed("HiGHS (scipy.optimize.milp)", runs, lambda: (peers.highs(programme), ""))


def _network_simplex(path: Path, *, runs: int) -> Measure:
    programme = _programme(path)
    return _timed("networkx network_simplex", runs, lambda: (peers.network_simplex(programme), ""))


def _table(title: str, measures: Sequence[Measure]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in ("what", "seconds", "times the bare flow", "peak MB", "remark"):
        table.add_column(column, justify="left" if column in {"what", "remark"} else "right")
    bare = next((each for each in measures if "bare" in each.what), None)
    for each in measures:
        comparable = bare is not None and each.worth != 0
        ratio = f"{each.seconds / bare.seconds:.2f}" if bare is not None and comparable else ""
        same = not comparable or bare is None or each.worth == bare.worth
        remark = each.remark if same else f"{each.remark} ANOTHER answer!"
        table.add_row(each.what, f"{each.seconds:.3f}", ratio, f"{each.megabytes:.0f}", remark)
    return table


def _lost_table(title: str, problem: Problem) -> Table:
    """What two greedy planners lose, band by band, with the same units."""
    programme = Programme.of(Scene.of(problem))
    people = programme.choices.people
    by_priority = people[np.lexsort((people, ranks(problem)[people]))]
    optimal = sum(
        (
            np.bincount(answer.programme.origin, weights=answer.columns, minlength=programme.width)
            for answer in solve_parts(programme, time_limit_s=120, clock=time.perf_counter)
        ),
        start=np.zeros(programme.width),
    )
    plans = {
        "ours": optimal.astype(np.int64),
        "greedy by priority": place_in_order(programme, by_priority.tolist()),
        "first come, first served": place_in_order(programme, people.tolist()),
    }
    shown = ("people", "cost")
    levels = [level for level in levels_of(programme) if level.name.split()[-1] in shown]
    table = Table(title=f"{title}: who is placed", title_justify="left")
    for column in ("", *(level.name.removesuffix(" people") for level in levels), "all", "of bands 1 to 3"):
        table.add_column(column, justify="right")
    first = [level for level in levels if level.name in {f"band {band} people" for band in (1, 2, 3)}]
    best = sum(level.value(programme, plans["ours"]) for level in first)
    for name, columns in plans.items():
        placed = int(columns[: len(programme.choices)].sum())
        kept = sum(level.value(programme, columns) for level in first)
        values = [f"{abs(level.value(programme, columns)):,}" for level in levels]
        table.add_row(name, *values, f"{placed:,}", f"{kept / best - 1:+.1%}")
    return table
