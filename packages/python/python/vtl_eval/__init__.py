"""Runs AWS AppSync VTL resolver templates offline and tells why a request was refused.

>>> import vtl_eval
>>> why = vtl_eval.explain('$util.unauthorized()', claims={'sub': 'ann-1'})
>>> why['verdict']
'denied'

What cannot be done raises a :class:`VtlEvalError` with a ``code``.
"""

from ._api import Project, Template, VtlEvalError, check, diagnose, evaluate, explain, rows, token
from ._engine import __version__

__all__ = ["Project", "Template", "VtlEvalError", "__version__", "check", "diagnose", "evaluate", "explain", "rows", "token"]
