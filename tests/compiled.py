"""Statements that SQLAlchemy compiled for one store serve the next, as they do in a process that runs long.

A store has an engine of its own, and SQLAlchemy keeps what it compiled by the engine's dialect. A test has
several stores' worth of statements to compile and few to ask: that took a quarter of the time of most of
them. So every store with the tests' own keys gets the dialect, and what was compiled for it, of the first one
on a database of its kind.
"""

from contextvars import ContextVar

import pytest
from sqlalchemy import event

import gateway.storage.store
from gateway.storage.store import Store, open_engine
from tests.gateway.ground import KEYS

_COMMON = ContextVar("_COMMON", default=False)
_FIRST = {}
"""By kind of database, the engine whose dialect all others take."""


def _opened(url, *arguments):
    engine = open_engine(url, *arguments)
    if not _COMMON.get():
        return engine
    if engine.name in _FIRST:
        engine.dialect = _FIRST[engine.name].dialect
        engine._compiled_cache = _FIRST[engine.name]._compiled_cache  # noqa: SLF001  there is no other way in
    else:
        # A dialect learns at its first connection whom it speaks to.
        event.listen(engine, "connect", lambda *_: _FIRST.setdefault(engine.name, engine))
    return engine


def _sharing(begin):
    def __init__(self, *arguments, keys, **more):  # noqa: N807  it takes the place of one
        # The dialect knows the keys, so no other keys may come with it.
        token = _COMMON.set(keys is KEYS)
        try:
            begin(self, *arguments, keys=keys, **more)
        finally:
            _COMMON.reset(token)

    return __init__


@pytest.fixture(scope="session", autouse=True)
def _statements_are_compiled_once():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gateway.storage.store, "open_engine", _opened)
        patch.setattr(Store, "__init__", _sharing(Store.__init__))
        yield
