"""A second evaluator of renewal policies, written from the text of the catalogue's member
"renewal_evaluation" and sharing nothing with services/issuance: exact fractions instead of
hundredths, Python's time zones instead of ours, and splits found by augmenting paths from credits
to rules instead of bounds on sets of rules."""

from datetime import date, datetime, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from zoneinfo import ZoneInfo


def two_decimals(value):
    value = Decimal(value.numerator) / Decimal(value.denominator)
    return Fraction(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def fraction(number):
    return Fraction(str(number))


def day_of(text, zone):
    if len(text) == 10:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(ZoneInfo(zone)).date()


def policy_of(catalogue, case):
    if isinstance(case["policy"], dict):
        return case["policy"]
    known = [p for p in catalogue["renewal_policies"]
             if p["id"] == case["policy"] and p["effective_from"] <= case["evaluated"]]
    return max(known, key=lambda p: (p["effective_from"], p["version"]))


class Credit:
    def __init__(self, given, raw, catalogue, policy):
        entry = next(m for m in catalogue["microcredentials"] if m["id"] == raw["micro_credential"])
        issuer = next(i for i in catalogue["issuers"] if i["id"] == entry["issuer"])
        self.id = entry["id"]
        self.given = given
        self.raw = raw
        self.day = day_of(raw["decided"], policy["time_zone"])
        self.topic = entry["topic"]
        self.categories = set(entry["renewal"]["categories"])
        if raw.get("directly_related", True):
            self.categories.add("directly_related")
        self.registered = policy["state"] in issuer["approved_sponsor_ids"]
        self.units = self.convert(policy["conversion"], entry["renewal"]["clock_hours"])
        self.counted = Fraction(0)
        self.reason = None

    def convert(self, how, hours):
        if how["basis"] == "fixed_per_micro_credential":
            units = fraction(how["micro_credential_units"])
        else:
            units = fraction(hours) * fraction(how["clock_hour_units"])
        if how.get("level_multipliers"):
            level = self.raw.get("level", how["demo_default_level"])
            units *= fraction(how["level_multipliers"][level])
        return two_decimals(units)


def refuse(credits, policy, license):
    seen = set()
    for c in credits:
        if c.raw.get("status") == "revoked":
            c.reason = "revoked"
        elif not license["issued"] <= c.day.isoformat() <= license["expires"]:
            c.reason = "outside_term"
        elif c.id in seen:
            c.reason = "duplicate"
        else:
            seen.add(c.id)
            mode = policy["approval"]["mode"]
            if mode == "approved_provider" and not c.registered:
                c.reason = "provider_not_registered"
            elif mode == "approved_sponsor" and not c.registered:
                c.reason = "sponsor_not_approved"
            elif mode == "prior_approval" and not c.raw.get("prior_approval", False):
                c.reason = "no_prior_approval"


def topic_minimum(credits, least):
    if least is None:
        return
    units = {}
    for c in credits:
        if c.reason is None:
            units[c.topic] = units.get(c.topic, 0) + c.units
    for c in credits:
        if c.reason is None and units[c.topic] < fraction(least):
            c.reason = "below_topic_minimum"


def apply_caps(credits, policy):
    used = [Fraction(0)] * len(policy["caps"])
    for c in credits:
        if c.reason is not None:
            continue
        c.counted = c.units
        under = [k for k, cap in enumerate(policy["caps"]) if c.categories & set(cap["categories"])]
        for k in under:
            most = two_decimals(fraction(policy["caps"][k]["max_percent_of_required"]) *
                                fraction(policy["required_units"]) / 100)
            c.counted = min(c.counted, most - used[k])
        for k in under:
            used[k] += c.counted
        if c.counted < c.units:
            c.reason = "over_cap"


def applies(rule, flags):
    when = rule["applies_when"]
    if when == "always":
        return True
    if when.startswith("not_"):
        return when[4:] not in flags
    return when in flags


def least_of(rule, policy, total):
    if "min_units" in rule:
        return fraction(rule["min_units"])
    if "min_distinct" in rule:
        return Fraction(rule["min_distinct"])
    of = fraction(policy["required_units"]) if rule["percent_of"] == "required" else total
    return two_decimals(fraction(rule["min_percent"]) * of / 100)


class Flow:
    """Units that go from kinds of credits (those that serve the same rules) to rules."""

    def __init__(self, supply, n):
        self.supply = supply  # frozenset of rules -> units left
        self.sent = {}        # (kind, rule) -> units
        self.got = [Fraction(0)] * n

    def copy(self):
        flow = Flow(dict(self.supply), len(self.got))
        flow.sent = dict(self.sent)
        flow.got = list(self.got)
        return flow

    def path_to(self, rule):
        """Kinds and rules, from one with units left, over rules that can be served by another."""
        came = {rule: None}
        queue = [rule]
        while queue:
            at = queue.pop(0)
            for kind in self.supply:
                if at not in kind:
                    continue
                if self.supply[kind] > 0:
                    steps = [(kind, at)]
                    while came[at] is not None:
                        steps.append(came[at])
                        at = came[at][1]
                    return kind, steps
                for other in kind:
                    if other not in came and self.sent.get((kind, other), 0) > 0:
                        came[other] = (kind, at)
                        queue.append(other)
        return None

    def give(self, rule, most):
        """As much as can be, up to most, while all others keep what they have."""
        while self.got[rule] < most:
            found = self.path_to(rule)
            if found is None:
                return
            kind, steps = found
            units = min(self.supply[kind], most - self.got[rule])
            # steps go from the kind with units left towards the rule: each frees what it took before
            for i in range(1, len(steps)):
                units = min(units, self.sent[(steps[i][0], steps[i - 1][1])])
            self.supply[kind] -= units
            for i, (by, to) in enumerate(steps):
                if i > 0:
                    self.sent[(by, steps[i - 1][1])] -= units
                self.sent[(by, to)] = self.sent.get((by, to), Fraction(0)) + units
            self.got[rule] += units


def split(credits, rules, least):
    supply = {}
    for c in credits:
        kind = frozenset(i for i, r in enumerate(rules) if r["category"] in c.categories)
        if kind and c.counted > 0:
            supply[kind] = supply.get(kind, 0) + c.counted
    for size in range(len(rules), -1, -1):
        best = None
        for met in combinations(range(len(rules)), size):
            flow = Flow(dict(supply), len(rules))
            for i in met:
                flow.give(i, least[i])
            if any(flow.got[i] < least[i] for i in met):
                continue
            for i in range(len(rules)):
                flow.give(i, least[i])
            key = (sum(flow.got), flow.got)
            if best is None or key > best:
                best = key
        if best is not None:
            return best[1]
    raise AssertionError("nothing to meet can always be met")


def evaluate(catalogue, case):
    policy = policy_of(catalogue, case)
    license = case["license"]
    flags = license.get("flags", [])
    credits = [Credit(i, raw, catalogue, policy) for i, raw in enumerate(case["credits"])]
    credits.sort(key=lambda c: (c.day, c.id.encode(), c.given))
    refuse(credits, policy, license)
    topic_minimum(credits, policy.get("min_units_per_topic"))
    apply_caps(credits, policy)
    total = sum((c.counted for c in credits), Fraction(0))
    required = fraction(policy["required_units"])
    rules = [r for r in policy["category_rules"] if applies(r, flags)]
    least = [least_of(r, policy, total) for r in rules]
    got = []
    for rule in rules:
        if "min_distinct" in rule:
            got.append(sum(any(a in c.categories and c.counted > 0 for c in credits)
                           for a in rule["of"]))
        else:
            got.append(sum((c.counted for c in credits if rule["category"] in c.categories),
                           Fraction(0)))
    if not policy["double_count"]:
        places = [i for i, r in enumerate(rules) if "min_distinct" not in r]
        given = split(credits, [rules[i] for i in places], [least[i] for i in places])
        for i, units in zip(places, given):
            got[i] = units
    missing = [(r, l - g) for r, l, g in zip(rules, least, got) if g < l]
    return {
        "units_total": float(total),
        "units_required": float(required),
        "by_category": {r["category"]: float(g) for r, g in zip(rules, got)},
        "requirement_met": total >= required and not missing,
        "short_by": float(max(required - total, 0)),
        "missing": [{"category": r["category"], "short_by": float(s)} for r, s in missing],
        "not_counted": [told(c) for c in credits if c.reason is not None],
    }


def told(c):
    line = {"micro_credential": c.id, "decided": c.day.isoformat(), "reason": c.reason}
    if c.reason == "over_cap":
        line["units_not_counted"] = float(c.units - c.counted)
    return line
