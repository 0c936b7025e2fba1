"""Who may open a restricted case, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.design_system.spoken import spoken_moment
from gateway.people.access import Grant
from gateway.people.person_file import PersonFile
from gateway.people.tables import GrantRow


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantSeen:
    """Somebody who may open the case, or could; ``revoke`` only while they may."""

    who: str
    why: str
    days: str
    state: str
    colour: str
    revoke: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedId:
    """An id that is restricted; ``of`` names it where there are several."""

    grant: str
    lift: str
    of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantsPage:
    """The page.

    restrict
        Where the case is restricted; empty if it is.
    """

    name: str
    href: str
    restrict: str
    closed: Sequence[ClosedId]
    grants: Sequence[GrantSeen]


def grants_page(
    file: PersonFile, name: str, grants: Sequence[GrantRow], holders: Mapping[str, str], at: datetime
) -> GrantsPage:
    """The page of one person, whoever stands in the way first."""
    href = f"/people/{file.root.row.id}"
    closed = [each.row.id for each in (file.root, *file.merged) if each.row.restricted]
    return GrantsPage(
        name=name,
        href=href,
        restrict="" if closed else f"{href}/restrict",
        closed=[
            ClosedId(
                grant=f"/people/{id}/grants/new",
                lift=f"/people/{id}/lift-restriction",
                of=f" of {id}" if len(closed) > 1 else "",
            )
            for id in closed
        ],
        grants=[_grant(each, holders, href, at, several=len(closed) > 1) for each in reversed(grants)],
    )


def _grant(row: GrantRow, holders: Mapping[str, str], href: str, at: datetime, *, several: bool) -> GrantSeen:
    held = Grant(granted_at=row.granted_at, until=row.until, revoked_at=row.revoked_at)
    state, colour = _state(row, held, at, several=several)
    return GrantSeen(
        who=holders.get(row.holder, row.holder),
        why=f"Broke the glass: {row.why}" if row.broken_glass else row.why,
        days=f"{spoken_moment(row.granted_at)} until {spoken_moment(row.until)}",
        state=state,
        colour=colour,
        revoke=f"{href}/grants/{row.id}/revoke" if held.stands(at) else "",
    )


def _state(row: GrantRow, held: Grant, at: datetime, *, several: bool) -> tuple[str, str]:
    if held.stands(at):
        return f"Let in under {row.person_id}" if several else "May open it", "green"
    return ("Over", "grey") if row.revoked_at is None else ("Taken back", "grey")
