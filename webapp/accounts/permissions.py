"""Who may do what with accounts. Helpers have none of these: a mandate is for dossiers, not for somebody's profile."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

OWN_PROFILE = Right(
    "accounts:own_profile", "See, correct and take along what is held about oneself", frozenset({Role.CITIZEN})
)
OWN_SESSIONS = Right(
    "accounts:own_sessions", "See where one is logged in, and end those log-ins", frozenset({Role.CITIZEN})
)
