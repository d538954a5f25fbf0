"""Types a number into a student's cell of a gradebook: type_into.py grades.xlsx COLUMN KEY VALUE. Standard library only.

`+TITLE` as the column makes a new one behind the others. Results of formulas are taken out, so that whoever opens the file must reckon.
"""
import re, shutil, sys, zipfile

book, column, key, value = sys.argv[1:]
with zipfile.ZipFile(book) as held:
    parts = {name: held.read(name) for name in held.namelist()}
strings = re.findall(r"<si>(.*?)</si>", parts["xl/sharedStrings.xml"].decode(), re.S)
strings = ["".join(re.findall(r"<t[^>]*>(.*?)</t>", item, re.S)) for item in strings]
sheet = parts["xl/worksheets/sheet1.xml"].decode()
cells = {m.group(1): m for m in re.finditer(r'<c r="([A-Z]+\d+)"([^>]*?)(?:/>|>(.*?)</c>)', sheet, re.S)}


def text(match):
    found = re.search(r"<v>(.*?)</v>", match.group(3) or "")
    return strings[int(found.group(1))] if found and 't="s"' in match.group(2) else (found.group(1) if found else "")


def following(letters):
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    number, found = number + 1, ""
    while number:
        number, digit = divmod(number - 1, 26)
        found = chr(65 + digit) + found
    return found


row = next(at[1:] for at, m in cells.items() if re.fullmatch(r"A\d+", at) and text(m) == key)
if column.startswith("+"):
    last = max((re.sub(r"\d", "", at) for at in cells), key=lambda letters: (len(letters), letters))
    letters = following(last)
    for line, cell in [("2", f't="inlineStr"><is><t>{column[1:]}</t></is></c>'), (row, f"><v>{value}</v></c>")]:
        pattern = rf'(<row r="{line}"[^>]*>.*?)(</row>)'
        sheet = re.sub(pattern, lambda m: f'{m.group(1)}<c r="{letters}{line}" {cell}{m.group(2)}', sheet, count=1, flags=re.S)
else:
    letters = next(re.sub(r"\d", "", at) for at, m in cells.items() if at.endswith("1") and re.fullmatch(r"[A-Z]+1", at) and text(m) == column)
    cell = cells[f"{letters}{row}"]
    style = re.search(r's="\d+"', cell.group(2))
    new = f'<c r="{letters}{row}" {style.group(0) if style else ""}><v>{value}</v></c>'
    sheet = sheet.replace(cell.group(0), new, 1)
sheet = re.sub(r"(</f>)<v>[^<]*</v>", r"\1", sheet)
parts["xl/worksheets/sheet1.xml"] = sheet.encode()
with zipfile.ZipFile(book + ".new", "w", zipfile.ZIP_DEFLATED) as out:
    for name, content in parts.items():
        out.writestr(name, content)
shutil.move(book + ".new", book)
