"""Roles → permissions, in one table. What is not in it is not allowed.

A permission says what somebody may do at all; on whose rows is decided in `api.access.reach`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from gateway.records.actor import Role


class Permission(StrEnum):
    """One kind of thing that can be done through the doors."""

    OWN_ACCOUNT = "own_account"
    """Look after one's own account: password, second factor, sessions, tokens."""
    MANAGE_ACCOUNTS = "manage_accounts"
    """Invite, change, suspend and close other people's accounts."""
    USE_ENGINE = "use_engine"
    """Have a problem solved, or a plan checked, of which the gateway keeps nothing."""
    READ_PEOPLE = "read_people"
    KEEP_PEOPLE = "keep_people"
    """Enter, change, merge, exclude, keep safe, record consent."""
    GRANT_ACCESS = "grant_access"
    """Restrict a case, and let others open it."""
    BREAK_GLASS = "break_glass"
    """Open a restricted case in an emergency, with a reason that the auditor is told."""
    READ_REFERRALS = "read_referrals"
    ENTER_REFERRALS = "enter_referrals"
    """Draft, submit, answer questions, withdraw, appeal."""
    TRIAGE = "triage"
    """Take in, ask, put on the list, park, decline, close, correct."""
    ASSESS = "assess"
    """Score, and override a band with a reason."""
    READ_SCHEMES = "read_schemes"
    ADOPT_SCHEMES = "adopt_schemes"
    """Preview a scheme (which names who moves band) and put it in force."""
    READ_DIRECTORY = "read_directory"
    KEEP_DIRECTORY = "keep_directory"
    """Add and change authorities, agencies, providers, services and units; close and reopen them."""
    READ_VACANCIES = "read_vacancies"
    KEEP_VACANCIES = "keep_vacancies"
    """Confirm, re-designate, take out of service."""
    READ_AGREEMENTS = "read_agreements"
    KEEP_AGREEMENTS = "keep_agreements"
    READ_OFFERS = "read_offers"
    MAKE_OFFERS = "make_offers"
    ANSWER_OFFERS = "answer_offers"
    """Accept or refuse an offer; say that somebody has moved in, or has not come."""
    REVIEW_REFUSALS = "review_refusals"
    READ_PLACEMENTS = "read_placements"
    KEEP_PLACEMENTS = "keep_placements"
    """Reviews, ready to move on, departure."""
    READ_RUNS = "read_runs"
    RUN = "run"
    """Start, cancel, retry and close a run."""
    DECIDE = "decide"
    """Decide on a run's lines and make offers from them."""
    ANSWER_REDESIGNATIONS = "answer_redesignations"
    READ_EMERGENCIES = "read_emergencies"
    DECLARE_EMERGENCIES = "declare_emergencies"
    IMPORT = "import"
    EXPORT = "export"
    READ_FIGURES = "read_figures"
    """Counts in which small numbers are suppressed."""
    READ_EVENTS = "read_events"
    """All events, and whether the chain holds."""
    KEEP_MESSAGES = "keep_messages"
    """See which messages did not go out, and decide what becomes of them."""


P = Permission

_EVERYBODY = frozenset({P.OWN_ACCOUNT, P.READ_DIRECTORY})

_OFFICER = _EVERYBODY | {
    *(P.USE_ENGINE, P.READ_PEOPLE, P.KEEP_PEOPLE, P.BREAK_GLASS),
    *(P.READ_REFERRALS, P.ENTER_REFERRALS, P.TRIAGE, P.ASSESS, P.READ_SCHEMES),
    *(P.READ_VACANCIES, P.KEEP_VACANCIES, P.READ_AGREEMENTS),
    *(P.READ_OFFERS, P.MAKE_OFFERS, P.ANSWER_OFFERS, P.REVIEW_REFUSALS, P.READ_PLACEMENTS, P.KEEP_PLACEMENTS),
    *(P.READ_RUNS, P.RUN, P.DECIDE, P.READ_EMERGENCIES, P.IMPORT, P.EXPORT, P.READ_FIGURES),
}

MAY: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.REFERRER: _EVERYBODY | {P.READ_REFERRALS, P.ENTER_REFERRALS, P.READ_OFFERS},
        Role.OFFICER: _OFFICER,
        Role.DUTY_MANAGER: _OFFICER
        | {P.GRANT_ACCESS, P.DECLARE_EMERGENCIES, P.ADOPT_SCHEMES, P.KEEP_DIRECTORY, P.KEEP_AGREEMENTS},
        Role.PROVIDER: _EVERYBODY
        | {
            *(P.READ_REFERRALS, P.READ_VACANCIES, P.KEEP_VACANCIES, P.READ_OFFERS, P.ANSWER_OFFERS),
            *(P.READ_PLACEMENTS, P.KEEP_PLACEMENTS, P.ANSWER_REDESIGNATIONS),
        },
        Role.COMMISSIONER: _EVERYBODY
        | {P.USE_ENGINE, P.READ_SCHEMES, P.READ_AGREEMENTS, P.READ_FIGURES, P.EXPORT},
        Role.AUDITOR: _EVERYBODY
        | {P.READ_EVENTS, P.EXPORT, P.READ_SCHEMES, P.READ_AGREEMENTS, P.READ_FIGURES},
        Role.ADMINISTRATOR: _EVERYBODY
        | {
            *(P.MANAGE_ACCOUNTS, P.KEEP_MESSAGES, P.READ_SCHEMES, P.READ_AGREEMENTS),
            *(P.KEEP_DIRECTORY, P.KEEP_AGREEMENTS),
        },
        Role.CLOCKWORK: frozenset(),
    }
)
"""What each role may do. The clockwork has no account and comes through no door."""

SECOND_FACTOR = frozenset({Role.DUTY_MANAGER, Role.ADMINISTRATOR})
"""Roles that do nothing but look after their own account until a second factor vouches for them."""
