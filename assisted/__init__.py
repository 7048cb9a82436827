"""The way in for people without a smartphone: a helper beside them, with their consent, on citizens' own pages.

Words: helper session = phiên hỗ trợ; access card = thẻ truy cập (QR + PIN); handout = phiếu tóm tắt in ra.
Verbs: look_up, register_newcomer, agree_by_code, agree_by_card, end_session, issue_card, revoke_card,
stop_helper, object_to. The mandate itself is `accounts`'.
Events: HelperSessionStarted, HelperSessionEnded, HelperSessionDisputed, AccessCardIssued.

How it fits: `resolver` answers "who acts?" before `accounts` does, so that the pages see a helper with a subject;
`guard` compares the mandate of every posted form with the open session; the gold bar fills slot `top_bar`.
"""
