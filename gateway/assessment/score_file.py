"""Score a file of referrals into a file of assessments: all of it, or nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from gateway.assessment.assess import Assessment, assess
from gateway.assessment.referral_csv import read_referrals, write_scored
from gateway.assessment.scheme import Scheme
from gateway.assessment.spreadsheet_file import CannotWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was scored.

    not_yet_scored
        Of ``people``, those whose need score or band is not known.
    to_look_at
        Those with any answer missing, or overridden.
    by_band
        Every band of the scheme with the number of people whose effective band it is.
    """

    people: int
    not_yet_scored: int
    overridden: int
    to_look_at: int
    by_band: tuple[tuple[int, int], ...]
    scheme: str
    scheme_version: str


def score_file(referrals: Path, scheme: Scheme, out: Path, *, on: date) -> Summary:
    """Assess every referral of a CSV file on a day and write the assessments, in triage order, to another.

    Raises
    ------
    BadReferrals
        Naming every fault of the file; nothing is written.
    CannotWrite
        If ``out`` cannot be written, or is the referral file itself; nothing is written.
    """
    if out.exists() and referrals.exists() and out.samefile(referrals):
        raise CannotWrite(out, "is the referral file itself, which must stay as it is")
    assessments = [assess(each, scheme, on=on) for each in read_referrals(referrals, scheme, on=on)]
    write_scored(out, assessments)
    return summary_of(assessments, scheme)


def summary_of(assessments: list[Assessment], scheme: Scheme) -> Summary:
    """Count assessments by one scheme."""
    counts = Counter(each.effective_band for each in assessments)
    return Summary(
        people=len(assessments),
        not_yet_scored=sum(not each.is_scored for each in assessments),
        overridden=sum(each.override is not None for each in assessments),
        to_look_at=sum(each.needs_a_look for each in assessments),
        by_band=tuple((band.number, counts[band.number]) for band in scheme.bands),
        scheme=scheme.name,
        scheme_version=scheme.version,
    )
