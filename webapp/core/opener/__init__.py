"""Where strangers' files are opened: processes that have no keys, no network, no files and little memory or time.

`pool` is the web process's side, `child` the other; `photos`, `pdfs` and `pages` run only in the child, know nothing
of the house and answer in codes. `core.inspect` puts the codes into words.
"""
