"""Our engine beside upstream's: upstream's result as a report, and what ours adds or drops, and why.

The only package that knows both engines. `cli` calls it.
"""
