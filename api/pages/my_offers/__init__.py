"""A provider answers offers: who is offered, by when to answer, accepted or refused, moved in or not come."""
