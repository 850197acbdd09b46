#!/usr/bin/env python3
"""What a step costs at most: every method, function and operator in a loop, on small and on huge values.

    scripts/costs.py BINARY [--only WORD] [--steps N] [--seed S] [--tuples K] [--share F] [--jobs J] | sort -rn | head

A line an operation: nanoseconds of processor time a step, seconds, megabytes, how it ended. What stands far above the others does
more work than it charges (src/value/ledger.rs).
"""
import argparse, itertools, os, random, re, resource, subprocess, sys, json, pathlib, threading
from concurrent.futures import ThreadPoolExecutor
ROOT = pathlib.Path(__file__).resolve().parent.parent
def double(name, first, times): return f'#set(${name} = "{first}")#foreach($i in [1..{times}])#set(${name} = "${name}${name}")#end'
SET = {
 "ts": '#set($ts = "abc")', "te": '#set($te = "")',
 "tk": double("tk", "abcdefgh", 7), "tm": double("tm", "abc def ", 13), "tb": double("tb", "x", 23), "tw": double("tw", "é", 22),
 "tj": double("tj", "😀", 14), "tl": double("tl", "ab\\n", 13).replace("\\n", "\n"), "tc": double("tc", "A%20b+", 13),
 "ls": '#set($ls = [3, 1, 2])', "lk": '#set($lk = [1..1000])', "lm": '#set($lm = [1..1000000])',
 "lt": double("p", "x", 14) + '#set($lt = [])#foreach($i in [1..1000])#set($ok = $lt.add("$p$i"))#end',
 "lo": '#set($lo = [])#foreach($i in [1..1000])#set($ok = $lo.add({"a": $i, "b": "t$i"}))#end',
 "ms": '#set($ms = {"a": 1, "b": "x"})', "mk": '#set($mk = {})#foreach($i in [1..1000])#set($ok = $mk.put("k$i", $i))#end',
 "mm": '#set($mm = {})#foreach($i in [1..100])#foreach($j in [1..1000])#set($ok = $mm.put("$i/$j", $i))#end#end',
 "ml": double("p", "k", 14) + '#set($ml = {})#foreach($i in [1..200])#set($ok = $ml.put("$p$i", $i))#end',
 "dd": '#set($dd = [1])#foreach($i in [1..60])#set($dd = [$dd, $dd])#end',
 "d9": '#set($d9 = [1])#foreach($i in [1..9])#set($d9 = [$d9, $d9, {"a": $d9}])#end',
 "ni": '#set($ni = 7)', "nl": '#set($nl = 9999999999)', "nd": '#set($nd = 3.7)',
 "nb": '#set($nb = 9)#foreach($i in [1..12])#set($nb = $nb * $nb)#end',
 "nc": '#set($nc = 9)#foreach($i in [1..15])#set($nc = $nc * $nc)#end',
 "bo": '#set($bo = true)',
 "ne": '#set($ne = 7)#foreach($i in [1..9])#set($ne = $ne * 1.1 * $ne)#end',
 "vk": '@mk#set($vk = $mk.keySet())', "vv": '@mk#set($vv = $mk.values())', "ve": '@mk#set($ve = $mk.entrySet())',
 "vK": '@mm#set($vK = $mm.keySet())', "vE": '@mm#set($vE = $mm.entrySet())',
 "en": '@mk#foreach($e in $mk.entrySet())#set($en = $e)#break#end',
 "ar": '#set($ar = "a,b,c".split(","))', "by": '@tm#set($by = $tm.getBytes())', "ca": '@tk#set($ca = $tk.toCharArray())',
 "sl": '@lm#set($sl = $lm.subList(1, 999999))',
 "it": '@lm#set($it = $lm.iterator())', "iv": '@mm#set($iv = $mm.keySet().iterator())',
 "jn": '#set($jn = "")#foreach($i in [1..1000])#set($jn = "$jn{""k$i"":[1,2,{""a"":null}]},")#end#set($jn = "[$jn 1]")',
 "xm": double("xs", "<i a='1'>x</i>", 10) + '#set($xm = "<r>$xs</r>")',
 "re": '#set($re = "(a|b)*[c-f]+\\\\d?")'.replace("\\\\", "\\"), "rw": '#set($rw = "[^x]*(?=z)")',
 "nu": '',
}
KIND = {"String": "ts te tk tm tb tw tj tl tc jn xm".split(), "List": "ls lk lm lt lo dd d9 ar by ca sl".split(), "Map": "ms mk mm ml".split(),
 "View": "vk vv ve vK vE".split(), "Entry": ["en"], "Iterator": ["it", "iv"], "Boolean": ["bo"], "Integer": ["ni"], "Long": ["nl"], "Double": ["nd"], "Big": ["nb", "nc", "ne"]}
