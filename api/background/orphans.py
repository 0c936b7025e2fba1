"""A process whose parent was killed does not stay behind."""

import multiprocessing
import os
import signal
import threading
from multiprocessing.connection import wait


def stop_with_parent() -> None:
    """Stop, as if told to, when the process that started this one is gone; nothing if none did."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
