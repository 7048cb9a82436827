"""Who may what with records. Whose record it is, is asked by the query that loads it."""

from webapp.core.actor import Role
from webapp.core.permissions import CITIZEN_SIDE, Right

LIST = Right("vault:list", "See which records one has, and who used them.", CITIZEN_SIDE)
# A helper sees that there is a paper and may use it with the person's word; reading it is the person's alone.
OPEN_FILE = Right("vault:open-file", "Open the file of one's own record.", frozenset({Role.CITIZEN}))
