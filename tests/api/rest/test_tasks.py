"""Tasks over HTTP: listed, read, cancelled and followed by whoever asked, and by nobody else."""

import asyncio
import json

import pytest

from api.problems import TooMany
from api.rest.following import MOST_EACH, Followers, Seen
from api.rest.tasks import followers_of
from gateway.records.actor import Actor, Role
from gateway.tasks.ending import finish
from gateway.tasks.queueing import queue_task
from gateway.tasks.tables import TaskKind
from gateway.tasks.taking import take_up
from tests.gateway.ground import NOW


def queued(store, by="officer-1", number=1, at=NOW):
    actor = Actor(id=by, role=Role.OFFICER)
    return store.transact(
        lambda work: queue_task(TaskKind.RUN, {"run": f"N-{number}"}, by=actor, at=at, work=work)
    ).id


def test_only_whoever_asked_is_told_or_may_cancel(entrance):
    entrance.as_("officer")
    task_id = queued(entrance.store)
    mine, anothers = entrance.as_("officer"), entrance.as_("officer", id="officer-2")
    assert mine.get(f"/api/v1/tasks/{task_id}").json()["asked"] == {"run": "N-1"}
    for answer in (
        anothers.get(f"/api/v1/tasks/{task_id}"),
        anothers.post(f"/api/v1/tasks/{task_id}/cancel"),
        anothers.get(f"/api/v1/tasks/{task_id}/events"),
    ):
        assert answer.status_code == 404
    assert anothers.get("/api/v1/tasks").json()["items"] == []
    assert entrance.stranger.get(f"/api/v1/tasks/{task_id}/events").status_code == 401
    cancelled = mine.post(f"/api/v1/tasks/{task_id}/cancel")
    assert (cancelled.status_code, cancelled.json()["cancel_asked"]) == (200, True)


def test_my_tasks_are_listed_the_newest_first_page_by_page(entrance, clock):
    client, ids = entrance.as_("officer"), []
    for number in range(5):
        ids.append(queued(entrance.store, number=number, at=clock()))
        if number % 2:
            clock.on(minutes=1)
    seen, after = [], None
    while True:
        params = {"size": 2} | ({"after": after} if after else {})
        page = client.get("/api/v1/tasks", params=params).json()
        seen += [each["id"] for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(ids)
    assert seen[0] == ids[-1]
    assert client.get("/api/v1/tasks", params={"status": "done"}).json()["items"] == []
    assert client.get("/api/v1/tasks", params={"after": "bm90aGluZw"}).status_code == 422


def test_a_task_that_has_ended_is_told_once_and_the_stream_ends(entrance):
    entrance.as_("officer")
    task_id = queued(entrance.store)
    taken = entrance.store.transact(lambda work: take_up(work, "worker", at=NOW))
    entrance.store.transact(lambda work: finish(taken, {"lines": 3}, at=NOW, work=work))
    answer = entrance.as_("officer").get(f"/api/v1/tasks/{task_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    retry, event, *rest = answer.text.strip().split("\n\n")
    assert retry == "retry: 2000"
    assert event.startswith("event: end\ndata: ")
    assert json.loads(event.partition("data: ")[2])["result"] == {"lines": 3}
    assert rest == []


class Task:
    """A task as a look finds it."""

    def __init__(self):
        self.done, self.ended, self.looks = 0, False, 0

    def __call__(self, ids):
        self.looks += 1
        return {id: Seen(json.dumps({"done": self.done}), self.ended) for id in ids}


async def heard(stream, count):
    return [await asyncio.wait_for(anext(stream), 5) for _ in range(count)]


def test_those_who_follow_hear_of_changes_alone_and_one_look_serves_all():
    async def follow():
        task = Task()
        followers = Followers(task, every=0.01)
        streams = [followers.follow("T-1", f"account-{number}") for number in range(20)]
        assert all(
            each == ["retry: 2000\n\n", 'event: progress\ndata: {"done": 0}\n\n']
            for each in await asyncio.gather(*(heard(stream, 2) for stream in streams))
        )
        looks = task.looks
        await asyncio.sleep(0.1)
        assert task.looks - looks < 20, "twenty follow, and one looks"
        task.done = 1
        assert {each[0] for each in await asyncio.gather(*(heard(stream, 1) for stream in streams))} == {
            'event: progress\ndata: {"done": 1}\n\n'
        }
        task.ended = True
        for stream in streams:
            assert (await heard(stream, 1))[0].startswith("event: end")
            with pytest.raises(StopAsyncIteration):
                await anext(stream)
        assert len(followers) == 0
        looks = task.looks
        await asyncio.sleep(0.05)
        assert task.looks == looks, "nobody follows, and nobody looks"

    asyncio.run(follow())


def test_whoever_has_gone_before_the_stream_begins_gives_their_place_back():
    async def gone(*_):
        return {"type": "http.disconnect"}

    async def follow():
        followers = Followers(Task(), every=0.01)
        scope = {"type": "http", "asgi": {"spec_version": "2.3"}}  # as uvicorn says
        await followers.answer("T-1", "one")(scope, gone, gone)
        assert len(followers) == 0

    asyncio.run(follow())


def test_one_account_has_few_streams_and_gives_them_back():
    async def follow():
        followers = Followers(Task(), every=0.01)
        streams = [followers.follow("T-1", "one") for _ in range(MOST_EACH)]
        with pytest.raises(TooMany):
            followers.follow("T-1", "one")
        followers.follow("T-1", "two")
        await heard(streams[0], 1)
        await streams[0].aclose()
        followers.follow("T-1", "one")

    asyncio.run(follow())


def test_streams_end_of_themselves_and_when_the_process_stops():
    async def follow():
        short = Followers(Task(), every=0.01, longest=0.05)
        told = [each async for each in short.follow("T-1", "one")]
        assert told[0].startswith("retry")
        assert len(short) == 0
        closing = Followers(Task(), every=0.01)
        stream = closing.follow("T-1", "one")
        await heard(stream, 2)
        closing.close()
        with pytest.raises(StopAsyncIteration):
            await heard(stream, 1)
        with pytest.raises(TooMany):
            closing.follow("T-1", "two")

    asyncio.run(follow())


def test_whoever_waits_holds_no_connection_to_the_database(store):
    async def follow():
        followers = followers_of(store)
        task_id = queued(store)
        streams = [followers.follow(task_id, f"account-{number}") for number in range(50)]
        await asyncio.gather(*(heard(stream, 2) for stream in streams))
        assert store.engine.pool.checkedout() == 0
        for stream in streams:
            await stream.aclose()

    asyncio.run(follow())
