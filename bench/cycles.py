"""Where the cycles go: samples of a scan, by function, inlined ones told apart. Needs perf and addr2line."""
import collections
import re
import shutil
import subprocess

from measure import Failed

# The innermost function that says something; helpers below it (shifts, loads) count for it.
PARTS = (
    ("probe", "filter: suffix filter probes"), ("push", "filter: queueing probes"), ("suffix_hash", "filter: hash of the last two labels"),
    ("last_label_bit", "filter: last label looked up"), ("variants", "filter: escapes and hyphens before a name"),
    ("candidate", "filter: candidates (ends of runs taken apart)"), ("flush", "filter: run ends from the masks"),
    ("rare", "filter: rare patterns (hex, ://, backslash)"), ("colons", "filter: IPv6 patterns"), ("start_chunk", "filter: byte classes"),
    ("masks", "filter: storing masks, spotting rare patterns"), ("operator()", "filter: byte classes"), ("run", "filter: byte classes"),
)


def sampled(command, folder):
    data = folder / "perf.data"
    record = ["perf", "record", "-q", "-e", "cpu-clock", "-F", "2999", "-o", str(data), "--"] + command
    done = subprocess.run(record, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"perf record: {done.stderr.strip()[:200]}")
    script = subprocess.run(["perf", "script", "-i", str(data), "-F", "ip,sym,symoff,dso", "--no-demangle"], capture_output=True, text=True,
                            check=False)
    counts = collections.Counter()
    for line in script.stdout.splitlines():
        found = re.match(r"\s*[0-9a-f]+ (\S+?)\+0x([0-9a-f]+) \((.*)\)", line)
        counts[(found.group(1), int(found.group(2), 16), found.group(3)) if found else ("?", 0, "?")] += 1
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


def part_of(symbol, names):
    """A row of the table for one sample inside the program."""
    chain = [re.sub(r"^.*::", "", re.sub(r"\(.*\)$| \[.*", "", n.replace("operator()", "operator__"))).replace("operator__", "operator()")
             for n in names]
    whole = " ".join(names) + symbol
    if "count_line_feeds" in whole or "load_log" in whole:
        return None
    if "Kernel" in whole and "FilterChecks" not in (names[0] if names else ""):
        for name in chain:
            for word, row in PARTS:
                if name == word:
                    return row
        return "filter: other"
    for word, row in (("FilterChecks", "checks of candidates that passed"), ("BucketTable", "checks of candidates that passed"),
                      ("number", "checks of candidates that passed"), ("hex_run", "checks of candidates that passed"),
                      ("lines_to_examine", "finding lines of what passed"), ("LineCounter", "finding lines of what passed"),
                      ("mozu", "exact stage: tokens, look-up, event fields, detections")):
        if word in whole:
            return row
    return "libraries and kernel"


def profile(program, command, folder):
    """[(part, share)], falling; shares of the scan itself."""
    if not shutil.which("perf") or not shutil.which("addr2line"):
        raise Failed("perf or addr2line is not installed")
    counts = sampled(command, folder)
    listing = subprocess.run(["nm", program], capture_output=True, text=True, check=True).stdout
    symbols = {m.group(2): int(m.group(1), 16) for m in re.finditer(r"^([0-9a-f]+) \w (\S+)$", listing, re.M)}
    inside = {k: symbols[k[0]] + k[1] for k in counts if k[2].endswith("mozu_bench") and k[0] in symbols}
    names = inlined_names(program, sorted(set(inside.values())))
    parts = collections.Counter()
    for key, n in counts.items():
        row = part_of(key[0], names.get(inside[key], [])) if key in inside else ("libraries: " + key[0].split("@")[0])
        if row:
            parts[row] += n
    total = sum(parts.values())
    return {"samples": total, "parts": [(row, n / total) for row, n in parts.most_common() if n / total >= 0.005]}
