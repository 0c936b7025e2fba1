"""A real OpenID Connect provider on this machine, whose answers can be tampered with on their way."""

import json
import logging
import threading
import warnings
from contextlib import contextmanager
from urllib.parse import parse_qs, quote, urlsplit

import authlib.deprecate
import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

with warnings.catch_warnings():  # it uses what authlib will drop some day
    warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)
    import oidc_provider_mock
    from oidc_provider_mock._storage import storage


class Quiet(WSGIRequestHandler):
    """A server that prints nothing."""

    def log(self, *_args):
        """Not a word."""


class Provider:
    """Where it answers, and what it is made to do to identity tokens.

    tamper
        Given claims and header, gives what is signed instead; `forge` given the token, gives another.
    """

    def __init__(self, app):
        self.server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.tamper = self.forge = None
        app.after_request(self._change)

    def knows(self, subject, **claims):
        """Let it know somebody."""
        assert httpx2.put(f"{self.url}/users/{quote(subject)}", json=claims).status_code == 204

    def vouches(self, url, subject):
        """Somebody authorises us there: the parameters with which they come back."""
        answer = httpx2.post(url, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["location"])
        return {name: values[0] for name, values in parse_qs(parts.query).items()}

    def _change(self, response):
        body = response.get_json(silent=True) if response.is_json else None
        if not isinstance(body, dict) or "id_token" not in body:
            return response
        if self.tamper is not None:
            key = RSAKey.import_key(storage.jwk.as_dict(is_private=True))
            found = jwt.decode(body["id_token"], key, algorithms=["RS256"])
            claims, header = dict(found.claims), dict(found.header)
            self.tamper(claims)
            body["id_token"] = jwt.encode(header, claims, key)
        if self.forge is not None:
            body["id_token"] = self.forge(body["id_token"])
        response.set_data(json.dumps(body))
        return response


@contextmanager
def provider():
    """A provider that answers while the test runs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = Provider(oidc_provider_mock.app(require_nonce=True))
    thread = threading.Thread(target=running.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        thread.join(5)
        running.server.server_close()
