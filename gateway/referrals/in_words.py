"""Where a referral stands, in words for whoever made it."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.referrals.states import ReferralStatus

_S = ReferralStatus

IN_WORDS: Mapping[ReferralStatus, str] = MappingProxyType(
    {
        _S.DRAFT: "Not sent yet: finish it and send it, or it expires.",
        _S.SUBMITTED: "Sent. The gateway team has not looked at it yet.",
        _S.IN_TRIAGE: "The gateway team is looking at it.",
        _S.MORE_ASKED: "The gateway team has asked for more: answer its questions in time, or it expires.",
        _S.WAITING: "On the list, waiting for a place.",
        _S.OFFERED: "A place was offered, and the provider is to answer.",
        _S.PLACED: "They have a place.",
        _S.PARKED: "Resting until a day; then it comes back by itself.",
        _S.DECLINED: "Declined. An appeal can reopen it.",
        _S.WITHDRAWN: "Withdrawn. An appeal can reopen it.",
        _S.EXPIRED: "Expired. An appeal can reopen it.",
        _S.CLOSED: "Closed. An appeal can reopen it.",
    }
)
"""A sentence or two for each state."""
