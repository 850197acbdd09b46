#!/usr/bin/env python3
"""Random patterns on random texts: what java.util.regex answers, and what we answer.

    cargo build && python3 scripts/regex/differential.py [--count 100000] [--seed 1] [--record tests/inputs/regex.tsv]

We may leave a pattern alone ("not evaluated"), never answer something else. Needs a JDK 17. `--record` writes the first
thousand pairs that we evaluate, or refuse as Java does, with Java's answers.
"""
import argparse, json, os, random, re, subprocess, sys, tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
BINARY = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent.parent / "target")) / "debug" / "vtl-eval"
TEMPLATE = '#set($t = $ctx.args.t)#set($p = $ctx.args.p)$util.toJson([$t.matches($p), $t.replaceAll($p, "<$0>"), $t.split($p)])'

LETTERS = list("aabbcAB1_ -.@") + ["\n", "\r", "\r\n", "\t", "é", "É", "\u2028", "\u0085", "😀", "\u00a0"]
PLAIN = list("aabbcAB1_ -@") + ["é", "😀"]
ESCAPES = ["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\h", "\\H", "\\v", "\\V", "\\.", "\\-", "\\[", "\\t", "\\n", "\\r", "\\x41",
           "\\x{61}", "\\u0062", "\\0141", "\\e", "\\a", "\\f", "\\cA", "\\p{Alpha}", "\\P{Alpha}", "\\p{Lower}", "\\p{Upper}", "\\p{Punct}",
           "\\p{InBasicLatin}", "\\p{L}", "\\p{Lu}", "\\pL", "\\p{IsAlphabetic}", "\\p{Alnum}", "\\p{Space}", "\\p{javaLowerCase}", "\\q", "\\p{Foo}", "\\é"]


def class_(rng, depth):
    out = "[" + rng.choice(["", "", "", "^"])
    for _ in range(rng.randint(1, 4)):
        kind = rng.random()
        if kind < 0.5: out += rng.choice(PLAIN)
        elif kind < 0.65: out += rng.choice(["a-c", "A-B", "0-9", "b-a", "a-é", " -.", "Z-b"])
        elif kind < 0.8: out += rng.choice(ESCAPES)
        elif kind < 0.88 and depth: out += class_(rng, depth - 1)
        elif kind < 0.94: out += "&&" + rng.choice(["[^b]", "a-b", "[a-c]", "\\w", "a"])
        else: out += rng.choice(["]", "^", "&", "-", "~", "--", "~~", "[:alpha:]", "\\b", "\\Qa\\E", "$", "."])
    return out + "]"


def atom(rng, depth):
    kind = rng.random()
    if kind < 0.40: return rng.choice(PLAIN)
    if kind < 0.55: return rng.choice(ESCAPES)
    if kind < 0.68: return class_(rng, 1)
    if kind < 0.74: return "."
    if kind < 0.82: return rng.choice(["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "\\R", "\\R", "\\G"])
    if kind < 0.84: return rng.choice(["\\Qa.b\\E", "\\Q*\\E", "\\Q\\E", "\\E", "\\1", "\\2", "{", "}", "]", "a{2}{3}"])
    if depth == 0: return rng.choice(PLAIN)
    head = rng.choice(["(", "(", "(", "(?:", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?s:", "(?<n>", "(?i)(", "(?s)(", "(?m)("])
    return head + pattern(rng, depth - 1) + ")"


def pattern(rng, depth=3):
    out = ""
    for _ in range(rng.randint(1, 4)):
        out += atom(rng, depth)
        if rng.random() < 0.35:
            out += rng.choice(["*", "+", "?", "*", "+", "?", "{2}", "{1,2}", "{0,2}", "{1,}", "{2,1}", "{,2}"]) + rng.choice(["", "", "", "?", "+"])
        if rng.random() < 0.08: out += "|"
    return out


def pair(rng):
    text = "".join(rng.choice(LETTERS if rng.random() < 0.5 else PLAIN[:8]) for _ in range(rng.randint(0, 7)))
    return pattern(rng), text


def word(text):
    units = text.encode("utf-16-be")
    units = [int.from_bytes(units[at:at + 2], "big") for at in range(0, len(units), 2)]
    return "".join(chr(unit) if unit < 128 and chr(unit).isalnum() else "%%%04x" % unit for unit in units)


def java(pairs):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["javac", "-d", folder, HERE / "Answers.java"], check=True)
        lines = "".join(word(one) + "\t" + word(two) + "\n" for one, two in pairs)
        return subprocess.run(["java", "-Xss4m", "-cp", folder, "Answers"], input=lines, capture_output=True, text=True, check=True).stdout.rstrip("\n").split("\n")


def ours(pairs):
    lines = "".join(json.dumps({"template": TEMPLATE, "context": {"arguments": {"p": one, "t": two}}}) + "\n" for one, two in pairs)
    rows = subprocess.run([BINARY, "batch"], input=lines, capture_output=True, text=True).stdout.rstrip("\n").split("\n")
    for row in map(json.loads, rows):
        if row.get("failure"):
            message = row["failure"]["message"]
            yield "syntax" if "PatternSyntaxException" in message else "not evaluated" if "not evaluated" in message or "limit" in message else message
        else:
            matched, replaced, parts = json.loads(row["output"])
            yield f"{str(matched).lower()}\t{word(replaced)}\t{' '.join('=' + word(part) for part in parts)}"


options = argparse.ArgumentParser()
options.add_argument("--count", type=int, default=100_000)
options.add_argument("--seed", type=int, default=1)
options.add_argument("--record")
options = options.parse_args()
rng = random.Random(options.seed)
pairs = [pair(rng) for _ in range(options.count)]
wanted, got = java(pairs), list(ours(pairs))
assert len(wanted) == len(got) == len(pairs)
counts, wrong, kept = {"same": 0, "same error": 0, "not evaluated": 0, "wrong": 0}, [], []
for one, theirs, own in zip(pairs, wanted, got):
    kind = "not evaluated" if own == "not evaluated" else "wrong" if own != theirs else "same error" if own == "syntax" else "same"
    counts[kind] += 1
    if kind == "wrong": wrong.append((one, theirs, own))
    elif kind != "not evaluated": kept.append(f"{word(one[0])}\t{word(one[1])}\t{theirs}\n")
print(counts)
for (one, two), theirs, own in sorted(wrong, key=lambda item: len(item[0][0]))[:40]:
    print(f"{one!r} on {two!r}\n   java {theirs!r}\n   ours {own!r}")
if options.record:
    Path(options.record).write_text("".join(kept[:1000]))
sys.exit(bool(wrong))
