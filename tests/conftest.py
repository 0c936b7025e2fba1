"""What every test shares: how many random examples Hypothesis draws, and from where."""

import gc
import os
from pathlib import Path

from hypothesis import HealthCheck, settings

# A machine that is busy with something else is no fault in what is tested.
NO_CLOCK = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

# Every run draws the same examples, so that a failure in CI is a failure everywhere.
settings.register_profile("default", **NO_CLOCK, derandomize=True, print_blob=True)

# `dev.py soak`: new examples every time, and the failing ones kept for the next run.
settings.register_profile("soak", **NO_CLOCK, derandomize=False, max_examples=5_000, print_blob=True)

settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A migrated store on each database, and the doors over it, for whichever tests ask for one.
pytest_plugins = [
    "tests.compiled",
    "tests.databases",
    "tests.demonstration",
    "tests.api.doors",
    "tests.browser",
    "tests.api.pages.site",
]

LONG = (
    "api/test_contract.py",
    "api/test_benchmark_doors.py",
    "api/test_running_gateway.py",
    "api/test_scenario_serve.py",
    "api/background/test_killed_workers.py",
    "api/pages/test_emergencies.py",
    "api/pages/test_every_page.py",
    "journeys/",
    "soak/",
)
"""Files that take long for the few tests they have."""


# What is imported and collected stays to the end, and is a million objects: Python need not look through them
# all, again and again, for something to throw away; nor through the rest after every 700 new ones.
gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(items):
    """What takes long begins first, so that no core waits for another at the end."""
    here = Path(__file__).parent
    items.sort(key=lambda item: not item.path.relative_to(here).as_posix().startswith(LONG))
