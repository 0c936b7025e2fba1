"""The scheme by which people are scored: which is in force, what another would change, its adoption."""
