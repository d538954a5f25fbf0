"""Cohen's kappa with quadratic weights from scikit-learn, for src/grade/agreement.rs."""
from sklearn.metrics import cohen_kappa_score

FIRST = [(0, 0), (1, 1), (2, 1), (3, 5), (5, 4), (6, 6), (7, 9), (8, 8), (9, 10), (10, 10), (4, 2), (7, 7)]
SECOND = [(1, 9), (9, 1), (5, 5), (4, 6), (6, 4), (3, 8), (8, 4), (5, 7)]
for pairs in (FIRST, SECOND):
    left, right = zip(*pairs)
    print(repr(float(cohen_kappa_score(left, right, weights="quadratic", labels=list(range(11))))))
