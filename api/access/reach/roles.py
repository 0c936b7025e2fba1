"""Roles whose reach is not bound to an agency or a provider."""

from gateway.records.actor import Role

EVERYWHERE = frozenset({Role.OFFICER, Role.DUTY_MANAGER})
"""Roles that work with every agency's and every provider's rows."""

DIRECTORY = EVERYWHERE | {Role.ADMINISTRATOR}
"""Roles that keep the directory."""
