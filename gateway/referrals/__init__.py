"""The request that the gateway find somebody support: the form, its states, triage, the waiting list."""
