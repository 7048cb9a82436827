"""What the state already holds about a person: results of earlier dossiers, with their source and their use.

Words: record = kết quả số hóa trong kho; reuse = tái sử dụng; the screen says "Giấy tờ của tôi" (My records).
Verbs: keep_result (a settled dossier's result becomes a record of its owner), reuse_record (consent is
recorded, once for each paper of a dossier), drop_reuse (the person changed their mind).
For forms: offers (which record may stand for a paper), prefill_from (the answers a record carries).
Events: RecordKept, RecordReused.
"""
