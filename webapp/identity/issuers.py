"""Which issuer this installation has: the configured one; in the trial our own; else none, and people come by phone."""

from flask import current_app

from webapp.core.settings import Settings
from webapp.identity.provider import Provider, origin
from webapp.identity.transport import InProcess
from webapp.shell.services import services, settings

DEMO_PATH = "/demo/vneid"


def demo_issuer() -> str:
    return settings().base_url.rstrip("/") + DEMO_PATH


def is_demo() -> bool:
    """Is it the trial's own issuer?"""
    return not settings().oidc_issuer and settings().is_demo


def provider() -> Provider | None:
    """Made once for these settings: it remembers the issuer's document and keys, and whether it answers."""
    made = services()
    held: tuple[Settings, Provider | None] | None = made.extra.get("identity")
    if held is None or held[0] is not made.settings:
        held = made.extra["identity"] = (made.settings, _make(made.settings))
    return held[1]


def _make(values: Settings) -> Provider | None:
    if values.oidc_issuer:
        return Provider(values, values.oidc_issuer)
    return Provider(values, demo_issuer(), InProcess(current_app.wsgi_app)) if is_demo() else None


def form_target() -> str | None:
    """Our log-in form is answered by a redirect to the issuer, which the content policy must know."""
    issuer = settings().oidc_issuer
    return origin(issuer) if issuer else None
