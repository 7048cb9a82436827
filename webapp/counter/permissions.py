"""Who may stand at the desk. What may be done with a dossier there is in `dossiers.permissions`."""

from webapp.core.permissions import COUNTER_SIDE, Right

DESK = Right("counter:desk", "Use the desk: find dossiers of one's own office and see its worklist.", COUNTER_SIDE)
WALK_IN = Right("counter:walk-in", "Type a dossier for a person who stands at the counter with papers.", COUNTER_SIDE)
EXPORT = Right(
    "counter:export", "Take the worklist along as a file, after a fresh log-in; a long one with a second person.",
    COUNTER_SIDE,
)  # fmt: skip
REGISTER = Right(
    "counter:register", "Read the office's register of a period, after a fresh log-in; a long one with a second one.",
    COUNTER_SIDE,
)  # fmt: skip
