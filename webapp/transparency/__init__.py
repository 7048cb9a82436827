"""Transparency: how the offices do, for everybody to read: counted from the history of dossiers, never from memory.

Words: board = bảng công khai (all offices, or one); fact = a dossier was sent, or came to its end; standing = what an
office did in a day or a month, for one procedure or for all; usual time = nine of ten were ready within it.
Verbs: count (a fact, once), recount (all of them, from the history), measure (the usual times, once a day).
It listens to the events of dossiers and writes its own tables alone; nothing in them names a person.
"""
