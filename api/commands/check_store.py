"""``gateway check``: whether what is stored is as it must be."""

from api.design_system.spoken import counted
from api.refusals import PLAN_FAILS, print_lines
from api.settings import open_store
from api.terminal import results
from gateway.invariants.check import INVARIANTS, check


def run(*, quiet: bool) -> int:
    """Run every invariant; exit status 1 if one does not hold."""
    with open_store() as store, store.reading() as work:
        found = check(work)
    say = results(quiet=quiet and not found)
    for each in found:
        say.print(f"Not so: {each.invariant.sentence}", soft_wrap=True)
        print_lines(each.ids, say)
    hold = len(INVARIANTS) - len(found)
    say.print(f"{hold} of {counted(len(INVARIANTS), 'invariant')} hold.")
    return PLAN_FAILS if found else 0
