#!/usr/bin/env python3
"""Evaluates contexts on Spark: each partition is piped through `vtl-eval batch`, and the verdicts are counted.

    pip install pyspark
    python3 examples/spark/verdicts.py LINES.ndjson [--master local[2]]

LINES is what `vtl-eval batch` takes, one JSON object a line. Prints {"verdict": count, …}.
"""
import argparse, json, os, shlex, sys
from operator import add
from pyspark import SparkConf, SparkContext

options = argparse.ArgumentParser()
options.add_argument("lines")
options.add_argument("--master", default="local[2]")
options.add_argument("--partitions", type=int, default=8)
options.add_argument("--binary", default="vtl-eval", help="where every worker finds it")
options = options.parse_args()
# On this machine the workers are this Python, with what is installed for it; a cluster's have one of their own.
if options.master.startswith("local"):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)

context = SparkContext(conf=SparkConf().setMaster(options.master).setAppName("vtl-eval"))
context.setLogLevel("ERROR")
# One job a process: Spark runs as many partitions at once as there are cores. A failed process fails its partition.
command = f"{shlex.quote(options.binary)} batch --jobs 1"
rows = context.textFile(options.lines, options.partitions).pipe(command, checkCode=True)
counts = rows.map(lambda row: (json.loads(row)["verdict"], 1)).reduceByKey(add).collectAsMap()
context.stop()
print(json.dumps(dict(sorted(counts.items()))))
