"""Who reads the figures that are not for everybody."""

from webapp.core.actor import Role
from webapp.core.permissions import MANAGE_SIDE, Right

FIGURES = Right("board:figures", "Read the exact figures: a manager's of the own office, or all.", MANAGE_SIDE)
LATE = Right("board:late", "See which dossiers of one's own office were settled late.", frozenset({Role.MANAGER}))
