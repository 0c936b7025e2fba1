"""How long the head of a request may take to come, which uvicorn leaves open."""

import asyncio
from typing import Final

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

WITHIN: Final = 10.0
"""Seconds; ours."""


class PatientProtocol(H11Protocol):
    """Closes a connection on which no request has come within ``WITHIN`` seconds of the first sign of one."""

    within = WITHIN
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, or stop because a request is in hand."""
        if self._waiting is None and not self._in_hand():
            self._wait()
        super().data_received(data)
        if self._in_hand():
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop()
        super().connection_lost(exc)

    def _in_hand(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.within, self._give_up)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        if not self._in_hand() and not self.transport.is_closing():
            self.transport.close()
