"""Messages that did not go out, and what becomes of each."""
