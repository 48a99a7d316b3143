#!/usr/bin/env python3
"""The benchmarks of docs/benchmarks.md: measures, prints tables, keeps the figures in build/bench.json.

  bench/run.py [--quick] [--only STAGE,…] [--sizes N,…]   STAGE: limits, scale, contest, hyperscan, program, profile
  bench/run.py --write-docs                               rewrites docs/benchmarks.md from build/bench.json; measures nothing

Stages left out keep the figures of the run before. Data: $MOZU_SHARED/data/bench (default: ../shared beside the
repository); without it a small corpus is made, and the tables say so.
"""
import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

import cycles
import made_data
import report
from contest import REPEATED, Contest
from measure import Failed, figures, median, pipeline

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/bench/mozu_bench"
MOZU = ROOT / "build/bench/mozu"
RESULTS = ROOT / "build/bench.json"
STAGES = ("limits", "scale", "contest", "hyperscan", "program", "profile")
KERNELS = ("avx512", "avx2", "scalar")


def say(text):
    print(text, flush=True)


def machine():
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    value = lambda key: next((l.split(":", 1)[1].strip() for l in info.splitlines() if l.startswith(key)), "unknown")
    flags = [f for f in value("flags").split() if f in ("sse4_2", "avx2", "bmi2", "avx512f", "avx512bw", "avx512vbmi", "vaes")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processor": f"{value('model name')} (family {value('cpu family')}, model {value('model')})", "flags": flags,
            "processors": os.cpu_count(), "memory_gib": round(memory, 1), "kernel": ".".join(platform.release().split(".")[:2])}


def versions():
    def first_line(*command):
        if not shutil.which(command[0]):
            return None
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return (done.stdout or done.stderr).strip().splitlines()[0] if (done.stdout or done.stderr).strip() else None
    return {"grep": first_line("grep", "--version"), "ripgrep": first_line("rg", "--version"), "python": first_line("python3", "--version"),
            "bloom": first_line("bloom", "--version"), "hyperscan": first_line("pkg-config", "--modversion", "libhs")}


