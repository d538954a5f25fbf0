"""Measures PLS path modelling with a bootstrap against the plspm package of Python, and prints the ratio.

Usage: python pls.py [--manyi PATH] [--folder DIR] [--refits N] [--repeat N]
Needs: pip install "pandas<3" plspm (plspm 0.5.7 does not run on pandas 3); a release build of manyi.

The model is that of the European Customer Satisfaction Index: 7 constructs, 24 questions, 12 paths. DIR holds mobi.csv (250 answers);
without it as many artificial answers are drawn. Both sides use one core, the path scheme and tight tolerances. Of manyi the whole
process is timed, from the start over reading a project to the JSON; of plspm the estimation alone. The coefficients must agree to
1e-6 and their standard errors, which rest on other random draws, to a quarter before a time is printed.
"""

import argparse
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from plspm.config import MV, Config, Structure
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme

ROOT = pathlib.Path(__file__).resolve().parent.parent

CONSTRUCTS = {
    "image": ["IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5"],
    "expectation": ["CUEX1", "CUEX2", "CUEX3"],
    "quality": ["PERQ1", "PERQ2", "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7"],
    "value": ["PERV1", "PERV2"],
    "satisfaction": ["CUSA1", "CUSA2", "CUSA3"],
    "complaints": ["CUSCO"],
    "loyalty": ["CUSL1", "CUSL2", "CUSL3"],
}
PATHS = [
    ("image", "expectation"), ("expectation", "quality"), ("expectation", "value"), ("quality", "value"), ("image", "satisfaction"),
    ("expectation", "satisfaction"), ("quality", "satisfaction"), ("value", "satisfaction"), ("satisfaction", "complaints"),
    ("image", "loyalty"), ("satisfaction", "loyalty"), ("complaints", "loyalty"),
]
QUESTIONS = [question for questions in CONSTRUCTS.values() for question in questions]


def artificial(answers: int) -> pd.DataFrame:
    """Answers from 1 to 10 that follow the paths."""
    random = np.random.default_rng(20261122)
    scores: dict[str, np.ndarray] = {}
    for construct in CONSTRUCTS:
        causes = [scores[cause] for cause, effect in PATHS if effect == construct]
        share = 0.8 if causes else 0.0
        common = sum(causes) / np.std(sum(causes)) if causes else 0.0
        scores[construct] = share * common + math.sqrt(1 - share * share) * random.normal(size=answers)
    points = {
        question: np.clip(np.rint(7 + 1.3 * scores[construct] + random.normal(size=answers)), 1, 10)
        for construct, questions in CONSTRUCTS.items() for question in questions
    }
    return pd.DataFrame(points)


def by_plspm(data: pd.DataFrame, refits: int) -> dict:
    structure = Structure()
    for source, target in PATHS:
        structure.add_path([source], [target])
    # plspm's own scaling divides all columns by one standard deviation: it gets standardised ones to leave alone.
    config = Config(structure.path(), scaled=False)
    for construct, questions in CONSTRUCTS.items():
        config.add_lv(construct, Mode.A, *[MV(name) for name in questions])
    start = time.perf_counter()
    standardised = (data - data.mean()) / data.std()
    # Its tolerance is on the sum of squared changes.
    settings = {"iterations": 300, "tolerance": 1e-14, "bootstrap": refits > 0, "bootstrap_iterations": refits}
    model = Plspm(standardised, config, Scheme.PATH, processes=1, **settings)
    seconds = time.perf_counter() - start
    coefficients, errors = model.path_coefficients(), model.bootstrap().paths()["std.error"]
    paths = {
        f"{source} -> {target}": [coefficients.loc[target, source], errors[f"{source} -> {target}"]]
        for source, target in PATHS
    }
    return {"seconds": seconds, "paths": paths}


