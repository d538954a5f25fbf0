"""Measures thirty weighted metrics with standard errors over ten million answers against one hand-written DuckDB query.

Usage: python large.py [--manyi PATH] [--rows N] [--repeat N] [--folder DIR]
Needs: pip install numpy pyarrow duckdb; a release build of manyi; 0.3 GiB of disk for the data.

Ten segment columns, twelve waves, one Parquet file. manyi runs `metrics --json` as a fresh process; DuckDB runs one query with
GROUPING SETS for the same sums, also in a fresh process (`large.py --query FILE`). Estimates, standard errors and bases of every
metric, wave and group must agree before a time is printed.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

DEFAULT_FOLDER = pathlib.Path.home() / ".cache" / "manyi" / "bench"
SEED = 20261122
WAVES = [f"2026-{month:02}" for month in range(1, 13)]
SEGMENTS = {f"segment_{number:02}": levels for number, levels in enumerate([2, 3, 4, 5, 6, 7, 8, 10, 12, 16], start=1)}
YES_NO = [f"yes_{number:02}" for number in range(1, 11)]
RATINGS = [f"rating_{number:02}" for number in range(1, 19)]
# Metric: expression of the plugin, value and base in SQL.
METRICS = (
    {f"share_{name}": (name, f"100.0 * {name}::INT", "customer") for name in YES_NO}
    | {f"high_{name}": (f"{name} >= 4", f"100.0 * ({name} >= 4)::INT", "customer") for name in RATINGS[:10]}
    | {f"mean_{name}": (name, f"{name}::DOUBLE", "customer") for name in RATINGS[8:]}
)
PART = 500_000


def make(folder: pathlib.Path, rows: int) -> pathlib.Path:
    """The data file, written part by part; kept if it is there already."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet

    path = folder / f"large-{rows}.parquet"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    writer = None
    for start in range(0, rows, PART):
        count = min(PART, rows - start)
        columns = {}
        for name, levels in {"wave": WAVES, **{name: [f"group {n:02}" for n in range(levels)] for name, levels in SEGMENTS.items()}}.items():
            codes = random.integers(0, len(levels), count).astype(np.int32)
            columns[name] = pa.DictionaryArray.from_arrays(codes, levels).cast(pa.string())
        columns["weight"] = pa.array(np.round(np.exp(random.normal(0, 0.4, count)), 4))
        mood = random.normal(0, 1, count)
        columns["customer"] = pa.array(random.random(count) < 0.8)
        for number, name in enumerate(YES_NO):
            yes = random.random(count) < np.clip(0.2 + 0.06 * number + 0.1 * mood, 0, 1)
            columns[name] = pa.array(yes, mask=random.random(count) < 0.05)
        for name in RATINGS:
            points = np.clip(np.rint(3.5 + 0.6 * mood + random.normal(0, 0.9, count)), 1, 5).astype(np.int8)
            columns[name] = pa.array(points, mask=random.random(count) < 0.05)
        table = pa.table(columns)
        writer = writer or pyarrow.parquet.ParquetWriter(path.with_suffix(".part"), table.schema, compression="zstd")
        writer.write_table(table, row_group_size=125_000)
    writer.close()
    path.with_suffix(".part").rename(path)
    return path


def write_project(folder: pathlib.Path, data: pathlib.Path) -> None:
    """A project with a plugin of its own: thirty metrics over the inputs."""
    kinds = {"customer": "boolean"} | {name: "boolean" for name in YES_NO} | {name: "scale, range: [1, 5]" for name in RATINGS}
    plugin = folder / "plugins" / "thirty"
    plugin.mkdir(parents=True)
    lines = ["manifest: 1", "id: thirty", "version: 1.0.0", "title: { zh-CN: 三十个指标, en: Thirty metrics }", "sources: [our own]", "inputs:"]
    lines += [f"  {name}: {{ type: {kind}, title: {{ zh-CN: {name}, en: {name} }} }}" for name, kind in kinds.items()]
    lines.append("metrics:")
    for name, (expression, _, base) in METRICS.items():
        words = f"{{ zh-CN: {name}, en: {name} }}"
        kind = "estimator: mean, unit: points" if name.startswith("mean") else "estimator: proportion"
        lines.append(f"  - {{ id: {name}, title: {words}, definition: {words}, {kind}, of: {expression}, base: {base}, better: higher }}")
    (plugin / "plugin.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    columns = ["  wave: { type: single }", "  weight: { type: number }"] + [f"  {name}: {{ type: single }}" for name in SEGMENTS]
    columns += [f"  {name}: {{ type: {kind} }}" for name, kind in kinds.items()]
    project = ["manyi: 1", "project: { title: Benchmark, lang: en }", "data:", f"  sources: [{{ file: {data}, dialect: plain }}]",
               "  wave: { column: wave }", "  weight: weight", "columns:", *columns, f"segments: [{', '.join(SEGMENTS)}]",
               "plugins:", "  thirty:", "    inputs:", *(f"      {name}: {name}" for name in kinds)]
    (folder / "manyi.yaml").write_text("\n".join(project) + "\n", encoding="utf-8")


def query(path: str) -> None:
    """The sums by DuckDB, as JSON on stdout, in the form of duckdb_query.py."""
    import duckdb

    from duckdb_query import query as sums

    text = sums(f"read_parquet('{path}')", {name: (value, base) for name, (_, value, base) in METRICS.items()}, list(SEGMENTS))
    rows = duckdb.connect().execute(text).fetchall()
    json.dump({"segments": list(SEGMENTS), "metrics": list(METRICS), "rows": rows}, sys.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=pathlib.Path, default=DEFAULT_FOLDER)
    parser.add_argument("--make", action="store_true", help="write the data and print their path")
    parser.add_argument("--query", help="run DuckDB on this file")
    options = parser.parse_args()
    if options.make:
        print(make(options.folder, options.rows))
        return
    if options.query:
        query(options.query)
        return
    from run import best, compare, default_manyi

    # In a process of its own: a process counts the memory of its parent at the fork as its own peak.
    command = [sys.executable, __file__, "--make", "--rows", str(options.rows), "--folder", str(options.folder)]
    path = pathlib.Path(subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    print(f"{options.rows} answers, {len(METRICS)} metrics, {len(SEGMENTS)} segment columns, {len(WAVES)} waves, Parquet ({path.stat().st_size / 2**20:.0f} MiB)")
    with tempfile.TemporaryDirectory() as folder:
        write_project(pathlib.Path(folder), path)
        print("  manyi metrics --json")
        ours = best([str(options.manyi or default_manyi()), "metrics", folder, "--json"], options.repeat)
    print("  DuckDB, one query with GROUPING SETS")
    # Minutes each: one run is enough for a ratio.
    theirs = best([sys.executable, __file__, "--query", str(path)], 1)
    count = compare(ours.output, theirs.output)
    print(f"  {count} estimates agree; {options.rows / ours.seconds / 1e6:.1f} million answers a second; DuckDB takes "
          f"{theirs.seconds / ours.seconds:.1f} times as long and {theirs.memory / ours.memory:.1f} times the memory")


if __name__ == "__main__":
    main()
