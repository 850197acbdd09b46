#!/usr/bin/env python3
"""Licences of all dependencies against deny.toml, and how often each says `unsafe`: without cargo-deny and cargo-geiger.

    scripts/dependencies.py            exits with 1 where a licence is not allowed
"""
import json, pathlib, re, subprocess, sys, tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
ALLOWED = set(tomllib.loads((ROOT / "deny.toml").read_text())["licenses"]["allow"])


def allowed(expression):
    """Whether an SPDX expression can be met; `/` is how old crates write OR."""
    expression = expression.replace("/", " OR ")
    words = re.findall(r"\(|\)|[^\s()]+(?: WITH [^\s()]+)?", expression)
    python = " ".join({"OR": "or", "AND": "and", "(": "(", ")": ")"}.get(word, str(word in ALLOWED)) for word in words)
    return eval(python, {"__builtins__": {}})  # Of True, False, and, or and brackets alone.


def main():
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"]
    data = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    refused, total = [], 0
    for package in sorted(data["packages"], key=lambda package: package["name"]):
        if package["source"] is None:
            continue
        licence = package["license"] or ""
        if not licence or not allowed(licence):
            refused.append(f"{package['name']} {package['version']}: {licence or 'no licence'}")
        folder = pathlib.Path(package["manifest_path"]).parent / "src"
        count = 0
        for file in folder.rglob("*.rs"):
            lines = file.read_text(errors="replace").splitlines()
            count += sum(bool(re.search(r"\bunsafe\b\s*(\{|fn|impl|trait|extern)", line.split("//")[0])) for line in lines)
        total += count
        print(f"{count:6} {package['name']} {package['version']}  {licence}")
    print(f"{total:6} in all, in code of dependencies that may not even be built; our own has none (`unsafe_code = \"forbid\"`)")
    for line in refused:
        print("licence not allowed:", line, file=sys.stderr)
    return 1 if refused else 0


sys.exit(main())
