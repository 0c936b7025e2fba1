"""Whom to chase: services whose units nobody has confirmed for a week."""
