"""An import is tried: what would be entered, what is there already, what is wrong; nothing is written."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias, TypeVar

from sqlalchemy import select

from gateway.assessment.intake.columns import header
from gateway.assessment.intake.lines import NOBODY_YET, ImportLine, read_lines
from gateway.assessment.referral_cells import shown
from gateway.assessment.referral_csv import BadReferrals, Fault
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_documents import NoSchemeInForce, scheme_in_force
from gateway.directory.tables import AuthorityRow, ServiceRow
from gateway.local_day import local_day
from gateway.people.access import openable
from gateway.people.clusters import these
from gateway.people.possible_duplicates import Match, possible_duplicates
from gateway.people.tables import PersonRow
from gateway.records.actor import Actor
from gateway.referrals.details import ReferralDetails
from gateway.referrals.details_rows import details_of
from gateway.referrals.tables import AgencyRow, HouseholdMemberRow, ReferralCodeRow, ReferralRow
from gateway.storage.work import Work

Part = TypeVar("Part", ReferralCodeRow, HouseholdMemberRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Somebody of the file who may be somebody who is there already; for a person to look at."""

    row: int
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What an import would do.

    new
        The lines that would be entered.
    already_there
        Rows of referrals that the gateway has.
    changed
        Of these, the rows in which the file says something else; an import leaves them as they are.
    alike
        New people who resemble somebody; ``person`` in the file says that it is them.
    faults
        Everything wrong, by row and column; with any, nothing is imported.
    """

    path: Path
    new: tuple[ImportLine, ...]
    already_there: tuple[int, ...]
    changed: tuple[int, ...]
    alike: tuple[Alike, ...]
    faults: tuple[Fault, ...]

    def refuse_faults(self) -> None:
        """Raise `BadReferrals` if there is any fault."""
        if self.faults:
            raise BadReferrals(self.path, self.faults)


def try_import(
    work: Work, path: Path, *, by: Actor, at: datetime, look_for_duplicates: bool = True
) -> DryRun:
    """Read a CSV or Excel file of referrals (docs/referrals.md) and hold it against what is stored.

    Parameters
    ----------
    by
        Who imports it: a restricted person whom they may not open is not there for them.
    look_for_duplicates
        Compare every new person with those who are there, at up to three queries each.
    """
    day = local_day(at)
    lines, faults = read_lines(path, _scheme(work, at), on=day)
    there = stored_of(work, lines)
    new = tuple(line for line in lines if line.key not in there)
    unknown = tuple(_unknown(work, new, by, at))
    alike = tuple(_alike(work, new, by, at)) if look_for_duplicates and not (faults or unknown) else ()
    return DryRun(
        path=path,
        new=new,
        already_there=tuple(line.row for line in lines if line.key in there),
        changed=tuple(line.row for line in lines if line.key in there and _differs(line, there[line.key])),
        alike=alike,
        faults=tuple(sorted((*faults, *unknown), key=lambda fault: fault.row or 0)),
    )


def empty_list(work: Work, at: datetime) -> Sequence[str]:
    """The header of a file that can be filled in and imported today."""
    return header(_scheme(work, at), local_day(at))


def _scheme(work: Work, at: datetime) -> Scheme | None:
    try:
        return scheme_in_force(work, at)
    except NoSchemeInForce:
        return None


def stored_of(work: Work, lines: Collection[ImportLine]) -> Mapping[tuple[str, str], ReferralDetails]:
    """The forms that are there under these agencies' references; three queries."""
    wanted = {line.key for line in lines}
    rows = [
        row
        for row in work.where(
            ReferralRow, ReferralRow.agency_reference.in_(these(work, {key[1] for key in wanted}))
        )
        if (row.agency_id, row.agency_reference) in wanted
    ]
    ids = these(work, [row.id for row in rows])
    codes = _by_referral(work.where(ReferralCodeRow, ReferralCodeRow.referral_id.in_(ids)))
    members = _by_referral(work.where(HouseholdMemberRow, HouseholdMemberRow.referral_id.in_(ids)))
    return {
        (row.agency_id, row.agency_reference or ""): details_of(
            row, codes.get(row.id, ()), members.get(row.id, ())
        )
        for row in rows
    }


