"""What a helper may, and what the person who is helped may."""

from webapp.core.actor import Role
from webapp.core.permissions import COUNTER_SIDE, Right

HELPER = frozenset({Role.HELPER})
PERSON = frozenset({Role.CITIZEN})

SEE_TODAY = Right("assisted:today", "See one's own helper sessions of today.", HELPER)
LOOK_UP = Right("assisted:look-up", "Find the one person who stands before the helper.", HELPER)
REGISTER = Right("assisted:register", "Write down a person who is not known yet.", HELPER)
ASK_CONSENT = Right("assisted:ask-consent", "Ask a person for consent and open a session with it.", HELPER)
WORK = Right("assisted:work", "Use the person's pages while the session is open.", HELPER)
END = Right("assisted:end", "End the session and print what was done.", HELPER)
ISSUE_CARD = Right("assisted:issue-card", "Print, replace or block the person's card in a session.", HELPER)

ISSUE_AT_COUNTER = Right(
    "cards:issue", "Make an access card for somebody whose ID card lies on the desk.", frozenset(COUNTER_SIDE)
)

SEE_HELPERS = Right("mandates:see", "See who acted for oneself, when, and what was done.", PERSON)
STOP_HELPER = Right("mandates:revoke", "Stop a helper at once, or say that something is not right.", PERSON)
