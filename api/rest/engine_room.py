"""Where the engine works for requests: in processes of its own, so many at once and no longer than said."""

import json
import os
import select
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any, Final

import api
from api.problems import TooMany
from api.rest.engine_questions import Answered, Outcome, Question
from gateway.refusals import Invalid, Refusal

AT_ONCE: Final = 2
RETRY_AFTER: Final = 2
"""Seconds; ours."""

START: Final = 60.0
"""Seconds that a worker may take to be ready: it opens the solvers."""


class EngineBusy(TooMany):
    """The engine has as many questions as it takes at once."""

    def __init__(self) -> None:
        super().__init__(RETRY_AFTER)
        Refusal.__init__(self, f"The engine is busy: try again in {RETRY_AFTER} seconds.")


class TooHard(Invalid):
    """The engine did not come to an end in the time, or the memory, that one question has."""

    def __init__(self, sentence: str) -> None:
        super().__init__(())
        Refusal.__init__(self, sentence)


class EngineRoom:
    """Answers questions, so many at once; the workers start when the first question comes.

    at_once
        Questions at once; whoever comes on top is refused, and told when to come again.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.slots = threading.BoundedSemaphore(at_once)
        self.idle: list[_Worker] = []
        self._close = weakref.finalize(self, _end_all, self.idle)

    def ask(self, question: Question, data: bytes, *, seconds: int) -> Answered:
        """Answer a question within twice its seconds and five more.

        Raises
        ------
        EngineBusy
            If as many questions are being answered as can be.
        TooHard
            If it took longer, or more memory than there is for one.
        """
        if not self.slots.acquire(blocking=False):
            raise EngineBusy
        try:
            return self._asked(question, data, seconds)
        finally:
            self.slots.release()

    def close(self) -> None:
        """End every worker that waits."""
        _end_all(self.idle)

    def _asked(self, question: Question, data: bytes, seconds: int) -> Answered:
        worker = self.idle.pop() if self.idle else _Worker()
        try:
            answer = worker.ask(question, data, seconds=seconds, within=2.0 * seconds + 5.0)
        except BaseException:
            worker.end()
            raise
        if answer.outcome is Outcome.TOO_LARGE and not answer.faults:
            worker.end()  # it ran out of memory: what is left of it may be in pieces
            raise TooHard("It needs more memory than one question has.")
        self.idle.append(worker)
        return answer


class _Worker:
    """One process, and the pipes to it."""

    def __init__(self) -> None:
        command = [sys.executable, "-P", "-m", "api.rest.engine_worker"]
        # It needs no key and no address of a database, and so it has none.
        known = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
        known["PYTHONPATH"] = str(Path(api.__file__).parents[1])  # the very code that asks
        self.process = subprocess.Popen(  # noqa: S603  our own module, by this very interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=known,
            bufsize=0,
        )
        self._unread = b""
        try:
            self._answer(time.monotonic() + START)
        except BaseException:
            self.end()
            raise

    def ask(self, question: Question, data: bytes, *, seconds: int, within: float) -> Answered:
        deadline = time.monotonic() + within
        head = {"question": question, "seconds": seconds, "size": len(data)}
        self._send(json.dumps(head).encode() + b"\n" + data)
        told, body = self._answer(deadline)
        return Answered(
            outcome=Outcome(told["outcome"]),
            body=body.decode(),
            faults=tuple((pointer, what) for pointer, what in told["faults"]),
            count=told["count"],
        )

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def _send(self, message: bytes) -> None:
        if self.process.stdin is None:
            raise TooHard(_GONE)
        left = memoryview(message)
        try:
            while left:
                left = left[self.process.stdin.write(left) :]
        except BrokenPipeError:
            raise TooHard(_GONE) from None

    def _answer(self, deadline: float) -> tuple[dict[str, Any], bytes]:
        while b"\n" not in self._unread:
            self._more(deadline)
        line, _, self._unread = self._unread.partition(b"\n")
        head = json.loads(line)
        while len(self._unread) < head["size"]:
            self._more(deadline)
        body, self._unread = self._unread[: head["size"]], self._unread[head["size"] :]
        return head, body

    def _more(self, deadline: float) -> None:
        pipe = self.process.stdout
        if pipe is None or not select.select([pipe], [], [], max(deadline - time.monotonic(), 0.0))[0]:
            raise TooHard("It took too long: allow more seconds, or ask for less.")
        some = pipe.read(1 << 20)
        if not some:
            raise TooHard(_GONE)
        self._unread += some


_GONE: Final = "The engine gave it up: it needs more memory than one question has."


def _end_all(workers: list[_Worker]) -> None:
    while workers:
        workers.pop().end()
