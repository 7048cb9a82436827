"""Only for oneself: a helper's mandate is for dossiers, never for who somebody is."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

OWN_IDENTITY = Right("identity:own", "Link, unlink and join what proves who one is", frozenset({Role.CITIZEN}))
