"""Moved to tests/databases.py."""

from tests.databases import DATABASES, ask_server, migrate, server

__all__ = ["DATABASES", "ask_server", "migrate", "server"]
