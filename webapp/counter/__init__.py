"""The officers' desk: find a dossier by whatever a person brings, look at it, decide.

Words: counter = bộ phận Một cửa, quầy; worklist = danh sách hồ sơ, by the time that remains; decide = one of the
verbs of `dossiers` that the state and the officer's part allow.
Verbs: none of its own; every decision is a verb of `dossiers`. Events: none.
"""