def listed_referrals(work: Work, path: Path, *, at: datetime) -> Sequence[str]:
    """The referrals that are there of those in a file, by the agencies' references, in the order of ids."""
    lines, _ = read_lines(path, _scheme(work, at), on=local_day(at))
    wanted = {line.key for line in lines}
    query = select(ReferralRow.id, ReferralRow.agency_id, ReferralRow.agency_reference).where(
        ReferralRow.agency_reference.in_(these(work, {reference for _, reference in wanted}))
    )
    found = work.session.execute(query.order_by(ReferralRow.id))
    return [id for id, agency, reference in found if (agency, reference) in wanted]


def _by_referral(rows: Iterable[Part]) -> Mapping[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for row in rows:
        found.setdefault(row.referral_id, []).append(row)
    return found


def _differs(line: ImportLine, stored: ReferralDetails) -> bool:
    """Whether the file says something else; it tells of no household, and of risks no details."""
    return _compared(line.details) != _compared(stored)


def _compared(details: ReferralDetails) -> ReferralDetails:
    return replace(
        details,
        person_id=NOBODY_YET,
        household=(),
        needs=tuple(replace(each, detail=None) for each in details.needs),
        risks=tuple(replace(each, detail=None) for each in details.risks),
    )


def _unknown(work: Work, lines: Sequence[ImportLine], by: Actor, at: datetime) -> Iterator[Fault]:
    """Every id in the lines that nothing has, and every agency that may not refer; five queries."""
    known = {kind: _ids(work, kind, lines) for kind in _KINDS}
    known[PersonRow] &= openable(work, known[PersonRow], by, at)
    for line in lines:
        for column, (kind, ids) in _NAMED.items():
            for id in ids(line):
                if id not in known[kind]:
                    yield Fault(row=line.row, column=column, problem=f"{shown(id)} {_KINDS[kind]}")


Kind: TypeAlias = type[AgencyRow] | type[AuthorityRow] | type[ServiceRow] | type[PersonRow]

_KINDS: Mapping[Kind, str] = {
    AgencyRow: "is no agency that is designated to refer",
    AuthorityRow: "is no authority that the gateway knows",
    ServiceRow: "is no service",
    PersonRow: "is nobody",
}
"""What can be named in a line, and what is said of one that is not there."""

_NAMED: Mapping[str, tuple[Kind, Callable[[ImportLine], Collection[str]]]] = {
    "person": (PersonRow, lambda line: () if line.person_id is None else (line.person_id,)),
    "agency": (AgencyRow, lambda line: (line.details.agency_id,)),
    "authority": (AuthorityRow, lambda line: _given(line.details.authority_id)),
    "avoid_areas": (AuthorityRow, lambda line: line.avoid_areas),
    "current_service": (ServiceRow, lambda line: _given(line.details.current_service_id)),
    "prefers": (ServiceRow, lambda line: line.details.wishes),
    "avoid_services": (ServiceRow, lambda line: line.details.avoids),
}
"""Which column names what."""


def _given(id: str | None) -> tuple[str, ...]:
    return () if id is None else (id,)


def _ids(work: Work, kind: Kind, lines: Sequence[ImportLine]) -> frozenset[str]:
    wanted = {id for of, ids in _NAMED.values() if of is kind for line in lines for id in ids(line)}
    found = select(kind.id).where(kind.id.in_(these(work, wanted)))
    if kind is AgencyRow:
        found = found.where(AgencyRow.designated)
    if kind is PersonRow:
        found = found.where(PersonRow.erased_at.is_(None))
    return frozenset(work.all(found))


def _alike(work: Work, lines: Sequence[ImportLine], by: Actor, at: datetime) -> Iterator[Alike]:
    for line in lines:
        if line.person is None:
            continue
        if matches := possible_duplicates(work, line.person, by=by, at=at):
            yield Alike(row=line.row, matches=matches)
