"""Counting the queries that a use case makes."""

from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event


@dataclass
class Queries:
    count: int = 0


@pytest.fixture
def queries(store):
    """`with queries() as made: …`, and then `made.count`."""

    @contextmanager
    def counted():
        made = Queries()

        def count(*_):
            made.count += 1

        event.listen(store.engine, "before_cursor_execute", count)
        yield made
        event.remove(store.engine, "before_cursor_execute", count)

    return counted
