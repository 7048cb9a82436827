"""Who may look after the procedures on offer."""

from webapp.core.actor import Role
from webapp.core.permissions import MANAGE_SIDE, Right

SEE_PROCEDURES = Right(
    "manage:see_procedures", "See every procedure with its revisions and what changed", frozenset(MANAGE_SIDE)
)
CHANGE_PROCEDURES = Right(
    "manage:change_procedures", "Switch a procedure off and on, revise its text, fee, time and form",
    frozenset({Role.ADMIN}),
)  # fmt: skip
