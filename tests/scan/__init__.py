"""Scanners that nobody here wrote, let loose on our own server (`python -m tests.scan`; README.md says more)."""
