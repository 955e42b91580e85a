"""A second evaluator of stack rules, written from the text of the catalogue's member
"stack_evaluation" and sharing nothing with services/issuance: a rule is spelled out as all the ways
to satisfy it, each way with all dates its members can have, and history is lived day by day."""

import calendar
from datetime import date, timedelta
from itertools import combinations, product

HOLD = timedelta(days=30)


def months_later(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return day.replace(year=year, month=month,
                       day=min(day.day, calendar.monthrange(year, month)[1]))


def ways(rule):
    """Every set of members (kind, id, before) that satisfies the rule."""
    op = rule["op"]
    if op in ("micro_credential", "stack"):
        return [frozenset([(op, rule["id"], rule.get("earned_before", "9999-99-99"))])]
    parts = [ways(part) for part in rule["of"]]
    n = {"all": len(parts), "any": 1}.get(op, rule.get("n"))
    return list({frozenset().union(*pick)
                 for chosen in combinations(parts, n) for pick in product(*chosen)})


def first_day(stack, earned, until):
    """earned: (kind, id, day), none of it revoked."""
    days = []
    for way in stack["ways"]:
        dates = [[d for k, i, d in earned if k == kind and i == name and d.isoformat() < before]
                 for kind, name, before in way]
        for pick in product(*dates):
            last = max(pick)
            if last <= min(months_later(d, stack["within_months"]) for d in pick) and last <= until:
                days.append(last)
    return min(days, default=None)


def awards_of(stack, earned, until):
    """earned: (kind, id, day, revoked or None). Lists [awarded, suspended, revoked]."""
    awards = []
    known = {}
    day = min((d for _, _, d, _ in earned), default=until)
    while day <= until:
        alive = frozenset((k, i, d) for k, i, d, r in earned
                          if d <= day and (r is None or r > day))
        if alive not in known:
            known[alive] = first_day(stack, alive, day)
        holds = known[alive]
        standing = awards[-1] if awards and awards[-1][2] is None else None
        if standing and standing[1] and day >= standing[1] + HOLD:
            standing[2] = standing[1] + HOLD
            standing = None
        if standing is None and holds:
            awards.append([holds, None, None])
        elif standing:
            standing[1] = None if holds else standing[1] or day
        day += timedelta(days=1)
    return awards


def evaluate(catalogue, case):
    stacks = [dict(s, ways=ways(s["rule"])) for s in case.get("stacks", catalogue["stacks"])]
    earned = [("micro_credential", e["micro_credential"], date.fromisoformat(e["decided"]),
               date.fromisoformat(e["revoked_on"]) if "revoked_on" in e else None)
              for e in case["earned"]]
    until = date.fromisoformat(case["evaluated"])
    told, done = [], set()
    while len(done) < len(stacks):
        for s in stacks:
            needs = {name for way in s["ways"] for kind, name, _ in way if kind == "stack"}
            if s["id"] in done or not needs <= done:
                continue
            done.add(s["id"])
            for awarded, suspended, revoked in awards_of(s, earned, until):
                earned.append(("stack", s["id"], awarded, revoked))
                told.append((awarded, s["id"], suspended, revoked))
    told.sort(key=lambda t: t[:2])
    return [dict([("stack", i), ("awarded_on", a.isoformat())] +
                 ([("suspended_on", s.isoformat())] if s else []) +
                 ([("revoked_on", r.isoformat())] if r else []))
            for a, i, s, r in told]
