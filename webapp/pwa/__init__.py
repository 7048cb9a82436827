"""The app on the phone's screen: its manifest, its worker, its page without a connection.

Words: *manifest*, *worker* (never keeps a private page), *offline page*. What a citizen could not send waits in the
page's own store, not in the worker (`shell/static/js/unsent.js`): locked, on a phone said to be one's own, 72 hours,
20 things and 30 MB at most. The worker only has that script ready; switched off, it leaves the store alone.
No tables, no events, no rights of its own.
Verbs: none; everything here is read. `icons.py` draws the pictures once, by hand, on a developer's machine.
"""
