"""Listens to what happened and tells people: by SMS (the channel of record) and in the app.

One template per kind and channel in `messages.py`; providers in `channels/`. "Sent" is not "delivered": a message
says which of the two is known.
"""
