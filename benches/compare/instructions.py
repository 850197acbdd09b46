#!/usr/bin/env python3
"""Instructions for one parse and one evaluation, counted by callgrind: the same on a busy machine as on an idle one.

    cargo build --release && python3 benches/compare/instructions.py

Two runs of `batch` that differ only in their number of lines differ only in that work.
"""
import json, os, re, subprocess, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BINARY = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")) / "release" / "vtl-eval"
TEMPLATE = (HERE.parent / "data" / "auth.vtl").read_text()
CONTEXT = json.loads((HERE.parent / "data" / "auth.context.json").read_text())


def instructions(count, distinct):
    """All instructions of a batch over this many lines, each with a template of its own or all with one."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "lines.ndjson"
        with open(lines, "w") as out:
            for at in range(count):
                template = TEMPLATE + f"## {at:06}\n" if distinct else TEMPLATE + "## 000000\n"
                print(json.dumps({"template": template, "context": CONTEXT, "authType": "User Pool Authorization"}), file=out)
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", BINARY, "batch", "--jobs", "1", lines],
                              check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        return int(re.search(r"Collected : (\d+)", done.stderr)[1])


line = (instructions(600, False) - instructions(100, False)) / 500
parsed = (instructions(300, True) - instructions(100, True)) / 200
print(f"a line of batch (JSON in, evaluate, JSON out): {line:,.0f} instructions")
print(f"a parse: {parsed - line:,.0f} instructions")
