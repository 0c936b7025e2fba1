"""Signing in through an OpenID Connect provider: what is asked of it, and whether its answer can be believed.

The authorisation code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636; RFC 9700). The
protocol is authlib's and the signatures are joserfc's. What ties the answer to the browser that asked
(state, nonce, code verifier) goes into a sealed cookie that lasts ten minutes: nothing is kept here for
strangers.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

from pydantic import SecretStr

from api.problems import NotSignedIn, OutOfReach
from gateway.accounts.vouched_elsewhere import LONGEST_SUBJECT, Vouched
from gateway.storage.sealing import Keyring, WrongKey

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

LASTS: Final = timedelta(minutes=10)
"""How long somebody may take at the provider; ours."""

PATIENCE: Final = 10.0
"""Seconds that the provider has for one answer."""

LEEWAY: Final = 60
"""Seconds by which its clock may differ from ours."""

SIGNED_WITH: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""Signatures that only the provider can make: never ``none``, never one made with a secret that we share."""

MULTIPLE: Final = "mfa"
"""What ``amr`` says of somebody who gave a second factor (RFC 8176, section 2)."""


class NotVouched(NotSignedIn):
    """The provider's answer cannot be believed, or whom it vouches for has no account; which is not told."""

    def __init__(self) -> None:
        super().__init__("You could not be signed in this way. Begin again, or ask to be invited.")


