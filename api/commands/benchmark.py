"""``gateway benchmark``: how fast and how good, against the peers, in one run on this machine."""

from api.refusals import Refused
from api.terminal import results, stages
from gateway.agreements.limit_words import listed
from scenarios.benchmark import SIZES, main


def run(*, size: str, quiet: bool) -> int:
    """Measure and print; returns the exit status.

    Raises
    ------
    Refused
        If there is no such size.
    """
    if size not in SIZES:
        raise Refused(f"--size {size!r} is not {listed(iter(SIZES), 'or')}")
    with stages(1, quiet=quiet) as stage:
        stage.next(f"Measuring at size {size}")
        return main(size, results(quiet=quiet))
