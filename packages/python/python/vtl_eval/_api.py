"""Objects over the engine's requests. Each thread has an engine of its own."""
# What the engine answers is JSON: its shape is checked by tests, not by mypy.
# mypy: disable-error-code=no-any-return

from __future__ import annotations

import datetime
import json
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Union

from . import _engine
from .types import Diagnosis, Given, Matrix, Problem, Report, Rules, TokenReport

if TYPE_CHECKING:
    from typing_extensions import Unpack

Time = Union[datetime.datetime, str, int, float]


class VtlEvalError(Exception):
    """What cannot be done. ``code``: ``template`` it does not parse, ``input`` what was given is not as it should be,
    ``project`` it cannot be read, ``unknown-field``, ``nothing-to-run``, ``internal`` the engine stopped.
    """

    code: str
    line: Optional[int]

    def __init__(self, code: str, message: str, line: Optional[int] = None) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


def _call(request: Dict[str, Any]) -> Any:
    try:
        text = json.dumps(request, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise VtlEvalError("input", f"what was given is not JSON: {error}") from None
    try:
        answer = json.loads(_engine.call(text))
    except BaseException as error:
        # pyo3's PanicException is no Exception: a panic that slipped through is told as any other error is.
        if type(error).__name__ != "PanicException":
            raise
        raise VtlEvalError("internal", f"the engine stopped: {error}") from None
    if "error" in answer:
        raise VtlEvalError(**answer["error"])
    return answer["ok"]


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    raise VtlEvalError("input", f"{what} is a text, not a {type(value).__name__}")


def _millis(now: Optional[Time]) -> int:
    if now is None:
        return time.time_ns() // 1_000_000
    if isinstance(now, str):
        try:
            now = datetime.datetime.fromisoformat(now.replace("Z", "+00:00"))
        except ValueError:
            raise VtlEvalError("input", "`now` is a datetime, an RFC 3339 text or seconds since 1970") from None
    if isinstance(now, datetime.datetime):
        aware = now if now.tzinfo else now.replace(tzinfo=datetime.timezone.utc)
        return int(aware.timestamp() * 1000)
    if isinstance(now, (int, float)) and not isinstance(now, bool):
        return int(now * 1000)
    raise VtlEvalError("input", "`now` is a datetime, an RFC 3339 text or seconds since 1970")


#: Python's names of what the engine calls otherwise.
_NAMES = {"auth_type": "authType"}


def _given(given: Mapping[str, Any]) -> Dict[str, Any]:
    named = {_NAMES.get(name, name): value for name, value in given.items() if name != "now"}
    return {**named, "now": _millis(given.get("now"))}


class _Handles(threading.local):
    """Under which number an engine knows an object: a thread's own."""

    number: Optional[int] = None


class _Open:
    """Something that is open in the engine of each thread that used it."""

    def __init__(self, request: Dict[str, Any]) -> None:
        self._request = request
        self._handles = _Handles()
        self._number()

    def _number(self) -> int:
        if self._handles.number is None:
            self._handles.number = _call(self._request)
        return self._handles.number

    def __del__(self) -> None:
        # Another thread's engine cannot be told from here: what it holds goes with the thread.
        handles = getattr(self, "_handles", None)
        if handles is not None and handles.number is not None:
            try:
                _call({"op": "free", "handle": handles.number})
            except Exception:
                pass


class Template(_Open):
    """A resolver template: compiled once, run as often as one likes."""

    def __init__(self, text: str, name: str = "template.vtl") -> None:
        self.text = _text(text, "a template")
        self.name = _text(name, "the name of a template")
        super().__init__({"op": "parse", "name": self.name, "text": self.text})

    @classmethod
    def file(cls, path: Union[str, "os.PathLike[str]"]) -> "Template":
        """Reads a file: UTF-8, as the command wants it."""
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                return cls(file.read(), os.fspath(path))
        except UnicodeDecodeError:
            raise VtlEvalError("input", f"cannot read {os.fspath(path)}: not valid UTF-8") from None
        except OSError as error:
            why = "no such file" if isinstance(error, FileNotFoundError) else error.strerror
            raise VtlEvalError("input", f"cannot read {os.fspath(path)}: {why}") from None

    def evaluate(self, **given: Unpack[Given]) -> Report:
        """Verdict, output and stash, without why: the quick one. Absent parts of the context are null."""
        return _call({"op": "evaluate", "template": self._number(), "given": _given(given)})

    def explain(self, **given: Unpack[Given]) -> Report:
        """The verdict, and why; ``["text"]`` is the report for a person."""
        return _call({"op": "explain", "template": self._number(), "given": _given(given), "columns": 100})

    def check(self) -> List[Problem]:
        """What is wrong with it, without a caller."""
        return _call({"op": "check", "template": self._number()})


class Project(_Open):
    """An API as its project has it: an Amplify build, a ``cdk.out``, CloudFormation, Serverless, saved AWS answers …"""

    def __init__(self, path: Union[str, "os.PathLike[str]"]) -> None:
        self.path = os.path.abspath(os.fspath(path))
        super().__init__({"op": "open", "path": self.path})

    @classmethod
    def open(cls, path: Union[str, "os.PathLike[str]"]) -> "Project":
        """Reads it. Files outside its root (the nearest folder with ``vtl-eval.toml`` or ``.git``) are not read."""
        return cls(path)

    def fields(self) -> List[str]:
        """The fields that have a resolver, as ``Type.field``."""
        return _call({"op": "fields", "project": self._number()})

    def explain(self, field: str, **given: Unpack[Given]) -> Report:
        """Runs the pipeline of a field, and tells why it decided as it did."""
        request = {"op": "explain-field", "project": self._number(), "field": _text(field, "a field")}
        return _call({**request, "given": _given(given), "columns": 100})

    def matrix(self, personas: Union[str, "os.PathLike[str]", Mapping[str, Any]]) -> Matrix:
        """Every field by every persona: a personas file, or what it holds."""
        from ._command import json_of

        return json_of(["matrix", "--from", self.path], personas=personas)

    def rules(self) -> Rules:
        """The ``@auth`` rules of its model, who may do what, and the statements that they became."""
        from ._command import json_of

        return json_of(["rules", "--from", self.path])


def _template(template: Union[Template, str]) -> Template:
    return template if isinstance(template, Template) else Template(template)


def evaluate(template: Union[Template, str], **given: Unpack[Given]) -> Report:
    """Runs a template, without why. A text is compiled each time; keep a :class:`Template` for many."""
    return _template(template).evaluate(**given)


def explain(template: Union[Template, str], **given: Unpack[Given]) -> Report:
    """Runs a template, and tells why it decided as it did."""
    return _template(template).explain(**given)


def check(template: Union[Template, str]) -> List[Problem]:
    """Checks a template without a caller."""
    return _template(template).check()


def diagnose(report: Union[Mapping[str, Any], str]) -> Diagnosis:
    """Judges a refused request layer by layer, from a refusal report (docs/diagnose.md)."""
    if isinstance(report, str):
        try:
            report = json.loads(report)
        except ValueError as error:
            raise VtlEvalError("input", f"the report is not valid JSON: {error}") from None
    return _call({"op": "diagnose", "report": report})


def token(jwt: str, *, now: Optional[Time] = None) -> TokenReport:
    """Reads a compact JWT, and tells what AppSync makes of it at a time. Its signature is not checked."""
    return _call({"op": "token", "text": _text(jwt, "a token"), "now": _millis(now) // 1000})


def rows(lines: Iterable[str], *, now: Optional[Time] = None) -> Iterator[str]:
    """What ``vtl-eval batch`` answers, in memory: a JSON text for each line, in the same order; bad lines are reported in their
    row. Templates are compiled once. For a worker of Spark, as in examples/spark/verdicts_arrow.py.
    """
    engine = _engine.Rows(_millis(now))
    return map(engine.answer, lines)
