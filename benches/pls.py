"""Measures PLS path modelling with a bootstrap against the plspm package of Python, and prints the ratio.

Usage: python pls.py --ours COMMAND --folder DIR [--refits N] [--repeat N]
Needs: pip install "pandas<3" plspm (plspm 0.5.7 does not run on pandas 3).

DIR holds mobi.csv (250 answers to 24 questions) with the model of the European Customer Satisfaction Index in
semPLS_ECSImeasuremod.csv and semPLS_ECSIstrucmod.csv. COMMAND is called with these three files and the number of refits and
prints {"seconds": .., "paths": {"A -> B": [coefficient, standard error], ..}}. Both sides use one core, the path scheme and
tight tolerances, and time the estimation alone, without start-up and reading. The coefficients must agree to 1e-6 and their
standard errors, which rest on other random draws, to a quarter before a time is printed.
"""

import argparse
import json
import math
import pathlib
import shlex
import subprocess
import sys
import time

import pandas as pd
from plspm.config import MV, Config, Structure
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme

FILES = ["mobi.csv", "semPLS_ECSImeasuremod.csv", "semPLS_ECSIstrucmod.csv"]


def by_plspm(files: list[pathlib.Path], refits: int) -> dict:
    data = pd.read_csv(files[0]).astype(float)
    measurement, arrows = pd.read_csv(files[1]), pd.read_csv(files[2])
    structure = Structure()
    for source, target in arrows.itertuples(index=False):
        structure.add_path([source], [target])
    # plspm's own scaling divides all columns by one standard deviation: it gets standardised ones to leave alone.
    config = Config(structure.path(), scaled=False)
    for construct, rows in measurement.groupby("source", sort=False):
        config.add_lv(construct, Mode.A, *[MV(name) for name in rows["target"]])
    start = time.perf_counter()
    standardised = (data - data.mean()) / data.std()
    # Its tolerance is on the sum of squared changes.
    settings = {"iterations": 300, "tolerance": 1e-14, "bootstrap": refits > 0, "bootstrap_iterations": refits}
    model = Plspm(standardised, config, Scheme.PATH, processes=1, **settings)
    seconds = time.perf_counter() - start
    coefficients, errors = model.path_coefficients(), model.bootstrap().paths()["std.error"]
    paths = {
        f"{source} -> {target}": [coefficients.loc[target, source], errors[f"{source} -> {target}"]]
        for source, target in arrows.itertuples(index=False)
    }
    return {"seconds": seconds, "paths": paths}


def compare(ours: dict, theirs: dict) -> None:
    if ours["paths"].keys() != theirs["paths"].keys():
        sys.exit("the paths differ")
    for path, (coefficient, error) in theirs["paths"].items():
        found, found_error = ours["paths"][path]
        if abs(found - coefficient) > 1e-6 or not math.isclose(found_error, error, rel_tol=0.25):
            sys.exit(f"{path}: plspm {coefficient} ({error}), manyi {found} ({found_error})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ours", required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--refits", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    files = [options.folder / name for name in FILES]
    command = [*shlex.split(options.ours), *map(str, files), str(options.refits)]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(options.repeat)]
    ours = min(runs, key=lambda run: run["seconds"])
    spread = ", ".join(f"{run['seconds']:.4f}" for run in runs)
    print(f"manyi  {ours['seconds']:9.4f} s   ({spread})")
    theirs = by_plspm(files, options.refits)
    print(f"plspm  {theirs['seconds']:9.4f} s")
    compare(ours, theirs)
    print(f"{len(ours['paths'])} coefficients agree; plspm takes {theirs['seconds'] / ours['seconds']:.0f} times as long")


if __name__ == "__main__":
    main()
