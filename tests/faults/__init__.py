"""What must hold when something dies: processes killed under load, a full disk, a locked database, a cut of power.

The oracle after each: what was acknowledged is there, once, whole, told once at least, and the journal verifies.
`MOTCUA_KILLS=500` makes the long run of what CI does in short.
"""
