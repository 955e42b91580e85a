#!/usr/bin/env python3
"""compare.py RULE_CASES CATALOGUE [renewals=N] [stacks=N] [seed=N]

Random histories, evaluated by the product (rule_cases) and by the second evaluators beside this
file. Prints the first case on which they differ, and then exits with 1."""

import json
import random
import subprocess
import sys
from datetime import date, timedelta

import renewal_oracle
import stack_oracle

FLAGS = ["certificate_covers_reading", "esol_or_bilingual", "grades_k5", "stem_endorsement",
         "of_no_policy"]


def some(dice, values, most):
    return dice.sample(values, dice.randint(0, min(most, len(values))))


def random_rules(dice, categories, flags):
    rules = []
    for category in some(dice, categories + ["directly_related"], 5):
        rule = {"category": category, "applies_when": dice.choice(["always", "always"] + flags)}
        kind = dice.randint(0, 3)
        if kind == 0:
            rule["min_percent"] = dice.randint(1, 100)
            rule["percent_of"] = dice.choice(["required", "counted"])
        elif kind == 1 and dice.random() < 0.5:
            rule["of"] = some(dice, categories, 4)
            rule["min_distinct"] = dice.randint(1, 4)
        else:
            rule["min_units"] = dice.randint(1, 4000) / 100
        rules.append(rule)
    return rules


def random_policy(dice, catalogue):
    """The sample's policies have one rule or two, and seldom bind; these do."""
    categories = [c["id"] for c in catalogue["renewal_categories"]]
    flags = ["stem_endorsement", "not_stem_endorsement"]
    conversion = {"basis": "clock_hours", "clock_hour_units": dice.choice([1, 0.1, 0.125, 0.333])}
    if dice.random() < 0.3:
        conversion = {"basis": "fixed_per_micro_credential",
                      "micro_credential_units": dice.choice([6, 7.5, 0.75])}
    if dice.random() < 0.4:
        conversion["level_multipliers"] = {"knowledge": 1, "application": 1.25, "impact": 3}
        conversion["demo_default_level"] = "application"
    return {
        "id": "ZZ", "version": 1, "effective_from": "2020-01-01", "unit": {"code": "hour"},
        "state": dice.choice(["NY", "TX", "WA"]),
        "time_zone": dice.choice(["America/Chicago", "America/Los_Angeles", "Pacific/Honolulu",
                                  "Pacific/Auckland", "Asia/Kathmandu"]),
        "required_units": dice.choice([20, 8.25, 100, 33.33]), "conversion": conversion,
        "category_rules": random_rules(dice, categories, flags),
        "caps": [{"name": f"cap{i}", "categories": some(dice, categories, 4) or ["stem"],
                  "max_percent_of_required": dice.randint(1, 100)}
                 for i in range(dice.choice([0, 0, 1, 2, 3]))],
        "min_units_per_topic": dice.choice([None, None, 10, 12.5, 3]),
        "double_count": dice.random() < 0.4, "carry_over": False,
        "approval": {"mode": dice.choice(["approved_provider", "approved_sponsor",
                                          "prior_approval", "employer"])},
    }


def random_moment(dice, issued, expires):
    day = dice.choice([issued, expires, date(2024, 2, 29), date(2025, 3, 9), date(2025, 11, 2)]
                      if dice.random() < 0.2 else
                      [issued + timedelta(days=dice.randint(-60, (expires - issued).days + 60))])
    if dice.random() < 0.6:
        return day.isoformat()
    second = dice.choice([0, 4 * 3600 - 1, 4 * 3600, 5 * 3600 - 1, 5 * 3600, 6 * 3600,
                          8 * 3600 - 1, 8 * 3600, dice.randint(0, 86399)])
    zone = dice.choice(["Z", "Z", "-05:00", "+13:00"])
    return f"{day}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}{zone}"


def random_credit(dice, catalogue, levels, term):
    credit = {"micro_credential": dice.choice(catalogue["microcredentials"])["id"],
              "decided": random_moment(dice, *term)}
    if dice.random() < 0.3:
        credit["status"] = dice.choice(["revoked", "suspended", "expired", "active"])
    if dice.random() < 0.4:
        credit["level"] = dice.choice(levels)
    if dice.random() < 0.8:
        credit["prior_approval"] = dice.random() < 0.85
    if dice.random() < 0.15:
        credit["directly_related"] = dice.random() < 0.3
    return credit


