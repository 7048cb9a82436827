"""Who sees to units."""

from webapp.core.actor import Role
from webapp.core.permissions import Right

UNITS = Right("offices:manage", "Add offices, change them and close them.", frozenset({Role.ADMIN}))
