"""Authorities, providers, services and units; what is vacant on which day, and why not."""
