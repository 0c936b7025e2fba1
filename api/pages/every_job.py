"""The pages of every job, and the parts of them that are told anew by themselves."""

from typing import Final

from api.pages.about import handlers as about
from api.pages.account import handlers as account
from api.pages.accounts import acts
from api.pages.accounts import handlers as accounts_pages
from api.pages.agreements import appending, changing
from api.pages.agreements import handlers as agreements_pages
from api.pages.agreements import making as agreement_made
from api.pages.code_lists import handlers as code_lists_pages
from api.pages.emergencies import acting as emergency_acts
from api.pages.emergencies import declaring as emergency_declared
from api.pages.emergencies import handlers as emergencies
from api.pages.emergencies import list_form as emergency_list
from api.pages.emergencies import log as emergency_log
from api.pages.events import handlers as events_pages
from api.pages.figures import handlers as figure_pages
from api.pages.forbidden_places import handlers as forbidden_place_pages
from api.pages.home import handlers as home
from api.pages.messages import handlers as messages_pages
from api.pages.my_offers import arriving
from api.pages.my_offers import handlers as my_offers
from api.pages.my_referrals import handlers as my_referrals
from api.pages.my_requests import handlers as my_requests
from api.pages.my_residents import following as following_residents
from api.pages.my_residents import handlers as my_residents
from api.pages.my_vacancies import confirming as vacancies_confirmed
from api.pages.my_vacancies import handlers as my_vacancies
from api.pages.offers import handlers as offers
from api.pages.people import consent_handlers as consent_pages
from api.pages.people import correcting as person_corrections
from api.pages.people import exclusion_handlers as exclusion_pages
from api.pages.people import exclusion_imposed as imposing_pages
from api.pages.people import grant_handlers as grant_pages
from api.pages.people import handlers as people_pages
from api.pages.people import restriction_handlers as restriction_pages
from api.pages.people import safety_ends as safety_end_pages
from api.pages.people import safety_handlers as safety_pages
from api.pages.people import unmerging as unmerging_pages
from api.pages.referral import assessment_handlers as referral_assessment
from api.pages.referral import correction_handlers as referral_corrections
from api.pages.referral import deed_handlers as referral_deeds
from api.pages.referral import details_handlers as referral_details
from api.pages.referral import duplicates_handlers as referral_duplicates
from api.pages.referral import handlers as referral
from api.pages.runs import handlers as runs
from api.pages.schemes import handlers as schemes_pages
from api.pages.search import handlers as search_pages
from api.pages.signing_in import handlers as signing_in
from api.pages.stale_units import handlers as stale_unit_pages
from api.pages.timeline import handlers as timeline_pages
from api.pages.triage import handlers as triage_pages
from api.pages.where_to import handlers as where_to_pages
from api.pages.where_to import offer_handlers as where_to_offer

PAGE_ROUTERS: Final = (
    about.router,
    signing_in.router,
    account.router,
    home.router,
    search_pages.router,
    people_pages.router,
    *(exclusion_pages.router, consent_pages.router, safety_pages.router, safety_end_pages.router),
    *(restriction_pages.router, grant_pages.router, unmerging_pages.router, imposing_pages.router),
    person_corrections.router,
    timeline_pages.router,
    *(forbidden_place_pages.router, stale_unit_pages.router),
    vacancies_confirmed.router,
    my_vacancies.router,
    *(triage_pages.router, referral.router, referral_deeds.router, referral_assessment.router),
    referral_corrections.router,
    *(referral_details.router, referral_duplicates.router, where_to_pages.router, where_to_offer.router),
    *(my_offers.router, arriving.router),
    *(accounts_pages.router, acts.router, schemes_pages.router),
    *(agreement_made.router, agreements_pages.router, appending.router, changing.router),
    *(events_pages.router, messages_pages.router, code_lists_pages.router),
    *(my_residents.router, following_residents.router, my_requests.router),
    emergency_declared.router,
    emergency_list.router,
    emergencies.router,
    emergency_acts.router,
    emergency_log.router,
    *runs.ROUTERS,
    *offers.ROUTERS,
    *my_referrals.ROUTERS,
    figure_pages.router,
)
"""Pages for people."""

LIVE: Final = {"board": emergencies.board_part, "list": emergency_declared.list_part}
"""Parts of pages that are told anew when they change."""
