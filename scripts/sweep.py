#!/usr/bin/env python3
"""Every short text over a small alphabet, through vtl-eval and through Apache Velocity 1.7: how it ends and what it prints.

    scripts/sweep.py                  # each alphabet up to length 4
    scripts/sweep.py --length 6 references code
    scripts/sweep.py --list

Needs a JDK, Debian's package `velocity` and a built `vtl-eval` (`--binary`, by default target/debug/vtl-eval). Shown are
the differences that hold no shorter one; the exit code is 1 if there are any. A letter of an alphabet may be more than
one character.
"""

import argparse
import base64
import itertools
import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
JARS = [f"/usr/share/java/{jar}.jar" for jar in ("velocity", "commons-collections3", "commons-lang")]
SET = '#set($x="v")\n'

# name: what stands before, the letters, what stands after
ALPHABETS = {
    "references": (SET, ["$", "!", "{", "}", "x", ".", "\\", "-"], ""),
    "undefined": ("", ["$", "!", "{", "}", "x", ".", "\\", "#"], ""),
    "chains": (SET, ["$x", ".", "x", "trim()", "(", ")", "[0]", "{", "$"], ""),
    # Of fewer letters, for texts of six and more.
    "few": (SET, ["$", "!", "{", "}", "x", "."], ""),
    "sums": (SET + "#set($y=", ["$x", "1", "-", "(", ")", "=="], ")$y"),
    "blocks": (SET, ["#if(true)", "#end", "#else", "$x", "\n", "#"], ""),
    "comments": (SET, ["#", "*", "$x", "\\", "\n", "a", "[[", "]]"], ""),
    "directives": (SET, ["#if(true)", "#end", "#else", "#set($y=1)", "#break", "$x", "$", "\\", " ", "\n", "#", "a"], ""),
    "call": (SET, ["$x", ".", "$", "#", "!", "(", ")", ",", "1"], ""),
    "arguments": (SET + "$x.concat(", ["$x", "1", "-", ",", '"', " ", "$", "#", "["], ")"),
    "expressions": (SET + "#set($y=", ["$x", "1", "-", "+", ".", "(", ")", "!", " ", "==", "&&"], ")$y"),
    "literals": (SET + "#set($y=", ["$x", "1", "[", "]", "{", "}", ",", ":", "..", '"', "'"], ")$y"),
    "strings": (SET + '#set($y="', ["$x", "$", "#", "\\", '""', "a", ".", "{", "}"], '")$y'),
}


def harness(folder):
    """Velocity: a template in base64 a line."""
    path = ":".join(JARS)
    subprocess.run(["javac", "-nowarn", "-d", folder, "-cp", path, ROOT / "tests/oracle/Harness.java"], check=True)
    return ["java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8", "-cp", f"{folder}:{path}", "Harness"]


def start(command, lines):
    """A program that answers each line with one; written by a thread, so that neither waits for the other."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def write():
        for line in lines:
            process.stdin.write(line)
        process.stdin.close()

    threading.Thread(target=write, daemon=True).start()
    return process.stdout


def theirs(line):
    end, output, *_ = line.decode().split(" ")
    end = end.strip()
    return (end, "" if end == "parse" else base64.b64decode(output).decode()) if not end.startswith("error") else (end.split(":")[0], "")


def ours(line):
    row = json.loads(line)
    failure = row.get("failure")
    if failure:
        return ("parse" if failure["kind"] in ("parse", "limit") else "error"), ""
    return ("return" if row.get("isReturned") else "ok"), row["output"]


def texts(alphabet, length):
    before, letters, after = ALPHABETS[alphabet]
    for size in range(length + 1):
        for word in itertools.product(letters, repeat=size):
            yield word, before + "".join(word) + after


def sweep(alphabet, length, binary, java):
    asked = lambda: (json.dumps({"template": text}).encode() + b"\n" for _, text in texts(alphabet, length))
    given = lambda: (base64.b64encode(text.encode()) + b"\n" for _, text in texts(alphabet, length))
    mine, velocity = start([binary, "batch"], asked()), start(java, given())
    count, differences, least = 0, set(), []
    for (word, text), left, right in zip(texts(alphabet, length), mine, velocity, strict=True):
        count += 1
        left, right = ours(left), theirs(right)
        if left == right:
            continue
        parts = (word[i:j] for i in range(len(word)) for j in range(i + 1, len(word) + 1) if j - i < len(word))
        if not any(part in differences for part in parts):
            least.append((text, left, right))
        differences.add(word)
    return count, len(differences), least


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("alphabets", nargs="*", help="all when none is named")
    options.add_argument("--length", type=int, default=4, help="letters at most (4)")
    options.add_argument("--show", type=int, default=40, help="differences shown for each alphabet (40)")
    options.add_argument("--binary", default=str(ROOT / "target/debug/vtl-eval"))
    options.add_argument("--list", action="store_true", help="say the alphabets")
    args = options.parse_args()
    if args.list:
        for name, (before, letters, after) in ALPHABETS.items():
            print(f"{name:12} {before!r} … {after!r}: {' '.join(map(repr, letters))}")
        return 0
    total = 0
    with tempfile.TemporaryDirectory() as folder:
        java = harness(folder)
        for name in args.alphabets or ALPHABETS:
            count, different, least = sweep(name, args.length, args.binary, java)
            total += different
            print(f"{name}: {different} of {count} texts differ, {len(least)} without a shorter one in them", flush=True)
            for text, left, right in least[: args.show]:
                print(f"  {text!r}\n    ours     {left}\n    velocity {right}")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
