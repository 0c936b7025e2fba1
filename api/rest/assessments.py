"""Assessments: scored, scored anew, read with their lines; a band overridden by somebody who says why."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, TypeAlias

from fastapi import Response
from pydantic import ConfigDict, Field, StringConstraints

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.rest.body_fields import in_query, placed
from api.rest.door import EDITS, Door, Seen, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.strict_requests import doors
from api.rest.values import TEXT, Asked, IdInPath, Told
from gateway.assessment.overriding import LONGEST_REASON, end_override, override_band
from gateway.assessment.reading import ReadAssessment, assessments_of, read_assessment
from gateway.assessment.scoring import rescore, score_referral
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("assessments")

ItemKey: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Score: TypeAlias = Annotated[int, Field(ge=0, le=1_000)]
Reason: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_REASON, pattern=TEXT)
]
BandNumber: TypeAlias = Annotated[int, Field(ge=1, le=1_000, examples=[2])]


class Scored(Asked):
    """Answers by item of the scheme in force; null, or no entry, is not yet asked."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answers": {"engagement": 3, "risk_to_others": None}}]}
    )

    answers: Mapping[ItemKey, Score | None] = Field(
        max_length=200, json_schema_extra={"additionalProperties": False}
    )


class Overridden(Asked):
    """Another band than the computed one, and why."""

    band: BandNumber = Field(description="1 is the highest priority.")
    reason: Reason = Field(examples=["Known to the outreach team: hides how ill they are."])


class OverrideEnded(Asked):
    """Why the computed band counts again."""

    why: Reason


class LineTold(Told):
    """One contribution, in words that can be read aloud."""

    about: str = Field(description="An item, an urgency fact, need, waiting, band or override.")
    text: str
    points: int | None
    out_of: int | None


class OverrideTold(Told):
    """Somebody's decision, kept beside what the answers give."""

    id: str
    computed_band: int | None
    band: int
    reason: str
    set_by: str
    set_at: datetime


class AssessmentTold(Told):
    """The assessment in force."""

    id: str
    version: int = Field(description="Of the referral.")
    referral_id: str
    scheme: str
    edition: str
    assessed_on: date
    assessed_by: str
    scored: bool = Field(description="Whether both score and band are known.")
    score: int | None
    band: int | None = Field(description="The computed one; null: the answers allow several.")
    possible_bands: Sequence[int] = Field(description="What the unknown answers still allow.")
    effective_band: int = Field(description="The one that counts.")
    missing: Sequence[str] = Field(description="Questions not yet answered.")
    answers: Mapping[str, int | None]
    lines: Sequence[LineTold]
    override: OverrideTold | None


class EarlierTold(Told):
    """An assessment, in short."""

    id: str
    scheme: str
    edition: str
    assessed_on: date
    assessed_by: str
    scored: bool
    score: int | None
    band: int | None
    effective_band: int
    superseded_at: datetime | None = Field(description="Null: it is in force.")


@router.get(
    "/referrals/{referral_id}/assessment",
    summary="The assessment in force, line by line",
    response_model=AssessmentTold,
    responses=declared(NotFound),
)
def read_one(referral_id: IdInPath, door: Annotated[Door, may(Permission.ASSESS)]) -> Response:
    """Each line says what it contributes; what is not known stays unknown."""

    def question(work: Work) -> AssessmentTold:
        referral_in_reach(work, door.visitor, referral_id)
        return _told(read_assessment(work, referral_id))

    return door.read(question)


@router.get(
    "/referrals/{referral_id}/assessments",
    summary="Every assessment of a referral, the one in force first",
    response_model=Listing[EarlierTold],
    responses=declared(NotFound),
)
def list_assessments(
    referral_id: IdInPath,
    door: Annotated[Door, may(Permission.ASSESS)],
    after: After = None,
    size: Size = 50,
) -> Response:
    """A score is never changed: another one supersedes it."""

    def question(work: Work) -> Listing[EarlierTold]:
        place = place_of(after, str)
        referral_in_reach(work, door.visitor, referral_id)
        last = None if place is None else str(place[0])
        with placed(in_query):
            rows = assessments_of(work, referral_id, after=last, size=size + 1)
        here, more = rows[:size], len(rows) > size
        return Listing[EarlierTold](
            items=[EarlierTold.model_validate(each) for each in here],
            next=cursor(here[-1].id) if more else None,
        )

    return door.read(question)


