"""Whom to move, and which offers to take back: a rule recorded since forbids where they are, or are to go."""
