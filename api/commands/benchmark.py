"""``gateway benchmark``: how fast and how good, against the peers, in one run on this machine."""

from api.terminal import results


def run(*, size: str, quiet: bool) -> int:
    """Measure and print; returns the exit status."""
    from scenarios.benchmark import main as measure  # noqa: PLC0415  opens every peer's library

    return measure(size, results(quiet=quiet))
