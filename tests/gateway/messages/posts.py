"""Posts of the tests: one that remembers, an SMTP server and a GOV.UK Notify on loopback."""

import datetime as dt
import json
import socketserver
import ssl
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Remembers:
    """A post that remembers letters, and does once what it is told to raise."""

    def __init__(self, *raises):
        self.letters, self.raises = [], list(raises)

    def send(self, letter):
        if self.raises and (fault := self.raises.pop(0)) is not None:
            raise fault
        self.letters.append(letter)
        return f"receipt-{letter.id}"


def certificate(folder):
    """A certificate for this machine that signs itself, and who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path, ssl.create_default_context(cafile=str(path))


class _Mailbox(socketserver.StreamRequestHandler):
    """Enough of SMTP (RFC 5321) and STARTTLS (RFC 3207) for one letter."""

    def handle(self):
        self.say("220 test")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word == "QUIT":
                return
            if word.startswith("EHLO"):
                self.say("250-test\r\n250 STARTTLS")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.request = self.server.tls.wrap_socket(self.request, server_side=True)
                self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
                self.server.encrypted = True
            elif word == "DATA":
                self.say("354 go on")
                if self.take():
                    return
            else:
                self.say(self.server.answers.get(word.partition(":")[0], "250 fine"))

    def take(self):
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        self.server.mails.append(b"".join(lines))
        if self.server.hangs_up:
            return True
        self.say(self.server.answers.get("DATA", "250 taken"))
        return False

    def finish(self):
        super().finish()
        self.request.close()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server(pem, *, answers=(), hangs_up=False):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Mailbox)
    server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.tls.load_cert_chain(pem)
    server.answers, server.mails, server.encrypted = dict(answers), [], False
    server.hangs_up, server.daemon_threads = hangs_up, True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


class _Notify(BaseHTTPRequestHandler):
    def do_POST(self):  # the standard library calls it so
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        status = self.server.statuses.pop(0) if self.server.statuses else 201
        told = {"id": "their-id"} if status == 201 else {"errors": [{"error": "x", "message": "y"}]}
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextmanager
def notify(*statuses):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Notify)
    server.asked, server.statuses = [], list(statuses)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
