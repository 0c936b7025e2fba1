"""The processes of a running gateway: those that answer, those that work, and who keeps them running."""
