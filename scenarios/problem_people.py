"""A referral as the allocation engine sees it: a person of a placement problem."""

from allocation.problem import Person
from gateway.assessment.referral import Referral


def person_of(
    referral: Referral, *, band: int = 1, score: int = 0, home: tuple[float, float] | None = None
) -> Person:
    """The person a referral is about; what is not known stays unknown.

    Parameters
    ----------
    band, score
        What the assessment says (``gateway.assessment.assess.for_allocation``).
    home
        Latitude and longitude in degrees of where nearness is wanted; left out for somebody who has areas to
        avoid, so that no file tells where they come from more nearly than their authority.
    """
    return Person(
        id=referral.reference,
        band=band,
        score=score,
        authority=referral.authority,
        units=referral.units,
        tags=frozenset(referral.tags),
        gender=referral.gender,
        age=referral.age,
        client_groups=frozenset(referral.client_groups),
        tier=referral.tier,
        access_needs=frozenset(referral.access_needs),
        home=None if referral.avoid_areas else home,
        avoid_services=frozenset(referral.avoid_services),
        avoid_areas=frozenset(referral.avoid_areas),
        prefers=referral.prefers,
        current_service=referral.current_service,
        current_pool=referral.current_pool,
        must_leave=referral.must_leave,
        may_move=referral.may_move,
    )
