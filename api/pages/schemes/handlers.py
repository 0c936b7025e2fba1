"""Schemes listed and read; another one previewed by name and put in force."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.access.permissions import Permission
from api.pages.attempts import tried_once
from api.pages.page_door import PageDoor, sees
from api.pages.schemes.views import (
    MOST_NAMED,
    PreviewSeen,
    SchemeSeen,
    SchemesSeen,
    edition_listed,
    preview_seen,
    scheme_seen,
)
from api.rest.listing import After, cursor, place_of
from api.rest.schemes import LONGEST_DOCUMENT
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.scheme_documents import NoSchemeInForce, edition_in_force, editions, scheme_of
from gateway.assessment.scheme_preview import preview_scheme
from gateway.assessment.tables import SchemeRow
from gateway.local_day import local_day
from gateway.referrals.triage_list import names_told
from gateway.refusals import Invalid, NotFound
from gateway.storage.work import Work

router = APIRouter(include_in_schema=False)

ReadingDoor = Annotated[PageDoor, sees(Permission.READ_SCHEMES)]
AdoptingDoor = Annotated[PageDoor, sees(Permission.ADOPT_SCHEMES)]

PAGE = 25
"""Editions on a page."""

MOST_FAULTS = 20
"""What is told of a document that is no scheme."""

SchemeName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
EditionAsked = Annotated[str | None, Query(max_length=64)]


@router.get("/schemes")
def show_schemes(door: ReadingDoor, after: After = None) -> Response:
    """Which is in force, and every edition that was adopted."""
    view = door.read(lambda work: _schemes(work, door, after))
    return door.show("schemes/list.html", title="Assessment schemes", view=view)


@router.get("/schemes/preview")
def ask_for_document(door: AdoptingDoor) -> Response:
    """The document of another scheme, typed or as a file."""
    return _document_page(door, {})


@router.post("/schemes/preview")
def preview(door: AdoptingDoor) -> Response:
    """Who would move band, by name, before it is in force; nothing is written."""
    try:
        view = door.read(lambda work: _preview(work, door))
    except Invalid as refused:
        return _document_page(door, {"document": _first_of(refused)}, _whole(refused))
    return door.show("schemes/preview.html", title="Who would move", view=view, back="/schemes/preview")


@router.post("/schemes/adopt")
def adopt(door: AdoptingDoor) -> Response:
    """From now on everybody is scored by it."""
    document = _document(door)

    def deed(work: Work) -> SchemeRow:
        why = door.form.text("why")
        return adopt_scheme(document, why=why, by=door.visitor.actor, at=door.at, work=work)

    row, faults = tried_once(door, deed, {}, at="document", there=lambda _: "/schemes")
    if row is None:
        return _document_page(door, {"document": "; ".join(faults.values())})
    said = f"Edition {row.edition} of {row.name} is in force. Everybody is scored anew within a day."
    return door.go("/schemes", said=said)


@router.get("/schemes/{scheme}")
def show_scheme(scheme: SchemeName, door: ReadingDoor, edition: EditionAsked = None) -> Response:
    """One edition whole; without a choice the one that was put in force last."""

    def question(work: Work) -> SchemeSeen:
        row = _edition(work, scheme, edition)
        now = _in_force(work, door)
        in_force = now is not None and (now.name, now.edition) == (row.name, row.edition)
        return scheme_seen(row, scheme_of(row.document), in_force=in_force)

    view = door.read(question)
    return door.show("schemes/scheme.html", title=view.title, view=view, back="/schemes")


def _schemes(work: Work, door: PageDoor, after: str | None) -> SchemesSeen:
    place = place_of(after, str, str)
    last = None if place is None else (str(place[0]), str(place[1]))
    rows = editions(work, after=last, size=PAGE + 1)
    here, now = rows[:PAGE], _in_force(work, door)
    end = cursor(here[-1].name, here[-1].edition) if len(rows) > PAGE else None
    return SchemesSeen(
        now=None if now is None else scheme_seen(now, scheme_of(now.document), in_force=True),
        editions=[edition_listed(each, now) for each in here],
        may_adopt=door.visitor.may(Permission.ADOPT_SCHEMES),
        next=None if end is None else f"/schemes?after={end}",
        first=None if after is None else "/schemes",
    )


def _in_force(work: Work, door: PageDoor) -> SchemeRow | None:
    try:
        return edition_in_force(work, door.at)
    except NoSchemeInForce:
        return None


def _edition(work: Work, scheme: str, edition: str | None) -> SchemeRow:
    rows = work.where(SchemeRow, SchemeRow.name == scheme)
    chosen: Sequence[SchemeRow] = [each for each in rows if edition in (None, each.edition)]
    if not chosen:
        raise NotFound("scheme", scheme)
    return max(chosen, key=lambda each: (str(each.in_force_from or ""), each.edition))


def _preview(work: Work, door: PageDoor) -> PreviewSeen:
    document = _document(door)
    scheme = scheme_of(document)
    moves = preview_scheme(work, document, on=local_day(door.at))
    names = names_told(work, [each.person_id for each in moves[:MOST_NAMED]])
    return preview_seen(scheme, document, moves, names)


def _document(door: PageDoor) -> str:
    """What was sent, as a file or typed; lines end alike, so that the same words are the same edition.

    Raises
    ------
    Invalid
        If there is none, or it is too long, or no text.
    """
    file = door.form.file("file")
    if file is not None:
        try:
            text = file[1].decode("utf-8")
        except UnicodeDecodeError:
            raise Invalid([("document", "The file is no text")]) from None
    else:
        text = next((value for name, value in door.form.fields if name == "document"), "")
    text = text.replace("\r\n", "\n").replace("\0", "")
    if not text.strip():
        raise Invalid([("document", "Choose a file, or paste the scheme")])
    if len(text) > LONGEST_DOCUMENT:
        raise Invalid([("document", f"A scheme has at most {LONGEST_DOCUMENT:,} letters")])
    return text


def _first_of(refused: Invalid) -> str:
    where, what = refused.faults[0]
    more = len(refused.faults) - 1
    told = what if where in ("", "document") else f"{where}: {what}"
    return f"{told}, and {more} more faults, listed below" if more else told


def _whole(refused: Invalid) -> list[str]:
    return [f"{where}: {what}" for where, what in refused.faults[:MOST_FAULTS]]


def _document_page(door: PageDoor, faults: Mapping[str, str], told: Sequence[str] = ()) -> Response:
    sent = next((value for name, value in door.form.fields if name == "document"), "")
    return door.show(
        "schemes/document.html",
        title="Try another scheme",
        faults=faults,
        back="/schemes",
        document=sent,
        told=told if len(told) > 1 else [],
    )
