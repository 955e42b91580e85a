#!/usr/bin/python3
"""agreement.py AGREEMENT_CASES CAIRNCTL [tables=N] [seed=N]

A second evaluator of the agreement figures, from their definitions over the list of double reads, in exact fractions:
the golden table of the domain's text through cairnctl, then random tables of 1 to 5 levels, degenerate ones too; and
what may be said of each, from exact fractions.
"""
import json
import math
import random
import subprocess
import sys
import tempfile
from fractions import Fraction as F

GOLDEN = [[4, 2, 0], [1, 10, 5], [0, 4, 74]]
GOLDEN_FIGURES = {'exact': 0.8800, 'kappa': 0.6622, 'kappa_quadratic': 0.8047, 'ac1': 0.8541, 'ac2_quadratic': 0.9535,
                  'alpha_nominal': 0.6638, 'alpha_ordinal': 0.7617}
# The same table as pass or not.
COLLAPSED = [[4 + 2 + 1 + 10, 0 + 5], [0 + 4, 74]]
COLLAPSED_FIGURES = {'exact': 0.9100, 'kappa': 0.7334, 'ac1': 0.8641}


def exact(reads, q):
    return F(sum(a == b for a, b in reads), len(reads))


def nominal_weight(q):
    return lambda k, l: F(k == l)


def quadratic_weight(q):
    return lambda k, l: F(1) if q == 1 else 1 - F((k - l) ** 2, (q - 1) ** 2)


def kappa(weight):
    def figure(reads, q):
        w, n = weight(q), len(reads)
        observed = sum(w(a, b) for a, b in reads) / n
        chance = sum(w(a, b) for a, _ in reads for _, b in reads) / F(n * n)
        return (observed - chance) / (1 - chance)
    return figure


def gwet(weight):
    def figure(reads, q):
        w, n = weight(q), len(reads)
        observed = sum(w(a, b) for a, b in reads) / n
        share = [F(sum((a == k) + (b == k) for a, b in reads), 2 * n) for k in range(q)]
        total = sum(w(k, l) for k in range(q) for l in range(q))
        chance = total / (q * (q - 1)) * sum(p * (1 - p) for p in share)
        return (observed - chance) / (1 - chance)
    return figure


def alpha(metric):
    def figure(reads, q):
        values = [v for read in reads for v in read]
        times = [values.count(k) for k in range(q)]
        d = lambda k, l: metric(k, l, times)
        observed = F(sum(d(a, b) + d(b, a) for a, b in reads), 2 * len(reads))
        expected = F(sum(d(v, w) * times[v] * times[w] for v in range(q) for w in range(q)),
                     len(values) * (len(values) - 1))
        return 1 - observed / expected
    return figure


def ordinal(k, l, times):
    low, high = min(k, l), max(k, l)
    return (sum(times[low:high + 1]) - F(times[low] + times[high], 2)) ** 2 if k != l else 0


FIGURES = {
    'exact': exact,
    'kappa': kappa(nominal_weight), 'kappa_quadratic': kappa(quadratic_weight),
    'ac1': gwet(nominal_weight), 'ac2_quadratic': gwet(quadratic_weight),
    'alpha_nominal': alpha(lambda k, l, times: k != l), 'alpha_ordinal': alpha(ordinal),
}


def figure_of(name, reads, q):
    """The figure, or None where a denominator is 0."""
    try:
        return FIGURES[name](reads, q)
    except ZeroDivisionError:
        return None


def interval(name, reads, q):
    """The jackknife's, leaving out one read after the other."""
    n = len(reads)
    known = {}
    for read in set(reads):
        rest = list(reads)
        rest.remove(read)
        known[read] = figure_of(name, rest, q)
    if n < 2 or None in known.values():
        return None
    left = [known[read] for read in reads]
    mean = sum(left) / n
    half = 1.959963984540054 * math.sqrt(F(n - 1, n) * sum((v - mean) ** 2 for v in left))
    value = figure_of(name, reads, q)
    return [float(value) - half, min(float(value) + half, 1.0)]


