"""Messages as files in a folder, where something else collects them, or somebody tries the gateway."""

import os
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from gateway.messages.post import NotSent
from gateway.messages.wording import Letter
from gateway.storage.work import Clock


class FolderPost:
    """Writes each letter to a file ``<id>.eml`` in one move; one that is there already is left as it is."""

    def __init__(self, folder: Path, *, sender: str, clock: Clock) -> None:
        self.folder, self.sender, self.clock = folder, sender, clock

    def send(self, letter: Letter) -> str | None:
        """Write it; the file's name."""
        path = self.folder / f"{letter.id}.eml"
        part = path.with_suffix(".part")
        if path.exists():
            return path.name
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            part.write_bytes(bytes(email_of(letter, self.sender, self.clock)))
            part.chmod(0o600)
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        except OSError as error:
            raise NotSent(
                f"The folder of messages cannot be written: {error.strerror}", again=True
            ) from error
        return path.name


def email_of(letter: Letter, sender: str, clock: Clock) -> EmailMessage:
    """The letter as an email (RFC 5322); its Message-ID is made of our id, so that a copy can be told."""
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = sender, letter.to, letter.subject
    email["Date"] = format_datetime(clock())
    email["Message-ID"] = f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>') or 'gateway'}>"
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(letter.text)
    return email
