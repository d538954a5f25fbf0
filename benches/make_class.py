"""Writes an artificial class: python make_class.py FOLDER STUDENTS [ARCHIVED] [SEED]

Plans of 600 to 900 characters with the usual sections, of words drawn from the plans of the sample; every tenth is a copy in part.
Word files, as most classes hand in; archived plans are text.
"""

import pathlib
import random
import re
import sys
import zipfile

SAMPLE = pathlib.Path(__file__).resolve().parents[1] / "samples/course-grading"
SECTIONS = ["一、界定问题", "二、营销目标", "三、策略方案", "四、行动方案", "五、财务分析", "六、应急预案"]
CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def words() -> list[str]:
    text = "".join(file.read_text() for file in sorted((SAMPLE / "plans").glob("*.txt")))
    return [run[at : at + 2] for run in re.findall("[\u4e00-\u9fff]+", text) for at in range(0, len(run) - 1, 2)]


def sentence(pool: list[str], rng: random.Random) -> str:
    part = lambda: "".join(rng.choices(pool, k=rng.randint(4, 9)))
    number = f"{rng.randint(1, 90)}%" if rng.random() < 0.2 else ""
    return "，".join(part() for _ in range(rng.randint(1, 3))) + number + "。"


def plan(pool: list[str], rng: random.Random) -> list[str]:
    lines = ["满意度提升策划书", "前言：" + sentence(pool, rng)]
    for section in SECTIONS:
        lines += [section, "".join(sentence(pool, rng) for _ in range(rng.randint(3, 5)))]
    return lines


def docx(lines: list[str], file: pathlib.Path) -> None:
    body = "".join(f'<w:p><w:r><w:rPr><w:sz w:val="24"/></w:rPr><w:t>{line}</w:t></w:r></w:p>' for line in lines)
    document = (
        '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        f'{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>'
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in [("[Content_Types].xml", CONTENT_TYPES), ("_rels/.rels", RELATIONS), ("word/document.xml", document)]:
            package.writestr(name, content)


def make(folder: pathlib.Path, students: int, archived: int = 0, seed: int = 1) -> None:
    rng = random.Random(seed)
    pool = words()
    submissions = folder / "submissions"
    submissions.mkdir(parents=True)
    made: list[list[str]] = []
    roster = ["班级,姓名,学号,文件,提交时间"]
    for at in range(students):
        lines = plan(pool, rng)
        if at % 10 == 9:
            source = rng.choice(made)
            lines = [old if rng.random() < 0.6 else new for old, new in zip(source, lines)]
        made.append(lines)
        name = f"{20260001 + at}_学生{at + 1}.docx"
        docx(lines, submissions / name)
        roster.append(f"营销{at % 4 + 1}班,学生{at + 1},{20260001 + at},{name},2026-11-{16 + at % 4} {at // 60 % 24:02}:{at % 60:02}")
    (folder / "roster.csv").write_text("\n".join(roster) + "\n")
    if archived:
        (folder / "archive").mkdir()
    for at in range(archived):
        (folder / f"archive/{at + 1:05}.txt").write_text("\n".join(plan(pool, rng)))


if __name__ == "__main__":
    make(pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:]))
