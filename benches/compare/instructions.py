#!/usr/bin/env python3
"""Instructions of each kind of work, counted by callgrind: the same on a busy machine as on an idle one.

    benches/compare/instructions.py            # of a release build without link-time optimisation, compared with benches/data/instructions.json
    benches/compare/instructions.py --update   # and written into it
    benches/compare/instructions.py --debug    # of target/debug/vtl-eval as it is: what .ci/run prints

What moved by more than 2 % is printed with its old figure. Work that repeats is counted by the difference of two runs, which
differ only in how often they do it.
"""
import json, os, re, shutil, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
KNOWN = HERE.parent / "data" / "instructions.json"
TEMPLATE, CONTEXT, CONTEXTS = (HERE.parent / "data" / name for name in ("auth.vtl", "auth.context.json", "auth.contexts.ndjson"))
MODE = "User Pool Authorization"
MOVED = 0.02
# What a person types, from a cold start. None of these inputs is the benchmark's.
CLAIMS = '{"sub": "u-1", "cognito:groups": ["authors"], "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a"}'
REPORT = {"request": {"query": "mutation { deleteNote(id: 1) { id } }", "headers": {"x-api-key": "da2-example"}},
          "response": {"data": None, "errors": [{"errorType": "Unauthorized", "message": "Not Authorized to access deleteNote on type Mutation"}]}}
COLD = {
    "cold: explain": ["templates/owner/template.vtl", "--claims", "templates/owner/claims/deny-other-user.json"],
    "cold: token": ["token", CLAIMS],
    "cold: diagnose": ["diagnose", "{report}", "--from", "templates/notes-api/manifest.json"],
    "cold: test": ["test", "templates/notes-api"],
    "cold: check": ["check", "templates/owner/template.vtl"],
    "cold: matrix": ["matrix", "--from", "templates/notes-api/manifest.json", "--personas", "templates/notes-api/personas.json"],
}


def counted(command, folder):
    """All instructions of one process, whatever it exits with."""
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *map(str, command)],
                          cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found[1]) if found else sys.exit(f"valgrind counted nothing of {command}: {done.stderr[-300:]}")


def batch(binary, folder, count, distinct):
    """A batch over this many lines, each with a template of its own or all with one."""
    lines = Path(folder) / "lines.ndjson"
    template, context = TEMPLATE.read_text(), json.loads(CONTEXT.read_text())
    rows = ({"template": template + (f"## {at:06}\n" if distinct else "## 000000\n"), "context": context, "authType": MODE}
            for at in range(count))
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return counted([binary, "batch", "--jobs", "1", lines], folder)


def replay(binary, folder, megabytes):
    log = Path(folder) / "replay.log"
    log.write_text(subprocess.run([sys.executable, ROOT / "benches" / "make_log.py", str(megabytes)], check=True, stdout=subprocess.PIPE, text=True).stdout)
    command = [binary, "replay", log, "--from", "templates/notes-api/manifest.json", "--claims", '{"sub": "s-1"}']
    return counted(command, folder), log.stat().st_size


def measure(binary, compare, few):
    """The figures by name. With few, each work is repeated less: the debug build is slow."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        report.write_text(json.dumps(REPORT))
        low, high = (2, 12) if few else (100, 600)
        line = (batch(binary, folder, high, False) - batch(binary, folder, low, False)) / (high - low)
        figures["a line of batch: JSON in, evaluate, JSON out"] = line
        low, high = (1, 4) if few else (100, 300)
        figures["a parse"] = (batch(binary, folder, high, True) - batch(binary, folder, low, True)) / (high - low) - line
        if not few:
            (least, bytes_least), (most, bytes_most) = replay(binary, folder, 0.2), replay(binary, folder, 1.2)
            figures["a byte of replay"] = (most - least) / (bytes_most - bytes_least)
        for name, command in COLD.items():
            figures[name] = counted([binary, *(report if part == "{report}" else part for part in command)], folder)
        for work in ["evaluate", "json", "read", "explain", "evaluateRefused", "explainRefused", "floor", "floorJson"] if compare else []:
            least, most = (counted([compare, TEMPLATE, CONTEXTS, work, times], folder) for times in (20, 120))
            figures[work] = (most - least) / 100
    return figures


def built():
    """The executables of the release build: the command, and the bench that does one work alone. Without link-time optimisation,
    which takes half an hour on a busy machine and moves each figure alike, to about two thirds."""
    quick = ["--config", "profile.release.lto=false", "--config", "profile.release.codegen-units=64"]
    made = subprocess.run(["cargo", "build", "--release", *quick, "--bin", "vtl-eval", "--bench", "compare", "--message-format=json"],
                          cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    items = [json.loads(line) for line in made.splitlines()]
    exe = {item["target"]["name"]: item["executable"] for item in items if item.get("executable")}
    return exe["vtl-eval"], exe["compare"]


def main():
    if not shutil.which("valgrind"):
        return print("instructions are not counted: valgrind is not installed")
    debug, update = "--debug" in sys.argv, "--update" in sys.argv
    kind = "debug" if debug else "release"
    binary, compare = (TARGET / "debug" / "vtl-eval", None) if debug else built()
    known = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    before, now = known.get(kind, {}), measure(binary, compare, debug)
    shown = lambda figure: f"{figure:,.0f}" if figure >= 1000 else f"{figure:,.1f}"
    for name, figure in now.items():
        old = before.get(name)
        moved = old is not None and abs(figure - old) > MOVED * old
        told = f" (was {shown(old)}: {figure / old - 1:+.1%})" if moved else "" if old is not None else " (not known before)"
        if told or not debug:
            print(f"{name}: {shown(figure)} instructions{told}")
    if debug and before:
        print(f"instructions of the debug build: {len(now)} figures, those that moved by more than {MOVED:.0%} stand above")
    if update:
        known[kind] = {name: round(figure, 1) for name, figure in now.items()}
        KNOWN.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
