"""Somebody at a browser: signed in with a password, with the cookie and the CSRF token that go with it."""

from gateway.records.actor import Role
from tests.api.doors import ORIGIN
from tests.gateway.accounts.people import EMAIL, PASSWORD, active, code


class Browser:
    """Keeps the cookie that it is given, and sends the CSRF token it was told."""

    def __init__(self, entrance):
        self.client = entrance.client(Origin=ORIGIN)
        self.clock = entrance.store.clock

    def sign_in(self, email=EMAIL, password=PASSWORD):
        return self.told(self.client.post("/api/v1/session", json={"email": email, "password": password}))

    def told(self, answer):
        """Keep the CSRF token of an answer that tells of a session."""
        body = answer.json() if answer.content else {}
        session = body.get("session", body)
        if "csrf_token" in session:
            self.client.headers["X-CSRF-Token"] = session["csrf_token"]
        return answer

    def set_up_second_factor(self, password=PASSWORD):
        """Its secret and the recovery codes; the session goes on with a new cookie."""
        made = self.post("/own-account/second-factor", {"password": password})
        said = code(made.json()["secret"], self.clock())
        done = self.told(self.put("/own-account/second-factor", {"code": said}))
        assert done.status_code == 200, done.text
        self.clock.on(minutes=1)
        return made.json()["secret"], done.json()["recovery_codes"]

    def get(self, path, **more):
        return self.client.get(f"/api/v1{path}", **more)

    def post(self, path, body=None, **more):
        return self.client.post(f"/api/v1{path}", json=body or {}, **more)

    def put(self, path, body, **more):
        return self.client.put(f"/api/v1{path}", json=body, **more)

    def delete(self, path, **more):
        return self.client.delete(f"/api/v1{path}", **more)


def at_browser(entrance, role=Role.OFFICER, email=EMAIL, **scope):
    """Somebody of a role who has just signed in; managers and administrators with their second factor."""
    role = Role(role)
    id = active(entrance.store, email, role, **scope)
    browser = Browser(entrance)
    assert browser.sign_in(email).status_code == 201
    if role in (Role.DUTY_MANAGER, Role.ADMINISTRATOR):
        browser.set_up_second_factor()
    return id, browser