def write_project(folder: pathlib.Path, data: pd.DataFrame, refits: int) -> None:
    data.to_csv(folder / "answers.csv", index=False)
    columns = "".join(f"  {name}: {{ type: scale, range: [1, 10] }}\n" for name in QUESTIONS)
    inputs = "".join(f"      {name}: {name}\n" for name in QUESTIONS)
    (folder / "manyi.yaml").write_text(
        "manyi: 1\nproject: { title: Benchmark, lang: en }\ndata:\n  sources: [{ file: answers.csv, dialect: plain }]\n"
        f"columns:\n{columns}plugins:\n  paths:\n    inputs:\n{inputs}", encoding="utf-8")
    fed = "".join(f"  {name}: {{ type: scale, range: [1, 10] }}\n" for name in QUESTIONS)
    constructs = "".join(f"        {id}: {{ items: [{', '.join(items)}] }}\n" for id, items in CONSTRUCTS.items())
    paths = ", ".join(f"[{source}, {target}]" for source, target in PATHS)
    plugin = folder / "plugins" / "paths"
    plugin.mkdir(parents=True)
    (plugin / "plugin.yaml").write_text(
        f"manifest: 1\nid: paths\nversion: 1.0.0\ntitle: Paths\ninputs:\n{fed}models:\n  - id: path_model\n    title: Path model\n"
        f"    model: pls\n    items: [{', '.join(QUESTIONS)}]\n    bootstrap: {refits}\n    options:\n      tolerance: 1.0e-7\n"
        f"      constructs:\n{constructs}      paths: [{paths}]\n", encoding="utf-8")


def by_manyi(manyi: pathlib.Path, data: pd.DataFrame, refits: int, repeat: int) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        write_project(pathlib.Path(folder), data, refits)
        command = [str(manyi), "metrics", folder, "--json"]
        # One core where the system can hold a process to one.
        held = ["taskset", "-c", "0", *command] if shutil.which("taskset") else command
        times = []
        for _ in range(repeat):
            start = time.perf_counter()
            run = subprocess.run(held, check=True, capture_output=True)
            times.append(time.perf_counter() - start)
    print(f"manyi  {min(times):9.4f} s   ({', '.join(f'{seconds:.4f}' for seconds in times)})")
    model = next(model for model in json.loads(run.stdout)["models"] if model["model"] == "path_model")
    table = next(table for table in model["tables"] if table["id"] == "paths")
    cells = {row["id"]: row["cells"]["coefficient"] for row in table["rows"]}
    found = {path: cells["_".join(path)] for path in PATHS}
    paths = {f"{source} -> {target}": [cell["estimate"], cell["se"]] for (source, target), cell in found.items()}
    return {"seconds": min(times), "paths": paths}


def compare(ours: dict, theirs: dict) -> None:
    for path, (coefficient, error) in theirs["paths"].items():
        found, found_error = ours["paths"][path]
        if abs(found - coefficient) > 1e-6 or not math.isclose(found_error, error, rel_tol=0.25):
            sys.exit(f"{path}: plspm {coefficient} ({error}), manyi {found} ({found_error})")


def default_manyi() -> pathlib.Path:
    return pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "manyi"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manyi", type=pathlib.Path, default=default_manyi())
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT.parent / "shared" / "refdata" / "ecsi_pls")
    parser.add_argument("--refits", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    file = options.folder / "mobi.csv"
    data = pd.read_csv(file).astype(float)[QUESTIONS] if file.exists() else artificial(250)
    print(f"path model, {len(data)} answers ({'mobi.csv' if file.exists() else 'artificial'}), {options.refits} refits, one core")
    ours = by_manyi(options.manyi, data, options.refits, options.repeat)
    theirs = by_plspm(data, options.refits)
    print(f"plspm  {theirs['seconds']:9.4f} s")
    compare(ours, theirs)
    print(f"{len(ours['paths'])} coefficients agree; plspm takes {theirs['seconds'] / ours['seconds']:.0f} times as long")


if __name__ == "__main__":
    main()
