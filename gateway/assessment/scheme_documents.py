"""Schemes as documents: read from the text that is kept, and found in the store."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import and_, or_, select

from gateway.assessment.ranking import MOST_BANDS
from gateway.assessment.scheme import InvalidScheme, Scheme, read_scheme
from gateway.assessment.scheme_parts import Fault
from gateway.assessment.tables import SchemeRow
from gateway.refusals import Conflict, Invalid, refuse
from gateway.storage.work import Work

MOST_FAULTS, LONGEST_WHERE, LONGEST_WHAT = 100, 300, 500
"""What is told of a document that is no scheme."""


class NoSchemeInForce(Conflict):
    """Nobody has adopted a scheme, so nobody can be scored."""

    def __init__(self) -> None:
        super().__init__("No scheme is in force: adopt one first.")


@lru_cache(maxsize=16)
def scheme_of(document: str) -> Scheme:
    """The scheme that a document (``assessment-scheme/1``, YAML) describes.

    Raises
    ------
    Invalid
        Naming every fault with its path in the document.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder) / "scheme.yaml"
        file.write_text(document, encoding="utf-8")
        try:
            scheme = read_scheme(file)
        except InvalidScheme as error:
            raise Invalid(_short(error.faults)) from None
    many = len(scheme.bands) > MOST_BANDS
    refuse([("bands", f"are more than {MOST_BANDS}")] if many else [])
    return scheme


def _short(faults: Sequence[Fault]) -> list[Fault]:
    """The first faults, each cut where it runs on: a document can be wrong in a hundred thousand places."""
    told = [(where[:LONGEST_WHERE], what[:LONGEST_WHAT]) for where, what in faults[:MOST_FAULTS]]
    more = len(faults) - len(told)
    return [*told, ("", f"{more} faults more")] if more else told


def scheme_in_force(work: Work, at: datetime) -> Scheme:
    """The scheme adopted last before, or at, that moment.

    Raises
    ------
    NoSchemeInForce
        If none is.
    """
    return scheme_of(edition_in_force(work, at).document)


def edition_in_force(work: Work, at: datetime) -> SchemeRow:
    """The edition adopted last before, or at, that moment.

    Raises
    ------
    NoSchemeInForce
        If none is.
    """
    row = work.first(
        select(SchemeRow)
        .where(SchemeRow.in_force_from <= at)
        .order_by(SchemeRow.in_force_from.desc(), SchemeRow.name, SchemeRow.edition.desc())
    )
    if row is None:
        raise NoSchemeInForce
    return row


def editions(work: Work, *, after: tuple[str, str] | None = None, size: int) -> Sequence[SchemeRow]:
    """At most so many editions, by name and edition; one query.

    Parameters
    ----------
    after
        Name and edition of the last of the page before.
    """
    name, edition = SchemeRow.name, SchemeRow.edition
    query = select(SchemeRow).order_by(name, edition).limit(size)
    if after is not None:
        query = query.where(or_(name > after[0], and_(name == after[0], edition > after[1])))
    return work.all(query)
