"""Where could this person go? Every service ranked for one referral, or the rules that it fails."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from api.access.permissions import Permission
from api.access.reach import referral_in_reach
from api.rest.door import Door, declared, may
from api.rest.listing import After, Listing, Size, cursor, place_of
from api.rest.placements import OnDay
from api.rest.strict_requests import doors
from api.rest.values import Code, IdInPath, Told
from gateway.allocation_runs.scope import Scope
from gateway.allocation_runs.where_to import Somewhere, where_could_they_go
from gateway.directory.tables import Tier
from gateway.local_day import local_day
from gateway.refusals import Conflict, NotFound
from gateway.storage.work import Work

router = doors("placements")


class SomewhereTold(Told):
    """One service for this person."""

    service_id: str
    suitable: bool = Field(description="Whether it fails no rule.")
    cost: int | None = Field(description="Points, lower is better; null: it is not suitable.")
    rules: Sequence[str] = Field(description="Codes of the rules it fails.", examples=[["age", "gender"]])
    why: Sequence[str] = Field(description="A sentence for each of these, or for each part of the cost.")
    free_unit_ids: Sequence[str] = Field(description="Units that could be offered to this person on the day.")
    against: Sequence[str] = Field(description="What stands against it now, although it suits.")


@router.get(
    "/referrals/{referral_id}/places",
    summary="Where could this person go?",
    response_model=Listing[SomewhereTold],
    responses=declared(NotFound, Conflict),
)
def list_places(
    referral_id: IdInPath,
    door: Annotated[Door, may(Permission.MAKE_OFFERS)],
    day: OnDay = None,
    tier: Annotated[Tier | None, Query(description="Only services of this tier.")] = None,
    lot: Annotated[Code | None, Query(description="Only services of this lot.")] = None,
    after: After = None,
    size: Size = 50,
) -> Response:
    """What can be offered first, then what suits and is full or forbidden, then what does not; by cost."""
    place = place_of(after, int, int, str)
    scope = Scope(
        as_of=day or local_day(door.at),
        tiers=frozenset({tier} if tier else ()),
        lots=frozenset({lot} if lot else ()),
    )

    def question(work: Work) -> Listing[SomewhereTold]:
        referral_in_reach(work, door.visitor, referral_id)
        found = where_could_they_go(work, referral_id, scope)
        later = [each for each in found if place is None or each.place > place]
        shown, more = later[:size], len(later) > size
        return Listing(items=[_told(each) for each in shown], next=cursor(*shown[-1].place) if more else None)

    return door.read(question)


def _told(there: Somewhere) -> SomewhereTold:
    return SomewhereTold(
        service_id=there.service,
        suitable=there.cost is not None,
        cost=there.cost,
        rules=there.rules,
        why=there.why,
        free_unit_ids=there.free_units,
        against=there.against,
    )
