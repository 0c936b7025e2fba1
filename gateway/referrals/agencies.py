"""Who may refer: agencies, and whether each is designated (West London protocol: partners name their own)."""

from collections.abc import Iterator
from datetime import datetime

from gateway.directory.tables import AuthorityRow
from gateway.directory.texts import line_faults
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.referrals.tables import AgencyRow
from gateway.refusals import refuse
from gateway.storage.work import Work

KIND_CHARACTERS, NAME_CHARACTERS = 64, 200


def add_agency(
    name: str,
    *,
    kind: str,
    authority_id: str | None = None,
    designated: bool = True,
    by: Actor,
    at: datetime,
    work: Work,
) -> AgencyRow:
    """Record an agency.

    Parameters
    ----------
    kind
        What it is (``probation``, ``hospital``).
    authority_id
        Which authority names it; ``None``: it is named by no one authority.
    designated
        Whether it may refer from now on.

    Raises
    ------
    Invalid
        Naming everything wrong with the name and the kind, and an authority that is not recorded.
    """
    refuse(_faults(name, kind, authority_id, work))
    row = AgencyRow(
        id=work.new_id("A"), name=name, kind=kind, authority_id=authority_id, designated=designated
    )
    write(work, row, what="agency added", by=by, at=at, about=[row.id])
    return row


def _faults(name: str, kind: str, authority_id: str | None, work: Work) -> Iterator[tuple[str, str]]:
    yield from line_faults("name", name, NAME_CHARACTERS)
    yield from line_faults("kind", kind, KIND_CHARACTERS)
    if authority_id is not None and work.session.get(AuthorityRow, authority_id) is None:
        yield "authority_id", f"there is no authority {authority_id}"


def designate_agency(
    agency_id: str, *, designated: bool, why: str, by: Actor, at: datetime, work: Work
) -> AgencyRow:
    """Say whether an agency may refer from now on. What it has referred goes on either way.

    Raises
    ------
    NotFound
        If there is no such agency.
    Invalid
        If no reason is given.
    """
    row = work.get(AgencyRow, agency_id)
    refuse([] if why.strip() else [("why", "is empty")])
    if row.designated != designated:
        row.designated = designated
        what = "agency designated" if designated else "agency's designation taken back"
        write(work, row, what=what, by=by, at=at, about=[agency_id], why=why)
    return row