ANY = [name for names in KIND.values() for name in names] + ["re", "rw", "nu"]
def table(file, name):
    text = (ROOT / "src/value/method" / file).read_text()
    at = text.index("const " + name + ":"); body = text[at:text.index("];\n", at)]
    if "methods!" in body: body += text[text.index("macro_rules!"):at]
    out = []
    for method, counts in re.findall(r"\(M::(\w+), &\[([\d, ]*)\]\)", body):
        out += [(method[0].lower() + method[1:], int(c)) for c in counts.split(",") if c.strip()]
    return out
METHODS = {"String": ("string.rs", "METHODS"), "List": ("list.rs", "METHODS"), "Map": ("map.rs", "METHODS"), "View": ("map.rs", "VIEW_METHODS"),
 "Entry": ("map.rs", "ENTRY_METHODS"), "Iterator": ("map.rs", "ITERATOR_METHODS"), "Boolean": ("boolean.rs", "METHODS"), "Integer": ("integer.rs", "INTEGER_METHODS"),
 "Long": ("integer.rs", "LONG_METHODS"), "Double": ("double.rs", "METHODS"), "Big": ("big.rs", "METHODS")}
LIT = {"int": ["0", "1", "2", "3", "1000", "65530", "999998", "-1"], }
def setup(names):
    done, out = [], ""
    def need(n):
        nonlocal out
        if n in done: return
        text = SET[n]
        if text.startswith("@"):
            need(text[1:3]); text = text[3:]
        done.append(n); out += text
    for n in names: need(n)
    return out
def ops(rand, tuples):
    for kind, (file, name) in METHODS.items():
        for method, arity in table(file, name):
            for receiver in KIND[kind]:
                pool = ["$" + n for n in ANY] + LIT["int"] * 3 + ['"x"', '"zz"', '","', '"a"', "true", '"k5"', '$lt.get(999)', '"(?i)ABC"', '"UTF-8"', '"%s %d"', '"%,.3f"'] * 2
                combos = {tuple(rand.choice(pool) for _ in range(arity)) for _ in range(tuples if arity else 1)}
                same = [p for p in ["$" + n for n in KIND[kind]]]
                for _ in range(3 if arity else 0): combos.add(tuple(rand.choice(same + LIT["int"][:6]) for _ in range(arity)))
                if arity >= 1: combos.add(("$" + receiver,) * arity)
                for args in sorted(combos): yield f"${receiver}.{method}({', '.join(args)})"
    names = re.findall(r"^\$(\S+)", subprocess.run([A.binary, "util"], stdout=subprocess.PIPE, text=True).stdout, re.M)
    functions = [(name, re.findall(r"^\$" + re.escape(name) + r"(\(.*?\)) ->", subprocess.run([A.binary, "util", name], stdout=subprocess.PIPE, text=True).stdout, re.M)) for name in names]
    want = {"String": KIND["String"] + ["re"], "Object": ANY, "Boolean": ["bo"], "boolean": ["bo"], "Number": ["ni", "nl", "nd", "nb", "ne"], "Integer": ["ni"], "List": KIND["List"], "Map": KIND["Map"], "Object...": ANY, "long": ["nl", "ni"]}
    for name, signatures in functions:
        full = "$" + name
        for sign in signatures:
            params = [p.strip() for p in sign[1:-1].split(",") if p.strip()]
            combos = set()
            for _ in range(tuples * 4 if params else 1):
                combos.add(tuple("$" + rand.choice(want.get(p.split(" ")[0].split("<")[0], ANY) if rand.random() < .95 else ANY) for p in params))
            for args in sorted(combos): yield f"{full}({', '.join(args)})"
    for op in ["+", "-", "*", "/", "%", "==", "!=", "<", ">="]:
        for _ in range(tuples * 6): 
            a, b = rand.choice(ANY), rand.choice(ANY)
            yield f"${a} {op} ${b}" if op in "+-*/%" else f"IF ${a} {op} ${b}"
        for a in ANY: yield (f"${a} {op} ${a}" if op in "+-*/%" else f"IF ${a} {op} ${a}")
    for a in ANY:
        yield f'"${a}"'; yield f'"${a}${a}"'; yield f'[${a}, ${a}]'; yield f'{{"a": ${a}, "b": ${a}}}'; yield f'{{${a}: 1}}'; yield f'${a}[0]'; yield f'${a}.get("a")'; yield f'${a}["zz"]'; yield f'${a}.a.b'
        yield f"FOR ${a}"; yield f"PRINT ${a}"; yield f"STASH ${a}"; yield f"WATCH ${a}"; yield f"IF ${a}"; yield f"IF !${a}"; yield f"MEM ${a}"; yield f"PUT ${a}"; yield f"ADD ${a}"; yield f"RET ${a}"; yield f"CTX ${a}"; yield f"ARG ${a}"
    yield "[1..1000000]"; yield "[1..1000]"; yield "[1..3]"; yield "[0..$ni]"
