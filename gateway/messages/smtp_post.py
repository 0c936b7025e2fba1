"""Messages by SMTP, over TLS."""

import smtplib
import ssl
from dataclasses import dataclass

from gateway.messages.folder_post import email_of
from gateway.messages.post import NotSent, Unclear
from gateway.messages.wording import Letter
from gateway.storage.work import Clock

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mail is handed over.

    implicit_tls
        TLS from the first byte (port 465); else STARTTLS is demanded.
    encrypted
        ``False`` only for a server on this very machine.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    implicit_tls: bool = False
    encrypted: bool = True


class SmtpPost:
    """Hands each letter over in a connection of its own."""

    def __init__(
        self, server: SmtpServer, *, sender: str, clock: Clock, trust: ssl.SSLContext | None = None
    ) -> None:
        self.server, self.sender, self.clock = server, sender, clock
        self._trust = trust or ssl.create_default_context()

    def send(self, letter: Letter) -> str | None:
        """Hand it over; its Message-ID."""
        email = email_of(letter, self.sender, self.clock)
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(f"The mail server does not answer: {type(error).__name__}", again=True) from error
        try:
            connection.send_message(email)
        except smtplib.SMTPResponseException as error:
            raise NotSent(
                f"The mail server refused: {error.smtp_code}", again=error.smtp_code < 500
            ) from error
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            told = ", ".join(map(str, codes))
            raise NotSent(f"The mail server refused the address: {told}", again=max(codes) < 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unclear(type(error).__name__) from error
        finally:
            connection.close()
        return str(email["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        if server.implicit_tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_S, context=self._trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.encrypted and not server.implicit_tls:
                connection.starttls(context=self._trust)
            if server.user is not None:
                connection.login(server.user, server.password or "")
        except BaseException:
            connection.close()
            raise
        return connection
