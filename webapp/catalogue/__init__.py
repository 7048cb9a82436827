"""What can be asked for: the procedures, what each needs, costs and gives, and the form people fill in.

Words: procedure = thủ tục hành chính (code `1.001193`); revision = its text on a date, kept by every dossier
sent under it; document = thành phần hồ sơ; life event = việc trong đời (sinh con, kết hôn…); result code =
mã kết quả `KQ.…`. Verbs: load. Events: none.
Pure parts: `formspec` (the form and its rules), `conditions`, `fees`, `words`, `matching` (search).
Data: one file a procedure in `data/procedures`; `flask catalogue load` puts them into the tables.
"""