def random_renewal(dice, catalogue):
    issued = date(2020, 1, 1) + timedelta(days=dice.randint(0, 1500))
    expires = issued + timedelta(days=dice.randint(0, 1900))
    policy = random_policy(dice, catalogue)
    if dice.random() < 0.5:
        policy = dice.choice(catalogue["renewal_policies"])["id"]
    few = dice.random() < 0.2
    return {
        "policy": policy, "evaluated": "2026-06-01",
        "license": {"issued": issued.isoformat(), "expires": expires.isoformat(),
                    "flags": some(dice, FLAGS, 3)},
        "credits": [random_credit(dice, catalogue, ["knowledge", "application", "impact"],
                                  (issued, expires))
                    for _ in range(dice.randint(0, 4 if few else 16))],
    }


def random_rule(dice, ids, stacks, depth):
    if depth == 0 or dice.random() < 0.35:
        if stacks and dice.random() < 0.3:
            return {"op": "stack", "id": dice.choice(stacks)}
        leaf = {"op": "micro_credential", "id": dice.choice(ids)}
        if dice.random() < 0.15:
            leaf["earned_before"] = f"2024-{dice.randint(1, 6):02}-{dice.randint(1, 28):02}"
        return leaf
    of = [random_rule(dice, ids, stacks, depth - 1) for _ in range(dice.randint(1, 3))]
    op = dice.choice(["all", "any", "at_least"])
    return {"op": op, "of": of} | ({"n": dice.randint(1, len(of))} if op == "at_least" else {})


def random_stacks(dice, catalogue):
    ids = [m["id"] for m in catalogue["microcredentials"][:5]]
    stacks = []
    for i in range(dice.randint(1, 3)):
        rule = random_rule(dice, ids, [s["id"] for s in stacks], 2)
        stacks.append({"id": f"st-{dice.randint(0, 9)}-{i}", "version": 1, "rule": rule,
                       "within_months": dice.randint(0, 4), "retroactive": True})
    dice.shuffle(stacks)
    start = dice.choice([date(2024, 1, 1), date(2024, 1, 31), date(2023, 11, 28)])
    earned = []
    for _ in range(dice.randint(0, 7)):
        day = start + timedelta(days=dice.randint(0, 120))
        e = {"micro_credential": dice.choice(ids), "decided": day.isoformat()}
        if dice.random() < 0.3:
            e["revoked_on"] = (day + timedelta(days=dice.randint(0, 90))).isoformat()
        earned.append(e)
    return {"stacks": stacks, "earned": earned,
            "evaluated": (start + timedelta(days=dice.randint(60, 200))).isoformat()}


def main():
    program, path = sys.argv[1:3]
    settings = {"renewals": 10000, "stacks": 1500, "seed": 1}
    settings.update((k, int(v)) for k, v in (word.split("=") for word in sys.argv[3:]))
    with open(path, encoding="utf-8") as f:
        catalogue = json.load(f)
    dice = random.Random(settings["seed"])
    cases = [random_renewal(dice, catalogue) for _ in range(settings["renewals"])]
    cases += [random_stacks(dice, catalogue) for _ in range(settings["stacks"])]
    lines = "".join(json.dumps(c) + "\n" for c in cases)
    run = subprocess.run([program, path], input=lines, stdout=subprocess.PIPE, text=True,
                         check=True)
    answers = run.stdout.splitlines()
    assert len(answers) == len(cases), f"{len(answers)} answers to {len(cases)} cases"
    met = 0
    for case, line in zip(cases, answers):
        oracle = stack_oracle if "earned" in case else renewal_oracle
        expected, answer = oracle.evaluate(catalogue, case), json.loads(line)
        if answer != expected:
            print("they differ on", json.dumps(case))
            print("cairn: ", line)
            print("second:", json.dumps(expected))
            return 1
        met += bool(answer) if "earned" in case else answer["requirement_met"]
    print(f"{len(cases)} cases agree, {met} of them met or awarded")
    return 0


sys.exit(main())
