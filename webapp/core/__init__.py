"""The ground floor: data, time, events, rights, files, audit. Knows no web framework.

Everything here works the same in the web process, in the worker and in a command.
"""
