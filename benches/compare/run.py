#!/usr/bin/env python3
"""Runs vtl-eval and its peers on the same template and contexts, checks that they decide alike, and prints the ratios.

    python3 benches/compare/run.py [--plain FOLDER] [--published [FOLDER]]

With --published our build guided by a profile stands beside the plain one, trained by scripts/train.py as scripts/release.sh
does. In place of building here, FOLDER has what `BENCH=1 scripts/release.sh TARGET` built (vtl-eval, compare), with PLAIN=1
the plain one. The ratios are drawn into docs/performance.svg. It wants cargo, a JDK, Debian's packages `velocity` and `time`, node with npm. Everything it makes stands in target/compare.
"""
import json, os, resource, shutil, statistics, subprocess, sys, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "compare"
TEMPLATE, CONTEXTS, CONTEXT = (HERE.parent / "data" / name for name in ("auth.vtl", "auth.contexts.ndjson", "auth.context.json"))
MODE = "User Pool Authorization"
JARS = [f"/usr/share/java/{name}.jar" for name in ("velocity", "commons-lang", "commons-collections3")]
PASSES = int(os.environ.get("PASSES", "3"))
LINES = 100_000
PUBLISHED = "vtl-eval, published"
NOTES = "templates/notes-api/manifest.json"
# Megabytes of the log that is replayed.
LOG = 40


def ours(**env):
    """The executables of one of our builds: the command and the bench."""
    made = subprocess.run(["cargo", "build", "--release", "--features", "internals", "--bin", "vtl-eval", "--bench", "compare",
                           "--message-format=json"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, **env}).stdout
    made = [json.loads(line) for line in made.splitlines()]
    return {item["target"]["name"]: item["executable"] for item in made if item.get("executable")}


def standing(option):
    """The executables in the folder that stands behind this option, if one does."""
    behind = sys.argv[sys.argv.index(option) + 1:][:1] if option in sys.argv else []
    return {name: str(Path(folder).resolve() / name) for folder in behind if folder[:2] != "--" for name in ("vtl-eval", "compare")}


def published():
    """Our build guided by a profile."""
    folder = WORK / "profile"
    shutil.rmtree(folder, ignore_errors=True)
    # As in scripts/release.sh: without link-time optimisation, which cargo must not know. A function's name holds a hash of
    # cargo's profile, and counts under other names fit nothing.
    quick = "-Clto=off -Clinker-plugin-lto=no -Cembed-bitcode=no"
    exe = ours(RUSTFLAGS=f"-Cprofile-generate={folder} {quick}", CARGO_TARGET_DIR=str(WORK / "profiling"))
    subprocess.run([ROOT / "scripts" / "train.py", exe["vtl-eval"], exe["compare"]], check=True)
    merge = os.environ.get("LLVM_PROFDATA", "llvm-profdata")
    subprocess.run([merge, "merge", "-o", folder / "merged.profdata", *folder.glob("*.profraw")], check=True)
    return ours(RUSTFLAGS=f"-Cprofile-use={folder / 'merged.profdata'}", CARGO_TARGET_DIR=str(WORK / "published"))


def build():
    """The command lines of every engine: one that measures rates, one that runs a single evaluation."""
    WORK.mkdir(parents=True, exist_ok=True)
    exe = standing("--plain") or ours()
    guided = (standing("--published") or published()) if "--published" in sys.argv else None
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
    commands = {"vtl-eval": exe["vtl-eval"]}
    if guided:
        warm = {"vtl-eval": warm["vtl-eval"], PUBLISHED: [guided["compare"], TEMPLATE, CONTEXTS], **warm}
        cold = {"vtl-eval": cold["vtl-eval"], PUBLISHED: [guided["vtl-eval"], *cold["vtl-eval"][1:]], **cold}
        commands[PUBLISHED] = guided["vtl-eval"]
    return warm, cold, commands


