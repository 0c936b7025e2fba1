"""What a process tells while a test listens: its log, line by line, and whatever else it prints."""

import io
import json
import logging
import sys
import threading
from contextlib import contextmanager

from api.watching.logs import LEVELS, log_as_json


class Heard:
    def __init__(self):
        self.stream = io.StringIO()

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event):
        return [line for line in self.lines if line["event"] == event]


@contextmanager
def listening(level=logging.INFO):
    """Have everything logged as JSON to where the test can read it; as it was before, afterwards."""
    root, loggers = logging.getLogger(), [logging.getLogger(each) for each in (*LEVELS, "gateway")]
    before = [(each, each.handlers, each.level, each.propagate) for each in (root, *loggers)]
    hooks = sys.excepthook, threading.excepthook
    heard = Heard()
    try:
        log_as_json(heard.stream, level=level)
        yield heard
    finally:
        sys.excepthook, threading.excepthook = hooks
        for each, handlers, was, propagate in before:
            each.handlers, each.propagate = handlers, propagate
            each.setLevel(was)
