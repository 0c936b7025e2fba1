"""A scheme is adopted: from then on everybody is scored by it."""

from datetime import datetime

from gateway.assessment.scheme_documents import scheme_of
from gateway.assessment.tables import SchemeRow
from gateway.records.actor import Actor
from gateway.records.write import write
from gateway.refusals import Conflict
from gateway.storage.work import Work


class EditionChanged(Conflict):
    """The same edition of a scheme was kept before with other words; an edition never changes."""

    def __init__(self, name: str, edition: str) -> None:
        self.name, self.edition = name, edition
        super().__init__(f"Edition {edition} of scheme {name} says something else: raise its version.")


def adopt_scheme(document: str, *, why: str | None = None, by: Actor, at: datetime, work: Work) -> SchemeRow:
    """Put a scheme in force from this moment on; the document is kept whole, and so are those before it.

    Nobody's band moves yet: ``rescoring.rescore_due`` names everybody scored by another edition, and
    ``scheme_preview.preview_scheme`` says beforehand whose band it will be that moves.

    Raises
    ------
    Invalid
        If the document is no scheme, naming every fault.
    EditionChanged
        If its edition was kept before with another content.
    """
    scheme = scheme_of(document)
    row = work.session.get(SchemeRow, (scheme.name, scheme.version))
    if row is not None and row.document != document:
        raise EditionChanged(scheme.name, scheme.version)
    if row is None:
        row = SchemeRow(name=scheme.name, edition=scheme.version, document=document, entered_at=at)
    row.in_force_from = at
    write(work, row, what="scheme adopted", by=by, at=at, why=why)
    return row
