"""What a line of a run says of a quota that gives somebody no place."""

import pytest

from allocation.problem import Quota
from api.pages.runs.line_views import too_little_left
from api.report.units import Use
from tests.gateway.ground import DUDLEY


@pytest.mark.parametrize(
    ("used", "most", "needed", "told"),
    [
        (0, 0, 1, "get no place at S-1: none is agreed"),
        (3, 3, 1, "get no more at S-1: 3 units are used, all that is agreed"),
        (4, 3, 1, "get no more at S-1: 4 units are used, all that is agreed"),
        (2, 3, 2, "get not enough at S-1: 2 units of 3 are used, and this household needs 2"),
        (1, 3, 3, "get not enough at S-1: 1 unit of 3 is used, and this household needs 3"),
    ],
)
def test_a_quota_that_has_something_left_is_not_said_to_be_used_up(used, most, needed, told):
    quota = Quota(id="Q", services=frozenset({"S-1"}), authorities=frozenset({DUDLEY}), max_units=most)
    sentence = too_little_left(quota, Use(used=used, most=most), needed)
    assert sentence == f"People from {DUDLEY} {told}"
