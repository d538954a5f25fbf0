"""Word counts of LibreOffice for the Word files of the grading sample: python3 word_counts.py > word_counts.json"""
import json, pathlib, re, subprocess, tempfile, zipfile

root = pathlib.Path(__file__).resolve().parents[3] / "samples/course-grading/submissions"
files = sorted(root.glob("*.docx"))
with tempfile.TemporaryDirectory() as folder:
    subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "odt",
                    "--outdir", folder, *map(str, files)], check=True, stdout=subprocess.DEVNULL)
    counts = {}
    for file in files:
        meta = zipfile.ZipFile(pathlib.Path(folder) / (file.stem + ".odt")).read("meta.xml").decode()
        counts[file.name] = int(re.search(r'meta:word-count="(\d+)"', meta).group(1))
print(json.dumps(counts, ensure_ascii=False, indent=1))
