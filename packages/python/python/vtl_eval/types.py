"""What goes in and comes out, as types: the members are those of ``--format json`` (and of the npm package's ``report.d.ts``)."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Literal, Mapping, Optional, TypedDict, Union

Verdict = Literal["allowed", "denied", "filtered", "completed", "error", "unknown"]
Certainty = Literal["certain", "likely", "possible"]
Severity = Literal["error", "warning", "note"]
Json = Any


class Given(TypedDict, total=False):
    """What a template is run with. One caller: ``claims``, ``identity`` or ``token``. What is left out is unknown, not null."""

    claims: Mapping[str, Json]
    identity: Optional[Mapping[str, Json]]
    token: str
    auth_type: str
    args: Mapping[str, Json]
    source: Json
    result: Json
    stash: Mapping[str, Json]
    prev: Json
    error: Json
    info: Mapping[str, Json]
    request: Mapping[str, Json]
    context: Mapping[str, Json]
    records: List[Json]
    watch: str
    now: Union[datetime.datetime, str, int, float]


class At(TypedDict):
    """A place in a template; lines and columns start at 1."""

    file: str
    line: int
    column: int
    text: str


class Hint(TypedDict):
    """What to look at; ``vtl-eval explain CODE`` tells more of a code."""

    code: str
    certainty: Certainty
    message: str
    path: Optional[str]
    actual: Json
    wanted: Json


class Note(TypedDict):
    code: str
    message: str
    at: Optional[At]


class Change(TypedDict, total=False):
    op: Literal["add", "set", "remove"]
    path: str
    value: Json


class Suggestion(TypedDict):
    """A change that would give another verdict: proved by running again."""

    changes: List[Change]
    verdict: Verdict


class Decision(TypedDict):
    kind: str
    at: Optional[At]
    guards: List[Dict[str, Json]]


class _Report(TypedDict):
    schema: int
    template: str
    verdict: Verdict
    authType: Optional[str]
    authTypeDerived: bool
    output: str
    returned: Json
    isReturned: bool
    error: Optional[Dict[str, Json]]
    outErrors: List[Dict[str, Json]]
    logs: List[str]
    extensions: List[Dict[str, Json]]
    stash: Json
    vars: Dict[str, Json]
    notes: List[Note]
    decision: Decision
    writes: List[Dict[str, Json]]
    candidates: List[Dict[str, Json]]
    hints: List[Hint]
    suggestions: List[Suggestion]
    next: Optional[str]


class Report(_Report, total=False):
    """What a template or a field decided."""

    text: str
    ran: Dict[str, Json]
    restsOn: List[Suggestion]
    byRules: Dict[str, Json]
    filter: Json
    field: str
    result: Json
    errors: List[Dict[str, Json]]
    decidedBy: Optional[Dict[str, Json]]
    steps: List[Dict[str, Json]]
    sources: List[Hint]


class Problem(TypedDict):
    """What is wrong with a template before anyone calls it."""

    code: str
    severity: Severity
    message: str
    line: Optional[int]


class TokenReport(TypedDict):
    """What AppSync makes of a token."""

    schema: int
    kind: str
    refused: bool
    #: What could not be judged, by the codes of the findings that tell of it; empty where the answer is sure.
    unknown: List[str]
    algorithm: Optional[str]
    keyId: Optional[str]
    claims: List[Dict[str, Json]]
    authType: Optional[str]
    identity: Json
    expires: Optional[int]
    expiresAt: Optional[str]
    expiresInSeconds: Optional[int]
    signature: str
    findings: List[Hint]


class Diagnosis(TypedDict):
    """A refused request, judged layer by layer."""

    schema: int
    verdict: Verdict
    layer: Optional[str]
    layers: List[Dict[str, Json]]
    field: Optional[str]
    authType: Optional[str]
    resolver: Optional[Report]
    observed: Optional[Dict[str, Json]]
    hints: List[Hint]
    suggestions: List[Suggestion]
    notes: List[Note]
    next: List[str]


class Cell(TypedDict):
    """A field, asked by a persona."""

    field: str
    persona: str
    variant: Optional[str]
    verdict: Verdict
    decidedBy: Optional[Dict[str, Json]]
    layer: Optional[str]
    needs: List[str]
    reason: str


class Matrix(TypedDict):
    schema: int
    cells: List[Cell]


class Rules(TypedDict):
    """The ``@auth`` rules of a model, who may do what, and the statements that they became."""

    schema: int
    model: str
    rules: List[Dict[str, Json]]
    access: List[Dict[str, Json]]
    statements: List[Dict[str, Json]]
    findings: List[Dict[str, Json]]
