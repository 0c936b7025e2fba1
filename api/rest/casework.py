"""Every door of referrals and of their assessment, in one place."""

from typing import Final

from api.rest import (
    agency_referrals,
    assessments,
    code_lists,
    ending,
    notes,
    override_figures,
    questions,
    referrals,
    schemes,
    triage,
)

ROUTERS: Final = (
    referrals.router,
    triage.router,
    questions.router,
    notes.router,
    ending.router,
    agency_referrals.router,
    assessments.router,
    override_figures.router,
    schemes.router,
    code_lists.router,
)
"""What stands under ``/api/v1`` for referrals."""
