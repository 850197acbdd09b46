#!/usr/bin/env python3
"""Runs vtl-eval and its peers on the same template and contexts, checks that they decide alike, and prints the ratios.

    python3 benches/compare/run.py

wants cargo, a JDK, Debian's packages `velocity` and `time`, node with npm. Everything it makes stands in target/compare.
"""
import json, os, shutil, statistics, subprocess, sys, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "compare"
TEMPLATE, CONTEXTS, CONTEXT = (HERE.parent / "data" / name for name in ("auth.vtl", "auth.contexts.ndjson", "auth.context.json"))
MODE = "User Pool Authorization"
JARS = [f"/usr/share/java/{name}.jar" for name in ("velocity", "commons-lang", "commons-collections3")]
PASSES = int(os.environ.get("PASSES", "3"))
LINES = 100_000


def build():
    """The command lines of every engine: one that measures rates, one that runs a single evaluation."""
    WORK.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(["cargo", "build", "--release", "--bin", "vtl-eval", "--bench", "compare", "--message-format=json"],
                          cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    made = [json.loads(line) for line in made.splitlines()]
    exe = {item["target"]["name"]: item["executable"] for item in made if item.get("executable")}
    subprocess.run(["rustc", "-O", "-o", WORK / "empty", HERE / "empty.rs"], check=True)
    subprocess.run(["javac", "-nowarn", "-cp", JARS[0], "-d", WORK, HERE / "Velocity.java"], check=True)
    for name in ("package.json", "package-lock.json", "rates.js", "simulator.js", "velocityjs.js"):
        shutil.copy(HERE / name, WORK)
    if not (WORK / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=WORK, check=True, stdout=sys.stderr)
    java = ["java", "-cp", ":".join([str(WORK), *JARS]), "Velocity", TEMPLATE, CONTEXTS, MODE]
    node = lambda name: ["node", WORK / f"{name}.js", TEMPLATE, CONTEXTS]
    warm = {"vtl-eval": [exe["compare"], TEMPLATE, CONTEXTS], "Velocity 1.7": java,
            "Amplify simulator": node("simulator"), "velocityjs": node("velocityjs")}
    cold = {"vtl-eval": [exe["vtl-eval"], TEMPLATE, "--context", CONTEXT, "--auth-type", MODE], "Velocity 1.7": [*java, "once"],
            "Amplify simulator": [*node("simulator"), "once"], "velocityjs": [*node("velocityjs"), "once"],
            "empty Rust program": [WORK / "empty", TEMPLATE, CONTEXT]}
    return warm, cold, [exe["vtl-eval"], "batch", "--jobs", "1", WORK / "lines.ndjson"]


def once(command):
    """Milliseconds of one process."""
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def peak(command):
    """Peak megabytes of one process. A child of this script would be counted with the script's own memory, so GNU time
    starts it."""
    out = WORK / "peak"
    once(["/usr/bin/time", "-f", "%M", "-o", out, *command])
    return int(out.read_text()) / 1024


def decided(output):
    """What an output says, apart from white space and null members."""
    def bare(value):
        if isinstance(value, dict):
            return {key: bare(member) for key, member in value.items() if member is not None}
        return [bare(item) for item in value] if isinstance(value, list) else value
    return None if output is None else bare(json.loads(output))


def measure(warm, cold, batch):
    """Every engine in turn, PASSES times, so that each pass sees the machine in one mood."""
    passes = []
    for _ in range(PASSES):
        seen = {}
        for name, command in warm.items():
            out = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
            seen[name] = json.loads(out)
        seen["vtl-eval"]["batch"] = LINES / once(batch) * 1000
        for name, command in cold.items():
            runs = [once(command) for _ in range(20 if name in ("vtl-eval", "empty Rust program") else 5)]
            seen.setdefault(name, {}).update(cold=statistics.median(runs), memory=peak(command))
        passes.append(seen)
    return passes


def main():
    warm, cold, batch = build()
    context = json.loads(CONTEXT.read_text())
    with open(WORK / "lines.ndjson", "w") as lines:
        for at in range(LINES):
            row = {"id": at, "templateFile": str(TEMPLATE), "context": context, "authType": MODE}
            lines.write(json.dumps(row, separators=(",", ":")) + "\n")
    passes = measure(warm, cold, batch)

    wanted = [decided(output) for output in passes[0]["Velocity 1.7"]["decisions"]]
    differing = 0
    for name in warm:
        found = [decided(output) for output in passes[0][name]["decisions"]]
        for at, (ours, theirs) in enumerate(zip(found, wanted, strict=True)):
            if ours != theirs:
                differing += 1
                print(f"{name} decides context {at + 1} otherwise: {json.dumps(ours)}, Velocity 1.7: {json.dumps(theirs)}")

    median = lambda get: statistics.median(get(seen) for seen in passes)
    def row(title, key, unit, faster):
        cells = []
        for name in [*warm, "empty Rust program"]:
            if key not in passes[0][name]:
                cells.append("")
                continue
            ratio = median(lambda seen: seen[name][key] / seen["Velocity 1.7"][key])
            ratio = ratio if faster else 1 / ratio
            value = median(lambda seen: seen[name][key])
            cells.append(f"{value:,.0f} {unit} ({ratio:.3g}x)" if value >= 100 else f"{value:.2f} {unit} ({ratio:.3g}x)")
        print(f"| {title} | " + " | ".join(cells) + " |")

    print("| | " + " | ".join([*warm, "empty Rust program"]) + " |")
    print("|---|" + "---|" * (len(warm) + 1))
    row("evaluate, fresh context", "evaluate", "/s", True)
    row("JSON context and evaluate", "json", "/s", True)
    row("parse", "parse", "/s", True)
    row("cold process", "cold", "ms", False)
    row("peak memory, cold", "memory", "MB", False)
    ours = lambda get: median(lambda seen: get(seen["vtl-eval"]))
    print()
    print(f"(x: how many times better than Velocity 1.7 in the same pass; medians of {PASSES} passes)")
    ratio = median(lambda seen: seen["vtl-eval"]["batch"] / seen["Velocity 1.7"]["json"])
    print(f"batch, one core, JSON in and out: {ours(lambda o: o['batch']):,.0f} lines/s, {ratio:.2f}x Velocity with JSON parsing")
    print(f"cold process over an empty Rust program that reads the files: {median(lambda s: s['vtl-eval']['cold'] / s['empty Rust program']['cold']):.2f}x")
    print(f"record and explain over bare evaluation: allowed {ours(lambda o: o['evaluate'] / o['explain']):.1f}x, "
          f"refused, suggestions proved {ours(lambda o: o['evaluateRefused'] / o['explainRefused']):.1f}x")
    print(f"over the floor written by hand: evaluate {ours(lambda o: o['floor'] / o['evaluate']):.1f}x, with JSON {ours(lambda o: o['floorJson'] / o['json']):.1f}x")
    print(f"decisions that differ: {differing}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
