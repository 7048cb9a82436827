"""The way in for people without a smartphone: a helper beside them, with their consent, on the citizen's own pages.

Words: helper session = phiên hỗ trợ; access card = thẻ truy cập (QR + PIN); handout = phiếu tóm tắt in ra.
Verbs: start_session (consent by code or by card + PIN), end_session, issue_card. The mandate itself is `accounts`'.
"""
