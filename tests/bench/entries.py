"""entries.py CATALOGUE N DIR: the sample's micro-credentials over and over, each time under other codes, in DIR/entries-*.json."""

import copy
import json
import sys

PER_FILE = 500

catalogue, n, folder = json.load(open(sys.argv[1])), int(sys.argv[2]), sys.argv[3]
sample = catalogue["microcredentials"]


def renamed(entry, number):
    """Its ids hang on its code: lit-101.e1 is a requirement of lit-101."""
    old = entry["id"]
    new = f"{old[:3]}-{10000 + number}"
    entry = json.loads(json.dumps(entry).replace(f'"{old}.', f'"{new}.').replace(f'"{old}"', f'"{new}"'))
    entry.update(code=new.upper(), version=1, supersedes=None, superseded_by=None, prerequisites=[], stacks=[])
    return entry


fresh = [renamed(copy.deepcopy(sample[i % len(sample)]), i) for i in range(max(0, n - len(sample)))]
for at in range(0, len(fresh), PER_FILE):
    part = dict(catalogue, microcredentials=fresh[at : at + PER_FILE], stacks=[], stack_examples=[], skill_gap_items=[])
    with open(f"{folder}/entries-{at // PER_FILE:04}.json", "w") as f:
        json.dump(part, f)
