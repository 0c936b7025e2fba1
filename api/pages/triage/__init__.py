"""The queue: who is to be looked at, the most urgent first."""
