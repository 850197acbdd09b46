#!/usr/bin/env python3
"""The same as verdicts.py, in the workers' own Python: Arrow batches through `vtl_eval.rows`, no process and no pipe.

    pip install "pyspark[sql]" vtl-eval
    python3 examples/spark/verdicts_arrow.py LINES.ndjson [--master local[2]]

LINES is what `vtl-eval batch` takes, one JSON object a line. Prints {"verdict": count, …}.
"""
import argparse, json, os, sys
from pyspark.sql import SparkSession

options = argparse.ArgumentParser()
options.add_argument("lines")
options.add_argument("--master", default="local[2]")
options.add_argument("--partition", default="16m", help="most bytes of the file in one")
options = options.parse_args()
# On this machine the workers are this Python, with what is installed for it; a cluster's have one of their own.
if options.master.startswith("local"):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)


def answered(batches):
    """The verdict of each line; a bad line is a row with its failure, and ends nothing."""
    import pyarrow as pa, vtl_eval

    for batch in batches:
        rows = vtl_eval.rows(batch.column(0).to_pylist())
        verdicts = [json.loads(row)["verdict"] for row in rows]
        yield pa.RecordBatch.from_arrays([pa.array(verdicts, pa.string())], ["verdict"])


spark = SparkSession.builder.master(options.master).appName("vtl-eval").config("spark.sql.files.maxPartitionBytes", options.partition).getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
lines = spark.read.text(options.lines)
counts = lines.mapInArrow(answered, "verdict string").groupBy("verdict").count().collect()
spark.stop()
print(json.dumps(dict(sorted((row["verdict"], row["count"]) for row in counts))))
