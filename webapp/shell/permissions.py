"""Who may look at the machine itself."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

SEE_SETTINGS = Right("manage:settings", "See what this installation is set to, secrets hidden", frozenset({Role.ADMIN}))
