"""The measures: plain data in, results out.

Nothing in here knows Django, the database or the clock. Every measure has a page in
`docs/method/`, named by its method version (`value-flow/1` is defined in `value-flow.md`).
"""
