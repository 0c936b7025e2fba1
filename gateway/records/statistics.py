"""What remains of an erased referral: classes to count, and nothing that leads back to somebody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import RowMapping

from gateway.records.tables import StatisticRow
from gateway.storage.work import Work

AGES = (
    (16, "under 16"),
    (18, "16-17"),
    (25, "18-24"),
    (35, "25-34"),
    (45, "35-44"),
    (55, "45-54"),
    (65, "55-64"),
)
"""Below this age, this group; then ``65 and over``. The age groups in which MHCLG's H-CLIC tables count."""

OLDEST = "65 and over"


def statistics(rows: Mapping[str, Sequence[RowMapping]], work: Work) -> list[StatisticRow]:
    """A row for each referral that was ever sent, in an order that tells nothing of whose it was.

    Parameters
    ----------
    rows
        As ``gateway.records.reach.rows_about`` finds them.
    """
    people = {row["id"]: row for row in rows["people"]}
    moved_in = _first_days(rows["placements"])
    groups = {
        row["referral_id"]: row["value"]
        for row in rows["referral_codes"]
        if row["trait"] == "client_group" and row["place"] == 1
    }
    facts = [
        _facts(each, people[each["person_id"]], moved_in.get(each["id"]), groups.get(each["id"]))
        for each in rows["referrals"]
        if each["status"] != "draft"
    ]
    told = sorted(facts, key=lambda each: [str(value) for value in each.values()])
    return [StatisticRow(id=work.new_id("ST"), **each) for each in told]


def _facts(
    referral: RowMapping, person: RowMapping, moved_in: date | None, group: str | None
) -> dict[str, Any]:
    began = referral["referred_on"] or referral["entered_at"].date()
    return {
        "year": began.year,
        "authority": referral["authority_id"],
        "band": referral["band"],
        "tier": referral["tier"],
        "gender": person["gender"],
        "age_group": age_group(person["born"], began),
        "client_group": group,
        "outcome": _outcome(referral, placed=moved_in is not None),
        "weeks_waited": _weeks_waited(referral, moved_in),
    }


def _outcome(referral: RowMapping, *, placed: bool) -> str:
    if placed:
        return "placed"
    reason = referral["end_reason"]
    return f"{referral['status'].value}: {reason.value}" if reason else str(referral["status"].value)


def _weeks_waited(referral: RowMapping, moved_in: date | None) -> int | None:
    since = referral["waiting_since"]
    if since is None:
        return None
    until = moved_in or referral["status_since"].date()
    days: int = (until - since.date()).days
    return max(days, 0) // 7


def _first_days(placements: Iterable[RowMapping]) -> dict[str, date]:
    found: dict[str, date] = {}
    for row in placements:
        before = found.get(row["referral_id"])
        found[row["referral_id"]] = row["from_day"] if before is None else min(before, row["from_day"])
    return found


def age_group(born: date | None, on: date) -> str | None:
    """The group of an age in whole years on a day; ``None`` if the date of birth is unknown."""
    if born is None:
        return None
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((group for below, group in AGES if age < below), OLDEST)