class ProviderOutOfReach(OutOfReach):
    """The provider does not answer, or says nothing that makes sense."""

    def __init__(self) -> None:
        super().__init__("The OpenID Connect provider does not answer just now.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdClient:
    """What we are to a provider.

    issuer
        Its name, exactly as it says it itself: ``https://login.example.org/tenant``.
    redirect_uri
        Where it sends people back to: our origin and ``/api/v1/openid/callback``.
    strong
        Values of ``acr`` that mean that a second factor vouched; it is asked for the first.
    """

    issuer: str
    client_id: str
    client_secret: SecretStr
    redirect_uri: str
    strong: tuple[str, ...] = ()

    def faults(self) -> list[str]:
        """What is wrong with it: without TLS anybody on the way could vouch for anybody."""
        parts = urlsplit(self.issuer)
        near = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme == "https" or (parts.scheme == "http" and near):
            return []
        return [f"GATEWAY_OIDC_ISSUER: {self.issuer} must begin with https://"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Where the browser goes, and what it keeps until it comes back."""

    url: str
    kept: str


class OpenIdProvider:
    """A provider known by its name alone; where it answers it tells itself (OpenID Connect Discovery 1.0)."""

    def __init__(self, client: OpenIdClient) -> None:
        self.client = client
        self._metadata: tuple[datetime, Mapping[str, Any]] | None = None
        self._keys: tuple[datetime, Mapping[str, Any]] | None = None

    def begin(self, keys: Keyring, *, at: datetime) -> Asked:
        """Ask for somebody to be vouched for.

        Raises
        ------
        ProviderOutOfReach
            If it does not say where.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        acr = {"acr_values": self.client.strong[0]} if self.client.strong else {}
        with self._http() as http:
            url, _ = http.create_authorization_url(
                self._discovered(at)["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                **acr,
            )
        kept = {"state": state, "nonce": nonce, "verifier": verifier, "at": at.timestamp()}
        return Asked(url=str(url), kept=keys.seal(json.dumps(kept)))

    def finish(
        self, keys: Keyring, kept: str, *, state: str, code: str, issuer: str | None, at: datetime
    ) -> Vouched:
        """Whom the provider vouches for.

        Parameters
        ----------
        kept
            What the browser kept since `begin`.
        issuer
            Who says that it sent the browser back, if it does (RFC 9207).

        Raises
        ------
        NotVouched
            If it is another browser, or another answer, than was asked; or a token is not the provider's,
            not for us, or not of now.
        ProviderOutOfReach
            If it does not answer.
        """
        asked = _opened(keys, kept, at)
        if not hmac.compare_digest(asked["state"].encode(), state.encode()):
            raise NotVouched
        if issuer is not None and issuer != self.client.issuer:
            raise NotVouched
        token = self._token(code, asked["verifier"], at)
        claims = self._claims(token, asked["nonce"], at)
        return self._vouched(claims)

    def _token(self, code: str, verifier: str, at: datetime) -> Mapping[str, Any]:
        from authlib.integrations.base_client import OAuthError  # noqa: PLC0415  the extra `oidc`
        from httpx2 import HTTPError  # noqa: PLC0415  as above

        try:
            with self._http() as http:
                token: Mapping[str, Any] = http.fetch_token(
                    self._discovered(at)["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=self.client.redirect_uri,
                )
                return token
        except OAuthError:
            raise NotVouched from None
        except (HTTPError, ValueError):
            raise ProviderOutOfReach from None

    def _claims(self, token: Mapping[str, Any], nonce: str, at: datetime) -> Mapping[str, Any]:
        """What the identity token says, once its signature, issuer, audience, time and nonce were checked."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415  as above
        from joserfc.errors import JoseError  # noqa: PLC0415  as above

        try:
            decoded = self._decoded(str(token.get("id_token", "")), at)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self.client.issuer},
                    "aud": {"essential": True, "value": self.client.client_id},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                    "nonce": {"essential": True},
                },
                {
                    "nonce": nonce,
                    "client_id": self.client.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError):
            raise NotVouched from None
        return dict(claims)

    def _decoded(self, id_token: str, at: datetime) -> Any:  # noqa: ANN401  a type of joserfc
        from joserfc import jwt  # noqa: PLC0415  as above
        from joserfc.errors import InvalidKeyIdError  # noqa: PLC0415  as above
        from joserfc.jwk import KeySet  # noqa: PLC0415  as above

        for anew in (False, True):
            # joserfc says what is wrong with keys that are none.
            keys = KeySet.import_key_set(cast("KeySetSerialization", self._published_keys(at, anew=anew)))
            try:
                return jwt.decode(id_token, keys, algorithms=SIGNED_WITH)
            except InvalidKeyIdError:  # it may have new keys
                if anew:
                    raise
        raise AssertionError("unreachable: the second time returns or raises")

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        subject, email = claims.get("sub"), claims.get("email")
        if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
            raise NotVouched
        verified = claims.get("email_verified") is True and isinstance(email, str)
        methods = claims.get("amr")
        several = isinstance(methods, list) and MULTIPLE in methods
        return Vouched(
            issuer=self.client.issuer,
            subject=subject,
            email=email if verified else None,
            second_factor=several or claims.get("acr") in self.client.strong,
        )

    def _discovered(self, at: datetime) -> Mapping[str, Any]:
        if self._metadata is None or self._metadata[0] <= at - LASTS:
            found = self._fetched(f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
            places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            whole = all(isinstance(found.get(place), str) for place in places)
            if found.get("issuer") != self.client.issuer or not whole:
                raise ProviderOutOfReach
            self._metadata = (at, found)
        return self._metadata[1]

    def _published_keys(self, at: datetime, *, anew: bool) -> Mapping[str, Any]:
        if anew or self._keys is None or self._keys[0] <= at - LASTS:
            self._keys = (at, self._fetched(self._discovered(at)["jwks_uri"]))
        return self._keys[1]

    def _fetched(self, url: str) -> Mapping[str, Any]:
        from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415  as above

        try:
            with self._http() as http:
                answer = http.request("GET", url, withhold_token=True)
                answer.raise_for_status()
                found = answer.json()
        except (HTTPError, InvalidURL, ValueError):
            raise ProviderOutOfReach from None
        if not isinstance(found, dict):
            raise ProviderOutOfReach
        return found

    def _http(self) -> Any:  # noqa: ANN401  authlib has no types
        from authlib.integrations.httpx_client import OAuth2Client  # noqa: PLC0415  as above

        return OAuth2Client(
            client_id=self.client.client_id,
            client_secret=self.client.client_secret.get_secret_value(),
            redirect_uri=self.client.redirect_uri,
            scope="openid email",
            code_challenge_method="S256",
            timeout=PATIENCE,
            follow_redirects=False,
        )


def _opened(keys: Keyring, kept: str, at: datetime) -> Mapping[str, Any]:
    """What the browser kept, if we sealed it, and not long ago."""
    try:
        asked: Mapping[str, Any] = json.loads(keys.open(kept))
    except (WrongKey, ValueError):
        raise NotVouched from None
    if not 0 <= at.timestamp() - asked["at"] <= LASTS.total_seconds():
        raise NotVouched
    return asked
