"""A unit of work: all of it is written together with its events, or nothing is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Select, event, inspect, select
from sqlalchemy.orm import Session

from gateway.refusals import ChangedMeanwhile, NotFound
from gateway.storage.rows import Row, Untold
from gateway.storage.sealing import Keyring

RowT = TypeVar("RowT", bound=Row)
T = TypeVar("T")

Clock = Callable[[], datetime]
"""Tells the moment, in UTC."""

NewId = Callable[[str], str]
"""Makes an id nobody has had, from a prefix that says of what."""


class Unaccounted(Exception):
    """A row was about to be written without its event; this is a fault in the program, never in the data."""


class LostRace(Exception):
    """Somebody else was first, in a moment this unit of work cannot see: do it again from the start."""


class Work:
    """What a use case works in: rows are read here, and written by ``gateway.records.write`` alone.

    only_looks
        Nothing may be written but the record that something was looked at (`Store.look`).
    """

    def __init__(
        self, session: Session, *, clock: Clock, new_id: NewId, keys: Keyring, only_looks: bool = False
    ) -> None:
        self.session, self.clock, self.new_id, self.keys = session, clock, new_id, keys
        self.only_looks = only_looks
        self._accounted: set[int] = set()
        event.listen(session, "before_flush", self._refuse_unaccounted)

    def get(self, kind: type[RowT], id: str, *, seen: int | None = None) -> RowT:
        """The row of this id.

        Parameters
        ----------
        seen
            The version the person asking last saw, if what they do depends on it.

        Raises
        ------
        NotFound
            If there is none.
        ChangedMeanwhile
            If it stands at another version than ``seen``.
        """
        row = self.session.get(kind, id)
        name = kind.__name__.removesuffix("Row").lower()
        if row is None:
            raise NotFound(name, id)
        stands: int | None = getattr(row, "version", None)
        if seen is not None and stands is not None and seen != stands:
            raise ChangedMeanwhile(name, id, seen=seen, stands=stands)
        return row

    def all(self, query: Select[T]) -> Sequence[T]:
        """Every row, or value, that the query finds."""
        return self.session.scalars(query).all()

    def first(self, query: Select[T]) -> T | None:
        """The first row, or value, that the query finds, or ``None``."""
        return self.session.scalars(query.limit(1)).first()

    def where(self, kind: type[RowT], *conditions: Any) -> Sequence[RowT]:  # noqa: ANN401  any SQLAlchemy condition
        """Every row of a kind for which the conditions hold, in the order of their keys."""
        return self.all(select(kind).where(*conditions).order_by(*inspect(kind).primary_key))

    def account(self, rows: Sequence[Row]) -> None:
        """Say that these rows are written as they must be. Only ``gateway.records.write`` and `note` do."""
        self._accounted = {id(row) for row in rows}
        self.session.flush()
        self._accounted = set()

    def note(self, *rows: Row, removed: Sequence[Row] = ()) -> None:
        """Write or remove rows that have no event, at once; see `gateway.storage.rows.Untold`.

        Raises
        ------
        Unaccounted
            If one of them is of a kind that has its event.
        sqlalchemy.exc.IntegrityError
            If the database forbids it.
        """
        self.refuse_change(*rows, *removed)
        told = sorted({type(row).__name__ for row in (*rows, *removed) if not isinstance(row, Untold)})
        if told:
            raise Unaccounted(f"written without an event: {', '.join(told)}")
        self.session.add_all(rows)
        for row in removed:
            self.session.delete(row)
        self.account((*rows, *removed))

    def refuse_change(self, *rows: Row) -> None:
        """Raise `Unaccounted` if anything is to be written where there is only to be a look."""
        if self.only_looks and rows:
            kinds = sorted({type(row).__name__ for row in rows})
            raise Unaccounted(f"written in a look: {', '.join(kinds)}")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the work that is undone by itself if it raises, so that the rest can say why."""
        with self.session.begin_nested():
            yield

    def commit(self) -> None:
        """Keep everything written so far."""
        self.session.commit()

    def _refuse_unaccounted(self, session: Session, *_: object) -> None:
        changed = [row for row in session.dirty if session.is_modified(row)]
        touched = [*session.new, *changed, *session.deleted]
        stray = [type(row).__name__ for row in touched if id(row) not in self._accounted]
        if stray:
            raise Unaccounted(f"written without an event: {', '.join(sorted(set(stray)))}")
