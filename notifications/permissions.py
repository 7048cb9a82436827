"""Messages are for the person alone: a helper beside them does not read their box, nor does their office."""

from webapp.core.actor import Role
from webapp.core.permissions import MANAGE_SIDE, Right

READ_MESSAGES = Right("messages:read", "Read the messages to oneself.", frozenset({Role.CITIZEN}))
SEE_TO_MESSAGES = Right(
    "messages:see_to", "See which texts did not arrive (not what they say), and have them sent again", MANAGE_SIDE
)
