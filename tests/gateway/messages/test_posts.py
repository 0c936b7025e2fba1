"""Every way of sending sends, and says exactly when it did not and when nobody knows."""

import email
import smtplib
import socket

import pytest

from gateway.messages.folder_post import FolderPost
from gateway.messages.notify_post import NotifyPost
from gateway.messages.post import NotSent, Unclear
from gateway.messages.smtp_post import SmtpPost, SmtpServer
from gateway.messages.wording import Letter
from tests.gateway.ground import StoppedClock
from tests.gateway.messages.posts import certificate, mail_server, notify

LETTER = Letter(id="ME-1", to="v@example.org", subject="An offer", text="Sign in: https://g.example\n")
SENDER = "gateway@example.org"
KEY = "test-11111111-1111-1111-1111-111111111111-22222222-2222-2222-2222-222222222222"


def test_a_folder_gets_one_file_a_letter_that_only_its_owner_reads(tmp_path):
    post = FolderPost(tmp_path / "messages", sender=SENDER, clock=StoppedClock())
    assert post.send(LETTER) == post.send(LETTER) == "ME-1.eml"
    (path,) = (tmp_path / "messages").iterdir()
    read = email.message_from_bytes(path.read_bytes())
    assert (read["To"], read["Subject"], read["Message-ID"]) == (
        "v@example.org",
        "An offer",
        "<ME-1@example.org>",
    )
    assert path.stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSent) as fault:
        FolderPost(tmp_path / "file" / "x", sender=SENDER, clock=StoppedClock()).send(LETTER)
    assert fault.value.again


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("certificate"))


def smtp(server, trust=None, *, encrypted=True):
    port = server.server_address[1]
    where = SmtpServer(host="127.0.0.1", port=port, encrypted=encrypted)
    return SmtpPost(where, sender=SENDER, clock=StoppedClock(), trust=trust)


def test_smtp_hands_a_letter_over_in_tls(trusted):
    pem, trust = trusted
    with mail_server(pem) as server:
        assert smtp(server, trust).send(LETTER) == "<ME-1@example.org>"
        assert server.encrypted
        assert b"Sign in: https://g.example" in server.mails[0]


def test_smtp_gives_nothing_to_a_server_that_it_cannot_trust(trusted):
    pem, _ = trusted
    with mail_server(pem) as server, pytest.raises(NotSent):
        smtp(server).send(LETTER)
    assert server.mails == []


@pytest.mark.parametrize(
    ("answers", "again"),
    [
        ({"RCPT TO": "550 no such mailbox"}, False),
        ({"RCPT TO": "450 busy"}, True),
        ({"MAIL FROM": "451 later"}, True),
        ({"DATA": "554 no"}, False),
    ],
)
def test_smtp_tells_refusals_that_may_pass_from_those_that_do_not(trusted, answers, again):
    pem, trust = trusted
    with mail_server(pem, answers=answers) as server, pytest.raises(NotSent) as fault:
        smtp(server, trust).send(LETTER)
    assert fault.value.again is again
    assert "example.org" not in str(fault.value)


def test_smtp_does_not_know_when_the_line_breaks_after_the_letter(trusted):
    pem, trust = trusted
    with mail_server(pem, hangs_up=True) as server, pytest.raises(Unclear):
        smtp(server, trust).send(LETTER)
    assert len(server.mails) == 1


def test_no_mail_server_is_tried_again():
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    post = SmtpPost(SmtpServer(host="127.0.0.1", port=port), sender=SENDER, clock=StoppedClock())
    with pytest.raises(NotSent) as fault:
        post.send(LETTER)
    assert fault.value.again
    assert isinstance(fault.value.__cause__, OSError | smtplib.SMTPException)


def to_notify(server):
    return NotifyPost(KEY, template="template-1", base_url=f"http://127.0.0.1:{server.server_address[1]}")


def test_notify_gets_the_words_our_id_and_a_signed_token():
    with notify() as server:
        assert to_notify(server).send(LETTER) == "their-id"
    ((path, authorization, body),) = server.asked
    assert path == "/v2/notifications/email"
    assert authorization.startswith("Bearer ")
    assert body == {
        "email_address": "v@example.org",
        "template_id": "template-1",
        "personalisation": {"subject": "An offer", "body": "Sign in: https://g.example\n"},
        "reference": "ME-1",
    }


@pytest.mark.parametrize(
    ("status", "fault", "again"),
    [
        (400, NotSent, False),
        (403, NotSent, True),
        (429, NotSent, True),
        (500, Unclear, None),
        (503, Unclear, None),
    ],
)
def test_notify_tells_what_it_did_not_take_from_what_nobody_knows(status, fault, again):
    with notify(status) as server, pytest.raises(fault) as told:
        to_notify(server).send(LETTER)
    assert getattr(told.value, "again", None) is again


def test_no_notify_is_tried_again():
    with notify() as server:
        post = to_notify(server)
    with pytest.raises(NotSent) as fault:
        post.send(LETTER)
    assert fault.value.again
