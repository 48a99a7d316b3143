#!/usr/bin/env python3
"""Packs a Windows program as README.md says: pack.py xor|lz|veil IN.exe OUT.exe"""
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CODE, WRITABLE, EXECUTABLE, READABLE = 0x20, 0x80000000, 0x20000000, 0x40000000
TLS, RELOCATIONS, IMPORTS, BOUND, ADDRESSES, CONFIG = 9, 5, 1, 11, 12, 10


def up(n, to):
    return (n + to - 1) // to * to


class Program:
    """A PE whose sections can be changed and added."""

    def __init__(self, data):
        self.head_at = struct.unpack_from("<I", data, 0x3C)[0]
        count, optional = struct.unpack_from("<H", data, self.head_at + 6)[0], struct.unpack_from("<H", data, self.head_at + 20)[0]
        self.optional, self.table = self.head_at + 24, self.head_at + 24 + optional
        self.wide = struct.unpack_from("<H", data, self.optional)[0] == 0x20B
        self.head = bytearray(data[:struct.unpack_from("<I", data, self.optional + 60)[0]])
        self.sections = []
        for i in range(count):
            name, memory, address, size, offset, _, _, _, _, flags = struct.unpack_from("<8sIIIIIIHHI", data, self.table + 40 * i)
            self.sections.append({"name": name, "memory": memory, "address": address, "data": bytearray(data[offset:offset + size]), "flags": flags})

    def get(self, at):
        return struct.unpack_from("<I", self.head, self.optional + at)[0]

    def set(self, at, value):
        struct.pack_into("<I", self.head, self.optional + at, value)

    def directory(self, which):
        return (112 if self.wide else 96) + 8 * which

    def drop(self, *which):
        for w in which:
            self.set(self.directory(w), 0), self.set(self.directory(w) + 4, 0)

    def end(self):
        return max(up(s["address"] + max(s["memory"], len(s["data"])), 4096) for s in self.sections)

    def add(self, name, data, flags):
        address = self.end()
        self.sections.append({"name": name, "memory": len(data), "address": address, "data": bytearray(data), "flags": flags})
        return address

    def write(self):
        struct.pack_into("<H", self.head, self.head_at + 6, len(self.sections))
        self.set(56, self.end())
        flags = struct.unpack_from("<H", self.head, self.optional + 70)[0]
        struct.pack_into("<H", self.head, self.optional + 70, flags & ~0x40)  # it stays where it wants to be
        size = up(self.table + 40 * len(self.sections), 512)
        self.set(60, size)
        head = self.head.ljust(size, b"\0")[:size]
        body = b""
        for i, s in enumerate(self.sections):
            data = bytes(s["data"]).ljust(up(len(s["data"]), 512), b"\0")
            struct.pack_into("<8sIIIIIIHHI", head, self.table + 40 * i, s["name"], s["memory"], s["address"], len(data), size + len(body) if data else 0, 0, 0, 0, 0, s["flags"])
            body += data
        return bytes(head) + body


def compiled(source, wide, told_bytes):
    """Bytes of a stub: it enters `run` with the address of what stands right behind it, and goes where that says."""
    tools = "x86_64-w64-mingw32-" if wide else "i686-w64-mingw32-"
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tools + "gcc", "-Os", "-ffreestanding", "-fno-asynchronous-unwind-tables", "-fno-builtin", "-fno-stack-protector", "-fno-jump-tables",
                        "-fno-tree-loop-distribute-patterns", "-fno-ident", "-ffunction-sections", "-c", str(HERE / source), "-o", f"{folder}/stub.o"], check=True)
        subprocess.run([tools + "objcopy", "-O", "binary", "-j", ".text$run", f"{folder}/stub.o", f"{folder}/stub"], check=True)
        body = Path(folder, "stub").read_bytes()
    body = body.ljust(up(len(body), 16), b"\x90")
    if wide:
        enter = lambda d, c: b"\x48\x83\xEC\x28\x48\x8D\x0D" + struct.pack("<i", d - 11) + b"\xE8" + struct.pack("<i", c - 16) + b"\x48\x83\xC4\x28\xFF\xE0"
    else:
        enter = lambda d, c: b"\xE8\0\0\0\0\x58\x05" + struct.pack("<i", d - 5) + b"\x50\xE8" + struct.pack("<i", c - 17) + b"\x83\xC4\x04\xFF\xE0"
    size = up(len(enter(0, 0)), 16)
    return enter(size + len(body), size).ljust(size, b"\x90") + body