def once(command):
    """Milliseconds of one process."""
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def user(command):
    """Milliseconds of processor time of one process: what a busy machine does not change much."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(part) for part in command], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


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


def measure(warm, cold, commands):
    """Every engine in turn, PASSES times, so that each pass sees the machine in one mood."""
    passes = []
    for _ in range(PASSES):
        seen = {}
        for name, command in warm.items():
            out = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE, text=True).stdout
            seen[name] = json.loads(out)
        for name, binary in commands.items():
            seen[name]["batch"] = LINES / once([binary, "batch", "--jobs", "1", WORK / "lines.ndjson"]) * 1000
            seen[name]["replay"] = LOG / user([binary, "replay", WORK / "replay.log", "--from", NOTES, "--claims", '{"sub": "s-1"}']) * 1000
        for name, command in cold.items():
            runs = [once(command) for _ in range(20 if name in ("vtl-eval", PUBLISHED, "empty Rust program") else 5)]
            seen.setdefault(name, {}).update(cold=statistics.median(runs), memory=peak(command))
        passes.append(seen)
    return passes


KINDS = {"evaluate": "evaluate, fresh context", "json": "JSON context and evaluate", "parse": "parse"}
COLOURS = ["#1f6f54", "#57a773", "#8c6d31", "#7b8794", "#b0b7bf", "#d9a441"]


def draw(bars):
    """How many times Velocity's rate each engine has, as a picture."""
    most = max(value for row in bars.values() for value in row if value)
    width, left, top, bar, gap = 720, 190, 34, 16, 26
    height = top + len(KINDS) * (len(bars) * bar + gap)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
           "<title>Rates, as multiples of Apache Velocity 1.7</title>",
           f'<rect width="{width}" height="{height}" fill="#fff"/>',
           f'<text x="8" y="18" font-weight="bold">Rates, as multiples of Apache Velocity 1.7 (longer is faster)</text>']
    at = top
    for kind, title in enumerate(KINDS.values()):
        out.append(f'<text x="8" y="{at + 12}">{title}</text>')
        for (name, row), colour in zip(bars.items(), COLOURS):
            if row[kind] is not None:
                length = max(1, (width - left - 190) * row[kind] / most)
                out.append(f'<rect x="{left}" y="{at}" width="{length:.1f}" height="{bar - 3}" fill="{colour}"/>'
                           f'<text x="{left + length + 5:.1f}" y="{at + 11}">{row[kind]:.2f}x {name}</text>')
                at += bar
        at += gap
    return "\n".join([*out, "</svg>", ""])


def main():
    warm, cold, commands = build()
    context = json.loads(CONTEXT.read_text())
    with open(WORK / "lines.ndjson", "w") as lines:
        for at in range(LINES):
            row = {"id": at, "templateFile": str(TEMPLATE), "context": context, "authType": MODE}
            lines.write(json.dumps(row, separators=(",", ":")) + "\n")
    log = subprocess.run([sys.executable, HERE.parent / "make_log.py", str(LOG)], check=True, stdout=subprocess.PIPE).stdout
    (WORK / "replay.log").write_bytes(log)
    passes = measure(warm, cold, commands)

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
    print()
    print(f"(x: how many times better than Velocity 1.7 in the same pass; medians of {PASSES} passes)")
    for name in commands:
        told = lambda get: median(lambda seen: get(seen[name], seen))
        print(f"{name}:")
        print(f"  batch, one core, JSON in and out: {told(lambda o, _: o['batch']):,.0f} lines a second, "
              f"{told(lambda o, s: o['batch'] / s['Velocity 1.7']['json']):.2f}x Velocity with JSON parsing")
        print(f"  replay: {told(lambda o, _: o['replay']):.0f} MB a second of processor time")
        print(f"  cold process over an empty Rust program that reads the files: {told(lambda o, s: o['cold'] / s['empty Rust program']['cold']):.2f}x")
        print(f"  record and explain over bare evaluation: allowed {told(lambda o, _: o['evaluate'] / o['explain']):.1f}x, "
              f"refused, suggestions proved {told(lambda o, _: o['evaluateRefused'] / o['explainRefused']):.1f}x")
        print(f"  over the floor written by hand: evaluate {told(lambda o, _: o['floor'] / o['evaluate']):.1f}x, "
              f"with JSON {told(lambda o, _: o['floorJson'] / o['json']):.1f}x")
    ratio = lambda name, key: median(lambda seen: seen[name][key] / seen["Velocity 1.7"][key])
    bars = {name: [ratio(name, key) for key in KINDS] for name in warm}
    floor = [median(lambda seen: seen["vtl-eval"][mine] / seen["Velocity 1.7"][theirs]) for mine, theirs in (("floor", "evaluate"), ("floorJson", "json"))]
    (ROOT / "docs" / "performance.svg").write_text(draw({**bars, "floor, by hand": [*floor, None]}))
    print(f"decisions that differ: {differing}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
