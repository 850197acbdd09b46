"""A command whose JSON is wanted, in a process of its own: what it says goes to pipes, what it writes to a file that is removed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from typing import Any, List, Mapping, Optional, Union

from ._api import VtlEvalError


def json_of(
    arguments: List[str], personas: Optional[Union[str, "os.PathLike[str]", Mapping[str, Any]]] = None, directory: Optional[str] = None
) -> Any:
    with tempfile.TemporaryDirectory(prefix="vtl-eval-") as folder:
        if isinstance(personas, Mapping):
            file = os.path.join(folder, "personas.json")
            with open(file, "w", encoding="utf-8") as out:
                json.dump(personas, out)
            personas = file
        if personas is not None:
            arguments = [*arguments, "--personas", os.path.abspath(os.fspath(personas))]
        out_file = os.path.join(folder, "out.json")
        command = [sys.executable, "-m", "vtl_eval", *arguments, "--format", "json", "-o", out_file]
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=directory)
        # 1: the tool could not do its work, be there a part of an answer or not.
        if ran.returncode != 1:
            try:
                with open(out_file, encoding="utf-8") as file_:
                    return json.load(file_)
            except (OSError, ValueError):
                pass
        said = ran.stderr.decode("utf-8", "replace").strip()
        message = said[len("error: ") :] if said.startswith("error: ") else said
        raise VtlEvalError("project", message or f"vtl-eval {arguments[0]} ended without an answer")


def text_of(arguments: List[str]) -> str:
    """What a command prints for a person."""
    command = [sys.executable, "-m", "vtl_eval", *arguments, "--color", "never"]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return ran.stdout.decode("utf-8", "replace")
