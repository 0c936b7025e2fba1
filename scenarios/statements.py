"""What a database is asked and told while something goes on: measures and tests count it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from sqlalchemy import event

from gateway.storage.store import Store
from gateway.storage.work import Work

_OF_DATA: Final = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
"""How a statement begins that is about data; beginning, ending and locking are none."""


class Statement(NamedTuple):
    """A statement as it is sent, and what is given with it."""

    text: str
    given: Any


@contextmanager
def statements(of: Store | Work) -> Iterator[list[Statement]]:
    """Every statement about data that is sent to a store's database while the block runs, in order."""
    engine = of.engine if isinstance(of, Store) else of.session.get_bind().engine
    sent: list[Statement] = []

    def note(*told: Any) -> None:  # noqa: ANN401  what SQLAlchemy tells
        _connection, _cursor, text, given, *_ = told
        if text.lstrip().startswith(_OF_DATA):
            sent.append(Statement(text, given))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
