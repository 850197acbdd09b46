"""Read by mypy alone (scripts/wheel.sh): the types of a user's program."""

from typing_extensions import assert_type

import vtl_eval
from vtl_eval.types import Report, Verdict

report = vtl_eval.explain("x", claims={"sub": "a"}, auth_type="user-pool", now=0)
assert_type(report, Report)
verdict: Verdict = report["verdict"]
assert_type(vtl_eval.Project.open(".").fields(), list[str])
vtl_eval.evaluate("x", klaims={})  # type: ignore[call-arg]
report["verdikt"]  # type: ignore[typeddict-item]
