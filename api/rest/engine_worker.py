"""One process that answers questions to the engine, one after the other, until its input ends.

It has no key, no database and no address: whatever a problem does to it, it does to nobody else. A question
is a line of JSON and so many bytes, and so is an answer. It says ``ready`` first.
"""

import json
import os
import resource
import sys
from typing import BinaryIO, Final

from api.rest.engine_questions import Answered, Outcome, Question, answer_to

MEMORY: Final = 2 * 2**30
"""Bytes of data one worker may have: a question that needs more gets none. Ours."""

LESS_URGENT: Final = 10
"""By how much the engine stands back for those who answer requests (nice, POSIX)."""


def main() -> None:
    """Answer until the input ends."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    os.nice(LESS_URGENT)
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever a solver prints is no answer
    _send(answers, {"ready": True}, b"")
    while line := questions.readline():
        asked = json.loads(line)
        data = questions.read(asked["size"])
        answer = _answer(Question(asked["question"]), data, asked["seconds"])
        head = {"outcome": answer.outcome, "faults": answer.faults, "count": answer.count}
        _send(answers, head, answer.body.encode())


def _answer(question: Question, data: bytes, seconds: int) -> Answered:
    try:
        return answer_to(question, data, seconds)
    except MemoryError:
        return Answered(outcome=Outcome.TOO_LARGE)


def _send(to: BinaryIO, head: dict[str, object], body: bytes) -> None:
    to.write(json.dumps(head | {"size": len(body)}).encode() + b"\n" + body)
    to.flush()


if __name__ == "__main__":
    main()
