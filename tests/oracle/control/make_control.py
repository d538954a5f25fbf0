"""Limits and signals of control charts, from pycontrolcharts 0.1.2 (limits) and, for the rules, from regular expressions over
the zones of each point. Run: python3 -m venv v && v/bin/pip install pycontrolcharts pandas && v/bin/python make_control.py"""

import json
import random

from pycontrolcharts.charts.p_chart import p_chart
from pycontrolcharts.charts.xmr import xmr_chart

from make_rules import signals


def xmr(name, values):
    frame = xmr_chart(values, run_tests=False)
    centre, upper = list(frame["center_line"]), list(frame["ucl"])
    sigma = [(high - middle) / 3 for high, middle in zip(upper, centre)]
    return {
        "name": name,
        "chart": "xmr",
        "values": values,
        "answers": [100.0] * len(values),
        "lower": list(frame["lcl"]),
        "centre": centre,
        "upper": upper,
        "range_limit": float(frame["variation_ucl"].dropna().iloc[0]),
        "signals": signals(values, centre, sigma),
    }


def share(name, counts, sizes):
    frame = p_chart(counts, sample_size=sizes, run_tests=False)
    values = [100 * count / size for count, size in zip(counts, sizes)]
    centre = [100 * held for held in frame["center_line"]]
    pooled = sum(counts) / sum(sizes)
    sigma = [100 * (pooled * (1 - pooled) / size) ** 0.5 for size in sizes]
    return {
        "name": name,
        "chart": "p",
        "values": values,
        "answers": [float(size) for size in sizes],
        "lower": [100 * max(0, held) for held in frame["lcl"]],
        "centre": centre,
        "upper": [100 * min(1, held) for held in frame["ucl"]],
        "range_limit": None,
        "signals": signals(values, centre, sigma),
    }


draw = random.Random(20261122)
cases = []
for number in range(12):
    drift = (number % 4) * 0.12
    values = [round(70 + drift * at + draw.gauss(0, 1.5), 3) for at in range(40)]
    cases.append(xmr(f"walk {number}", values))
cases.append(xmr("alternating", [70 + (-1) ** at * (1 + at / 50) for at in range(30)]))
for number in range(8):
    sizes = [draw.randint(80, 600) for _ in range(36)]
    level = lambda at: 0.2 + (0.08 if number % 2 and at > 24 else 0)
    counts = [sum(draw.random() < level(at) for _ in range(size)) for at, size in enumerate(sizes)]
    cases.append(share(f"shares {number}", counts, sizes))
with open("expected.json", "w") as out:
    json.dump(cases, out, indent=0)
    out.write("\n")
total = {rule: sum(len(case["signals"][rule]) for case in cases) for rule in cases[0]["signals"]}
print(total)
