"""Which issuer this installation has: the configured one; in the trial our own; else none, and people come by phone.

The libraries that speak with it are large: they are loaded at the start where an issuer is configured, in the trial
when somebody goes there.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import current_app

from webapp.core.settings import Settings
from webapp.shell.services import services, settings

if TYPE_CHECKING:
    from webapp.identity.provider import Provider

DEMO_PATH = "/demo/vneid"


def demo_issuer() -> str:
    return settings().base_url.rstrip("/") + DEMO_PATH


def is_demo() -> bool:
    """Is it the trial's own issuer?"""
    return not settings().oidc_issuer and settings().is_demo


def is_there() -> bool:
    """Is there any issuer to go to?"""
    return bool(settings().oidc_issuer) or is_demo()


def load() -> Any:
    """The module that speaks with an issuer."""
    return import_module("webapp.identity.provider")


def provider() -> "Provider | None":
    """Made once for these settings: it remembers the issuer's document and keys, and whether it answers."""
    made = services()
    held: tuple[Settings, Provider | None] | None = made.extra.get("identity")
    if held is None or held[0] is not made.settings:
        held = made.extra["identity"] = (made.settings, _make(made.settings))
    return held[1]


def _make(values: Settings) -> "Provider | None":
    if not is_there():
        return None
    speaks = load()
    if values.oidc_issuer:
        return speaks.Provider(values, values.oidc_issuer)
    return speaks.Provider(values, demo_issuer(), speaks.transport.InProcess(current_app.wsgi_app))


def form_target() -> str | None:
    """Our log-in form is answered by a redirect to the issuer, which the content policy must know."""
    issuer = settings().oidc_issuer
    return origin(issuer) if issuer else None


def origin(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
