"""Schemes as documents: read from the text that is kept, and found in the store."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from gateway.assessment.ranking import MOST_BANDS
from gateway.assessment.scheme import InvalidScheme, Scheme, read_scheme
from gateway.assessment.tables import SchemeRow
from gateway.refusals import Conflict, Invalid, refuse
from gateway.storage.work import Work


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
            raise Invalid(error.faults) from None
    many = len(scheme.bands) > MOST_BANDS
    refuse([("bands", f"are more than {MOST_BANDS}")] if many else [])
    return scheme


def scheme_in_force(work: Work, at: datetime) -> Scheme:
    """The scheme adopted last before, or at, that moment.

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
    return scheme_of(row.document)
