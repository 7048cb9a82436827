"""Pages of this room: coming in (log_in, register, staff) and one's own data (me)."""