def template(op):
    names = [n for n in dict.fromkeys(re.findall(r"\$(\w\w)\b", op)) if n in SET]
    word, _, rest = op.partition(" ")
    body = {"IF": f"#if({rest})#end", "FOR": f"#foreach($q in {rest})#break#end", "PRINT": f"{rest}", "STASH": f'#set($ok = $ctx.stash.put("k$b", {rest}))', "WATCH": f"#set($isAuthorized = {rest})",
      "MEM": f'#set($mz.k = {rest})', "PUT": f'#set($ok = $mz.put("k", {rest}))', "ADD": f'#set($lz = [])#set($ok = $lz.add({rest}))', "RET": f'#if($ctx.args.n == {rest})#end', "CTX": f'#set($ctx.stash["a$a"] = {rest})', "ARG": f'#set($x = $ctx.args.get({rest}))'}
    one = body[word] if word in body and rest else f"#set($x = {op})"
    return f'#set($mz = {{}}){setup(names)}#foreach($a in [1..1000])#foreach($b in [1..1000]){one}{one}{one}#end#end done'
def measure(op):
    text = template(op)
    r, w = os.pipe()
    pid = os.fork() if False else None
    p = subprocess.Popen([A.binary, "-", "--format", "json", "--args", '{"n": 5}', "--claims", '{"sub": "a"}', "--steps", str(A.steps)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        preexec_fn=lambda: (resource.setrlimit(resource.RLIMIT_CPU, (20, 20)), resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))))
    threading.Thread(target=lambda: (p.stdin.write(text.encode()), p.stdin.close()), daemon=True).start()
    out = p.stdout.read().decode("utf8", "replace")
    _, status, usage = os.wait4(p.pid, 0)
    p.returncode = status
    cpu = usage.ru_utime + usage.ru_stime
    limit = re.search(r"limit `([\w ]+)`", out)
    code = os.waitstatus_to_exitcode(status)
    end = "limit " + limit[1] if limit and code == 3 else f"exit {code}"
    if code == 3 and not limit:
        end = "thrown"
    if code < 0 or "panicked" in out: end = "KILLED " + out[-200:]
    return op, cpu, usage.ru_maxrss >> 10, end
P = argparse.ArgumentParser(); P.add_argument("binary"); P.add_argument("--only", default=""); P.add_argument("--steps", type=int, default=2_000_000); P.add_argument("--seed", type=int, default=1)
P.add_argument("--tuples", type=int, default=3); P.add_argument("--jobs", type=int, default=1); P.add_argument("--share", type=float, default=1); P.add_argument("--file"); A = P.parse_args()
rand = random.Random(A.seed)
todo = [l.rstrip("\n") for l in open(A.file)] if A.file else [op for op in dict.fromkeys(ops(rand, A.tuples)) if re.search(A.only, op)]
todo = [op for op in todo if rand.random() < A.share]
print(len(todo), "operations", file=sys.stderr)
with ThreadPoolExecutor(A.jobs) as pool:
    for op, cpu, rss, end in pool.map(measure, todo):
        print(f"{cpu * 1e9 / A.steps:8.1f} {cpu:6.2f} {rss:5} {end:18} {op}", flush=True)
