#!/usr/bin/env python3
"""golden.py CAIRNCTL CATALOGUE: the catalogue's worked examples through cairnctl, as a state would
check our reading of its rules; and how it says that a case is wrong."""

import json
import subprocess
import sys
import tempfile

program, catalogue_path = sys.argv[1:]


def run(group, case):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump(case, f)
        f.flush()
        return subprocess.run([program, group, "evaluate", "--catalogue", catalogue_path, "--case",
                               f.name, "--json"], capture_output=True, text=True)


def expect(group, case, expected):
    result = run(group, case)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == expected, (case, result.stdout, expected)


with open(catalogue_path, encoding="utf-8") as file:
    catalogue = json.load(file)
count = 0
for policy in catalogue["renewal_policies"]:
    for example in policy["worked_examples"]:
        expect("ledger", {"policy": policy["id"], "license": example["license"],
                          "credits": example["credits"]}, example["expect"])
        count += 1
for example in catalogue["stack_examples"]:
    expect("stack", {"earned": example["earned"]}, example["expect"])
    count += 1
assert count == 20, count

wrong = run("stack", {"earned": [{"micro_credential": "lit-101", "decided": "2024-02-30"}]})
assert wrong.returncode == 1 and "earned[0].decided" in wrong.stderr, wrong
print(f"{count} golden cases")
