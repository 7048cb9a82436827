"""Who may make a browser a screen for everybody."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

# Whoever opens the hall in the morning, and whoever leads the office. A screen lets nobody see more than the public.
SCREENS = Right(
    "kiosk:screens", "Make a browser a screen of one's own office for everybody, and end such screens.",
    frozenset({Role.RECEPTION, Role.MANAGER}),
)  # fmt: skip
