"""The settings of background work: how messages are sent, and what happens by itself."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.refusals import Refused
from gateway.messages.folder_post import FolderPost
from gateway.messages.post import Post
from gateway.messages.smtp_post import SmtpPost, SmtpServer
from gateway.storage.work import Clock

HOW: Final = "folder:PATH, smtp://USER:PASSWORD@HOST:587, smtps://…:465, or notify:TEMPLATE"
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class BackgroundSettings(BaseSettings):
    """What is set by ``GATEWAY_MESSAGES`` and the like.

    messages
        How messages are sent: into a folder, by SMTP, or through GOV.UK Notify with one of its templates.
        ``smtp`` demands STARTTLS but of a server on this machine, ``smtps`` is TLS from the first byte.
    messages_from
        From whom they are (a folder, SMTP).
    notify_key, notify_url
        The key that Notify gave, and where it is, if not where it is known to be.
    retention_automatic
        Whether whoever has been kept long enough is erased without anybody's asking.
    """

    model_config = SettingsConfigDict(env_prefix="GATEWAY_", extra="ignore")

    messages: str = "folder:messages"
    messages_from: str = "gateway@localhost"
    notify_key: SecretStr | None = None
    notify_url: str | None = None
    retention_automatic: bool = False

    def post(self, clock: Clock) -> Post:
        """The way of sending.

        Raises
        ------
        Refused
            If the setting cannot be used.
        """
        scheme, _, rest = self.messages.partition(":")
        if scheme == "folder" and rest:
            return FolderPost(Path(rest), sender=self.messages_from, clock=clock)
        if scheme in ("smtp", "smtps"):
            return SmtpPost(_server(self.messages), sender=self.messages_from, clock=clock)
        if scheme == "notify" and rest:
            return self._notify(rest)
        raise Refused(f"GATEWAY_MESSAGES: is {scheme}:…, must be {HOW}")

    def _notify(self, template: str) -> Post:
        try:
            from gateway.messages.notify_post import NotifyPost  # noqa: PLC0415  its library is an extra
        except ImportError:
            raise Refused("GATEWAY_MESSAGES: notify needs `pip install referral-gateway[notify]`") from None
        if self.notify_key is None:
            raise Refused("GATEWAY_NOTIFY_KEY: is not set, and GATEWAY_MESSAGES says notify")
        return NotifyPost(self.notify_key.get_secret_value(), template=template, base_url=self.notify_url)


def _server(url: str) -> SmtpServer:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    else:
        implicit = parts.scheme == "smtps"
        if host:
            return SmtpServer(
                host=host,
                port=port or (465 if implicit else 587),
                user=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                implicit_tls=implicit,
                encrypted=implicit or host not in LOOPBACK,
            )
    raise Refused(f"GATEWAY_MESSAGES: is no address of a mail server; must be {HOW}")
