"""Where could this person go? Every service today for one referral, and an offer made from there."""
