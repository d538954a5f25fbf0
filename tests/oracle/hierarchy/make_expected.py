"""Expected numbers from Python: eigenvectors from numpy (LAPACK), hierarchies from AHPy, entropy, deviation and CRITIC weights
from pymcdm, intervals of shares from statsmodels.

python make_expected.py, with numpy, scipy, statsmodels, pymcdm and ahpy installed.
"""

import itertools
import json
from importlib.metadata import version

import ahpy
import numpy as np
from pymcdm.weights import critic_weights, entropy_weights, standard_deviation_weights
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

random = np.random.default_rng(20261121)
SCALE = [1 / 9, 1 / 7, 1 / 5, 1 / 3, 1 / 2, 1, 1, 2, 3, 4, 5, 6, 7, 9]
# Saaty (1980); Saaty (2005, p. 31).
SAATY_1980 = {3: 0.58, 4: 0.90, 5: 1.12, 6: 1.24, 7: 1.32, 8: 1.41, 9: 1.45}
SAATY_2005 = {3: 0.52, 4: 0.89, 5: 1.11, 6: 1.25, 7: 1.35, 8: 1.40, 9: 1.45}


def matrix_of(size, pairs):
    matrix = np.ones((size, size))
    for (i, j), value in zip(itertools.combinations(range(size), 2), pairs):
        matrix[i, j], matrix[j, i] = value, 1 / value
    return matrix


def analysed(size, pairs):
    matrix = matrix_of(size, pairs)
    values, vectors = np.linalg.eig(matrix)
    first = np.argmax(values.real)
    weights = np.abs(vectors[:, first].real)
    weights /= weights.sum()
    means = np.exp(np.log(matrix).mean(axis=1))
    index = (values[first].real - size) / (size - 1)
    errors = {(i, j): matrix[i, j] * weights[j] / weights[i] for i, j in itertools.combinations(range(size), 2)}
    worst = max(errors, key=lambda pair: abs(np.log(errors[pair])))
    return {
        "size": size,
        "pairs": list(pairs),
        "eigenvector": weights.tolist(),
        "geometric": (means / means.sum()).tolist(),
        "lambda_max": values[first].real,
        "index": index,
        "ratio_1980": index / SAATY_1980[size],
        "ratio_2005": index / SAATY_2005[size],
        "worst": list(worst),
        "worst_error": errors[worst],
    }


def judged(size):
    """Judgements of somebody with weights in mind and an unsteady hand."""
    weights = random.uniform(1, 9, size)
    noise = np.exp(random.normal(0, 0.35, size * (size - 1) // 2))
    pairs = [weights[i] / weights[j] for i, j in itertools.combinations(range(size), 2)] * noise
    return [float(min(SCALE, key=lambda step: abs(np.log(step / pair)))) for pair in pairs]


def panel():
    judges, shares = [judged(5) for _ in range(4)], [1.0, 2.0, 0.5, 1.5]
    mean = np.exp(np.average(np.log(judges), axis=0, weights=shares))
    return {"judges": judges, "shares": shares, **analysed(5, mean.tolist())}


def tree():
    """Three factors; the first has three parts, the second of these two parts; the third factor has two parts."""
    pairs = {"top": judged(3), "a": judged(3), "a2": [3.0], "c": [0.25]}
    names = {"top": ["a", "b", "c"], "a": ["a1", "a2", "a3"], "a2": ["a21", "a22"], "c": ["c1", "c2"]}
    made = {
        node: ahpy.Compare(node, dict(zip(itertools.combinations(names[node], 2), pairs[node])), precision=13)
        for node in names
    }
    made["a"].add_children([made["a2"]])
    made["top"].add_children([made["a"], made["c"]])
    parents = {child: node for node, children in names.items() for child in children}
    order = ["a", "b", "c", "a1", "a2", "a3", "a21", "a22", "c1", "c2"]
    return {
        "order": order,
        "parents": [None if parents[name] == "top" else order.index(parents[name]) for name in order],
        "pairs": pairs,
        "global": [float(made[parents[name]].global_weights[name]) for name in order],
    }


def objective():
    matrix = np.round(random.uniform(1, 100, (9, 5)), 2)
    turned = np.array([1, 1, -1, 1, -1])
    low, high = matrix.min(axis=0), matrix.max(axis=0)
    scaled = np.where(turned > 0, (matrix - low) / (high - low), (high - matrix) / (high - low))
    shares = scaled / scaled.sum(axis=0)
    # 0 ln 0 = 0, which pymcdm does not have.
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0)
    entropy = -terms.sum(axis=0) / np.log(len(matrix))
    return {
        "criteria": 5,
        "values": matrix.flatten().tolist(),
        "costs": [bool(sign < 0) for sign in turned],
        "share": entropy_weights(np.where(turned > 0, matrix, 1 / matrix)).tolist(),
        "min_max_entropy": entropy.tolist(),
        "min_max": ((1 - entropy) / (1 - entropy).sum()).tolist(),
        "deviation": standard_deviation_weights(matrix).tolist(),
        "critic": critic_weights(matrix * turned).tolist(),
    }


def shares():
    single = [
        {"yes": yes, "cases": cases, "confidence": level, "limits": proportion_confint(yes, cases, 1 - level, "wilson")}
        for yes, cases in [(0, 12), (12, 12), (3, 17), (81, 263), (40.5, 93.25), (5, 1000)]
        for level in [0.9, 0.95, 0.99]
    ]
    double = [
        {
            "first": [a, n],
            "second": [b, m],
            "confidence": level,
            "limits": confint_proportions_2indep(a, n, b, m, method="newcomb", compare="diff", alpha=1 - level),
        }
        for a, n, b, m in [(56, 70, 48, 80), (10, 10, 0, 10), (3, 40, 7, 35), (0, 20, 0, 30), (120, 300, 99, 250)]
        for level in [0.9, 0.95]
    ]
    return {"wilson": single, "newcombe": double}


expected = {
    "versions": {name: version(name) for name in ["numpy", "ahpy", "pymcdm", "statsmodels"]},
    "judgements": [analysed(size, judged(size)) for size in range(3, 10)],
    "panel": panel(),
    "tree": tree(),
    "objective": [objective() for _ in range(3)],
    "shares": shares(),
}
with open("expected_python.json", "w", encoding="utf-8") as file:
    json.dump(expected, file, indent=1)
    file.write("\n")
