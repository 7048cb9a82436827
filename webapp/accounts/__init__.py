"""Who: people, their accounts and phones, log-in by a one-time code, staff log-in, sessions, mandates, staff.

Words: person = công dân; citizen_id = số định danh cá nhân; mandate = ủy quyền, with the evidence that makes it true;
hold = a day in which results wait after a phone was bound anew; recovery = a new phone by two people at a counter;
claim = somebody whom an office wrote down opens their account; device = a browser that an account knows; guarded =
after "this was not me"; fresh = proved a short time ago; breaker = a fuse of the whole installation.
Verbs: request_code, check_code, not_me.deny, require_fresh, register_person, claim_by_phone, claim_by_code,
change_phone, stop_change, open_recovery, approve, staff_log_in, invite, enrol, create, disable, reset, grant_mandate,
end_mandate, revoke_mandate.
Events: CodeRequested, NewDeviceUsed, DeviceDenied, PhoneChanged, PhoneChangeStopped, PhoneRecovered, MandateGranted,
MandateRevoked, MandateEnded.
Pages: /login, /login/again, /register, /logout, /not-me, /me/devices, /phone-mismatch, /phone-stop, /me,
/staff/login, /staff/enrol, /counter/recoveries, /manage. Seams: the slots `me_cards` and `me_data`; every menu item
of a citizen is a tile on /me, every one below /manage/ a tile on /manage; `views.held.held_answer` before a result is
handed out; `claiming.add_proof`; the slot `counter_home` of the desk is filled from here. The state of somebody on
the way in is `entry.py`.
"""
