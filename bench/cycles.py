"""Where the cycles go: samples of a scan, by function, inlined ones told apart. Needs perf and addr2line."""
import collections
import re
import shutil
import subprocess

from measure import Failed

# The innermost function that says something; helpers below it (shifts, loads, intrinsics) count for it.
FILTER = {
    "probe": "filter: probes of the suffix filter", "push": "filter: probes of the suffix filter",
    "suffix_hash": "filter: hash of the last two labels", "last_label_bit": "filter: last label looked up",
    "all_digits": "filter: candidates (ends of runs taken apart)", "has_high": "filter: candidates (ends of runs taken apart)",
    "candidate": "filter: candidates (ends of runs taken apart)", "variants": "filter: candidates (ends of runs taken apart)",
    "flush": "filter: ends of runs from the masks", "rare": "filter: rare patterns (hex, ://, backslash) told apart",
    "call": "filter: byte classes", "masks": "filter: masks stored, patterns spotted", "colons": "filter: masks stored, patterns spotted",
    "run_kernel": "filter: byte classes",
}
OWNERS = {
    "FilterChecks": "checks of candidates that passed", "DigestTable": "hashes looked up", "JsonText": "exact stage: JSON decoded",
    "Tokenizer": "exact stage: tokens", "Lookup": "exact stage: look-up", "EventParser": "event fields", "LineCounter": "finding the lines of what passed",
}


def sampled(command, folder):
    """{address in the program's file, or the name of a foreign symbol: samples}"""
    data = folder / "perf.data"
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-o", str(data), "--"] + command
    done = subprocess.run(record, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"perf record: {done.stderr.strip()[:200]}")
    script = subprocess.run(["perf", "script", "-i", str(data), "--show-mmap-events", "-F", "ip,sym,dso", "--no-demangle"],
                            capture_output=True, text=True, check=False).stdout
    program = command[0]
    segments = [tuple(int(x, 16) for x in m.groups()) for m in re.finditer(
        r"LOAD\s+(0x\w+) (0x\w+) 0x\w+ (0x\w+)", subprocess.run(["readelf", "-lW", program], capture_output=True, text=True, check=True).stdout)]
    maps = [tuple(int(x, 16) for x in m.groups()) for m in re.finditer(
        r"MMAP2? .*\[(0x\w+)\((0x\w+)\) @ (0x\w+|0) .*r-xp \S*" + re.escape(program.rsplit("/", 1)[1]), script)]
    counts = collections.Counter()
    for line in script.splitlines():
        found = re.match(r"\s*([0-9a-f]+) (\S+) \((.*)\)$", line)
        if not found:
            continue
        ip, symbol, place = int(found.group(1), 16), found.group(2), found.group(3)
        key = f"{symbol} ({place})"
        for start, length, file_offset in maps:
            if start <= ip < start + length:
                at = ip - start + file_offset
                key = next((at - offset + address for offset, address, size in segments if offset <= at < offset + size), key)
        counts[key] += 1
    return counts


def inlined_names(program, addresses):
    """address → function names, innermost first."""
    text = "".join(f"{a:#x}\n" for a in addresses)
    out = subprocess.run(["addr2line", "-a", "-i", "-f", "-C", "-e", program], input=text, capture_output=True, text=True, check=True).stdout
    names, at = {}, None
    lines = iter(out.splitlines())
    for line in lines:
        if line.startswith("0x"):
            at = int(line, 16)
            names[at] = []
        else:
            names[at].append(line)
            next(lines, None)  # file:line
    return names


def bare(name):
    """mozu::match::(anonymous namespace)::Kernel<X>::push(unsigned long) → (Kernel, push)"""
    name = name.replace("(anonymous namespace)::", "").replace("{lambda", "lambda").replace("operator()", "call")
    name = re.sub(r"\(.*$", "", name)
    while "<" in name:
        shorter = re.sub(r"<[^<>]*>", "", name)
        if shorter == name:
            break
        name = shorter
    words = name.split("::")
    return (words[-2] if len(words) > 1 else ""), words[-1]


def part_of(names):
    """A row of the table for one sample inside the program; None: not part of the scan."""
    chain = [bare(n) for n in names]
    words = {name for _, name in chain}
    if words & {"count_line_feeds", "load_log", "split_lines"} or any(name.startswith("XXH") for name in words):
        return None  # preparation; checksums when the index is opened
    for owner, _ in chain:
        if owner in OWNERS:
            return OWNERS[owner]
    if words & {"flush", "candidate", "run_kernel", "rare", "probe"}:
        return next((FILTER[name] for _, name in chain if name in FILTER), "filter: other")
    if words & {"lines_to_examine", "count_newlines"}:
        return OWNERS["LineCounter"]
    if any("event" in n or "Event" in n for n in names):
        return OWNERS["EventParser"]
    if any("BucketTable" in n or "Cursor" in n for n in names):
        return "names looked up in the table"
    return "other"


def profile(program, command, folder):
    """[(part, share)], falling; shares of the scan itself."""
    if not shutil.which("perf") or not shutil.which("addr2line"):
        raise Failed("perf or addr2line is not installed")
    counts = sampled(command, folder)
    names = inlined_names(program, sorted(k for k in counts if isinstance(k, int)))
    parts = collections.Counter()
    for key, n in counts.items():
        if isinstance(key, int):
            row = part_of(names.get(key, []))
        else:
            row = "libraries: memchr, memcmp, memmove" if "mem" in key and "libc" in key else "libraries and system"
        if row:
            parts[row] += n
    total = sum(parts.values())
    return {"samples": total, "parts": [(row, n / total) for row, n in parts.most_common() if n / total >= 0.005]}
