"""What every plan must stand: the referee's word, its own certificate, the way through a file."""

from allocation.certify import certify
from allocation.exchange import dumps, plan_document, plan_in
from allocation.solve import solve
from tests.allocation import verdicts


def stands(problem):
    """Fail unless the engine's plan is as good as the referee's and holds, straight and read from a file."""
    plan = solve(problem)
    verdicts.agrees(problem, plan)
    checked = certify(problem, plan)
    assert checked.faults == ()
    assert checked.open_levels == ()
    read = plan_in(dumps(plan_document(plan)).encode("utf-8"), problem)
    assert plan_document(read) == plan_document(plan)
    assert certify(problem, read) == checked