class Bench:
    def __init__(self, quick, sizes):
        self.quick = quick
        self.folder = ROOT / "build/bench-data"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
        self.prepare()
        largest = self.list_size
        self.sizes = sizes or ([10_000, 100_000, largest] if quick else [10_000, 100_000, largest, 10_000_000, 100_000_000])
        self.sizes = sorted({s for s in self.sizes if s > 0})
        self.copies = 1 if quick or not self.real else 16  # 4 GB
        self.repeats = 2 if quick else 5

    def prepare(self):
        """The log as it is, folded to lower case, and empty; the indicators."""
        shared = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data/bench"
        log, self.list = self.folder / "log", self.folder / "indicators"
        packed_log = next(iter(shared.glob("mixed-*.log.zst")), None)
        packed_list = next(iter(shared.glob("indicators-*.txt.zst")), None)
        self.real = packed_log is not None and packed_list is not None
        stamp = self.folder / "source"
        source = f"{packed_log} {packed_list}" if self.real else "made 1"
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != source:
            for old in self.folder.iterdir():
                old.unlink()
            self.results = {}  # figures of other data do not belong beside the new ones
            if self.real:
                for packed, path in ((packed_log, log), (packed_list, self.list)):
                    subprocess.run(["zstd", "-qdf", str(packed), "-o", str(path)], check=True)
            else:
                made_data.write(self.list, log)
            stamp.write_text(source, encoding="utf-8")
        if self.quick and self.real:
            log = self.part_of(log, 48_000_000)
        folded = log.with_name(log.name + "-folded")
        if not folded.exists() or folded.stat().st_size != log.stat().st_size or folded.stat().st_mtime < log.stat().st_mtime:
            # By tr: this process must stay small, for the system counts its memory into that of the programs it starts.
            with open(log, "rb") as raw, open(folded, "wb") as out:
                subprocess.run(["tr", "A-Z", "a-z"], stdin=raw, stdout=out, env={**os.environ, "LC_ALL": "C"}, check=True)
        empty = self.folder / "empty"
        empty.write_bytes(b"")
        self.logs = {"as it is": log, "folded": folded, "empty": empty}
        if self.real and not self.quick:
            for name in ("as it is", "folded"):
                self.logs[name + ", repeated"] = self.repeated(self.logs[name])
        with open(self.list, "rb") as file:
            self.list_size = sum(1 for _ in file)
        if not self.real:
            say(f"no data at {shared}: a small made corpus is used, whose figures say little")

    def part_of(self, log, size):
        """Slices from all over the log, whole lines."""
        path = log.with_name("log-quick")
        if not path.exists():
            slices = 64
            with open(log, "rb") as file, open(path, "wb") as out:
                for i in range(slices):
                    file.seek(log.stat().st_size * i // slices)
                    file.readline()
                    out.write(file.read(size // slices))
                    out.write(file.readline())
        return path

    def repeated(self, log):
        """For contestants that are done with one copy before the clock has moved."""
        path = log.with_name(f"{log.name}-{REPEATED}")
        if not path.exists() or path.stat().st_size != REPEATED * log.stat().st_size:
            with open(path, "wb") as out:
                subprocess.run(["cat"] + [str(log)] * REPEATED, stdout=out, check=True)
        return path

    def sampled_list(self, size):
        if size >= self.list_size:
            return self.list
        path = self.folder / f"indicators-{size}"
        if not path.exists():
            with open(path, "wb") as out:
                subprocess.run([PROGRAM, "sample", "--indicators", self.list, "--size", str(size)], stdout=out, check=True)
        return path

    def keep(self, stage, figures_of_stage):
        self.results[stage] = figures_of_stage
        self.results.setdefault("measured", {})[stage] = {
            "date": time.strftime("%Y-%m-%d", time.gmtime()), "load": round(os.getloadavg()[0], 1), "quick": self.quick,
            "real_data": self.real, "log_bytes": self.logs["as it is"].stat().st_size}
        self.results.update(machine=machine(), versions=versions())
        RESULTS.write_text(json.dumps(self.results, indent=1), encoding="utf-8")

    def scan(self, index, task, threads=1, kernel=None, rounds=1, log=None):
        command = [PROGRAM, "scan", "--index", index, "--log", log or self.logs["as it is"], "--task", task, "--threads", str(threads),
                   "--copies", str(self.copies), "--rounds", str(rounds), "--repeats", str(self.repeats)]
        s = figures(command + (["--kernel", kernel] if kernel else []))
        cpu, wall, limit = s["scan"]["cpu_s"], s["scan"]["wall_s"], s["line_feeds"]["cpu_s"]
        gb = s["bytes"] / 1e9
        return {"task": task, "threads": threads, "kernel": s["kernel"], "gb": gb, "gb_per_cpu_s": gb / min(cpu), "gb_per_cpu_s_median": gb / median(cpu),
                "gb_per_wall_s": gb / min(wall), "of_line_feed_count": min(limit) / min(cpu), "line_feed_gb_per_cpu_s": gb / min(limit),
                "lines_examined": s["lines_examined"], "lines_matched": s["lines_matched"], "detections": s["detections"],
                "lines": s["lines"], "rss_mib": s["peak_mib"]}

    def limits(self):
        f = figures([PROGRAM, "limits", "--log", self.logs["as it is"], "--copies", str(self.copies), "--repeats", "7"])
        gb = f["bytes"] / 1e9
        rate = lambda name: {"best": gb / min(f[name]["cpu_s"]), "median": gb / median(f[name]["cpu_s"])}
        self.keep("limits", {"line_feeds": rate("line_feeds"), "memcpy": rate("memcpy"), "instruction_set": f["instruction_set"], "gb": gb})
        report.print_limits(self.results)

    def scale(self):
        rows = {str(r["given"]): r for r in self.results.get("scale", [])}
        for size in self.sizes:
            try:
                rows[str(size)] = self.scale_row(size)
            except Failed as failure:
                rows[str(size)] = {"given": size, "failed": str(failure)}
                say(f"  {size:,}: {failure}")
            self.keep("scale", sorted(rows.values(), key=lambda r: r["given"]))
        report.print_scale(self.results)

    def scale_row(self, size):
        index = self.folder / f"{size}.mzi"
        say(f"{size:,} indicators: build")
        row = figures([PROGRAM, "build", "--indicators", self.sampled_list(size), "--index", index, "--size", str(size)])
        row["open"] = figures([PROGRAM, "open", "--index", index, "--repeats", "7"])["open"]
        row["scans"] = []
        default = {"rounds": 1 if self.quick else 4}
        plan = [("full", 1, None, default), ("full", 2, None, {}), ("lines", 1, None, {}), ("plain", 1, None, {}), ("filter", 1, None, {})]
        if size == self.list_size:
            plan += [("full", 1, kernel, {}) for kernel in KERNELS[1:]]
        for task, threads, kernel, more in plan:
            if threads > (os.cpu_count() or 1):
                continue
            try:
                s = self.scan(index, task, threads, kernel, **more)
            except Failed as failure:
                say(f"  {task} {kernel or ''}: {failure}")
                continue
            row["scans"].append(s)
            say(f"  {task}, {threads} thread(s), {s['kernel']}: {s['gb_per_cpu_s']:.2f} GB per CPU second, {100 * s['of_line_feed_count']:.1f} % of counting lines")
        if index.stat().st_size > 10**9:
            index.unlink()
        return row

    def contest(self):
        contest = Contest(PROGRAM, self.folder, ROOT / "bench/peers")
        found = {c["size"]: c for c in self.results.get("contest", [])}
        largest = 100_000 if self.quick else self.list_size
        for size in (s for s in self.sizes if s <= largest):
            indicators, index = self.sampled_list(size), self.folder / f"{size}-exact.mzi"
            say(f"comparison, {size:,} indicators")
            build = figures([PROGRAM, "build", "--indicators", indicators, "--index", index, "--exact-only"])
            result = contest.run(indicators, index, size, self.logs, 2 if self.quick else 3, 120 if self.quick else 900, say, self.quick)
            result.update(size=size, log_bytes=self.logs["as it is"].stat().st_size)
            if "Mozu" in result["rows"]:
                result["rows"]["Mozu"]["saved_build_cpu_s"] = build["add_cpu_s"] + build["write_cpu_s"]
            found[size] = result
            self.keep("contest", [found[s] for s in sorted(found)])
        report.print_contest(self.results)

    def hyperscan(self):
        rows = []
        for size in (10_000, 100_000) if self.quick else (10_000, 100_000, 200_000):
            indicators = self.sampled_list(min(size, self.list_size))
            command = [PROGRAM, "hyperscan", "--indicators", indicators, "--log", self.logs["as it is"]]
            index = self.folder / f"{size}-hs.mzi"
            try:
                h = figures(command + ["--repeats", str(self.repeats)], limit_s=300)
                got = subprocess.run(command + ["--lines", "--repeats", "0"], capture_output=True, check=True).stdout
                want = subprocess.run([PROGRAM, "tokens", "--indicators", indicators, "--log", self.logs["as it is"]],
                                      capture_output=True, check=True).stdout
                figures([PROGRAM, "build", "--indicators", indicators, "--index", index])
                mozu = self.scan(index, "full")
            except Failed as failure:
                rows.append({"size": size, "failed": str(failure)})
                say(f"Hyperscan, {size:,}: {failure}")
                continue
            gb = h["bytes"] / 1e9
            rows.append({"size": h["literals"], "compile_cpu_s": h["compile"]["cpu_s"][0], "database_bytes": h["database_bytes"],
                         "compile_mib": h["compile_peak_mib"], "gb_per_cpu_s": gb / min(h["scan"]["cpu_s"]), "lines": h["lines_matched"],
                         "gb_per_cpu_s_median": gb / median(h["scan"]["cpu_s"]), "equal": got == want, "mozu_gb_per_cpu_s": mozu["gb_per_cpu_s"]})
            say(f"Hyperscan, {size:,}: {rows[-1]['gb_per_cpu_s']:.2f} GB per CPU second, Mozu {mozu['gb_per_cpu_s']:.2f}")
            self.keep("hyperscan", rows)
        report.print_hyperscan(self.results)

    def program(self):
        """The program as people use it: feed file to index, log file to JSON detections."""
        if not MOZU.exists() or subprocess.run([MOZU, "match", "--help"], capture_output=True, check=False).returncode != 0:
            say("program: no mozu match in this build")
            return
        index, log = self.folder / "program.mzi", self.logs["as it is"]
        rows = {}
        try:
            build = pipeline([[str(MOZU), "index", "build", "--output", str(index), str(self.list)]], limit_s=900)
            rows["index build"] = {**build, "rate": f"{self.list_size / build['cpu_s'] / 1e6:.2f} M indicators/s"}
            for threads in (1, 2):
                command = [[str(MOZU), "match", "--index", str(index), "-j", str(threads), "--output", "json", str(log)]]
                best = min((pipeline(command, limit_s=900) for _ in range(self.repeats)), key=lambda r: r["cpu_s"])
                rows[f"match -j {threads}"] = {**best, "rate": f"{log.stat().st_size / best['cpu_s'] / 1e9:.2f} GB/s"}
            command = [[str(MOZU), "lookup", "--data", str(self.folder), "--index", str(index), "-j", "1", "--input", str(self.list)]]
            best = min((pipeline(command, limit_s=900) for _ in range(self.repeats)), key=lambda r: r["cpu_s"])
            rows["lookup -j 1, every value listed"] = {**best, "rate": f"{self.list_size / best['cpu_s'] / 1e3:.0f} k values/s"}
        except Failed as failure:
            say(f"program: {failure}")
            if not rows:
                return
        for row in rows.values():
            row.pop("stages")
        self.keep("program", rows)
        report.print_program(self.results)

    def profile(self):
        index = self.folder / f"{self.list_size}.mzi"
        if not index.exists():
            figures([PROGRAM, "build", "--indicators", self.list, "--index", index])
        command = [str(PROGRAM), "scan", "--index", str(index), "--log", str(self.logs["as it is"]), "--task", "full", "--no-limit",
                   "--repeats", "10" if self.quick else "20"]
        try:
            self.keep("profile", cycles.profile(str(PROGRAM), command, self.folder))
        except Failed as failure:
            say(f"profile: {failure}")
            return
        report.print_profile(self.results)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="less than three minutes; smaller log, smaller sets")
    parser.add_argument("--only", default=",".join(STAGES), help="stages, separated by commas")
    parser.add_argument("--sizes", default="", help="numbers of indicators for the stages scale and contest; figures of other sizes stay")
    parser.add_argument("--write-docs", action="store_true", help="rewrite docs/benchmarks.md from the last figures")
    options = parser.parse_args()
    if options.write_docs:
        if not RESULTS.exists():
            sys.exit("bench: build/bench.json is missing\n  hint: run `make bench` first")
        report.write_docs(json.loads(RESULTS.read_text(encoding="utf-8")), ROOT / "docs/benchmarks.md")
        return
    wanted = options.only.split(",")
    unknown = [w for w in wanted if w not in STAGES]
    if unknown:
        sys.exit(f"bench: no such stage: {', '.join(unknown)}\n  hint: stages are {', '.join(STAGES)}")
    if not PROGRAM.exists():
        sys.exit("bench: build/bench/mozu_bench is missing\n  hint: `make bench` builds it")
    bench = Bench(options.quick, [int(s) for s in options.sizes.split(",") if s])
    failed = []
    for stage in STAGES:
        if stage in wanted:
            try:
                getattr(bench, stage)()
            except Failed as failure:
                failed.append(stage)
                say(f"{stage}: {failure}")
    report.print_goals(bench.results)
    say(f"figures: {RESULTS.relative_to(ROOT)}; docs: bench/run.py --write-docs")
    unequal = [c["size"] for c in bench.results.get("contest", []) if not c["equal"]]
    sys.exit(1 if failed or (unequal and "contest" in wanted) else 0)


if __name__ == "__main__":
    main()
