"""Where machines ask after the gateway; these answer whatever name they were called by, and in any crowd."""

from typing import Final

ALIVE: Final = "/healthz"
READY: Final = "/readyz"
METRICS: Final = "/metrics"
SECURITY_TXT: Final = "/.well-known/security.txt"

RECEIPTS: Final = "/api/v1/messages/receipts"
"""Where the post tells what became of messages, with a secret: many at once, after a round of messages."""

PROBES: Final = frozenset({ALIVE, READY, METRICS})

MACHINES: Final = ("/api/", "/open-referral", ALIVE, READY, METRICS, "/.well-known/")
"""How paths begin whose answers are read by programs."""
