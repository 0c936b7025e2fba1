"""Running every invariant over what is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.invariants.accounts_over_hold_nothing import ACCOUNTS_OVER_HOLD_NOTHING
from gateway.invariants.assessment_in_force import ASSESSMENT_IN_FORCE
from gateway.invariants.band_of_assessment import BAND_OF_ASSESSMENT
from gateway.invariants.chain_contiguous import CHAIN_CONTIGUOUS
from gateway.invariants.closed_services_empty import CLOSED_SERVICES_EMPTY
from gateway.invariants.decisions_on_proposals import DECISIONS_ON_PROPOSALS
from gateway.invariants.erased_is_erased import ERASED_IS_ERASED
from gateway.invariants.every_row_has_its_event import EVERY_ROW_HAS_ITS_EVENT
from gateway.invariants.holds_of_their_service import HOLDS_OF_THEIR_SERVICE
from gateway.invariants.invariant import Invariant
from gateway.invariants.living_has_its_units import LIVING_HAS_ITS_UNITS
from gateway.invariants.merges_have_no_cycle import MERGES_HAVE_NO_CYCLE
from gateway.invariants.offer_of_its_line import OFFER_OF_ITS_LINE
from gateway.invariants.offers_hold_their_units import OFFERS_HOLD_THEIR_UNITS
from gateway.invariants.offers_over_hold_nothing import OFFERS_OVER_HOLD_NOTHING
from gateway.invariants.one_holder import ONE_HOLDER
from gateway.invariants.one_override import ONE_OVERRIDE
from gateway.invariants.one_place import ONE_PLACE
from gateway.invariants.referral_offered import REFERRAL_OFFERED
from gateway.invariants.referral_placed import REFERRAL_PLACED
from gateway.invariants.void_revisions import VOID_REVISIONS
from gateway.storage.work import Work

INVARIANTS: tuple[Invariant, ...] = (
    ONE_HOLDER,
    ONE_PLACE,
    HOLDS_OF_THEIR_SERVICE,
    LIVING_HAS_ITS_UNITS,
    OFFERS_HOLD_THEIR_UNITS,
    OFFERS_OVER_HOLD_NOTHING,
    REFERRAL_OFFERED,
    REFERRAL_PLACED,
    CLOSED_SERVICES_EMPTY,
    VOID_REVISIONS,
    ASSESSMENT_IN_FORCE,
    ONE_OVERRIDE,
    BAND_OF_ASSESSMENT,
    DECISIONS_ON_PROPOSALS,
    OFFER_OF_ITS_LINE,
    MERGES_HAVE_NO_CYCLE,
    ERASED_IS_ERASED,
    ACCOUNTS_OVER_HOLD_NOTHING,
    EVERY_ROW_HAS_ITS_EVENT,
    CHAIN_CONTIGUOUS,
)
"""All of them, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and the ids of which it does not."""

    invariant: Invariant
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.invariant.sentence} Not so: {', '.join(self.ids)}."


def check(work: Work, invariants: Sequence[Invariant] = INVARIANTS) -> list[Broken]:
    """Those invariants that do not hold, with every offending id; one query each, all in one view."""
    found = [(each, tuple(str(id) for id in work.all(each.query))) for each in invariants]
    return [Broken(each, ids) for each, ids in found if ids]
