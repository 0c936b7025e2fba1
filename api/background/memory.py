"""What a task needed is given back to the machine when it is done: a worker lives for months."""

import ctypes
import gc
import sys


def give_back_memory() -> None:
    """Throw away what nobody needs any more, and let the machine have the room.

    A run of 10,000 people leaves several hundred MB behind, most of it in pieces that the C library keeps for
    later; GNU's is asked to let go of them (``malloc_trim``), others do as they do.
    """
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
