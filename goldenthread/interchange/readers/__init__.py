"""Reading other people's files into plain values: no model, no database, no network.

A reader either returns what it understood, together with what it repaired and what it could
not use, or raises ``RefusedFile``.
"""
