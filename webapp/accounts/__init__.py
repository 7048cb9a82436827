"""Who: people, their accounts and phones, log-in by a one-time code, staff log-in, sessions, mandates.

Words: person = công dân; citizen_id = số định danh cá nhân; mandate = ủy quyền, with the evidence that makes it true.
Verbs: request_code, check_code, register_person, staff_log_in, change, grant_mandate, end_mandate, revoke_mandate.
Events: CodeRequested, MandateGranted, MandateRevoked, MandateEnded.
Pages: /login, /register, /logout, /staff/login, /me. Seam: the slots `me_cards` and `me_data`, and every menu item of
a citizen is a tile on /me. The state of somebody on the way in is `entry.py`.
"""
