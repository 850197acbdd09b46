#!/usr/bin/env python3
"""Checks that Spark with two workers counts the verdicts that a single process counts, piped and by Arrow.

    python3 examples/spark/check.py path/to/vtl-eval [COUNT]
"""
import collections, json, subprocess, sys, tempfile, time
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "benches" / "data"
binary, count = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
contexts = [json.loads(line) for line in (DATA / "auth.contexts.ndjson").read_text().splitlines()]


def timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def alone():
    out = subprocess.Popen([binary, "batch", "--jobs", "1", lines], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return dict(collections.Counter(json.loads(row)["verdict"] for row in out.stdout))


def spark(script, *more):
    command = [sys.executable, HERE / script, lines, "--master", "local[2]", *more]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out.splitlines()[-1])


with tempfile.TemporaryDirectory() as folder:
    lines = Path(folder) / "lines.ndjson"
    with open(lines, "w") as out:
        for at in range(count):
            row = {"id": at, "templateFile": str(DATA / "auth.vtl"), "context": contexts[at % 7 % len(contexts)], "authType": "User Pool Authorization"}
            print(json.dumps(row, separators=(",", ":")), file=out)
    single, seconds = timed(alone)
    print(f"one process, one core:            {single} in {seconds:.0f} s")
    piped, piped_seconds = timed(lambda: spark("verdicts.py", "--binary", binary))
    print(f"Spark, two workers, rdd.pipe:     {piped} in {piped_seconds:.0f} s, its start included")
    arrow, arrow_seconds = timed(lambda: spark("verdicts_arrow.py"))
    print(f"Spark, two workers, mapInArrow:   {arrow} in {arrow_seconds:.0f} s, its start included")
    if not single == piped == arrow or sum(single.values()) != count:
        sys.exit("the totals differ")
