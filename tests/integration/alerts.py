#!/usr/bin/env python3
"""alerts.py RULES <METRICS: every series that the rules select is among the metrics, with the label values they name."""
import re
import sys

rules = open(sys.argv[1]).read()
told = {}
for line in sys.stdin:
    m = re.match(r'([a-z_:]+)(?:\{(.*)\})? \S+$', line)
    if m:
        told.setdefault(m[1], []).append(dict(re.findall(r'(\w+)="([^"]*)"', m[2] or "")))

expressions = re.findall(r"expr: (?:>\n)?((?:.*\n)(?:(?! +(?:for|labels|annotations):).*\n)*)", rules)
selectors = [s for e in expressions for s in re.findall(r"(cairn_[a-z_]+)?(\{[^}]*\})?", e) if s[0] or "__name__" in s[1]]
missing = 0
for name, labels in selectors:
    wanted = re.findall(r'(\w+)(=~|=)"([^"]*)"', labels)
    pattern = re.escape(name) if name else next(v for k, _, v in wanted if k == "__name__")
    series = [s for n in told if re.fullmatch(pattern, n) for s in told[n]]
    for key, op, value in wanted:
        if key == "__name__":
            continue
        for one in value.split("|"):
            if not any(s.get(key) == one for s in series):
                print(f'{pattern}{{{key}="{one}"}} is not told')
                missing += 1
    if not series:
        print(f"{pattern} is not told")
        missing += 1
print(f"{len(selectors)} selectors in {len(expressions)} expressions")
sys.exit(1 if missing or len(selectors) < len(expressions) - 1 else 0)
