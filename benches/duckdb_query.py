"""The sums behind the indicators of enterprise-csi, by one DuckDB query over a CSV or Parquet file, as JSON on stdout.

Usage: python duckdb_query.py FILE
Needs: pip install duckdb
"""

import json
import sys

import duckdb

SEGMENTS = ["region", "channel", "product", "age", "gender"]

# Metric: value (percent or points) and base, written out by hand from plugins/enterprise-csi/plugin.yaml.
METRICS = {
    "awareness": ("100.0 * aware::INT", "true"),
    "awareness_unaided": ("100.0 * aware_unaided::INT", "true"),
    "reputation": ("100.0 * (praise >= 4)::INT", "aware"),
    "reputation_net": ("100.0 * ((praise >= 4)::INT - (praise <= 2)::INT)", "aware"),
    "named_preference": ("100.0 * first_choice::INT", "category_buyer"),
    "named_preference_strict": ("100.0 * (first_choice AND strict_choice)::INT", "category_buyer"),
    "return_rate": ("100.0 * repurchased::INT", "earlier_purchase"),
    "return_intention": ("100.0 * (return_intention >= 4)::INT", "customer"),
    "recommend_rate": ("100.0 * (recommend >= 4)::INT", "customer"),
    "return_union": (
        "100.0 * (coalesce(repurchased, false) OR coalesce(return_intention >= 4, false) OR coalesce(recommend >= 4, false))::INT",
        "customer AND (repurchased IS NOT NULL OR return_intention IS NOT NULL OR recommend IS NOT NULL)",
    ),
    "complaint_rate": ("100.0 * complained::INT", "customer"),
    "complaint_to_company": ("100.0 * (complained AND complained_to_company)::INT", "customer"),
    "sales_power": ("100.0 * bought::INT", "aware"),
    "sales_power_proxy": ("100.0 * (repurchase_intention >= 5)::INT", "customer"),
}


def query(source: str, metrics: dict[str, tuple[str, str]] = METRICS, segments: list[str] = SEGMENTS) -> str:
    """One pass for values, one grouped aggregation over all of them: n, sums of w, w2, wy, w2y, w2y2."""
    values = ",\n  ".join(f"CASE WHEN {base} THEN {value} END AS y_{metric}" for metric, (value, base) in metrics.items())
    sums = ",\n  ".join(
        f"count(y_{metric}), sum(weight) FILTER (y_{metric} IS NOT NULL), sum(weight * weight) FILTER (y_{metric} IS NOT NULL), "
        f"sum(weight * y_{metric}), sum(weight * weight * y_{metric}), sum(weight * weight * y_{metric} * y_{metric})"
        for metric in metrics
    )
    sets = ", ".join(["(wave)"] + [f"(wave, {segment})" for segment in segments])
    columns = ", ".join(segments)
    return f"""
WITH answers AS (SELECT wave, {columns}, weight,
  {values}
FROM {source})
SELECT wave, {columns}, count(*),
  {sums}
FROM answers GROUP BY GROUPING SETS ({sets})"""


def source(path: str) -> str:
    if path.endswith(".parquet"):
        return f"read_parquet('{path}')"
    booleans = ["aware", "aware_unaided", "category_buyer", "first_choice", "strict_choice", "earlier_purchase", "repurchased",
                "customer", "complained", "complained_to_company", "bought"]
    types = ", ".join(f"'{name}': 'BOOLEAN'" for name in booleans)
    return f"read_csv('{path}', header = true, types = {{'wave': 'VARCHAR', {types}}})"


def main() -> None:
    connection = duckdb.connect()
    rows = connection.execute(query(source(sys.argv[1]))).fetchall()
    json.dump({"segments": SEGMENTS, "metrics": list(METRICS), "rows": rows}, sys.stdout)


if __name__ == "__main__":
    main()
