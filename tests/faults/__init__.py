"""What must hold when something dies: processes killed under load, a full disk, a locked database, a cut of power.

The oracle after each (`rig.findings`): what was acknowledged is there, once, whole, and the journal verifies. CI does
in short what tests/README.md says how to do at length.
"""
