"""Tasks: taken up once among many workers, told how far they are, cancelled, handed back."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gateway.refusals import IllegalMove, NotFound
from gateway.storage.store import Store
from gateway.tasks.ending import ask_to_cancel, fail, finish, hand_back, stop
from gateway.tasks.files import Part, TaskFile, file_of, keep_file
from gateway.tasks.forgetting import forget_tasks
from gateway.tasks.in_hand import CancelAsked, InHand, WorkerStops
from gateway.tasks.queueing import queue_task
from gateway.tasks.states import NEXT_TASK, move
from gateway.tasks.tables import TaskKind, TaskRow, TaskStatus, WorkerRow
from gateway.tasks.taking import MOST_DEATHS, SILENT, NoLongerOurs, beat, hand_back_all, take_up
from gateway.tasks.workers import last_beat, sign_off, stamp_worker
from tests.gateway.ground import KEYS, NOW, OFFICER, Ids


def queued(store, number=1, **asked):
    return store.transact(
        lambda work: queue_task(TaskKind.RUN, {"run": f"N-{number}"} | asked, by=OFFICER, at=NOW, work=work)
    ).id


def taken_by(store, worker="one"):
    return store.transact(lambda work: take_up(work, worker, at=store.clock()))


def row(store, task_id):
    with store.reading() as work:
        return work.get(TaskRow, task_id)


def hand(store, taken, *, stopping=lambda: False, every=timedelta(0)):
    return InHand(store, taken, stopping=stopping, every=every)


def test_many_workers_take_up_each_task_once(database_url, clock):
    store = Store(database_url, keys=KEYS, clock=clock, new_id=Ids(), pool_size=8)
    wanted = {queued(store, number) for number in range(24)}
    ready = threading.Barrier(8)

    def work_on(worker):
        ready.wait()
        mine = []
        while (taken := taken_by(store, worker)) is not None:
            mine.append(taken.id)
        return mine

    with ThreadPoolExecutor(8) as pool:
        shares = list(pool.map(work_on, [f"worker-{number}" for number in range(8)]))
    store.close()
    got = [each for share in shares for each in share]
    assert sorted(got) == sorted(wanted)


def test_the_one_that_waits_longest_is_first_and_comes_with_what_it_is_to_do(store, clock):
    first = queued(store, 1)
    clock.on(minutes=1)
    queued(store, 2)
    taken = taken_by(store)
    assert (taken.id, taken.asked, taken.by) == (first, {"run": "N-1"}, OFFICER)
    assert row(store, first).status is TaskStatus.RUNNING


def test_a_task_whose_worker_fell_silent_is_taken_up_again_and_the_silent_one_writes_nothing_more(
    store, clock
):
    task_id = queued(store)
    dead = taken_by(store, "dead")
    clock.on(seconds=SILENT.total_seconds() - 1)
    assert taken_by(store, "other") is None
    clock.on(seconds=1)
    heir = taken_by(store, "other")
    assert heir.id == task_id
    late = hand(store, dead)
    for deed in (
        lambda: late.progress(1, 2),
        late.place_to_stop,
        lambda: store.transact(lambda work: finish(dead, {}, at=NOW, work=work)),
        lambda: store.transact(lambda work: fail(dead, {}, at=NOW, work=work)),
        lambda: store.transact(lambda work: stop(dead, at=NOW, work=work)),
        lambda: store.transact(lambda work: hand_back(dead, work=work)),
    ):
        with pytest.raises(NoLongerOurs):
            deed()
    store.transact(lambda work: finish(heir, {"n": 1}, at=NOW, work=work))
    assert row(store, task_id).status is TaskStatus.DONE


def test_a_worker_that_says_that_it_is_alive_keeps_its_tasks(store, clock):
    task_id = queued(store)
    taken_by(store, "one")
    clock.on(minutes=1)
    store.transact(lambda work: stamp_worker(work, "one", [task_id], at=clock()))
    clock.on(seconds=90)
    assert taken_by(store, "other") is None
    store.transact(lambda work: beat(work, "other", [task_id], at=clock()))
    clock.on(seconds=60)
    assert taken_by(store, "other").id == task_id, "another's beat keeps nothing alive"


def test_a_task_that_kills_its_workers_is_given_up(store, clock):
    queued(store)
    taken = taken_by(store)
    for _ in range(MOST_DEATHS):
        assert not taken.given_up
        clock.on(minutes=10)
        taken = taken_by(store)
    assert taken.given_up


def test_handing_back_is_no_death(store, clock):
    task_id = queued(store)
    for _ in range(MOST_DEATHS + 1):
        taken = taken_by(store)
        assert not taken.given_up
        store.transact(lambda work, taken=taken: hand_back(taken, work=work))
    taken_by(store, "leaves")
    assert store.transact(lambda work: hand_back_all(work, "leaves")) == 1
    assert row(store, task_id).deaths == 0
    assert taken_by(store).id == task_id


def test_progress_is_written_once_in_a_while_and_always_at_the_end(store, clock):
    task_id = queued(store)
    at_work = hand(store, taken_by(store), every=timedelta(seconds=1))
    at_work.progress(1, 10, "first")
    at_work.progress(2, 10)
    assert (row(store, task_id).done, row(store, task_id).words) == (1, "first")
    clock.on(seconds=1)
    at_work.progress(3, 10)
    at_work.progress(10, 10)
    assert (row(store, task_id).done, row(store, task_id).total) == (10, 10)


def test_whoever_asked_cancels_and_the_worker_stops_at_the_next_place(store):
    task_id = queued(store)
    at_work = hand(store, taken_by(store))
    at_work.place_to_stop()
    with pytest.raises(NotFound):
        store.transact(lambda work: ask_to_cancel(task_id, asked_by="another", work=work))
    store.transact(lambda work: ask_to_cancel(task_id, asked_by=OFFICER.id, work=work))
    with pytest.raises(CancelAsked):
        at_work.progress(1, 2)
    store.transact(lambda work: stop(at_work.taken, at=NOW, work=work))
    store.transact(lambda work: ask_to_cancel(task_id, asked_by=OFFICER.id, work=work))
    assert row(store, task_id).status is TaskStatus.CANCELLED


def test_a_worker_that_is_to_stop_stops_even_between_two_writings_of_progress(store):
    queued(store)
    stopping = threading.Event()
    at_work = hand(store, taken_by(store), stopping=stopping.is_set, every=timedelta(seconds=1))
    at_work.progress(1, 9)
    stopping.set()
    with pytest.raises(WorkerStops):
        at_work.progress(2, 9)


def test_no_move_is_made_that_the_table_does_not_have():
    for status, after in NEXT_TASK.items():
        for to in TaskStatus:
            task = TaskRow(id="T-1", status=status)
            if to in after:
                move(task, to)
                assert task.status is to
            else:
                with pytest.raises(IllegalMove):
                    move(task, to)


def test_files_are_kept_sealed_and_replaced(store, database_url):
    task_id = queued(store)
    for content in (b"first", b"Ada \xff\0 Lovelace"):
        file = TaskFile(name="referrals.csv", media_type="text/csv", content=content)
        store.transact(lambda work, file=file: keep_file(task_id, Part.IN, file, work=work))
    with store.reading() as work:
        assert file_of(work, task_id, Part.IN).content == b"Ada \xff\0 Lovelace"
        with pytest.raises(NotFound):
            file_of(work, task_id, Part.OUT)


def test_files_go_after_a_day_tasks_after_thirty_and_what_runs_stays(store, clock):
    done, running = queued(store, 1), queued(store, 2)
    for each in (done, running):
        file = TaskFile(name="a.csv", media_type="text/csv", content=b"x")
        store.transact(lambda work, each=each, file=file: keep_file(each, Part.IN, file, work=work))
    store.transact(lambda work: stamp_worker(work, "one", at=clock()))
    taken = taken_by(store)
    store.transact(lambda work: finish(taken, {}, at=clock(), work=work))
    forget = lambda work: forget_tasks(work, at=clock())  # noqa: E731  said once for three times
    clock.on(hours=23)
    assert store.transact(forget).files == 0
    clock.on(hours=1)
    gone = store.transact(forget)
    assert (gone.files, gone.tasks, gone.workers) == (1, 0, 1)
    clock.on(days=29)
    assert store.transact(forget).tasks == 1
    with store.reading() as work:
        assert work.get(TaskRow, running).status is TaskStatus.QUEUED
        assert file_of(work, running, Part.IN).content == b"x"
        assert not work.where(WorkerRow)


def test_the_last_beat_of_any_worker_is_told(store, clock):
    with store.reading() as work:
        assert last_beat(work) is None
    store.transact(lambda work: stamp_worker(work, "one", at=clock()))
    clock.on(minutes=1)
    store.transact(lambda work: stamp_worker(work, "two", at=clock()))
    store.transact(lambda work: sign_off(work, "one"))
    with store.reading() as work:
        assert last_beat(work) == clock()
