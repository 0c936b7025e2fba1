"""Whose rows somebody can reach. What they cannot is not there: the sentence is the same as for nothing.

A referrer reaches the referrals of their agency; a provider their services and units, and the people offered
to or living in them; officers and duty managers reach all but restricted cases without a grant. Every route
with an id in its address asks here first.
"""

from api.access.reach.directory import (
    PlaceWithheld,
    agencies_of,
    agency_known,
    agreement_in_reach,
    agreements_of,
    agreements_told,
    among_providers,
    may_see_place,
    provider_known,
    providers_of,
    refuse_disclosure,
    service_in_reach,
    service_known,
    services_of,
    unit_in_reach,
    void_in_reach,
)
from api.access.reach.placements import (
    holds_of_visitor,
    line_in_reach,
    offer_in_reach,
    offers_of,
    placement_in_reach,
    placements_of_visitor,
    request_in_reach,
)
from api.access.reach.referrals import (
    agency_in_reach,
    designated_agency,
    note_in_reach,
    person_in_reach,
    person_to_refer,
    question_in_reach,
    referral_in_reach,
    referrals_of,
    referrals_told,
)
from api.access.reach.roles import (
    DIRECTORY,
    EVERYWHERE,
)

__all__ = [
    "DIRECTORY",
    "EVERYWHERE",
    "PlaceWithheld",
    "agencies_of",
    "agency_in_reach",
    "agency_known",
    "agreement_in_reach",
    "agreements_of",
    "agreements_told",
    "among_providers",
    "designated_agency",
    "holds_of_visitor",
    "line_in_reach",
    "may_see_place",
    "note_in_reach",
    "offer_in_reach",
    "offers_of",
    "person_in_reach",
    "person_to_refer",
    "placement_in_reach",
    "placements_of_visitor",
    "provider_known",
    "providers_of",
    "question_in_reach",
    "referral_in_reach",
    "referrals_of",
    "referrals_told",
    "refuse_disclosure",
    "request_in_reach",
    "service_in_reach",
    "service_known",
    "services_of",
    "unit_in_reach",
    "void_in_reach",
]
