"""A backup is one moment, whole and sealed; a restore gives it back, or changes nothing."""

import gzip
import json
import os
import resource
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from gateway.people.tables import PersonRow
from gateway.records.seal import seal
from gateway.records.tables import EventRow
from gateway.records.verify import verify
from gateway.refusals import Conflict
from gateway.schema import MIGRATIONS, Row
from gateway.storage.backup import backup, restore
from gateway.storage.backup_format import BadBackup
from gateway.storage.raw_tables import raw
from gateway.storage.store import Store, open_engine
from gateway.storage.whole_file import whole_file
from tests.databases import DATABASES, ask_server, server
from tests.gateway.ground import KEYS, NOW, Ids, StoppedClock, person, put, small_world
from tests.gateway.storage.filling import MARK, fill


@pytest.fixture(params=DATABASES)
def empty_url(request, tmp_path):
    """A database without any table, of the other kind as well as of the same."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    name = f"gateway_empty_{os.getpid()}"
    ask_server(f"CREATE DATABASE {name}")
    yield server().set(database=name).render_as_string(hide_password=False)
    ask_server(f"DROP DATABASE {name} WITH (FORCE)")


def saved(store, path):
    return backup(store.engine, MIGRATIONS, path, made_at=NOW)


def restored(url, path):
    engine = open_engine(url)
    restore(engine, MIGRATIONS, path)
    engine.dispose()
    return Store(url, keys=KEYS, clock=StoppedClock(), new_id=Ids())


def contents(store):
    with store.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in raw(Row.metadata)
        }


def test_every_row_of_every_table_comes_back_in_either_database(store, empty_url, tmp_path):
    store.transact(small_world)
    store.transact(lambda work: person(work, "P-0", forename="Ada", merged_into="P-3"))
    seal(store)
    written = saved(store, tmp_path / "all.backup")
    back = restored(empty_url, tmp_path / "all.backup")
    assert contents(back) == contents(store)
    assert written.rows == sum(len(rows) for rows in contents(store).values())
    with back.reading() as work:
        assert work.get(PersonRow, "P-0").forename == "Ada"
        assert verify(work).holds
    back.transact(lambda work: person(work, "P-4"))
    with back.reading() as work, store.reading() as before:
        assert work.session.scalar(select(func.max(EventRow.number))) == 1 + before.session.scalar(
            select(func.max(EventRow.number))
        )
    back.close()


def test_nothing_sealed_is_written_open(store, tmp_path):
    fill(store)
    saved(store, tmp_path / "all.backup")
    plain = gzip.decompress((tmp_path / "all.backup").read_bytes()).decode()
    assert MARK not in plain
    assert plain.count("gAAAAA") > 20
    assert (tmp_path / "all.backup").stat().st_mode & 0o077 == 0


def test_what_is_written_meanwhile_is_in_it_whole_or_not_at_all(store, tmp_path):
    """Each unit of work enters a person and changes another; a backup at any moment has both or neither."""
    store.transact(lambda work: person(work, "P-0"))
    stop = Event()

    def write():
        number = 0
        while not stop.is_set():
            number += 1
            store.transact(lambda work, id=f"P-{number}": [person(work, id), person(work, f"{id}-twin")])

    writer = Thread(target=write)
    writer.start()
    try:
        for turn in range(5):
            saved(store, tmp_path / f"{turn}.backup")
    finally:
        stop.set()
        writer.join()
    for turn in range(5):
        rows = [
            json.loads(line)
            for line in gzip.decompress((tmp_path / f"{turn}.backup").read_bytes()).splitlines()
        ]
        ids = {row[0] for row in rows if isinstance(row, list) and str(row[0]).startswith("P-")} - {"P-0"}
        single = {id for id in ids if not id.endswith("twin")}
        assert {f"{id}-twin" for id in single} == ids - single


def test_a_full_disk_leaves_no_half_a_file_and_the_database_as_it_was(store, tmp_path):
    fill(store)
    before = contents(store)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            saved(store, tmp_path / "all.backup")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not [each for each in tmp_path.iterdir() if "backup" in each.name]
    assert contents(store) == before


def test_a_backup_does_not_take_the_place_of_another(store, tmp_path):
    (tmp_path / "all.backup").write_text("older")
    with pytest.raises(FileExistsError, match="is not overwritten"):
        saved(store, tmp_path / "all.backup")
    assert (tmp_path / "all.backup").read_text() == "older"


def test_a_restore_overwrites_nothing(store, tmp_path):
    store.transact(person)
    saved(store, tmp_path / "all.backup")
    before = contents(store)
    with pytest.raises(Conflict, match=r"not empty \(.*people.*\): a restore overwrites nothing"):
        restore(store.engine, MIGRATIONS, tmp_path / "all.backup")
    assert contents(store) == before


def test_tables_of_somebody_else_are_left_alone(store, empty_url, tmp_path):
    saved(store, tmp_path / "all.backup")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    with pytest.raises(Conflict, match="tables of somebody else"):
        restore(engine, MIGRATIONS, tmp_path / "all.backup")
    engine.dispose()


def changed(path, turn):
    """The backup with its lines changed by ``turn``, packed again."""
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(turn(lines))))


@pytest.mark.parametrize(
    ("turn", "fault"),
    [
        (
            lambda lines: [each.replace(b"P-1", b"P-9") for each in lines],
            "its digest is another: it was changed",
        ),
        (lambda lines: lines[:-1], "it has no end: it was cut"),
        (lambda lines: [*lines[:5], *lines[6:]], "its digest is another"),
        (lambda _: [b"hello"], "it is no backup, or was cut"),
        (lambda _: [], "it has no end: it was cut"),
        (lambda lines: [each.replace(b'"0004"', b'"0001"') for each in lines], "its digest is another"),
    ],
)
def test_a_backup_that_is_not_as_it_was_written_is_refused_before_anything_is_written(
    store, tmp_path, turn, fault
):
    store.transact(person)
    path = tmp_path / "all.backup"
    saved(store, path)
    changed(path, turn)
    engine = open_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(BadBackup, match="nothing was written") as refused:
        restore(engine, MIGRATIONS, path)
    assert fault in str(refused.value)
    assert MIGRATIONS.stands_at(engine) is None
    engine.dispose()


def test_a_file_that_is_cut_in_the_middle_is_refused(store, tmp_path):
    path = tmp_path / "all.backup"
    saved(store, path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(BadBackup, match="it is no backup, or was cut"):
        restore(store.engine, MIGRATIONS, path)


def test_a_backup_of_another_revision_says_what_to_do(store, tmp_path):
    path = tmp_path / "all.backup"
    with whole_file(path) as file, gzip.open(file, "wb") as packed:
        packed.write(b'{"format":"gateway-backup/1","revision":"0000"}\n{"sha256":""}\n')
    with pytest.raises(BadBackup) as refused:
        restore(store.engine, MIGRATIONS, path)
    assert "digest is another" in str(refused.value)


def test_a_restore_that_fails_half_way_leaves_nothing(store, empty_url, tmp_path):
    """The rows break a foreign key that the file does not know of."""
    fill(store)
    saved(store, tmp_path / "all.backup")
    engine = open_engine(empty_url)
    with pytest.raises(DBAPIError):
        restore(engine, MIGRATIONS, tmp_path / "all.backup")
    assert MIGRATIONS.stands_at(engine) is None
    engine.dispose()


def test_a_database_of_another_revision_is_not_saved(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}", poolclass=NullPool)
    with pytest.raises(Conflict, match="stands at revision None"):
        backup(engine, MIGRATIONS, tmp_path / "all.backup", made_at=NOW)
    assert not Path(tmp_path / "all.backup").exists()


def test_many_rows_go_in_many_batches(store, tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.storage.backup.BATCH", 2)
    store.transact(lambda work: put(work, *(PersonRow(id=f"P-{n}", entered_at=NOW) for n in range(7))))
    saved(store, tmp_path / "all.backup")
    back = restored(f"sqlite:///{tmp_path / 'new.db'}", tmp_path / "all.backup")
    assert contents(back) == contents(store)
    back.close()
