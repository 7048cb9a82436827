"""The issuer, as its client: code with PKCE, state and nonce (OpenID Connect Core, RFC 7636, RFC 9207).

Whatever the issuer does (down, slow, garbage, another one's token), a caller sees `Down` or `Wrong`, both with words
for the person; the log gets the kind of error and never a token or a name.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests.adapters import BaseAdapter

from webapp.core import clock
from webapp.core.errors import DomainError, Unavailable
from webapp.core.settings import Settings
from webapp.core.text import Text
from webapp.identity import transport
from webapp.identity.attempts import Secrets
from webapp.identity.claims import Claimed, Reader
from webapp.identity.issuers import origin

log = logging.getLogger("motcua.identity")

KEEP = timedelta(hours=1)  # discovery document and keys
REST = timedelta(seconds=15)  # after a failure nobody else waits for the same silence
# Whatever the issuer does, most threads of a process go on serving pages and log-ins by phone.
LINES, FREE_LINE = 2, 0.5  # so many ask it at one time; others wait so many seconds for one of them to be ready
LEEWAY = 60  # seconds two clocks may differ
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
BROKEN = (OAuthError, JoseError, ValueError, KeyError, TypeError, AttributeError)


class Down(Unavailable):
    """The issuer does not answer."""

    def __init__(self) -> None:
        super().__init__(
            Text("VNeID does not answer at this moment. Log in with your phone, or try again in a few minutes.")
        )


class Wrong(DomainError):
    """It answered, and we do not believe it."""

    def __init__(self) -> None:
        super().__init__(Text("The answer from VNeID was not in order, so we did not use it. Begin once more."))


class Provider:
    """One issuer. Lives as long as the process; its document and keys are asked for again after an hour."""

    def __init__(self, settings: Settings, issuer: str, adapter: BaseAdapter | None = None) -> None:
        self.issuer = issuer.rstrip("/")
        self.reader = Reader.of(settings)
        self.callback = f"{settings.base_url}/login/vneid/callback"
        self._settings = settings
        self._algorithms = [name.strip() for name in settings.oidc_algorithms.split(",") if name.strip()]
        self._adapter = adapter or transport.Careful()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._known_until: datetime | None = None
        self._down_until: datetime | None = None
        self._lines = threading.BoundedSemaphore(LINES)
        self._mine = threading.local()  # `until`: this thread holds a line, and when its time is up

    # ------------------------------------------------------------------------------------------- there

    def address(self, state: str, mine: Secrets, *, anew: bool = False) -> str:
        """Where the browser goes. `anew`: the issuer asks for a proof even if the browser is logged in. Raises Down."""
        metadata = self.metadata()
        more = {"prompt": "login"} if anew else {}
        url, _state = self._client().create_authorization_url(
            metadata["authorization_endpoint"], state=state, code_verifier=mine.verifier, nonce=mine.nonce, **more
        )
        return str(url)

    def is_own_origin(self, url: str) -> bool:
        """Does the log-in page stand where the issuer does? Only then our forms may lead there (CSP form-action)."""
        return origin(url) == origin(self.issuer)

    # -------------------------------------------------------------------------------------------- back

    def redeem(self, code: str, mine: Secrets, said_issuer: str | None) -> Claimed:
        """Who came back. Raises Down, Wrong, or claims.Silent.

        All its calls together have the time of one (`transport.WHOLE`).
        """
        with self.line():
            return self._redeem(code, mine, said_issuer)

    def _redeem(self, code: str, mine: Secrets, said_issuer: str | None) -> Claimed:
        metadata = self.metadata()
        must_say = metadata.get("authorization_response_iss_parameter_supported") is True
        if said_issuer != metadata["issuer"] and (must_say or said_issuer is not None):
            log.warning("an answer for another issuer (RFC 9207)")
            raise Wrong
        token = self._ask(lambda client: self._token(client, code, mine))
        try:
            known = self._verified(token, mine)
        except BROKEN as error:
            raise self._disbelief(error) from error
        if not self.reader.wanted <= known.keys() and metadata.get("userinfo_endpoint"):
            more = self._ask(lambda client: self._get(client, metadata["userinfo_endpoint"], token=token))
            # OpenID Connect Core 5.3.2: another subject's data may have been put in place of this one's.
            if more.get("sub") != known["sub"]:
                raise self._disbelief(ValueError("userinfo of another subject"))
            known = {**more, **known}
        return self.reader.read(known)

    def _token(self, client: OAuth2Session, code: str, mine: Secrets) -> dict[str, Any]:
        token: dict[str, Any] = client.fetch_token(
            self.metadata()["token_endpoint"], grant_type="authorization_code", code=code,
            code_verifier=mine.verifier, redirect_uri=self.callback, allow_redirects=False,
        )  # fmt: skip
        return token

    def _verified(self, token: Mapping[str, Any], mine: Secrets) -> dict[str, Any]:
        try:
            decoded = jwt.decode(token["id_token"], self.keys(), algorithms=self._algorithms)
        except InvalidKeyIdError:  # the issuer has changed its keys since we asked
            decoded = jwt.decode(token["id_token"], self.keys(fresh=True), algorithms=self._algorithms)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self.metadata()["issuer"]},
                "sub": {"essential": True},
                "aud": {"essential": True, "value": self._settings.oidc_client_id},
            },
            {
                "nonce": mine.nonce,
                "client_id": self._settings.oidc_client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY)
        if not isinstance(claims["sub"], str) or not claims["sub"] or len(claims["sub"]) > 255:
            raise ValueError("sub")
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and not claims.get("azp"):
            raise ValueError("azp")
        return dict(claims)

    # ------------------------------------------------------------------------------- document and keys

    def metadata(self) -> dict[str, Any]:
        """The discovery document. Raises Down, also when what came is not one."""
        if self._known_until is None or self._known_until <= clock.now():
            url = f"{self.issuer}/.well-known/openid-configuration"
            try:
                self._metadata = self._checked(self._ask(lambda client: self._get(client, url)))
            except Wrong:  # at this point nobody has logged in yet: for the person it is simply not there
                raise self._down("discovery") from None
            self._known_until, self._keys = clock.now() + KEEP, None
        return self._metadata

    def keys(self, *, fresh: bool = False) -> KeySet:
        if self._keys is None or fresh:
            uri = self.metadata()["jwks_uri"]
            self._keys = KeySet.import_key_set(self._ask(lambda client: self._get(client, uri)))  # type: ignore[arg-type]
        return self._keys

    def _checked(self, document: dict[str, Any]) -> dict[str, Any]:
        """Another issuer's document, or one that sends secrets over an open line, is none."""
        places = [document.get(name) for name in NEEDED]
        places += [document[name] for name in ("userinfo_endpoint",) if name in document]
        if str(document.get("issuer", "")).rstrip("/") != self.issuer:
            raise self._disbelief(ValueError("document of another issuer"))
        schemes = ("https",) if self.issuer.startswith("https://") else ("https", "http")
        for place in places:
            if not isinstance(place, str) or urlsplit(place).scheme not in schemes:
                raise self._disbelief(ValueError("document without its addresses"))
        return document

    # --------------------------------------------------------------------------------------- the line

    @contextmanager
    def line(self) -> Iterator[None]:
        """Hold one of the few lines to the issuer, for all that is asked within. Raises Down."""
        if self._down_until is not None and self._down_until > clock.now():
            raise Down
        if getattr(self._mine, "until", None) is not None:
            yield
            return
        if not self._lines.acquire(timeout=FREE_LINE):
            log.warning("all lines to the issuer are taken")
            raise Down
        self._mine.until = time.monotonic() + transport.WHOLE
        try:
            yield
        finally:
            self._mine.until = None
            self._lines.release()

    def _client(self) -> OAuth2Session:
        settings = self._settings
        methods = self._metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        client = OAuth2Session(
            settings.oidc_client_id,
            settings.oidc_client_secret.get_secret_value(),
            token_endpoint_auth_method="client_secret_basic" if "client_secret_basic" in methods else methods[0],
            scope=settings.oidc_scopes,
            redirect_uri=self.callback,
            code_challenge_method="S256",
            default_timeout=max(0.1, (getattr(self._mine, "until", None) or 0) - time.monotonic()),
        )
        client.trust_env = False  # no proxy or password of the machine's own surroundings
        for scheme in ("https://", "http://"):
            client.mount(scheme, self._adapter)
        return client

    @staticmethod
    def _get(client: OAuth2Session, url: str, token: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if token:
            client.token = dict(token)
        response = client.get(url, withhold_token=not token, allow_redirects=False)
        if response.status_code != 200:
            response.raise_for_status()
            raise ValueError(f"status {response.status_code}")
        found = response.json()
        if not isinstance(found, dict):
            raise ValueError("not an object")
        return found

    def _ask(self, question: Any) -> dict[str, Any]:
        """Every call outside goes through here: at once Down while it rests, Down and a rest after a failure."""
        try:
            with self.line():
                answer: dict[str, Any] = question(self._client())
        except requests.JSONDecodeError as error:  # is also a RequestException; it did answer
            raise self._disbelief(error) from error
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code < 500:
                raise self._disbelief(error) from error
            raise self._down("HTTP error") from error
        except requests.RequestException as error:
            raise self._down(type(error).__name__) from error
        except BROKEN as error:
            raise self._disbelief(error) from error
        return answer

    def _down(self, what: str) -> Down:
        self._down_until = clock.now() + REST
        log.error("the issuer of identities does not answer", extra={"error": what})
        return Down()

    @staticmethod
    def _disbelief(error: Exception) -> Wrong:
        name = getattr(error, "error", "") or type(error).__name__
        log.warning("an answer of the issuer was refused", extra={"error": name})
        return Wrong()
