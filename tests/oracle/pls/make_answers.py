"""Writes answers.csv: an artificial survey of 140 answers, 17 indicators of seven constructs and whole-number weights.

Run in this folder: python make_answers.py    Needs: numpy
"""

import csv

import numpy as np

ROWS = 140


def main() -> None:
    draw = np.random.default_rng(20261121)
    noise = lambda: draw.normal(size=ROWS)
    image, expectation = noise(), noise()
    expectation = 0.6 * image + 0.8 * expectation
    quality = 0.5 * expectation + 0.85 * noise()
    value = 0.2 * expectation + 0.5 * quality + 0.8 * noise()
    satisfaction = 0.2 * image + 0.4 * quality + 0.3 * value + 0.7 * noise()
    complaints = -0.5 * satisfaction + 0.85 * noise()
    loyalty = 0.25 * image + 0.5 * satisfaction - 0.1 * complaints + 0.7 * noise()

    def indicator(construct: np.ndarray, loading: float, middle: float, spread: float, low: int, high: int):
        answer = middle + spread * (loading * construct + np.sqrt(1 - loading**2) * noise())
        return np.clip(np.round(answer), low, high).astype(int)

    columns = {
        "image1": indicator(image, 0.8, 7.2, 1.6, 1, 10),
        "image2": indicator(image, 0.6, 6.4, 2.1, 1, 10),
        "image3": indicator(image, 0.7, 3.6, 0.9, 1, 5),
        "expectation1": indicator(expectation, 0.7, 7.0, 1.5, 1, 10),
        "expectation2": indicator(expectation, 0.8, 6.0, 2.0, 1, 10),
        "quality1": indicator(quality, 0.85, 7.5, 1.4, 1, 10),
        "quality2": indicator(quality, 0.75, 3.9, 0.8, 1, 5),
        "quality3": indicator(quality, 0.6, 6.1, 2.2, 1, 10),
        "quality4": indicator(quality, 0.3, 7.1, 1.7, 1, 10),
        "value1": indicator(value, 0.9, 5.8, 1.9, 1, 10),
        "value2": indicator(value, 0.75, 6.3, 1.8, 1, 10),
        "satisfaction1": indicator(satisfaction, 0.9, 7.0, 1.5, 1, 10),
        "satisfaction2": indicator(satisfaction, 0.8, 6.2, 1.9, 1, 10),
        "satisfaction3": indicator(satisfaction, 0.75, 3.5, 0.9, 1, 5),
        "complaints1": indicator(complaints, 0.9, 2.4, 1.3, 1, 7),
        "loyalty1": indicator(loyalty, 0.85, 6.8, 2.3, 1, 10),
        "loyalty2": indicator(loyalty, 0.6, 5.1, 2.5, 1, 10),
        "weight": draw.choice([1, 2, 3, 5], size=ROWS, p=[0.4, 0.3, 0.2, 0.1]),
    }
    with open("answers.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values())))


if __name__ == "__main__":
    main()
