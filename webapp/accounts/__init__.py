"""Who: people, their accounts and phones, log-in by a one-time code, staff log-in, sessions, mandates.

Words: person = công dân; citizen_id = số định danh cá nhân; mandate = ủy quyền, with the evidence that makes it true.
Verbs: request_code, check_code, register_person, log_in, log_out, staff_log_in, grant_mandate, revoke_mandate.
"""
