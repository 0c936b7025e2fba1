"""Assessment schemes: their editions, the one in force, what another would change, and its adoption."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, TypeAlias

from fastapi import Response
from pydantic import ConfigDict, Field, StringConstraints

from api.access.permissions import Permission
from api.rest.body_fields import placed
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import TEXT, Asked, Told, Words
from gateway.assessment.adopting import adopt_scheme
from gateway.assessment.scheme_documents import edition_in_force, editions, scheme_of
from gateway.assessment.scheme_preview import preview_scheme
from gateway.assessment.tables import SchemeRow
from gateway.local_day import local_day
from gateway.refusals import Conflict
from gateway.storage.work import Work

router = doors("schemes")

LONGEST_DOCUMENT: Final = 60_000
"""Characters; the scheme that is shipped has four thousand."""

MOST_MOVES: Final = 1_000
"""Told one by one; beyond, how many they are."""

Document: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_DOCUMENT, pattern=TEXT),
    Field(description="assessment-scheme/1, as YAML text.", examples=["format: assessment-scheme/1\n"]),
]


class Previewed(Asked):
    """A scheme to be looked at."""

    document: Document


class Adopted(Asked):
    """A scheme to be put in force."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "format: assessment-scheme/1\n", "why": "As agreed."}]}
    )

    document: Document
    why: Words | None = None


class EditionTold(Told):
    """One edition of a scheme."""

    name: str
    edition: str
    entered_at: datetime
    in_force_from: datetime | None


class ItemTold(Told):
    """One question of the need score, and the scores that may be recorded."""

    key: str
    label: str
    scores: Sequence[int]


class BandTold(Told):
    """A level of priority, 1 the highest."""

    number: int
    label: str


class SchemeTold(EditionTold):
    """The scheme in force, whole."""

    title: str
    items: Sequence[ItemTold]
    bands: Sequence[BandTold]
    local_defaults: Sequence[str] = Field(description="Settings that no source gives, to be confirmed.")
    document: str


class MoveTold(Told):
    """Somebody whom the scheme would put elsewhere; 1 is the highest band."""

    referral_id: str
    person_id: str
    band_before: int
    band_after: int
    scored_before: bool
    scored_after: bool


class PreviewTold(Told):
    """Who would stand otherwise."""

    name: str
    edition: str
    moved: int = Field(description="How many would.")
    up: int = Field(description="To a higher priority.")
    down: int
    moves: Sequence[MoveTold] = Field(description=f"The first {MOST_MOVES}, the furthest up first.")


@router.get(
    "/schemes",
    summary="Every edition of every scheme that was adopted",
    response_model=Listing[EditionTold],
    responses=declared(),
)
def list_editions(
    door: Annotated[Door, may(Permission.READ_SCHEMES)], after: After = None, size: Size = 50
) -> Response:
    """By name and edition."""

    def question(work: Work) -> Listing[EditionTold]:
        place = place_of(after, str, str)
        last = None if place is None else (str(place[0]), str(place[1]))
        rows = editions(work, after=last, size=size + 1)
        here, more = rows[:size], len(rows) > size
        return Listing[EditionTold](
            items=[EditionTold.model_validate(each) for each in here],
            next=cursor(here[-1].name, here[-1].edition) if more else None,
        )

    return door.read(question)


@router.get(
    "/schemes/in-force",
    summary="The scheme in force",
    response_model=SchemeTold,
    responses=declared(Conflict),
)
def read_scheme_in_force(door: Annotated[Door, may(Permission.READ_SCHEMES)]) -> Response:
    """What is asked, which scores may be given, the bands, and the document itself."""

    def question(work: Work) -> SchemeTold:
        return _told(edition_in_force(work, door.at))

    return door.read(question)


@router.post(
    "/schemes/preview",
    summary="Who would move band under a scheme",
    response_model=PreviewTold,
    responses=declared(),
)
def preview(asked: Previewed, door: Annotated[Door, may(Permission.ADOPT_SCHEMES)]) -> Response:
    """Nothing is written. Everybody open and scored is looked at with the answers they have."""

    def question(work: Work) -> PreviewTold:
        with placed(_in_document):
            scheme = scheme_of(asked.document)
            moves = preview_scheme(work, asked.document, on=local_day(door.at))
        return PreviewTold(
            name=scheme.name,
            edition=scheme.version,
            moved=len(moves),
            up=sum(each.band_after < each.band_before for each in moves),
            down=sum(each.band_after > each.band_before for each in moves),
            moves=[MoveTold.model_validate(each) for each in moves[:MOST_MOVES]],
        )

    return door.read(question)


@router.post(
    "/schemes",
    summary="Put a scheme in force",
    status_code=201,
    response_model=SchemeTold,
    responses=declared(Conflict),
)
def adopt(asked: Adopted, door: Annotated[Door, may(Permission.ADOPT_SCHEMES)]) -> Response:
    """From now on. Everybody is due to be scored anew, which the clockwork does."""

    def deed(work: Work) -> SchemeTold:
        with placed(_in_document):
            return _told(
                adopt_scheme(asked.document, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
            )

    return door.write(deed, status=201, location="/api/v1/schemes/in-force")


def _in_document(field: str) -> str:
    return f"document.{field}"


def _told(row: SchemeRow) -> SchemeTold:
    scheme = scheme_of(row.document)
    return SchemeTold(
        name=row.name,
        edition=row.edition,
        entered_at=row.entered_at,
        in_force_from=row.in_force_from,
        title=scheme.title,
        items=[ItemTold.model_validate(each) for each in scheme.items],
        bands=[BandTold.model_validate(each) for each in scheme.bands],
        local_defaults=scheme.local_defaults,
        document=row.document,
    )
