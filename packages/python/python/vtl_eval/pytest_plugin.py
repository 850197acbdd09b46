"""Collects case files (``*.vtltest.yaml``, ``*.vtltest.json``): each case is a test, and a failure is what ``vtl-eval test`` says."""

from __future__ import annotations

from typing import Any, Iterator, List, Optional

import pytest

from . import VtlEvalError
from ._command import json_of, text_of

SUFFIXES = (".vtltest.yaml", ".vtltest.yml", ".vtltest.json")


def pytest_collect_file(file_path: Any, parent: pytest.Collector) -> Optional[pytest.Collector]:
    return CaseFile.from_parent(parent, path=file_path) if file_path.name.endswith(SUFFIXES) else None


class CaseFile(pytest.File):
    """A case file. Its cases are run when they are collected: they touch nothing, and their names come with the answers."""

    def collect(self) -> Iterator[pytest.Item]:
        try:
            report = json_of(["test", str(self.path)])
        except VtlEvalError as error:
            raise self.CollectError(str(error)) from None
        for case in report["cases"]:
            yield Case.from_parent(self, name=case["name"], case=case)


def _explained(path: str, name: str) -> List[str]:
    """What the command prints of this case: the differences, and the explanation."""
    block: List[str] = []
    inside = False
    for line in text_of(["test", path, "--filter", name]).splitlines():
        if line.startswith(("  ✓ ", "  ✗ ")):
            inside = line == f"  ✗ {name}"
        elif line and not line.startswith("   "):
            inside = False
        elif inside:
            block.append(line[6:])
    return block


class Different(Exception):
    """A case that did not come out as expected."""


class Case(pytest.Item):
    """A case."""

    def __init__(self, *, case: Any, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case

    def runtest(self) -> None:
        if not self.case["passed"]:
            raise Different(self.case)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if not isinstance(excinfo.value, Different):
            return super().repr_failure(excinfo)
        lines = [self.case["error"]] if self.case["error"] else []
        lines += [str(difference) for difference in self.case["differences"]]
        lines += [f"note: {note}" for note in self.case["notes"]]
        return "\n".join(_explained(str(self.path), self.case["name"]) or lines)

    def reportinfo(self) -> Any:
        return self.path, None, self.case["name"]
