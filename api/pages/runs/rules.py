"""What forbids a place, with names for its ids."""

from api.pages.runs.words import Called
from gateway.directory.naming import authorities_named, services_named
from gateway.placements.conflicts import HardRule
from gateway.storage.work import Work


def rule_named(work: Work, rule: HardRule) -> str:
    """The sentence of a hard rule, which names a service and an authority, and nobody."""
    called = Called(services=services_named(work, [rule.service]), authorities=authorities_named(work))
    return called.sentence(str(rule))
