"""Which reasons belong to which end, or rest, of a referral."""

from collections.abc import Mapping
from types import MappingProxyType

from gateway.referrals.states import ReferralStatus
from gateway.referrals.tables import EndReason
from gateway.refusals import refuse

_R, _S = EndReason, ReferralStatus

REASONS: Mapping[ReferralStatus, frozenset[EndReason]] = MappingProxyType(
    {
        _S.PARKED: frozenset({_R.IN_CUSTODY, _R.IN_HOSPITAL, _R.AWAITING_EVENT, _R.CONTACT_LOST, _R.OTHER}),
        _S.DECLINED: frozenset(
            {
                _R.NOT_ELIGIBLE,
                _R.RISK_NOT_MANAGEABLE,
                _R.NO_CONSENT,
                _R.NOT_DESIGNATED,
                _R.DUPLICATE,
                _R.OTHER,
            }
        ),
        _S.WITHDRAWN: frozenset(
            {
                _R.OTHER_HELP_FOUND,
                _R.CHANGED_MIND,
                _R.CONTACT_LOST,
                _R.IN_CUSTODY,
                _R.IN_HOSPITAL,
                _R.NO_CONSENT,
                _R.DUPLICATE,
                _R.DIED,
                _R.OTHER,
            }
        ),
        _S.EXPIRED: frozenset({_R.NOT_ANSWERED, _R.TOO_OLD}),
        _S.CLOSED: frozenset(
            {
                _R.MOVED_ON,
                _R.OTHER_HELP_FOUND,
                _R.REFUSED_OFFERS,
                _R.CONTACT_LOST,
                _R.CHANGED_MIND,
                _R.IN_CUSTODY,
                _R.IN_HOSPITAL,
                _R.DIED,
                _R.OTHER,
            }
        ),
    }
)
"""The reasons that may be given for each state that needs one."""


def refuse_reason(to: ReferralStatus, reason: EndReason) -> None:
    """Raise `Invalid` if the reason does not belong to the state."""
    allowed = REASONS[to]
    told = ", ".join(sorted(each.value for each in allowed))
    refuse([] if reason in allowed else [("reason", f"{reason} is not one of {told}")])
