"""Writes tests.yaml: the rows, and what numpy makes of them by the definitions in docs/models/index-hierarchy.md.

Usage: python make_tests.py   (needs numpy)
"""

import pathlib

import numpy as np

NAN = float("nan")
ITEMS = ["taste", "choice", "price", "manner", "waiting"]
# taste, choice, price, manner, waiting, overall, branch; one answer lacks the choice.
ROWS = [
    (5, 4, 3, 4, 2, 8, "north"), (3, 4, 5, 2, 1, 5, "north"), (4, 2, 1, 3, 3, 6, "north"), (4, NAN, 3, 3, 2, 7, "south"),
    (2, 1, 2, 5, 4, 5, "south"), (5, 5, 4, 4, 1, 9, "south"), (1, 2, 2, 1, 5, 2, "west"), (3, 3, 4, 4, 3, 6, "west"),
    (5, 3, 3, 5, 2, 9, "west"), (2, 3, 1, 2, 4, 3, "west"),
]
WEIGHTS = np.array([1, 2, 1, 1, 1.5, 1, 1, 0.5, 1, 1])

answers = np.array([row[:6] for row in ROWS], dtype=float)
scores = (answers[:, :5] - 1) * 25
scores[:, 4] = 100 - scores[:, 4]
overall, branch = answers[:, 5], np.array([row[6] for row in ROWS])


def mean(values: np.ndarray, rows: np.ndarray | slice = slice(None)) -> float:
    values, weights = values[rows], WEIGHTS[rows]
    known = ~np.isnan(values)
    return float((values * weights)[known].sum() / weights[known].sum())


def eigenvector(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    values, vectors = np.linalg.eig(matrix)
    place = values.real.argmax()
    vector = np.abs(vectors[:, place].real)
    return vector / vector.sum(), float(values[place].real)


def entropy(matrix: np.ndarray) -> np.ndarray:
    scaled = (matrix - matrix.min(0)) / (matrix.max(0) - matrix.min(0))
    shares = scaled / scaled.sum(0)
    terms = np.where(shares > 0, shares * np.log(np.where(shares > 0, shares, 1)), 0)
    left = 1 + terms.sum(0) / np.log(len(matrix))
    return left / left.sum()


def relative_weights(columns: np.ndarray, outcome: np.ndarray, weights: np.ndarray) -> np.ndarray:
    together = np.column_stack([columns, outcome])
    covariance = np.cov(together.T, aweights=weights)
    deviations = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(correlations[:-1, :-1])
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    raw = root**2 @ np.linalg.solve(root, correlations[:-1, -1]) ** 2
    return raw / raw.sum()


means = np.array([mean(scores[:, item]) for item in range(5)])
judged, highest = eigenvector(np.array([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]))
product, service = float(judged @ means[:3]), float((2 * means[3] + means[4]) / 3)
circle, circle_highest = eigenvector(np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]))
by_branch = np.array([[mean(scores[:, item], branch == name) for item in range(3)] for name in ["north", "south", "west"]])
spread = entropy(by_branch)
mixed = (scores[:, 0] + scores[:, 1] + 2 * scores[:, 2]) / 4
whole = ~np.isnan(mixed)
shares = relative_weights(np.column_stack([mixed, scores[:, 3]])[whole], overall[whole], WEIGHTS[whole])
basket = float((means[0] + means[1] + 2 * means[2]) / 4)

expected = {
    "judged": (
        {"index": 0.75 * product + 0.25 * service, "index_product": product, "index_service": service},
        {
            "parts.taste.local": 100 * judged[0], "parts.choice.global": 75 * judged[1], "parts.product.local": 75, "parts.waiting.global": 25 / 3,
            "parts.choice.index": means[1], "parts.waiting.index": means[4], "parts.price.contribution": 0.75 * judged[2] * means[2],
            "parts.choice.n": 9, "parts.waiting.level": 2, "judgements.product.lambda_max": highest,
            "judgements.product.consistency_index": (highest - 3) / 2, "judgements.product.consistency_ratio": (highest - 3) / 2 / 0.58,
        },
    ),
    "contradictory": ({"index": float(circle @ means[:3])}, {"judgements.whole.consistency_ratio": (circle_highest - 3) / 2 / 0.58}),
    "by_entropy": (
        {"index": float(spread @ means[:3])},
        {f"parts.{item}.local": 100 * weight for item, weight in zip(ITEMS, spread)},
    ),
    "derived": (
        {"index": float(shares @ [basket, means[3]]), "index_product": basket},
        {"parts.product.local": 100 * shares[0], "parts.manner.local": 100 * shares[1], "parts.price.global": 50 * shares[0]},
    ),
}


def numbers(found: dict[str, float]) -> str:
    return "{ " + ", ".join(f"{key}: {float(value):.15g}" for key, value in found.items()) + " }"


lines = ["# Written by make_tests.py with numpy.", "cases:", "  - name: ten answers from three branches"]
lines += [f"    weights: [{', '.join(f'{weight:g}' for weight in WEIGHTS)}]", "    rows:"]
for row in ROWS:
    cells = [f"{item}: {value:g}" for item, value in zip(ITEMS, row) if not np.isnan(value)]
    lines.append(f"      - {{ {', '.join(cells)}, overall: {row[5]}, branch: \"{row[6]}\" }}")
lines.append("    expect:")
for model, (values, cells) in expected.items():
    lines += [f"      {model}:", "        n: 10", f"        values: {numbers(values)}", f"        cells: {numbers(cells)}"]
pathlib.Path(__file__).with_name("tests.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
