#!/usr/bin/env python3
"""How many authorizing statements of generated templates are tied to a rule, and which are not.

    scripts/rules-share.py BINARY FOLDER...

Each FOLDER is a project with its model schema. What admin roles, the sandbox and IAM access wrote is no rule's and counts
apart; the share is of the rest.
"""
import collections, json, subprocess, sys

counts = collections.Counter()
for folder in sys.argv[2:]:
    done = subprocess.run([sys.argv[1], "rules", "--from", folder, "--json"], capture_output=True, text=True)
    if done.returncode:
        print(folder, done.stderr.strip())
        counts["unread"] += 1
        continue
    for one in json.loads(done.stdout)["statements"]:
        key = "tied" if one["rules"] else one["notFromRule"]
        counts[key] += 1
        if key == "override":
            print(f"{folder}: {one['template']}:{one['line']}", one["text"].split("\n")[0])
due = counts["tied"] + counts["override"]
print(f"{counts['tied']} of {due} statements tied ({counts['tied'] / max(due, 1):.1%});", dict(counts))
sys.exit(counts["unread"] > 0 or counts["tied"] < 0.95 * due)
