"""Invented worlds to try the gateway on: regions, populations, emergencies, benchmarks."""
