"""Writes one seeded artificial survey as CSV and as Parquet: 41 columns, by default 1,000,000 answers in 12 waves.

Usage: python make_data.py [--rows N] [--folder DIR]
Needs: pip install numpy pyarrow
"""

import argparse
import pathlib

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

SEED = 20261121
# Part of the files' names, so that those of an older version are not taken.
COLUMNS = 41
DEFAULT_FOLDER = pathlib.Path.home() / ".cache" / "manyi" / "bench"

WAVES = [f"2026-{month:02}" for month in range(1, 13)]
SEGMENTS = {
    "region": [f"region {number:02}" for number in range(1, 11)],
    "channel": ["shop", "web", "app", "phone", "partner", "market"],
    "product": [f"product {letter}" for letter in "ABCDEFGH"],
    "age": ["-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65-"],
    "gender": ["women", "men"],
}
BRANCHES = 40
BOOLEANS = {  # input: share of yes
    "aware": 0.85, "aware_unaided": 0.4, "category_buyer": 0.8, "first_choice": 0.3, "strict_choice": 0.4,
    "earlier_purchase": 0.6, "repurchased": 0.7, "customer": 0.65, "complained": 0.1, "complained_to_company": 0.3,
    "bought": 0.5,
}
SCALES = ["praise", "return_intention", "recommend", "repurchase_intention"] + [f"item_{number:02}" for number in range(1, 18)]


def answers(rows: int) -> pa.Table:
    """All columns; about one answer in twenty is missing."""
    random = np.random.default_rng(SEED)

    def missing() -> np.ndarray:
        return random.random(rows) < 0.05

    columns: dict[str, pa.Array] = {"id": pa.array(np.arange(1, rows + 1))}
    for name, values in {"wave": WAVES, **SEGMENTS}.items():
        codes = random.integers(0, len(values), rows).astype(np.int32)
        columns[name] = pa.DictionaryArray.from_arrays(codes, values).cast(pa.string())
    columns["weight"] = pa.array(np.round(np.exp(random.normal(0, 0.4, rows)), 4))
    # A little of everything depends on the person, so that the indicators go together.
    mood = random.normal(0, 1, rows)
    for name, share in BOOLEANS.items():
        yes = random.random(rows) < np.clip(share + 0.1 * mood, 0, 1)
        columns[name] = pa.array(yes, mask=missing())
    for name in SCALES:
        points = np.clip(np.rint(3.5 + 0.6 * mood + random.normal(0, 0.9, rows)), 1, 5).astype(np.int8)
        columns[name] = pa.array(points, mask=missing())
    # Drawn by itself, so that the other columns are the same with and without it.
    branches = np.random.default_rng(SEED + 1).integers(1, BRANCHES + 1, rows).astype(np.int32)
    columns["branch"] = pa.DictionaryArray.from_arrays(branches - 1, [f"branch {n:02}" for n in range(1, BRANCHES + 1)]).cast(pa.string())
    return pa.table(columns)


def write(folder: pathlib.Path, rows: int) -> dict[str, pathlib.Path]:
    """Paths of the files by format; files that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {ending: folder / f"answers-{rows}-{COLUMNS}.{ending}" for ending in ("parquet", "csv")}
    if not all(path.exists() for path in paths.values()):
        table = answers(rows)
        pyarrow.parquet.write_table(table, paths["parquet"], compression="zstd", row_group_size=131_072)
        pyarrow.csv.write_csv(table, paths["csv"])
    return paths


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", type=pathlib.Path, default=DEFAULT_FOLDER)
    options = parser.parse_args()
    for path in write(options.folder, options.rows).values():
        print(path)


if __name__ == "__main__":
    main()
