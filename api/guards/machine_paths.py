"""Where machines ask after the gateway; these answer whatever name they were called by, and in any crowd."""

from typing import Final

ALIVE: Final = "/healthz"
READY: Final = "/readyz"
METRICS: Final = "/metrics"
SECURITY_TXT: Final = "/.well-known/security.txt"

PROBES: Final = frozenset({ALIVE, READY, METRICS})
