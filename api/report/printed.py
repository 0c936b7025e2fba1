"""The briefing at a terminal of 80 columns, with or without colour."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from api.design_system.spoken import counted
from api.report.briefing import Briefing
from api.report.limits import of_most
from api.report.moves import Move
from api.report.unplaced import Waiting
from api.terminal import printable

CASES_SHOWN = 6
MOVES_SHOWN = 8
QUOTAS_SHOWN = 10
CHANGES_SHOWN = 4
UNSCORED_SHOWN = 4


def print_briefing(briefing: Briefing, console: Console) -> None:
    """Print the briefing in the order of a duty manager's questions; the page tells everything."""
    for part in (_places, _flows, _without, _unscored, _moves, _quotas, _conversions, _comparison, _proof):
        part(briefing, console)


def _heading(console: Console, words: str) -> None:
    console.print()
    console.print(Text(words, style="bold"))


def _say(console: Console, words: str) -> None:
    console.print(Text(printable(words)))


def _table(names: Sequence[str], rows: Iterable[Sequence[str]], *, words: int = 1) -> Table:
    """A plain table: ``words`` columns of text, then figures to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for at, name in enumerate(names):
        table.add_column(name, justify="left" if at < words else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    return table


def _places(briefing: Briefing, console: Console) -> None:
    places = briefing.places
    _heading(console, f"Emergency reallocation: {briefing.title}, {briefing.day}")
    told = (
        f"{places.everybody.placed:,} of {counted(places.everybody.people, 'person', 'people')} have a place"
    )
    console.print(Text(f"{told}. {places.everybody.without:,} have none.", style="bold"))
    _say(
        console,
        f"Must leave: {places.must_leave.placed:,} of {places.must_leave.people:,}. "
        f"New referrals: {places.waiting.placed:,} of {places.waiting.people:,}. "
        f"Occupants who keep a place: {places.staying:,}, of whom {places.moved:,} move to free a unit.",
    )
    rows = [
        (f"{each.number}  {each.words}", f"{each.people:,}", f"{each.placed:,}", f"{each.without:,}")
        for each in places.bands
    ]
    console.print(_table(("Band", "People", "Placed", "Without"), rows))


def _flows(briefing: Briefing, console: Console) -> None:
    for grid in briefing.flows.grids:
        _heading(console, grid.caption)
        rows = [(name, *(f"{each:,}" for each in counts), f"{sum(counts):,}") for name, counts in grid.rows]
        rows.append(("All", *(f"{each:,}" for each in grid.totals)))
        console.print(_table((grid.corner, *grid.columns, "All"), rows))


def _without(briefing: Briefing, console: Console) -> None:
    without = briefing.without
    if not without.people:
        return
    _heading(console, "Who has no place, and what would place them")
    _say(
        console,
        f"A single change would place {without.unlockable:,} of the {len(without.people):,}. "
        + " ".join(
            f"{counted(people, 'person', 'people')} may have a place once their {fact} is recorded."
            for fact, people in without.facts
        ),
    )
    for case in without.people[:CASES_SHOWN]:
        _case(case, console)
    left = len(without.people) - CASES_SHOWN
    if left > 0:
        _say(console, f"... and {counted(left, 'other')}, all on the page.")
    if without.changes:
        _heading(console, "Changes that could place most people")
        rows = [(each.words, f"{each.people:,}") for each in without.changes[:CHANGES_SHOWN]]
        console.print(_table(("Change", "One of"), rows))


def _case(case: Waiting, console: Console) -> None:
    _say(console, f"{case.person}, band {case.band}, {case.standing.lower()}: {case.why}")
    for each in (*case.changes, *case.advice):
        console.print(Padding(Text(f"- {printable(each)}"), (0, 0, 0, 2), expand=False))


def _unscored(briefing: Briefing, console: Console) -> None:
    unscored = briefing.unscored
    if not unscored:
        return
    _heading(console, "Not yet scored: ask before they move")
    moving = sum(each.moves for each in unscored)
    _say(
        console,
        f"Answers are missing for {counted(len(unscored), 'person', 'people')}, held at the highest band "
        f"that the other answers allow; {moving:,} of them would move. All are on the page.",
    )
    for each in unscored[:UNSCORED_SHOWN]:
        _say(console, f"{each.person}, held at band {each.band}. Ask: {'; '.join(each.ask)}.")


def _moves(briefing: Briefing, console: Console) -> None:
    moves, shown = briefing.moves, briefing.moves.first[:MOVES_SHOWN]
    if not shown:
        _heading(console, "Nobody has to move")
        return
    mark = "" if all(each.scored for each in shown) else " (*: not yet scored)"
    _heading(console, f"The first moves to make now, of {counted(moves.people, 'move')}{mark}")
    rows = [
        (f"{each.step}", each.person, _band(each), each.origin, f"{each.to}, {each.units}") for each in shown
    ]
    console.print(_table(("Step", "Person", "Band", "From", "To"), rows, words=5))


def _band(move: Move) -> str:
    return f"{move.band}" if move.scored else f"{move.band} *"


def _quotas(briefing: Briefing, console: Console) -> None:
    limits = briefing.limits
    if not limits.shown:
        _heading(console, "No quota is near full")
        return
    _heading(console, f"Quotas: {limits.full:,} of {len(limits.quotas):,} are full")
    rows = [
        (each.words, f"{each.used:,} of {each.most:,}", f"{each.blocks:,}")
        for each in limits.shown[:QUOTAS_SHOWN]
    ]
    console.print(_table(("Near full, those that keep most people out first", "Used", "Keeps out"), rows))


def _conversions(briefing: Briefing, console: Console) -> None:
    limits = briefing.limits
    _heading(console, f"Conversions: {of_most(limits.converted, limits.conversions_most, 'unit')}")
    for each in limits.conversions:
        _say(console, f"{counted(each.units, 'unit')} at {each.service}: from {each.origin} to {each.to}")


def _comparison(briefing: Briefing, console: Console) -> None:
    comparison = briefing.comparison
    _heading(console, "The same units, allocated in simpler ways")
    rows = [
        (f"Band {band}, of {people:,}", *(f"{way.by_band[at]:,}" for way in comparison.ways))
        for at, (band, people) in enumerate(zip(comparison.bands, comparison.people, strict=True))
    ]
    rows += [
        (f"All, of {sum(comparison.people):,}", *(f"{way.placed:,}" for way in comparison.ways)),
        ("Bands 1 and 2, left without", *(f"{way.urgent_without:,}" for way in comparison.ways)),
        ("Units converted", *(f"{way.converted:,}" for way in comparison.ways)),
        ("Cost in points", *(f"{way.cost:,}" for way in comparison.ways)),
    ]
    console.print(_table(("Placed", *(way.name for way in comparison.ways)), rows))


def _proof(briefing: Briefing, console: Console) -> None:
    proof = briefing.proof
    _heading(console, "Proof")
    console.print(Text(printable(proof.verdict), style="bold"))
    _say(console, proof.meaning)
    for fault in proof.faults:
        _say(console, f"- {fault}")
