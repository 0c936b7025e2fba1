"""A worker gives back what a task needed, so that one that lives for months does not grow with each."""

import subprocess
import sys

LEFT_IN_PIECES = """
from api.background.memory import give_back_memory

def megabytes():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))

pieces = [bytes(600) for _ in range(200_000)]
last = bytes(600)  # stands behind them all, so the C library keeps what is freed before it
pieces.clear()
before = megabytes()
give_back_memory()
print(before, megabytes())
"""


def test_what_lies_in_pieces_before_something_that_is_kept_is_given_back():
    told = subprocess.run([sys.executable, "-c", LEFT_IN_PIECES], capture_output=True, text=True, check=True)
    before, after = map(int, told.stdout.split())
    assert after < before - 80
