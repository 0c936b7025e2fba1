"""Whoever follows long work, by server-sent events: one look at the database a second for all of them.

Nobody who follows holds a thread or a connection to the database. Streams are few and short: whoever has too
many is told to ask now and then, and one that is old ends, so that the browser comes again and is recognised
anew.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.problems import TooMany

MOST: Final = 200
"""Streams of one process."""

MOST_EACH: Final = 5
"""Streams of one account: a task is followed on one page, and few people have five of them open."""

LOOK: Final = 1.0
STILL_HERE: Final = 15.0
LONGEST: Final = 600.0
"""Seconds between two looks, until a sign of life, and until a stream ends of itself."""

COME_AGAIN: Final = 2_000
"""Milliseconds after which a browser comes again when a stream ends before its task does."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look found: the text of it, and whether more will come."""

    text: str
    ended: bool


@dataclass(eq=False, slots=True)
class _Follower:
    task_id: str
    account_id: str
    seen: Seen | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, seen: Seen) -> None:
        if seen != self.seen:
            self.seen = seen
            self.news.set()


class Followers:
    """Everybody who follows a task at this process.

    Parameters
    ----------
    look
        Finds these tasks, by id.
    """

    def __init__(
        self,
        look: Callable[[Collection[str]], Mapping[str, Seen]],
        *,
        every: float = LOOK,
        longest: float = LONGEST,
    ) -> None:
        self._look, self._every, self._longest = look, every, longest
        self._followers: set[_Follower] = set()
        self._looking: asyncio.Task[None] | None = None
        self._closing = False

    def __len__(self) -> int:
        return len(self._followers)

    def close(self) -> None:
        """End every stream: the process stops, and whoever follows comes again elsewhere."""
        self._closing = True
        for each in self._followers:
            each.news.set()

    def answer(self, task_id: str, account_id: str) -> StreamingResponse:
        """The answer that is the stream of a task; its place is taken at once.

        Raises
        ------
        TooMany
            As `follow`.
        """
        follower = self._take_place(task_id, account_id)
        return Stream(self._stream(follower), left=lambda: self.leave(follower))

    def follow(self, task_id: str, account_id: str) -> AsyncIterator[str]:
        """The stream of a task, whose place is taken at once.

        Raises
        ------
        TooMany
            If this process, or this account, has too many.
        """
        return self._stream(self._take_place(task_id, account_id))

    def _take_place(self, task_id: str, account_id: str) -> _Follower:
        theirs = sum(each.account_id == account_id for each in self._followers)
        if self._closing or len(self._followers) >= MOST or theirs >= MOST_EACH:
            raise TooMany(30)
        follower = _Follower(task_id, account_id)
        self._followers.add(follower)
        return follower

    async def _stream(self, follower: _Follower) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._longest
        try:
            yield f"retry: {COME_AGAIN}\n\n"
            self._see_that_somebody_looks()
            while not self._closing and loop.time() < ends_at:
                try:
                    await asyncio.wait_for(follower.news.wait(), min(STILL_HERE, self._longest))
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                follower.news.clear()
                seen = follower.seen  # another may be there before this one is sent
                if seen is None or self._closing:
                    continue
                yield _event(seen)
                if seen.ended:
                    return
        finally:
            self.leave(follower)

    def leave(self, follower: _Follower) -> None:
        """Give a place back; whoever was the last needs nobody to look."""
        self._followers.discard(follower)
        if not self._followers and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    def _see_that_somebody_looks(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_on())

    async def _look_on(self) -> None:
        while self._followers:
            wanted = {each.task_id for each in self._followers}
            try:
                found = await run_in_threadpool(self._look, wanted)
            except Exception:  # noqa: BLE001  the database may be away for a moment; the next look finds it
                found = {}
            for each in list(self._followers):
                if each.task_id in found:
                    each.hear(found[each.task_id])
            await asyncio.sleep(self._every)


class Stream(StreamingResponse):
    """A stream whose place is given back even if nobody is there any more when it should begin.

    A generator that was never begun is not told that it is over.
    """

    def __init__(self, told: AsyncIterator[str], *, left: Callable[[], None]) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(told, media_type="text/event-stream", headers=headers)
        self._left = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and give the place back."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._left()


def _event(seen: Seen) -> str:
    return f"event: {'end' if seen.ended else 'progress'}\ndata: {seen.text}\n\n"
