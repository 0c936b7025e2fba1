"""An agency's referrals: those there are, and the pages of each."""

from typing import Final

from api.pages.my_referrals import form_handlers, list_handlers, sending_handlers, standing_handlers

ROUTERS: Final = (
    list_handlers.router,
    sending_handlers.router,
    standing_handlers.router,
    form_handlers.router,
)
"""In the order in which an address is sought: the last takes any ``/my-referrals/{referral_id}/{key}``."""
