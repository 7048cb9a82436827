"""The heart: a dossier (hồ sơ) from its first answer to the result in somebody's hand.

Words: applicant = người nộp; receipt = giấy tiếp nhận và hẹn trả; supplement = bổ sung; settle = giải quyết;
hand over = trả kết quả. States and moves are one table in `states.py`.
Verbs, one module each: draft, documents, submit, receive, count_papers, decline, supplement, require_payment, pay,
withdraw, process, extend, draft_check, settle, stop, hand_over, rate. Official papers are in `papers`.
Events: see `events.py`; each is written to the outbox with the move it tells of.
"""
