"""A fault of ours as logs tell it: of which kind, and where, never with what.

The text of an exception may hold what somebody sent, and its frames' variables a whole case file.
"""

import traceback
from pathlib import Path
from typing import Any, Final

_ROOT: Final = str(Path(__file__).parents[2]) + "/"


def told(error: BaseException) -> dict[str, Any]:
    """The kinds of an exception and of what caused it, and the places it went through."""
    kinds, frames = [], []
    here: BaseException | None = error
    seen: set[int] = set()
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        kinds.append(f"{type(here).__module__}.{type(here).__qualname__}")
        frames.append([_place(frame) for frame in traceback.extract_tb(here.__traceback__)])
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
    return {"fault": kinds[0], "because_of": kinds[1:], "frames": frames}


def _place(frame: traceback.FrameSummary) -> str:
    file = frame.filename.removeprefix(_ROOT)
    return f"{file.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
