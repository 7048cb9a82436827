"""The app on the phone's screen: its manifest, its worker, its page without a connection.

Words: *manifest*, *worker* (never keeps a private page), *offline page*.
No tables, no events, no rights of its own.
Verbs: none; everything here is read. `icons.py` draws the pictures once, by hand, on a developer's machine.
"""