def pack_xor(p):
    key, state, parts = 0x5EED1234, 0x5EED1234, []
    for s in p.sections:
        if not s["flags"] & CODE:
            continue
        for i in range(len(s["data"])):
            s["data"][i] ^= state >> 24
            state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        parts.append((s["address"], len(s["data"])))
        s["flags"] |= WRITABLE
    stub = compiled("xor.c", p.wide, 0)
    told = struct.pack("<QQIIII", 0, p.get(16), p.end() + len(stub), key, len(parts), 0) + b"".join(struct.pack("<II", *part) for part in parts)
    p.set(16, p.add(b".start", stub + told, CODE | EXECUTABLE | READABLE))
    p.drop(TLS, RELOCATIONS)


def lz(data):
    """As lz.h says; the longest of the last few places where the same three bytes stood."""
    out, plain, places, i = bytearray(struct.pack("<I", len(data))), bytearray(), {}, 0

    def flush():
        for k in range(0, len(plain), 128):
            piece = plain[k:k + 128]
            out.append(len(piece) - 1)
            out.extend(piece)
        plain.clear()
    while i < len(data):
        best, at = 0, 0
        for place in places.get(data[i:i + 3], ())[-8:]:
            n = 0
            while n < 131 and i + n < len(data) and data[place + n] == data[i + n]:
                n += 1
            if n > best and i - place < 65536:
                best, at = n, place
        step = 1
        if best >= 4:
            flush()
            out.append(best + 124)
            out.extend(struct.pack("<H", i - at))
            step = best
        else:
            plain.append(data[i])
        for k in range(i, i + step):
            places.setdefault(data[k:k + 3], []).append(k)
        i += step
    flush()
    return bytes(out)


def pack_lz(p):
    word, entry, imports = 8 if p.wide else 4, p.get(16), p.get(p.directory(IMPORTS))
    p.drop(TLS, RELOCATIONS, IMPORTS, BOUND, ADDRESSES, CONFIG)
    base = p.end()
    # What the stubs call themselves: a table of imports of their own.
    names = (b"VirtualAlloc", b"LoadLibraryA", b"GetProcAddress")
    lookup_at, places_at, text_at = 40, 40 + 4 * word, 40 + 8 * word
    text, entries = b"kernel32.dll\0", []
    for name in names:
        entries.append(base + text_at + len(text))
        text += b"\0\0" + name + b"\0"
    table = b"".join(e.to_bytes(word, "little") for e in entries) + bytes(word)
    block = struct.pack("<IIIII", base + lookup_at, 0, 0, base + text_at, base + places_at) + bytes(20) + table + table + text
    block = block.ljust(up(len(block), 16), b"\0")
    p.set(p.directory(IMPORTS), base), p.set(p.directory(IMPORTS) + 4, 40)
    first, second = compiled("lz_first.c", p.wide, 0), compiled("lz_second.c", p.wide, 0)
    told_at = base + len(block) + len(first)
    packed = [(s["address"], lz(bytes(s["data"]))) for s in p.sections if s["data"]]
    told_bytes, data, parts = 36 + 8 * 32, b"", []
    for address, bytes_of_it in packed:
        parts.append((told_bytes + len(data), address))
        data += bytes_of_it
    at = p.get(28) if not p.wide else None
    image = struct.unpack_from("<Q", p.head, p.optional + 24)[0] if p.wide else at
    second_whole = second + (image + told_at).to_bytes(word, "little")
    packed_second = lz(second_whole)
    told = struct.pack("<9I", told_at, entry, imports, base + places_at, base + places_at + word, base + places_at + 2 * word, told_bytes + len(data), len(second_whole), len(parts))
    told += b"".join(struct.pack("<II", *part) for part in parts)
    for s in p.sections:
        s["memory"], s["data"], s["flags"] = max(s["memory"], len(s["data"])), bytearray(), s["flags"] | WRITABLE
    p.add(b".packed", block + first + told.ljust(told_bytes, b"\0") + data + packed_second, CODE | EXECUTABLE | READABLE | WRITABLE)
    p.set(16, base + len(block))


def pack_veil(p, data):
    marks = data.replace(b"UPX!", b"AAAA")
    for i, s in enumerate(p.sections):
        s["data"] = bytearray(bytes(s["data"]).replace(b"UPX!", b"AAAA"))
        s["name"] = b".s%d" % i
    entry, at = p.get(16), p.end()
    p.set(16, p.add(b".start", b"\x90\x90\xE9" + struct.pack("<i", entry - at - 7), CODE | EXECUTABLE | READABLE))
    return marks


def main():
    kind, source, target = sys.argv[1:]
    data = Path(source).read_bytes()
    p = Program(data)
    {"xor": pack_xor, "lz": pack_lz, "veil": lambda x: pack_veil(x, data)}[kind](p)
    Path(target).write_bytes(p.write())


if __name__ == "__main__":
    main()
