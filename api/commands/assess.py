"""``gateway assess``: from a file of referrals to a file of assessments."""

from datetime import date
from pathlib import Path

from api.design_system.spoken import counted
from api.output_files import behind_links, refuse_unwritable
from api.terminal import results, stages
from gateway.assessment.scheme import Scheme, read_scheme, shipped_names, shipped_scheme
from gateway.assessment.score_file import Summary, score_file


def run(referrals: Path, *, scheme: str, out: Path, on: date, quiet: bool) -> int:
    """Score every referral on a day; returns the exit status."""
    refuse_unwritable(out, referrals)
    with stages(1, quiet=quiet) as stage:
        stage.next("Scoring the referrals")
        summary = score_file(referrals, scheme_named(scheme), behind_links(out), on=on)
    say = results(quiet=quiet)
    for line in told(summary):
        say.print(line, soft_wrap=True)
    return 0


def scheme_named(name: str) -> Scheme:
    """The shipped scheme of that name, or the one in the file of that name.

    Raises
    ------
    InvalidScheme, UnknownScheme
        If it cannot be used, or is neither.
    """
    file = Path(name)
    if name not in shipped_names() and (file.exists() or file.name != name or file.suffix):
        return read_scheme(file)
    return shipped_scheme(name)


def told(summary: Summary) -> list[str]:
    """What was scored, a line each."""
    people = counted(summary.people, "person", "people")
    lines = [f"{people} assessed by {summary.scheme} version {summary.scheme_version}."]
    lines += [f"Band {band}: {people:,}" for band, people in summary.by_band]
    if summary.not_yet_scored:
        lines.append(
            f"{counted(summary.not_yet_scored, 'person', 'people')} not yet scored: "
            "they stand first, and answers are missing."
        )
    if summary.overridden:
        lines.append(f"{counted(summary.overridden, 'override')} by a named person.")
    return lines
