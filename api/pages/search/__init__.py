"""Somebody is found: by reference, by name, by date of birth."""
