"""What can be asked for: the procedures, what each needs, costs and gives, and the form people fill in.

Words: procedure = thủ tục hành chính (code `1.001193`); revision = its text from a day on, kept by every dossier
sent under it; document = thành phần hồ sơ; life event = việc trong đời (sinh con, kết hôn…); result code =
mã kết quả `KQ.…`; listed = of the national list: can be found and read, is handed in at the counter.
Verbs: load, import_lines, revise, propose, publish, switch_off, switch_on. Events: none.
Pure parts: `formspec` (the form and its rules), `conditions`, `fees`, `words`, `changes` (between two revisions);
`index`, `matching`, `searching`, `synonyms` (the search); `cleaning`, `national_list` (text as it was scraped).
Data: one file a procedure in `data/procedures`; `flask catalogue load` puts them into the tables, `flask catalogue
import FILE` the national list, which stays outside the project.
"""
