"""Writes the same thirty invented answers in every format that surveys come in, as the start of the mutations.

Needs pandas, pyreadstat, pyarrow and openpyxl (PyPI) and Debian's libreoffice. Run in this folder.
"""

import json
import subprocess
import sys
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet
import pyreadstat

SHOPS = ["东店", "西店", "南店"]
TAGS = ["价格", "排队", "味道"]

rows = [
    {
        "id": f"A{number:03}",
        "time": f"2026/11/{number % 28 + 1:02} 12:{number % 60:02}:00",
        "shop": SHOPS[number % 3],
        "praise": float(number % 5 + 1) if number % 11 else None,
        "tags": "┋".join(tag for bit, tag in enumerate(TAGS) if number >> bit & 1),
        "comment": ["", "排队, \"太久\"", "很好\n很好", "=1+1", "a;b\tc"][number % 5],
        "spend": round(3.5 * number + 0.25, 2),
        "weight": round(0.5 + number / 30, 3),
    }
    for number in range(30)
]
frame = pandas.DataFrame(rows)
here = Path(__file__).parent

frame.to_csv(here / "answers.csv", index=False)
(here / "answers.json").write_text(json.dumps(json.loads(frame.to_json(orient="records")), ensure_ascii=False, indent=1))
frame.to_excel(here / "answers.xlsx", index=False, sheet_name="答卷")
table = pyarrow.Table.from_pandas(frame.assign(shop=frame["shop"].astype("category")), preserve_index=False)
pyarrow.parquet.write_table(table, here / "answers.parquet", row_group_size=10, compression="snappy")
coded = frame.assign(shop=frame["shop"].map(SHOPS.index) + 1.0)
labels = {"variable_value_labels": {"shop": dict(enumerate(SHOPS, 1)), "praise": {1: "差", 5: "好"}}}
pyreadstat.write_sav(coded, here / "answers.sav", column_labels=list(frame), missing_ranges={"praise": [9]}, **labels)
pyreadstat.write_sav(coded, here / "answers.zsav", compress=True, **labels)
for kind in ["xls", "ods"]:
    command = ["soffice", "--headless", "-env:UserInstallation=file:///tmp/lo-answers", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(here), str(here / "answers.xlsx")], check=True, stdout=sys.stderr)
