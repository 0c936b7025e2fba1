"""``gateway audit``: sealing events into the chain, and checking it."""

from api.design_system.spoken import counted
from api.refusals import PLAN_FAILS, print_lines
from api.settings import open_store
from api.terminal import results
from gateway.records.seal import seal
from gateway.records.verify import verify


def run_seal(*, quiet: bool) -> int:
    """Seal every event that is not sealed yet."""
    with open_store() as store:
        sealing = seal(store, sweep=True)
    say = results(quiet=quiet)
    say.print(f"{counted(sealing.sealed, 'event')} sealed; the chain has {counted(sealing.links, 'link')}.")
    say.print(f"Head: {sealing.head}", soft_wrap=True)
    return 0


def run_verify(*, expect_head: str | None, quiet: bool) -> int:
    """Check the chain; exit status 1 if anything is not as it was sealed."""
    with open_store() as store, store.reading() as work:
        found = verify(work, expect_head=expect_head)
    say = results(quiet=quiet and found.holds)
    if found.wrong:
        say.print(f"{counted(len(found.wrong), 'fault')}:")
        print_lines([str(each) for each in found.wrong], say)
    else:
        say.print(f"The chain holds: {counted(found.links, 'link')}.")
    if found.not_sealed:
        say.print(f"{counted(found.not_sealed, 'event')} not sealed yet: `gateway audit seal`.")
    say.print(f"Head, to be kept elsewhere and given back as --expect-head: {found.head}", soft_wrap=True)
    return 0 if found.holds else PLAN_FAILS
