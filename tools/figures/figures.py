#!/usr/bin/env python3
"""Draws the figures of the sample publications anew: tools/figures/figures.toml -> examples/publications/NAME-chain-LANGUAGE.png

  python3 tools/figures/figures.py [NAME…]

Debian's Chromium draws them; each is kept as PNG with a palette, which is a fifth of the size.
"""
import html
import shutil
import struct
import subprocess
import sys
import tempfile
import tomllib
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "examples/publications"
WIDTH = 1040
STYLE = """
* { box-sizing: border-box; margin: 0; }
body { width: 1040px; background: #fff; color: #1c2733; font: 15px/1.35 'DejaVu Sans', 'Noto Sans CJK JP', sans-serif; padding: 20px; }
ol { list-style: none; padding: 0; display: flex; align-items: stretch; }
li { flex: 1 1 0; position: relative; border: 2px solid #2f6f8f; border-radius: 8px; padding: 12px 12px 14px; margin-right: 28px; background: #f2f8fb; min-height: 118px; }
li:last-child { margin-right: 0; border-color: #b3412e; background: #fdf3f0; }
li:not(:last-child)::after { content: ''; position: absolute; right: -24px; top: 50%; margin-top: -9px; border: 9px solid transparent; border-left: 14px solid #2f6f8f; border-right: 0; }
b { display: block; margin-bottom: 5px; overflow-wrap: anywhere; }
li span { font-size: 13px; color: #3c4a58; overflow-wrap: anywhere; }
p { text-align: right; font-size: 12px; color: #5c6a78; margin-top: 12px; }
.bars { display: grid; grid-template-columns: max-content 1fr; gap: 10px 14px; align-items: center; }
.bars div { display: grid; gap: 3px; }
i { display: block; font-style: normal; height: 17px; font-size: 12px; line-height: 17px; color: #fff; background: #b3412e; padding-left: 7px; border-radius: 0 4px 4px 0; }
i.before { background: #8aa3b2; color: #1c2733; }
.key { display: flex; gap: 20px; margin-bottom: 14px; font-size: 13px; }
.key i { width: 26px; display: inline-block; margin-right: 6px; vertical-align: middle; }
"""
MADE_UP = {"en": "Sample: everything here is made up", "ja": "サンプル: 内容はすべて架空のものです"}


def page(figure, language):
    if "bars" in figure:
        before, now = figure["columns"][language]
        rows = "".join(
            f"<span>{html.escape(bar[language])}</span><div><i class=before style='width:{bar['values'][0] * 8}%'>{bar['values'][0]}</i>"
            f"<i style='width:{bar['values'][1] * 8}%'>{bar['values'][1]}</i></div>"
            for bar in figure["bars"]
        )
        body = f"<div class=key><span><i class=before></i>{html.escape(before)}</span><span><i></i>{html.escape(now)}</span></div><div class=bars>{rows}</div>"
    else:
        steps = "".join("<li><b>{}</b><span>{}</span></li>".format(*map(html.escape, step)) for step in figure[language])
        body = f"<ol>{steps}</ol>"
    return f"<!doctype html><html lang={language}><meta charset=utf-8><style>{STYLE}</style><body>{body}<p>{MADE_UP[language]}</p></body></html>"


def rows_of(png):
    """Pixels of an 8-bit RGB or RGBA picture, row by row."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8 and kind in (2, 6), "not what Chromium writes"
    size = 3 if kind == 2 else 4
    data, at = b"", 8
    while at < len(png):
        length = struct.unpack(">I", png[at : at + 4])[0]
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride, above, out = zlib.decompress(data), width * size, bytearray(width * size), []
    for y in range(height):
        rule, row = raw[y * (stride + 1)], bytearray(raw[y * (stride + 1) + 1 : (y + 1) * (stride + 1)])
        for x in range(stride):
            a, b, c = row[x - size] if x >= size else 0, above[x], above[x - size] if x >= size else 0
            if rule == 1:
                add = a
            elif rule == 2:
                add = b
            elif rule == 3:
                add = (a + b) // 2
            elif rule == 4:
                p = a + b - c
                add = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            else:
                break
            row[x] = (row[x] + add) & 255
        out.append([tuple(row[i : i + 3]) for i in range(0, stride, size)])
        above = row
    return out


def with_palette(png):
    rows = rows_of(png)
    # Shades between letters and paper that differ by little are one.
    near = lambda c: tuple(min(255, (v + 4) // 8 * 8) for v in c)
    used = {}
    for row in rows:
        for colour in row:
            used[near(colour)] = used.get(near(colour), 0) + 1
    palette = sorted(used, key=used.get, reverse=True)[:256]
    index = {c: i for i, c in enumerate(palette)}
    for colour in used:
        if colour not in index:
            index[colour] = min(range(len(palette)), key=lambda i: sum((a - b) ** 2 for a, b in zip(palette[i], colour)))
    # The paper ends where nothing stands any more.
    while len(rows) > 1 and len(set(rows[-1])) == 1 and rows[-2] == rows[-1]:
        rows.pop()
    rows += [rows[-1]] * 16
    body = b"".join(b"\0" + bytes(index[near(c)] for c in row) for row in rows)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"PLTE", bytes(v for c in palette for v in c)) + chunk(b"IDAT", zlib.compress(body, 9)) + chunk(b"IEND", b"")


def main():
    chromium = shutil.which("chromium")
    if not chromium:
        sys.exit("figures: chromium is needed (setup/install.sh test)")
    figures = tomllib.loads((HERE / "figures.toml").read_text())
    for name in sys.argv[1:] or figures:
        for language in ("en", "ja"):
            with tempfile.TemporaryDirectory() as folder:
                source, picture = Path(folder, "f.html"), Path(folder, "f.png")
                source.write_text(page(figures[name], language))
                subprocess.run([chromium, "--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder}/profile", f"--window-size={WIDTH},420", f"--screenshot={picture}", source.as_uri()],
                               check=True, capture_output=True, timeout=120)
                target = OUT / f"{name}-chain-{language}.png"
                target.write_bytes(with_palette(picture.read_bytes()))
                print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main()
