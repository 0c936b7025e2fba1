"""Messages through GOV.UK Notify.

One template, made there by an administrator, with two places: ``((subject))`` and ``((body))``.
"""

from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from gateway.messages.post import NotSent, Unclear
from gateway.messages.wording import Letter

_NEVER_THERE = ("NewConnectionError", "Failed to establish", "NameResolutionError", "ConnectTimeout")
"""How ``requests`` and ``urllib3`` say that no connection was made, so that nothing can have been sent."""


class NotifyPost:
    """Asks Notify to send. Our id goes with it as ``reference``, by which its receipts name the message."""

    def __init__(self, key: str, *, template: str, base_url: str | None = None) -> None:
        self._template = template
        self._key, self._base_url = key, base_url

    def send(self, letter: Letter) -> str | None:
        """Ask Notify to send it; Notify's id of it."""
        try:
            answer = self._client().send_email_notification(
                email_address=letter.to,
                template_id=self._template,
                personalisation={"subject": letter.subject, "body": letter.text},
                reference=letter.id,
            )
        except APIError as error:
            raise _told(error) from error
        return str(answer["id"])

    def _client(self) -> Any:  # noqa: ANN401  the library has no types
        # One each time: the client is not safe among threads.
        client: Any = NotificationsAPIClient  # its functions say no types
        return client(self._key) if self._base_url is None else client(self._key, base_url=self._base_url)


def _told(error: APIError) -> NotSent | Unclear:
    """Notify answered 4xx: it did not take it. 5xx, or no answer: perhaps it did."""
    status = None if error.response is None else int(error.response.status_code)
    if status is None:
        if any(each in repr(error.__cause__) for each in _NEVER_THERE):
            return NotSent("Notify cannot be reached", again=True)
        return Unclear("no answer from Notify")
    if status == 429 or status in (401, 403):
        return NotSent(f"Notify refused for now: {status}", again=True)
    if status < 500:
        return NotSent(f"Notify refused: {status}", again=False)
    return Unclear(f"Notify answered {status}")