def expected(table):
    q = len(table)
    reads = [(k, l) for k in range(q) for l in range(q) for _ in range(table[k][l])]
    figures = {}
    for name in FIGURES:
        value = figure_of(name, reads, q)
        figures[name] = None if value is None else [float(value)] + (interval(name, reads, q) or [])
    return figures


HEALTHY, RELIABLE, TENTATIVE, UNDER_REVIEW = 1, 2, 4, 8


def words(table):
    """What may be said, by the thresholds of the domain's text."""
    q = len(table)
    reads = [(k, l) for k in range(q) for l in range(q) for _ in range(table[k][l])]
    if len(reads) < 30:
        return 0
    value = {name: figure_of(name, reads, q) for name in FIGURES}
    reaches = lambda name, least: value[name] is not None and value[name] >= least
    said = 0
    if reaches('ac1', F(7, 10)) and reaches('kappa_quadratic', F(6, 10)):
        said |= HEALTHY
    if reaches('alpha_ordinal', F(8, 10)):
        said |= RELIABLE
    elif reaches('alpha_ordinal', F(667, 1000)):
        said |= TENTATIVE
    bounds = interval('ac1', reads, q)
    if value['exact'] < F(3, 4) or (bounds is not None and bounds[0] < 0.6 - 1e-9):
        said |= UNDER_REVIEW
    return said


def degenerate_tables():
    """All in one cell, one row, one column, one diagonal, or two cells; of no, one, two and 30 double reads."""
    for q in range(2, 6):
        for n in (0, 1, 2, 30):
            last = q - 1
            for cells in ([(0, 0)], [(last, last)], [(0, last)], [(last, 0)], [(0, 0), (last, last)],
                          [(0, last), (last, 0)], [(0, l) for l in range(q)], [(k, 0) for k in range(q)],
                          [(k, k) for k in range(q)]):
                table = [[0] * q for _ in range(q)]
                for i in range(n):
                    k, l = cells[i % len(cells)]
                    table[k][l] += 1
                yield table


def random_table(dice):
    q = dice.choice([1, 2, 2, 3, 3, 3, 4, 5])
    n = dice.choice([0, 1, 2, 3, 8, 20, 30, 40])
    table = [[0] * q for _ in range(q)]
    bias = dice.random()
    used = dice.randint(1, q)  # fewer levels than the scale has
    for _ in range(n):
        first = dice.randrange(used)
        second = first if dice.random() < bias else dice.randrange(used)
        table[first][second] += 1
    return table


def close(got, want):
    if got is None or want is None:
        return got is want
    return len(got) == len(want) and all(abs(g - w) < 1e-9 * max(1, abs(w)) for g, w in zip(got, want))


def golden(cairnctl, table, figures):
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump({'counts': table}, file)
        file.flush()
        told = json.loads(subprocess.run([cairnctl, 'assess', 'agreement', '--counts', file.name, '--json'], check=True,
                                         stdout=subprocess.PIPE).stdout)
    for name, value in figures.items():
        assert round(told[name], 4) == value, (name, told[name], value)


def main():
    program, cairnctl = sys.argv[1:3]
    given = dict(word.split('=') for word in sys.argv[3:])
    dice = random.Random(int(given.get('seed', 1)))
    golden(cairnctl, GOLDEN, GOLDEN_FIGURES)
    golden(cairnctl, COLLAPSED, COLLAPSED_FIGURES)
    tables = [GOLDEN, COLLAPSED] + list(degenerate_tables())
    tables += [random_table(dice) for _ in range(int(given.get('tables', 250)))]
    lines = ''.join(json.dumps(t) + '\n' for t in tables)
    told = subprocess.run([program], input=lines, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    assert len(told) == len(tables)
    undefined = 0
    for table, line in zip(tables, told):
        got, want = json.loads(line), expected(table)
        undefined += sum(v is None for v in want.values())
        if got['words'] != words(table):
            sys.exit(f'{table}: words {got["words"]}, the second evaluator says {words(table)}')
        for name in FIGURES:
            if not close(got[name], want[name]):
                sys.exit(f'{table}: {name}: {got[name]}, the second evaluator says {want[name]}')
    print(f'{len(tables)} tables agree in {len(FIGURES)} figures and their intervals; {undefined} figures are undefined')


main()
