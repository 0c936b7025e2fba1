"""What is kept about people, read from the tables themselves, so that no page falls behind them."""

from dataclasses import dataclass

from gateway.allocation_runs import tables as _runs
from gateway.placements import tables as _placements
from gateway.storage.rows import Row
from gateway.storage.sealing import is_sealed

READ = (_runs, _placements)
"""Rooms whose tables reach people and which nothing else imports here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptData:
    """One table that tells of people: what is kept open in it, and what is encrypted."""

    table: str
    open: tuple[str, ...]
    sealed: tuple[str, ...]


def kept_data() -> tuple[KeptData, ...]:
    """Every table in which something is encrypted, or from which keys lead to a person; by name."""
    return tuple(
        KeptData(
            table=name,
            open=tuple(column.name for column in table.columns if not is_sealed(column.type)),
            sealed=tuple(column.name for column in table.columns if is_sealed(column.type)),
        )
        for name, table in sorted(Row.metadata.tables.items())
        if name in _leading_to("people") or any(is_sealed(column.type) for column in table.columns)
    )


def _leading_to(target: str) -> frozenset[str]:
    reached = {target}
    while found := {
        name
        for name, table in Row.metadata.tables.items()
        if name not in reached and reached & {key.column.table.name for key in table.foreign_keys}
    }:
        reached |= found
    return frozenset(reached)
