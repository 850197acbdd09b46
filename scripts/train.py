#!/usr/bin/env python3
"""Runs a build of vtl-eval that counts where it goes (-Cprofile-generate) through what people do with it.

    scripts/train.py BINARY [BENCH]

BENCH is benches/compare/ours.rs built in the same way, where that too is to be measured.

The inputs are the samples and the tests' own, never those of benches/: what the benchmark measures is not what the build was
trained on.
"""
import json, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARY = sys.argv[1]
MANIFEST = "templates/notes-api/manifest.json"


def run(*args):
    """Denials end with 2, errors that are the point with 3."""
    done = subprocess.run([BINARY, *map(str, args)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode not in (0, 2, 3):
        sys.exit(f"vtl-eval {' '.join(map(str, args))} exited with {done.returncode}: {done.stderr[-400:]}")


def identity(claims):
    """What AppSync makes of a token's claims; an identity, and none, stays as it is."""
    if not claims or "sub" not in claims:
        return claims
    return {"sub": claims["sub"], "username": claims.get("cognito:username", claims["sub"]), "issuer": claims.get("iss"),
            "claims": claims, "groups": claims.get("cognito:groups"), "sourceIp": ["198.51.100.7"], "defaultAuthStrategy": "ALLOW"}


def samples():
    for folder in sorted((ROOT / "templates").iterdir()):
        template, case = folder / "template.vtl", folder / "case.json"
        for claims in sorted((folder / "claims").glob("*.json")) if template.exists() else []:
            yield template, case, claims


def lines():
    for template, case, claims in samples():
        context = json.loads(case.read_text())
        context = {**context, "identity": identity(json.loads(claims.read_text())), "source": None, "prev": None,
                   "request": {"headers": {"host": "example", "user-agent": "trainer"}}}
        yield template, context


def batch(path, rows, *options):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    run("batch", "--jobs", "1", path, *options)


def main():
    known = list(lines())
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        batch(folder / "lines", ({"templateFile": str(template), "context": context} for _ in range(200) for template, context in known))
        batch(folder / "texts", ({"template": f"{template.read_text()}## {at}\n", "context": context}
                                 for at in range(8) for template, context in known))
        batch(folder / "traced", ({"templateFile": str(template), "context": context} for _ in range(20) for template, context in known),
              "--trace")
        log = (ROOT / "tests/inputs/replay/notes.log").read_text()
        (folder / "log").write_text("".join(log.replace("6f1d2c3b-0000", f"6f1d2c3b-{at:04x}") for at in range(400)))
        run("replay", folder / "log", "--from", MANIFEST, "--claims", "tests/inputs/replay/moderator.json")
        if len(sys.argv) > 2:
            (folder / "contexts").write_text("".join(json.dumps(context) + "\n" for template, context in known if template == known[0][0]))
            for work in ("evaluate", "json", "parse", "explain", "explainRefused", "evaluateRefused"):
                subprocess.run([sys.argv[2], known[0][0], folder / "contexts", work, "3000"], check=True)
    for template, case, claims in samples():
        for style in ("text", "json"):
            run(template, "--context", case, "--claims", claims, "--format", style)
    run("matrix", "--from", MANIFEST, "--personas", "templates/notes-api/personas.json")
    run("test", "templates")
    run("check", "templates")
    for har in sorted((ROOT / "tests/inputs/har").glob("*.har")):
        # One has no request in it, which ends with 1.
        if "never-sent" not in har.name:
            run("diagnose", har, "--from", MANIFEST)


if __name__ == "__main__":
    main()
