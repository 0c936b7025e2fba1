"""One person: everything kept of them, what bars them from where, and the glass before a restricted case."""
