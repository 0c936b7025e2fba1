"""Schemes, and whom another one would put elsewhere, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.design_system.spoken import counted, spoken_code, spoken_moment
from gateway.assessment.scheme import Scheme
from gateway.assessment.scheme_preview import BandMove
from gateway.assessment.tables import SchemeRow

MOST_NAMED = 200
"""People who are named in a preview; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionListed:
    """One edition in the list."""

    title: str
    href: str
    since: str
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSeen:
    """One question of the need score, and what each score means."""

    label: str
    scores: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeSeen:
    """One edition, whole.

    to_confirm
        Settings that no source gives.
    """

    title: str
    name: str
    edition: str
    since: str
    in_force: bool
    items: Sequence[ItemSeen]
    bands: Sequence[str]
    to_confirm: Sequence[str]
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemesSeen:
    """The page of schemes."""

    now: SchemeSeen | None
    editions: Sequence[EditionListed]
    may_adopt: bool
    next: str | None
    first: str | None


def edition_listed(row: SchemeRow, now: SchemeRow | None) -> EditionListed:
    """One edition in the list."""
    return EditionListed(
        title=f"{spoken_code(row.name)}, edition {row.edition}",
        href=f"/schemes/{row.name}?edition={row.edition}",
        since=_since(row.in_force_from),
        in_force=now is not None and (row.name, row.edition) == (now.name, now.edition),
    )


def scheme_seen(row: SchemeRow, scheme: Scheme, *, in_force: bool) -> SchemeSeen:
    """One edition, whole."""
    return SchemeSeen(
        title=scheme.title,
        name=row.name,
        edition=row.edition,
        since=_since(row.in_force_from),
        in_force=in_force,
        items=[
            ItemSeen(label=each.label, scores=[str(score) for score in each.scores]) for each in scheme.items
        ],
        bands=[f"Band {each.number}: {each.label}" for each in scheme.bands],
        to_confirm=[spoken_code(each.replace(".", ": ")) for each in scheme.local_defaults],
        document=row.document,
    )


def _since(moment: datetime | None) -> str:
    return "Never put in force" if moment is None else f"In force from {spoken_moment(moment)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSeen:
    """Somebody whom the scheme would put elsewhere."""

    who: str
    referral: str
    href: str
    before: str
    after: str
    direction: str
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSeen:
    """What a scheme would change.

    more
        How many are not named; nothing if all are.
    """

    title: str
    summary: str
    moves: Sequence[MoveSeen]
    more: str
    document: str


def preview_seen(
    scheme: Scheme, document: str, moves: Sequence[BandMove], names: Mapping[str, Mapping[str, Any]]
) -> PreviewSeen:
    """What a scheme would change; ``names`` as `gateway.referrals.triage_list.names_told` tells them."""
    up = sum(each.band_after < each.band_before for each in moves)
    down = sum(each.band_after > each.band_before for each in moves)
    rest = len(moves) - up - down
    told = [
        f"{counted(up, 'person', 'people')} would move up",
        f"{counted(down, 'person', 'people')} down",
        *([f"of {rest} it changes whether they are fully scored"] if rest else []),
    ]
    return PreviewSeen(
        title=f"{scheme.title}, edition {scheme.version}",
        summary=f"{', '.join(told)}." if moves else "Nobody would move band.",
        moves=[_move(each, names.get(each.person_id, {})) for each in moves[:MOST_NAMED]],
        more=counted(len(moves) - MOST_NAMED, "more person", "more people")
        if len(moves) > MOST_NAMED
        else "",
        document=document,
    )


def _move(move: BandMove, told: Mapping[str, Any]) -> MoveSeen:
    if move.band_after < move.band_before:
        direction, colour = "Up", "green"
    elif move.band_after > move.band_before:
        direction, colour = "Down", "red"
    else:
        direction, colour = "Same band", "grey"
    return MoveSeen(
        who="Restricted case" if told.get("restricted") else told.get("name") or "Name not known",
        referral=move.referral_id,
        href=f"/referrals/{move.referral_id}",
        before=_band(move.band_before, scored=move.scored_before),
        after=_band(move.band_after, scored=move.scored_after),
        direction=direction,
        colour=colour,
    )


def _band(number: int, *, scored: bool) -> str:
    return f"Band {number}" if scored else f"Held at band {number}, not fully scored"
