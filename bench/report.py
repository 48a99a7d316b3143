"""Tables of the figures, on the terminal and in docs/benchmarks.md."""


def table(header, rows):
    cells = [[str(c) for c in row] for row in [header] + rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    line = lambda row: "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |"
    return [line(cells[0]), "|" + "|".join("-" * (w + 2) for w in widths) + "|"] + [line(r) for r in cells[1:]]


def scans_of(row, **wanted):
    return next((s for s in row.get("scans", []) if all(s[k] == v for k, v in wanted.items())), None)


def list_row(results):
    """The row of the whole real list: the one with every kernel measured, else the largest."""
    rows = [r for r in results.get("scale", []) if "scans" in r]
    return max(rows, key=lambda r: (len(r["scans"]), r["given"])) if rows else None


def limits_table(results):
    limits = results["limits"]
    row = lambda name, r: [name, f"{r['best']:.1f}", f"{r['median']:.1f}"]
    return table(["limit", "GB per CPU second, best", "median"],
                 [row(f"counting line feeds ({limits['instruction_set']})", limits["line_feeds"]), row("memcpy", limits["memcpy"])])


def build_table(results):
    rows = []
    for r in results["scale"]:
        if "failed" in r:
            rows.append([f"{r['given']:,}", r["failed"][:60]] + ["–"] * 5)
            continue
        cpu = r["add_cpu_s"] + r["write_cpu_s"]
        rows.append([f"{r['given']:,}", f"{cpu:.2f}", f"{r['indicators'] / cpu / 1e6:.2f}", f"{r['peak_mib']:,.0f}", f"{r['file_bytes'] / 1e6:,.1f}",
                     f"{r['file_bytes'] / r['indicators']:.1f}", f"{1e3 * min(r['open']['wall_s']):.1f} / {1e3 * max(r['open']['wall_s']):.1f}"])
    return table(["indicators", "build, CPU s", "M indicators/s", "peak memory, MiB", "file, MB", "bytes an indicator", "open, ms (best / worst)"], rows)


def scan_table(results):
    rows = []
    rate = lambda s, key="gb_per_cpu_s": f"{s[key]:.2f}" if s else "–"
    for r in results["scale"]:
        if "scans" not in r:
            continue
        automatic = r["scans"][0]["kernel"]
        one = scans_of(r, task="full", threads=1, kernel=automatic)
        two = scans_of(r, task="full", threads=2)
        rows.append([f"{r['given']:,}", rate(one), rate(one, "gb_per_cpu_s_median"), f"{100 * one['of_line_feed_count']:.1f} %",
                     rate(scans_of(r, task="plain", threads=1)), rate(scans_of(r, task="lines", threads=1)),
                     rate(scans_of(r, task="filter", threads=1)),
                     f"{two['gb_per_wall_s']:.2f} ({2 * two['gb_per_cpu_s']:.2f})" if two else "–", f"{one['detections']:,}"])
    return table(["indicators", "full, best", "full, median", "of line-feed count", "no event fields", "lines only", "filter only",
                  "full, 2 threads: wall (by CPU time)", "detections"], rows)


def kernel_table(results):
    r = list_row(results)
    found = [s for s in r["scans"] if s["task"] == "full" and s["threads"] == 1]
    return table(["kernel", "full, GB per CPU second", "of line-feed count"],
                 [[s["kernel"], f"{s['gb_per_cpu_s']:.2f}", f"{100 * s['of_line_feed_count']:.1f} %"] for s in found])


def contest_table(one):
    rows = []
    ours = one["rows"].get("Mozu", {})
    for name, r in one["rows"].items():
        if "failed" in r:
            rows.append([name, r["log"], r["failed"], "–", "–", "–", "–", "–", "–", "–"])
            continue
        built = r.get("saved_build_cpu_s")
        cold = r["total_cpu_s"] + (built or 0)
        our_cold = ours["total_cpu_s"] + (ours.get("saved_build_cpu_s") or 0) if ours else 0
        times = lambda theirs, mine: f"{theirs / mine:,.1f}×" if mine and name != "Mozu" else "–"
        rows.append([name, r["log"], f"{built:.2f}, saved" if built is not None else "–", f"{r['start_cpu_s']:.2f}", f"{r['scan_cpu_s']:.3f}",
                     f"{r['scan_mb_per_s']:,.0f}", f"{r['rss_mib']:,.0f}", f"{r['lines']:,}" + (" (differs)" if "differs" in r else ""),
                     times(r["scan_cpu_s"], ours.get("scan_cpu_s")),
                     times(cold, our_cold)])
    return table(["contestant", "log", "build, CPU s", "start (empty log), CPU s", "scan, CPU s", "MB per CPU second", "memory, MiB", "lines",
                  "scan: Mozu is faster by", "all, cold: by"], rows)


def hyperscan_table(results):
    rows = []
    for r in results["hyperscan"]:
        if "failed" in r:
            rows.append([f"{r['size']:,}", r["failed"]] + ["–"] * 5)
            continue
        rows.append([f"{r['size']:,}", f"{r['compile_cpu_s']:.1f}", f"{r['database_bytes'] / 1e6:.1f}", f"{r['gb_per_cpu_s']:.2f}",
                     f"{r['mozu_gb_per_cpu_s']:.2f}", f"{r['mozu_gb_per_cpu_s'] / r['gb_per_cpu_s']:.2f}×", "yes" if r["equal"] else "NO"])
    return table(["literals", "compile, CPU s", "database, MB", "Hyperscan, GB per CPU second", "Mozu (full detections)", "Mozu / Hyperscan",
                  "same lines"], rows)


def program_table(results):
    return table(["command", "CPU s", "wall s", "peak memory, MiB", "rate by CPU time"],
                 [[name, f"{r['cpu_s']:.2f}", f"{r['wall_s']:.2f}", f"{r['rss_mib']:,.0f}", r["rate"]] for name, r in results["program"].items()])


def profile_table(results):
    return table(["part", "share"], [[part, f"{100 * share:.1f} %"] for part, share in results["profile"]["parts"]])


def goals_table(results):
    """The issue's figures against what was measured; a row only where both sides are there."""
    rows, whole = [], list_row(results)
    size_row = lambda n: next((r for r in results.get("scale", []) if r["given"] == n and "scans" in r), None)
    verdict = lambda value, must: "yes" if value >= must else "no"
    if whole:
        full = whole["scans"][0]
        share = 100 * full["of_line_feed_count"]
        rows.append(["one core, full detections, share of line-feed count", "≥ 10 % (aim 20 %)", f"{share:.1f} %", verdict(share, 10)])
        contest = next((c for c in results.get("contest", []) if c["size"] == whole["given"]), None)
        for name, must in (("grep -F", 80), ("ripgrep -F", 50)):
            row = contest["rows"].get(name) if contest else None
            if row and "failed" not in row:
                value = full["gb_per_cpu_s"] * 1e3 / row["scan_mb_per_s"]
                rows.append([f"full detections against {name}, scan alone", f"≥ {must}×", f"{value:,.0f}×", verdict(value, must)])
        hyperscan = max((r for r in results.get("hyperscan", []) if "failed" not in r), key=lambda r: r["size"], default=None)
        if hyperscan:
            value = full["gb_per_cpu_s"] / hyperscan["gb_per_cpu_s"]
            rows.append([f"{whole['given']:,} indicators against Hyperscan with {hyperscan['size']:,}", "≥ 1.5× (aim 3×)", f"{value:.2f}×", verdict(value, 1.5)])
        rows.append(["one core, GB/s", "aim 6", f"{full['gb_per_cpu_s']:.2f}", "–"])
        cpu = whole["add_cpu_s"] + whole["write_cpu_s"]
        rows.append(["bytes an indicator, the whole list", "≤ 40", f"{whole['file_bytes'] / whole['indicators']:.1f}", verdict(40, whole["file_bytes"] / whole["indicators"])])
        rows.append(["build, M indicators/s a core", "≥ 1", f"{whole['indicators'] / cpu / 1e6:.2f}", verdict(whole["indicators"] / cpu, 1e6)])
    small, ten, hundred = size_row(100_000), size_row(10_000_000), size_row(100_000_000)
    if small and ten:
        value = ten["scans"][0]["gb_per_cpu_s"] / small["scans"][0]["gb_per_cpu_s"]
        rows.append(["10 M set against 100 k set", "≥ 70 %", f"{100 * value:.0f} %", verdict(value, 0.7)])
    if ten:
        opened = 1e3 * min(ten["open"]["wall_s"])
        rows.append(["open of 10 M, ms (best)", "< 20", f"{opened:.1f}", verdict(20, opened)])
    if hundred:
        rows.append(["build of 100 M, peak GiB", "≤ 24", f"{hundred['peak_mib'] / 1024:.1f}", verdict(24, hundred["peak_mib"] / 1024)])
    return table(["what", "goal", "measured", "reached"], rows)


def show(title, lines):
    print(f"\n{title}\n" + "\n".join(lines) + "\n", flush=True)


def print_limits(results): show("Limits", limits_table(results))


def print_scale(results):
    show("Index", build_table(results))
    show("Scan, GB per CPU second of one thread", scan_table(results))
    show("Kernels", kernel_table(results))


def print_contest(results):
    for one in results["contest"]:
        show(f"Comparison, {one['size']:,} indicators; all outputs {'equal' if one['equal'] else 'NOT EQUAL'}", contest_table(one))


def print_hyperscan(results): show("Hyperscan", hyperscan_table(results))
def print_program(results): show("The program", program_table(results))
def print_profile(results): show("Where the cycles go", profile_table(results))
def print_goals(results): show("Goals", goals_table(results))


def how_measured(results, *stages):
    found = [results["measured"][s] for s in stages if s in results.get("measured", {})]
    if not found:
        return []
    m = found[0]
    words = [f"Measured {m['date']}", f"log of {m['log_bytes'] / 1e6:,.0f} MB" + ("" if m["real_data"] else " (made, not real: the figures say little)"),
             f"load of the machine at the end {m['load']}"] + (["quick run"] if m["quick"] else [])
    return ["*" + "; ".join(words) + ".*", ""]


def section(results, title, stage, text, *tables):
    if stage not in results:
        return []
    lines = [f"## {title}", ""] + how_measured(results, stage) + (text.strip().splitlines() + [""] if text else [])
    for make in tables:
        lines += make(results) + [""]
    return lines


def contest_tables(results):
    lines = []
    for one in results["contest"]:
        lines += [f"### {one['size']:,} indicators", "", f"All outputs {'are equal' if one['equal'] else 'are NOT equal'}: {one['expected_lines']:,} lines.", ""]
        lines += contest_table(one) + [""]
        lines += [f"- {name} differs: {r['differs']}" for name, r in one["rows"].items() if "differs" in r]
    return lines


def write_docs(results, path):
    from report_text import CONTEST, HYPERSCAN, INTRODUCTION, LIMITS, METHOD, PROFILE, PROGRAM, SCALE  # the words, apart from the tables
    machine, versions = results["machine"], results["versions"]
    lines = INTRODUCTION.strip().splitlines() + [""]
    lines += ["| | |", "|---|---|", f"| processor | {machine['processor']}, {machine['processors']} virtual; {', '.join(machine['flags'])} |",
              f"| memory | {machine['memory_gib']} GiB |", f"| system | Linux {machine['kernel']} |"]
    lines += [f"| {name} | {version} |" for name, version in versions.items() if version] + [""]
    lines += ["## Goals", ""] + goals_table(results) + [""]
    lines += METHOD.strip().splitlines() + [""]
    lines += section(results, "Limits", "limits", LIMITS, limits_table)
    lines += section(results, "Index and scan", "scale", SCALE, build_table, scan_table, kernel_table)
    lines += section(results, "Against other tools", "contest", CONTEST, contest_tables)
    lines += section(results, "Against Hyperscan", "hyperscan", HYPERSCAN, hyperscan_table)
    lines += section(results, "The program as a whole", "program", PROGRAM, program_table)
    lines += section(results, "Where the cycles go", "profile", PROFILE, profile_table)
    text = "\n".join(lines)
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