@router.post(
    "/referrals/{referral_id}/assessments",
    summary="Score a referral by the scheme in force",
    status_code=201,
    response_model=AssessmentTold,
    responses=declared(*EDITS),
)
def score(
    referral_id: IdInPath, asked: Scored, seen: Seen, door: Annotated[Door, may(Permission.ASSESS)]
) -> Response:
    """The answers take the place of those before; the score before is kept, and superseded."""

    def place(field: str) -> str:
        return f"answers.{field}" if field in asked.answers else field

    def deed(work: Work) -> AssessmentTold:
        referral_in_reach(work, door.visitor, referral_id)
        with placed(place):
            score_referral(
                referral_id, asked.answers, seen=seen, by=door.visitor.actor, at=door.at, work=work
            )
        return _told(read_assessment(work, referral_id))

    return door.write(deed, status=201, location=f"/api/v1/referrals/{referral_id}/assessment")


@router.post(
    "/referrals/{referral_id}/rescore",
    summary="Score a referral anew by what is known of it today",
    response_model=AssessmentTold,
    responses=declared(NotFound, Conflict),
)
def score_anew(referral_id: IdInPath, door: Annotated[Door, may(Permission.ASSESS)]) -> Response:
    """Where nothing but the days of waiting differs, the score that stands is told and nothing changes."""

    def deed(work: Work) -> AssessmentTold:
        referral_in_reach(work, door.visitor, referral_id)
        rescore(referral_id, by=door.visitor.actor, at=door.at, work=work)
        return _told(read_assessment(work, referral_id))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/override",
    summary="Set another band than the computed one",
    response_model=AssessmentTold,
    responses=declared(NotFound, Conflict),
)
def override(
    referral_id: IdInPath, asked: Overridden, door: Annotated[Door, may(Permission.ASSESS)]
) -> Response:
    """With a reason. The computed band is kept beside it; an override that stands is ended by it."""

    def deed(work: Work) -> AssessmentTold:
        referral_in_reach(work, door.visitor, referral_id)
        override_band(
            referral_id, asked.band, reason=asked.reason, by=door.visitor.actor, at=door.at, work=work
        )
        return _told(read_assessment(work, referral_id))

    return door.write(deed)


@router.post(
    "/referrals/{referral_id}/end-override",
    summary="Let the computed band count again",
    response_model=AssessmentTold,
    responses=declared(NotFound, Conflict),
)
def let_computed_band_count(
    referral_id: IdInPath, asked: OverrideEnded, door: Annotated[Door, may(Permission.ASSESS)]
) -> Response:
    """With a reason."""

    def deed(work: Work) -> AssessmentTold:
        referral_in_reach(work, door.visitor, referral_id)
        end_override(referral_id, why=asked.why, by=door.visitor.actor, at=door.at, work=work)
        return _told(read_assessment(work, referral_id))

    return door.write(deed)


def _told(read: ReadAssessment) -> AssessmentTold:
    kept = read.kept
    return AssessmentTold(
        id=kept.id,
        version=read.referral.version,
        referral_id=kept.referral_id,
        scheme=kept.scheme,
        edition=kept.edition,
        assessed_on=kept.assessed_on,
        assessed_by=kept.assessed_by,
        scored=kept.scored,
        score=kept.score,
        band=kept.band,
        possible_bands=read.possible_bands,
        effective_band=kept.effective_band,
        missing=read.missing,
        answers=read.answers,
        lines=[LineTold.model_validate(each) for each in read.lines],
        override=None if read.override is None else OverrideTold.model_validate(read.override),
    )
