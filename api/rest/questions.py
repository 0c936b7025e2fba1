"""What the gateway team asks of whoever referred somebody, and what they answer."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import question_in_reach, referral_in_reach
from api.rest.door import Door, declared, may
from api.rest.referral_told import QuestionTold, ReferralStands, stands
from api.rest.strict_requests import doors
from api.rest.values import Asked, IdInPath, Told, Words
from gateway.referrals.told_to_others import questions_of
from gateway.referrals.triaging import answer, ask
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("questions")


class QuestionsAsked(Asked):
    """What is asked. Unless each question is answered within two working days, the referral expires."""

    questions: Sequence[Words] = Field(
        min_length=1, max_length=20, examples=[["Which authority did they live in last?"]]
    )


class Answered(Asked):
    """An answer, in words."""

    answer: Words = Field(examples=["Dudley, until January."])


class QuestionsTold(Told):
    """Everything that was asked about a referral, in the order in which it was."""

    items: Sequence[QuestionTold]


@router.get(
    "/referrals/{referral_id}/questions",
    summary="What was asked about a referral",
    response_model=QuestionsTold,
    responses=declared(NotFound),
)
def list_questions(referral_id: IdInPath, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]) -> Response:
    """With the answers there are."""

    def question(work: Work) -> QuestionsTold:
        referral_in_reach(work, door.visitor, referral_id)
        rows = questions_of(work, referral_id)
        return QuestionsTold(items=[QuestionTold.model_validate(each) for each in rows])

    return door.read(question)


@router.post(
    "/referrals/{referral_id}/questions",
    summary="Ask whoever made the referral for more",
    status_code=201,
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def ask_questions(
    referral_id: IdInPath, asked: QuestionsAsked, door: Annotated[Door, may(Permission.TRIAGE)]
) -> Response:
    """It is then their turn, until all is answered."""

    def deed(work: Work) -> ReferralStands:
        referral_in_reach(work, door.visitor, referral_id)
        return stands(ask(referral_id, asked.questions, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed, status=201, location="/api/v1/referrals/{id}/questions")


@router.post(
    "/questions/{question_id}/answer",
    summary="Answer a question",
    response_model=ReferralStands,
    responses=declared(NotFound, Conflict),
)
def answer_question(
    question_id: IdInPath, asked: Answered, door: Annotated[Door, may(Permission.ENTER_REFERRALS)]
) -> Response:
    """With the last one answered, the gateway team looks at the referral again."""

    def deed(work: Work) -> ReferralStands:
        question_in_reach(work, door.visitor, question_id)
        return stands(answer(question_id, asked.answer, by=door.visitor.actor, at=door.at, work=work))

    return door.write(deed)
