"""The domain and the citizen's, the officer's and the public's pages.

Floors, top to ground: factory · counter · dossiers · vault · accounts, catalogue · offices, pwa · shell · core.
A room imports lower floors only; rooms of one floor never see each other. See README.md for the map.
"""
