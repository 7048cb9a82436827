"""Messages are for the person alone: a helper beside them does not read their box."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

READ_MESSAGES = Right("messages:read", "Read the messages to oneself.", frozenset({Role.CITIZEN}))
