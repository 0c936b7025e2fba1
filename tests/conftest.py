"""What every test shares: how many random examples Hypothesis draws, and from where."""

import os

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
    "tests.databases",
    "tests.demonstration",
    "tests.api.doors",
    "tests.browser",
    "tests.api.pages.site",
]
