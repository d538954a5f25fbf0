"""Measures manyi against DuckDB (indicators), R survey (one indicator in many groups), the plspm package of Python (path models), and
the typst package of Python and R Markdown (documents, one and many), and prints ratios.

Usage: python run.py [--manyi PATH] [--rows N] [--repeat N] [--folder DIR] [--skip indicators|survey|paths|documents|branches]
Needs: pip install numpy pyarrow duckdb typst "pandas<3" plspm; a release build of manyi; for R see svyby.py.

Each measurement is a fresh process; the shortest of the repeats counts. Both sides use all cores. The sums are compared before
any time is printed: estimates, standard errors and bases of every metric, wave and group must agree.
"""

import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TOLERANCE = 1e-9

COMPILE = """
import sys, typst
for source in sys.argv[1:]:
    typst.compile(source, output=source.removesuffix(".typ") + ".pdf", root=__import__("os").path.dirname(source))
"""


class Run:
    """One finished process: wall time in seconds, peak resident memory in MiB, standard output."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        with tempfile.TemporaryFile() as output:
            start = time.perf_counter()
            process = subprocess.Popen(command, stdout=output, env={**os.environ, **(environment or {})})
            _, status, usage = os.wait4(process.pid, 0)
            self.seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}")
            # Linux counts in KiB, macOS in bytes.
            self.memory = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
            output.seek(0)
            self.output = output.read()


def best(command: list[str], repeat: int, environment: dict[str, str] | None = None) -> Run:
    runs = [Run(command, environment) for _ in range(repeat)]
    spread = ", ".join(f"{run.seconds:.2f}" for run in runs)
    shortest = min(runs, key=lambda run: run.seconds)
    print(f"    {shortest.seconds:7.2f} s  {shortest.memory:7.0f} MiB   ({spread})")
    return shortest


def default_manyi() -> pathlib.Path:
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "manyi"


def from_sums(duckdb_output: bytes) -> dict[tuple, tuple[int, float, float]]:
    """(metric, wave, segment, group) to (n, estimate, standard error), from DuckDB's sums."""
    document = json.loads(duckdb_output)
    segments, metrics = document["segments"], document["metrics"]
    totals = {row[0]: row[1 + len(segments)] for row in document["rows"] if not any(row[1 : 1 + len(segments)])}
    estimates = {}
    for row in document["rows"]:
        wave, groups = row[0], row[1 : 1 + len(segments)]
        chosen = [(segment, group) for segment, group in zip(segments, groups) if group is not None]
        key = chosen[0] if chosen else (None, None)
        for index, metric in enumerate(metrics):
            start = 2 + len(segments) + 6 * index
            n, w, w2, wy, w2y, w2y2 = row[start : start + 6]
            theta = wy / w
            squares = max(0.0, w2y2 - 2 * theta * w2y + theta * theta * w2)
            rows = totals[wave]
            estimates[(metric, wave, *key)] = (n, theta, math.sqrt(rows / (rows - 1) * squares) / w)
    return estimates


def compare(manyi_output: bytes, duckdb_output: bytes) -> int:
    """Number of estimates compared; ends the program where one differs."""
    expected = from_sums(duckdb_output)
    seen = 0
    for estimate in json.loads(manyi_output)["estimates"]:
        segment = next(iter(estimate["segment"].items()), (None, None))
        key = (estimate["metric"], estimate["wave"], *segment)
        if key not in expected or estimate["estimate"] is None:
            continue
        n, theta, error = expected[key]
        same = (
            estimate["n"] == n
            and math.isclose(estimate["estimate"], theta, rel_tol=TOLERANCE)
            and math.isclose(estimate["se"], error, rel_tol=1e-7)
        )
        if not same:
            sys.exit(f"{key}: DuckDB {expected[key]}, manyi {estimate['n'], estimate['estimate'], estimate['se']}")
        seen += 1
    if seen != len(expected):
        sys.exit(f"manyi gave {seen} of {len(expected)} estimates")
    return seen


def indicators(options: argparse.Namespace) -> None:
    # In a process of its own: a process counts the memory of its parent at the fork as its own peak.
    make = [sys.executable, str(HERE / "make_data.py"), "--rows", str(options.rows)]
    make += ["--folder", str(options.folder)] if options.folder else []
    made = subprocess.run(make, check=True, capture_output=True, text=True)
    paths = [pathlib.Path(line) for line in made.stdout.splitlines()]
    yaml = (HERE / "project" / "manyi.yaml").read_text(encoding="utf-8")
    for path in paths:
        print(f"{options.rows} answers, {path.suffix[1:]} ({path.stat().st_size / 2**20:.0f} MiB)")
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "manyi.yaml").write_text(yaml.replace("DATA", str(path)), encoding="utf-8")
            print("  manyi metrics --json")
            ours = best([str(options.manyi), "metrics", folder, "--json"], options.repeat)
            print("  DuckDB, one query with GROUPING SETS")
            theirs = best([sys.executable, str(HERE / "duckdb_query.py"), str(path)], options.repeat)
        count = compare(ours.output, theirs.output)
        print(f"  {count} estimates agree; DuckDB takes {theirs.seconds / ours.seconds:.1f} times as long"
              f" and {theirs.memory / ours.memory:.1f} times the memory")


def documents(options: argparse.Namespace) -> None:
    sample = ROOT / "samples" / "campus-canteen"
    with tempfile.TemporaryDirectory() as folder:
        out, sources = pathlib.Path(folder, "out"), pathlib.Path(folder, "typst")
        sources.mkdir()
        build = [str(options.manyi), "build", str(sample), "--out", str(out)]
        Run(build, {"MANYI_KEEP_TYPST": str(sources)})
        print("documents of samples/campus-canteen")
        print("  manyi build (read, compute, write every format)")
        ours = best(build, options.repeat)
        found = sorted(str(path) for path in sources.rglob("main.typ")) or sorted(str(path) for path in sources.rglob("*.typ"))
        print(f"  Python's typst package on {len(found)} finished sources (typeset only)")
        theirs = best([sys.executable, "-c", COMPILE, *found], options.repeat)
        print(f"  Python takes {theirs.seconds / ours.seconds:.1f} times as long and {theirs.memory / ours.memory:.1f} times the memory")


def beside(name: str, options: argparse.Namespace, *more: str) -> None:
    """Runs another measurement of this folder, in a process of its own."""
    command = [sys.executable, str(HERE / name), "--manyi", str(options.manyi), "--repeat", str(options.repeat), *more]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"{name} failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path, default=default_manyi())
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, help="where the data lie (default: a cache folder)")
    parser.add_argument("--skip", choices=["indicators", "large", "survey", "paths", "documents", "branches"], action="append", default=[])
    options = parser.parse_args()
    if not options.manyi.exists():
        sys.exit(f"{options.manyi} is absent: build it with `cargo build --release` or name it with --manyi")
    if "indicators" not in options.skip:
        indicators(options)
    sys.stdout.flush()
    if "large" not in options.skip:
        beside("large.py", options, *(["--folder", str(options.folder)] if options.folder else []))
    if "survey" not in options.skip:
        beside("svyby.py", options, *(["--folder", str(options.folder)] if options.folder else []))
    if "paths" not in options.skip:
        beside("pls.py", options)
    if "documents" not in options.skip:
        documents(options)
    sys.stdout.flush()
    if "branches" not in options.skip:
        beside("branches.py", options, *(["--folder", str(options.folder)] if options.folder else []))


if __name__ == "__main__":
    main()
