"""How often who may ask, as it is set; counted in `api.guards.rates`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """How often, as ``limits`` writes it: ``600/minute``, several with ``;`` between.

    address
        For everything from one address (an office has one for all who sit there).
    account
        For everything of one account.
    sign_in
        For what strangers may change: signing in, taking up an invitation; per address.
    store
        Where it is counted. Several processes that are to count together need a store that they share, as
        ``async+redis://…`` and its driver.
    """

    address: str = "6000/minute"
    account: str = "1200/minute"
    sign_in: str = "30/minute;300/hour"
    store: str = "async+memory://"
