"""Which machine may what, and who may give a machine its token."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

READ = Right("interop:read", "Read the dossiers of the token's own office.", frozenset({Role.AGENCY}))
ACKNOWLEDGE = Right("interop:acknowledge", "Say which files have arrived, by their hashes.", frozenset({Role.AGENCY}))
MANAGE_TOKENS = Right(
    "interop:manage-tokens", "Give an office's own system a token, or take it away.", frozenset({Role.ADMIN})
)
