"""Interop: the doors for machines. The catalogue, the status of a dossier, and an agency's own dossiers as JSON.

Words: token (a secret of one office's own system, shown once, kept as a digest), problem (an error by RFC 9457),
acknowledgement (the agency repeats the hashes of the files it has: only then the ledger says "delivered").
Verbs: issue_token, revoke_token, acknowledge. The numbers of the national portal's statuses live here and nowhere else.
"""
