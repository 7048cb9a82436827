"""What the state already holds about a person: results of earlier dossiers, with their source and their use.

Words: record = kết quả số hóa trong kho; reuse = tái sử dụng; the screen says "Giấy tờ của tôi" (My records).
Verbs: keep_result (a settled dossier's result becomes a record), reuse_record (consent recorded).
"""
