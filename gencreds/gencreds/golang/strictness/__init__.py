"""Finds the files for which tree-sitter's word is not enough: it accepts more than Go does, mostly at newlines.

Sits between the parse and `grammar`, under `syntax`. A file that `is_unusual` lets pass is one that Go's parser accepts
if tree-sitter does; one that it stops may still be valid, which `grammar` tells, exactly and slowly. Searches over the
text find the places that could be wrong, and the tree is asked about those places alone.
"""

from __future__ import annotations

from tree_sitter import Node

from gencreds.golang.strictness.lexis import has_odd_text, splits_operator
from gencreds.golang.strictness.semicolons import Written, with_semicolons
from gencreds.golang.strictness.structure import has_odd_structure

__all__ = ["Written", "is_unusual", "with_semicolons"]


def is_unusual(written: Written, root: Node) -> bool:
    """Return whether the file `written`, which tree-sitter read without an error as `root`, may yet be no valid Go."""
    data = written.data
    return (
        has_odd_text(data, is_notable=written.is_notable)
        or has_odd_structure(data, root)
        or splits_operator(data, root)
    )
