"""An office in a small world: two services of two units (S-1, S-2), three people waiting (R-1 to R-3)."""

import pytest

from tests.gateway.placements.office import Office
from tests.gateway.placements.truth import faults


@pytest.fixture
def office(store):
    """Whatever a test does, afterwards everything agrees with everything."""
    office = Office(store)
    yield office
    assert office.read(lambda work: list(faults(work))) == []
