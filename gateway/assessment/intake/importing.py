"""Referrals of a file are entered, in parts, each all or nothing, and none of them twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.assessment.intake.lines import ImportLine
from gateway.assessment.intake.trying import DryRun, stored_of, try_import
from gateway.assessment.overriding import override_band
from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force
from gateway.assessment.scoring import score_known
from gateway.assessment.stored_referrals import stored_referrals
from gateway.local_day import local_day
from gateway.people.consents import has_consent
from gateway.people.enter_person import enter_person
from gateway.people.keep_safe import set_safety_area
from gateway.people.record_consent import give_consent
from gateway.people.safety import safety_areas_of
from gateway.people.tables import SafetyReason
from gateway.records.actor import Actor
from gateway.referrals.entering import refer
from gateway.referrals.tables import ReferralRow
from gateway.referrals.triaging import put_on_list, take_in
from gateway.storage.store import Store
from gateway.storage.work import Work

AT_ONCE = 20
"""Lines in one transaction: few enough to do again quickly, many enough that the disk does not decide."""

Progress = Callable[[int, int], None]
"""Is told how many lines of how many are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did.

    entered
        Ids of the referrals entered now, in the order of the file.
    already_there
        Lines whose agency and reference the gateway had before.
    changed
        Of these, the rows in which the file says something else than the gateway; they were left as they are.
    """

    entered: tuple[str, ...]
    already_there: int
    changed: tuple[int, ...]


def import_file(
    store: Store,
    path: Path,
    *,
    by: Actor,
    at: datetime,
    onto_list: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Enter every referral of a CSV or Excel file that is not there yet.

    The file is tried first, and nothing is written if anything is wrong with it. Stopped halfway, it is
    called again: what was entered is passed over.

    Parameters
    ----------
    onto_list
        Put them on the waiting list at once, in an emergency; else they are submitted, and wait for triage.
    progress
        Called after each transaction, never inside one.

    Raises
    ------
    BadReferrals
        Naming every fault of the file by row and column.
    """
    with store.reading() as work:
        tried = try_import(work, path, by=by, at=at, look_for_duplicates=False)
    tried.refuse_faults()
    entered: list[str] = []
    for start in range(0, len(tried.new), AT_ONCE):
        part = tried.new[start : start + AT_ONCE]
        entered += store.transact(_part(part, onto_list=onto_list, by=by, at=at))
        if progress is not None:
            progress(start + len(part), len(tried.new))
    return _told(tried, entered)


def _told(tried: DryRun, entered: Sequence[str]) -> Imported:
    there = len(tried.already_there) + len(tried.new) - len(entered)
    return Imported(entered=tuple(entered), already_there=there, changed=tried.changed)


def _part(
    lines: Sequence[ImportLine], *, onto_list: bool, by: Actor, at: datetime
) -> Callable[[Work], list[str]]:
    return lambda work: _import_part(lines, onto_list=onto_list, by=by, at=at, work=work)


def _import_part(
    lines: Sequence[ImportLine], *, onto_list: bool, by: Actor, at: datetime, work: Work
) -> list[str]:
    there = stored_of(work, lines)
    return [
        row.id
        for row in import_lines(
            [line for line in lines if line.key not in there], onto_list=onto_list, by=by, at=at, work=work
        )
    ]


def import_lines(
    lines: Sequence[ImportLine], *, onto_list: bool = False, by: Actor, at: datetime, work: Work
) -> Sequence[ReferralRow]:
    """Enter some lines: each person with their consent, unless they are there, and the referral; score them.

    Raises
    ------
    AlreadyReferred
        If one of the references is there.
    Invalid, NotFound
        If something that a line names is gone since the file was tried.
    """
    rows = [_entered(line, onto_list=onto_list, by=by, at=at, work=work) for line in lines]
    _score(lines, rows, by=by, at=at, work=work)
    return rows


def _entered(line: ImportLine, *, onto_list: bool, by: Actor, at: datetime, work: Work) -> ReferralRow:
    person_id = _person(line, by=by, at=at, work=work)
    _not_safe(line, person_id, by=by, at=at, work=work)
    row = refer(line.of(person_id), by=by, at=at, work=work)
    if onto_list:
        take_in(row.id, by=by, at=at, work=work)
        put_on_list(row.id, by=by, at=at, work=work)
    return row


def _person(line: ImportLine, *, by: Actor, at: datetime, work: Work) -> str:
    if line.person is None:
        person_id = line.details.person_id
    else:
        person_id = enter_person(line.person, by=by, at=at, work=work).id
    if line.person is not None or not has_consent(work, person_id, local_day(at)):
        given_on, how = line.consent_on, line.consent_how
        give_consent(person_id, given_on=given_on, how=how, by=by, at=at, work=work)
    return person_id


def _not_safe(line: ImportLine, person_id: str, *, by: Actor, at: datetime, work: Work) -> None:
    if not line.avoid_areas:
        return
    day, reason = local_day(at), SafetyReason.OTHER
    known = safety_areas_of(work, [person_id], day)[person_id]
    for authority_id in line.avoid_areas:
        if authority_id not in known:
            set_safety_area(person_id, authority_id, reason=reason, on=day, by=by, at=at, work=work)


def _score(
    lines: Sequence[ImportLine], rows: Sequence[ReferralRow], *, by: Actor, at: datetime, work: Work
) -> None:
    try:
        scheme = scheme_in_force(work, at)
    except NoSchemeInForce:
        return
    facts = stored_referrals(work, [row.id for row in rows], on=local_day(at))
    for line, row in zip(lines, rows, strict=True):
        score_known(row, facts[row.id], line.answers, scheme, by=by, at=at, work=work)
        if line.override is not None:
            band, reason, decided_by = line.override
            told = f"{reason} (Imported: decided by {decided_by}.)"
            override_band(row.id, band, reason=told, by=by, at=at, work=work)
