"""Measures one indicator in 480 groups against svyby of the R package survey, and how the time of both grows.

Usage: python svyby.py [--manyi PATH] [--rows N ...] [--repeat N] [--folder DIR]
Needs: pip install numpy pyarrow; a release build of manyi; Rscript with the package survey (Debian: r-cran-survey), without which
nothing is measured.

The indicator is the share of high ratings among the aware, by 12 waves and 40 branches. Of manyi the whole process is timed, from the
start over reading Parquet to the JSON, totals and intervals included; of R svydesign, subset and svyby alone, with the answers in memory. Estimates and
standard errors of all groups must agree to 1e-9 before a time is printed. R does one metric at a time and its time grows with their number; so
manyi is timed with all 15 metrics of enterprise-csi as well, a composite with its covariances among them.
"""

import argparse
import csv
import io
import json
import math
import pathlib
import shutil
import subprocess
import sys
import tempfile

from run import HERE, best, default_manyi

YAML = """manyi: 1
project: { title: Benchmark, lang: en }
data:
  sources: [{ file: DATA, dialect: plain }]
  wave: { column: wave }
  weight: weight
columns:
  wave: { type: single }
  weight: { type: number }
  branch: { type: single }
  aware: { type: boolean }
  praise: { type: scale, range: [1, 5] }
segments: [branch]
plugins:
  enterprise-csi:
    metrics: [reputation]
    inputs: { aware: aware, praise: praise }
settings: { suppress_below: 0 }
"""


def all_metrics() -> str:
    """The project of the other benchmark, by branch."""
    yaml = (HERE / "project" / "manyi.yaml").read_text(encoding="utf-8")
    yaml = yaml.replace("segments: [region, channel, product, age, gender]", "segments: [branch]")
    return yaml.replace("  region: { type: single }\n", "  region: { type: single }\n  branch: { type: single }\n") + "settings: { suppress_below: 0 }\n"


def by_r(path: pathlib.Path) -> tuple[float, dict[tuple[str, str], tuple[float, float]]]:
    output = subprocess.run(["Rscript", str(HERE / "svyby.R"), str(path)], check=True, capture_output=True, text=True).stdout
    seconds, _, table = output.partition("\n")
    rows = list(csv.reader(io.StringIO(table)))[1:]
    return float(seconds), {(wave, branch): (float(share), float(error)) for wave, branch, share, error in rows}


def compare(output: bytes, expected: dict[tuple[str, str], tuple[float, float]]) -> int:
    seen = 0
    for estimate in json.loads(output)["estimates"]:
        if not estimate["segment"]:
            continue
        key = (estimate["wave"], estimate["segment"]["branch"])
        share, error = expected[key]
        if not (math.isclose(estimate["estimate"], 100 * share, rel_tol=1e-9) and math.isclose(estimate["se"], 100 * error, rel_tol=1e-9)):
            sys.exit(f"{key}: R {100 * share} ({100 * error}), manyi {estimate['estimate']} ({estimate['se']})")
        seen += 1
    if seen != len(expected):
        sys.exit(f"manyi gave {seen} of {len(expected)} groups")
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path, default=default_manyi())
    parser.add_argument("--rows", type=int, nargs="+", default=[25_000, 50_000, 100_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, help="where the data lie (default: a cache folder)")
    options = parser.parse_args()
    installed = ["Rscript", "-e", "quit(status = !requireNamespace('survey', quietly = TRUE))"]
    if not shutil.which("Rscript") or subprocess.run(installed, capture_output=True).returncode != 0:
        print("R survey: skipped, there is no Rscript with the package survey (Debian: apt-get install r-cran-survey)")
        return
    for rows in options.rows:
        make = [sys.executable, str(HERE / "make_data.py"), "--rows", str(rows)]
        make += ["--folder", str(options.folder)] if options.folder else []
        made = subprocess.run(make, check=True, capture_output=True, text=True).stdout.split()
        parquet, text = (next(pathlib.Path(path) for path in made if path.endswith(ending)) for ending in (".parquet", ".csv"))
        print(f"{rows} answers, one share in 12 waves x 40 branches")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "manyi.yaml").write_text(YAML.replace("DATA", str(parquet)), encoding="utf-8")
            print("  manyi metrics --json (start, reading, all)")
            ours = best([str(options.manyi), "metrics", folder, "--json"], options.repeat)
        print("  R survey, svyby (answers in memory)")
        seconds, expected = by_r(text)
        print(f"    {seconds:7.2f} s")
        count = compare(ours.output, expected)
        print(f"  {count} groups agree; R takes {seconds / ours.seconds:.0f} times as long")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "manyi.yaml").write_text(all_metrics().replace("DATA", str(parquet)), encoding="utf-8")
            print("  manyi metrics --json, every metric of enterprise-csi in the same groups")
            many = best([str(options.manyi), "metrics", folder, "--json"], options.repeat)
        made = [estimate for estimate in json.loads(many.output)["estimates"] if estimate["segment"]]
        print(f"  {len(made) // count} metrics in {count} groups: {seconds / count / (many.seconds / len(made)):.0f} times as fast an estimate as R")


if __name__ == "__main__":
    main()
