#!/usr/bin/env python3
"""Draws what a command prints (with colours, from standard input) as an SVG for the docs."""
import html, re, sys
COLOURS = {"31": "#e06c75", "32": "#98c379", "33": "#e5c07b", "34": "#61afef", "36": "#56b6c2"}
title = sys.argv[1]
lines = sys.stdin.read().rstrip("\n").split("\n")
LEFT, TOP, LINE, CHAR = 18, 48, 19, 8.43
width = int(LEFT * 2 + CHAR * max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines + [title]))
height = TOP + LINE * (len(lines) + 1)
out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title)}">',
       f'<rect width="{width}" height="{height}" rx="8" fill="#21252b"/>',
       '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#d7dae0">',
       f'<text x="{LEFT}" y="26" fill="#9da5b4">$ {html.escape(title)}</text>']
for row, line in enumerate(lines):
    spans, style = [], set()
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        codes = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if codes:
            for code in codes[1].split(";"):
                style = set() if code in ("", "0") else style | {code}
        elif piece:
            look = "".join([' font-weight="bold"' if "1" in style else "", ' opacity="0.6"' if "2" in style else ""])
            colour = next((COLOURS[code] for code in style if code in COLOURS), None)
            look += f' fill="{colour}"' if colour else ""
            spans.append(f"<tspan{look}>{html.escape(piece)}</tspan>" if look else html.escape(piece))
    out.append(f'<text x="{LEFT}" y="{TOP + LINE * row}" xml:space="preserve">{"".join(spans)}</text>')
print("\n".join(out + ["</g>", "</svg>"]))
