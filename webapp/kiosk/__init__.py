"""A screen in the waiting room: where is my dossier, how did it go, what do I need. Nobody logs in there.

Words: kiosk = màn hình tự tra cứu, one browser that an office has set up for everybody; visit = one person before it,
from the first touch until it is cleared. The browser's cookie says of which office the screen is, and opens nothing
that the public may not see. What a person proves (code and second fact) lies in the browser's session and goes with
the visit; the form's token does, too, so that no form of somebody before can be sent again.
Verbs: set up, end. Events: none.
"""
