"""A world in which tasks can be performed, and what is asked of it."""

import json

from gateway.allocation_runs.queued import queue_run
from gateway.allocation_runs.scope import Scope
from gateway.tasks.files import Part, TaskFile, keep_file
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind, TaskRow
from tests.gateway.assessment.import_files import line, write_csv
from tests.gateway.ground import MANAGER, NOW, OFFICER, TODAY


def queue(store, kind, asked, *, by=OFFICER, content=None):
    def deed(work):
        row = queue_task(kind, asked, by=by, at=NOW, work=work)
        if content is not None:
            file = TaskFile(name="referrals.csv", media_type="text/csv", content=content)
            keep_file(row.id, Part.IN, file, work=work)
        return row.id

    return store.transact(deed)


def queued_run(store):
    row = store.transact(lambda work: queue_run(Scope(as_of=TODAY), by=MANAGER, at=NOW, work=work))
    return row.id, json.loads(row.asked)["run"]


def csv_of(tmp_path, rows, **cells):
    return write_csv(tmp_path / "rows.csv", [line(number, **cells) for number in range(rows)]).read_bytes()


def queued_import(store, tmp_path, rows, **cells):
    return queue(store, TaskKind.IMPORT, {"onto_list": False}, content=csv_of(tmp_path, rows, **cells))


def task(store, task_id):
    with store.reading() as work:
        return work.get(TaskRow, task_id)


def result(store, task_id):
    row = task(store, task_id)
    assert row.result is not None, row.fault
    return json.loads(row.result)
