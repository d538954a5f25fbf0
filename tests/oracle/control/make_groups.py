"""Control charts of the branches of a firm, each from its own months: shares of the satisfied as a p chart, mean ratings as individuals and
moving range. Limits from pycontrolcharts 0.1.2, rules from the expressions of make_control.py. A branch with fewer answers in a month
than may be shown (5) has no point there. Run beside make_control.py, in the same environment."""

import json
import random

from pycontrolcharts.charts.p_chart import p_chart
from pycontrolcharts.charts.xmr import xmr_chart

from make_rules import signals

SHOWN = 5
MONTHS = [f"2026-{month:02}" for month in range(1, 13)] + ["2027-01", "2027-02"]


def count(draw, share, size):
    return sum(draw.random() < share for _ in range(size))


def months(draw):
    """Satisfied and asked customers of each branch; the rest gave 2 of 5 where the satisfied gave 5."""
    found = {}
    for at, month in enumerate(MONTHS):
        north = draw.randint(60, 90)
        south = draw.randint(30, 60)
        east = draw.randint(40, 50)
        found[month] = {
            # The last months of the north are far better, the south falls slowly, the east is steady.
            "North": [count(draw, 0.95 if at > 11 else 0.6, north), north],
            "South": [count(draw, 0.85 - 0.03 * at, south), south],
            "East": [count(draw, 0.7, east), east],
        }
    # Too few to be shown; two branches at once, so that none is told by the others.
    found["2026-05"]["South"] = [1, 3]
    found["2026-05"]["East"] = [2, 3]
    return found


def rule_sets(found):
    """Month numbers at which each rule of Western Electric fires."""
    return {rule: found[rule] for rule in ["beyond_limits", "two_of_three", "four_of_five", "eight_on_one_side"]}


def chart(kind, shown):
    happy, asked = [held[0] for held in shown], [held[1] for held in shown]
    if kind == "p":
        frame = p_chart(happy, sample_size=asked, run_tests=False)
        values = [100 * part / whole for part, whole in zip(happy, asked)]
        centre = [100 * held for held in frame["center_line"]]
        pooled = sum(happy) / sum(asked)
        sigma = [100 * (pooled * (1 - pooled) / whole) ** 0.5 for whole in asked]
        lower = [100 * max(0, held) for held in frame["lcl"]]
        upper = [100 * min(1, held) for held in frame["ucl"]]
    else:
        # The mean rating of 1 to 5, rescaled to 0 to 100.
        values = [((5 * part + 2 * (whole - part)) / whole - 1) * 25 for part, whole in shown]
        frame = xmr_chart(values, run_tests=False)
        centre, lower, upper = list(frame["center_line"]), list(frame["lcl"]), list(frame["ucl"])
        sigma = [(high - middle) / 3 for high, middle in zip(upper, centre)]
    return {
        "values": values,
        "centre": centre,
        "lower": lower,
        "upper": upper,
        "signals": rule_sets(signals(values, centre, sigma)),
    }


draw = random.Random(20270301)
answers = months(draw)
charts = []
for branch in ["North", "South", "East"]:
    shown = [month for month in MONTHS if answers[month][branch][1] >= SHOWN]
    for metric, kind in [("csat_top2", "p"), ("csat_mean", "xmr")]:
        one = chart(kind, [answers[month][branch] for month in shown])
        charts.append({"branch": branch, "metric": metric, "chart": kind, "months": shown, **one})
with open("expected_groups.json", "w") as out:
    json.dump({"answers": answers, "charts": charts}, out, indent=0)
    out.write("\n")
print([(held["branch"], held["metric"], held["signals"]) for held in charts])
