"""Who may do what with accounts. Helpers have none of these: a mandate is for dossiers, not for somebody's profile."""

from webapp.core.actor import Role
from webapp.core.permissions import COUNTER_SIDE, MANAGE_SIDE, Right

STAFF = frozenset({Role.HELPER, *COUNTER_SIDE, *MANAGE_SIDE})

OWN_PROFILE = Right(
    "accounts:own_profile", "See, correct and take along what is held about oneself", frozenset({Role.CITIZEN})
)
OWN_SESSIONS = Right(
    "accounts:own_sessions", "See where one is logged in, and end those log-ins", frozenset({Role.CITIZEN})
)
STAFF_DEVICES = Right(
    "accounts:staff_devices", "See where one's own staff account was opened, and say that it was not oneself", STAFF
)
OWN_PHONES = Right(
    "accounts:own_phones", "Say whose phone it is, and put another phone in its place", frozenset({Role.CITIZEN})
)

DESK = frozenset(COUNTER_SIDE)
OPEN_RECOVERY = Right(
    "accounts:open_recovery", "Ask for a new phone for somebody whose ID card lies on the desk", DESK
)
DECIDE_RECOVERY = Right(
    "accounts:decide_recovery", "Approve or refuse what another member of the office asked for", DESK
)
# Whoever may take a list along: an office often has one manager, who takes lists too and may be away.
OFFICE_APPROVE = Right(
    "accounts:approvals", "Agree to, or refuse, what a colleague of the office wants to take along", DESK
)

MANAGE_HOME = Right("manage:home", "See what there is to manage", frozenset(MANAGE_SIDE))
MANAGE_STAFF = Right(
    "manage:staff", "Make and change staff: a manager in the own office, an administrator everywhere",
    frozenset(MANAGE_SIDE),
)  # fmt: skip
APPROVE = Right(
    "manage:approvals", "Agree to, or refuse, what another administrator asks for", frozenset({Role.ADMIN})
)
SEE_MISMATCHES = Right(
    "manage:phone_mismatches", "See how often phone and person did not fit, and why", frozenset(MANAGE_SIDE)
)
