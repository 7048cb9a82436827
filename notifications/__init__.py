"""Listens to what happened and tells people: by SMS (the channel of record) and in the app.

Words: message = one text to one person by one channel; text = tin nhắn SMS; inbox = hộp tin trong ứng dụng.
An event of another house → `handlers` write messages, in the event's own transaction → `MessageQueued` →
`sending` calls the gateway, with no transaction open → the gateway's `callbacks`. SMS words stand in `messages.py`,
the app's in `inbox.py`. "Sent" is not "delivered": a message says which of the two is known.
What people text to us: `commands` reads it, `texts_in` answers.
"""
