"""The comparison: whole processes, the same log, the same token filter, outputs that must be equal.

Every contestant writes candidate lines as NUMBER:LINE into `mozu_bench tokens`, which decides; its time counts for all alike.
Building is told from scanning by running the same pipeline over an empty log."""
import hashlib
import shutil

from measure import Failed, pipeline

TOKEN_CLASS = b"[0-9a-z_\x80-\xff]"
WORD_CLASS = b"[0-9a-z_\x80-\xff-]"
# Whole tokens with a dot, or long enough to be a hash; the longest match from the left is the whole run.
TOKEN_PATTERN = TOKEN_CLASS + WORD_CLASS + b"*(\\." + WORD_CLASS + b"+)*\\." + WORD_CLASS + b"*" + TOKEN_CLASS + \
    b"|" + TOKEN_CLASS + WORD_CLASS + b"{30,}" + TOKEN_CLASS


# A scan that takes less than this is measured again over a log REPEATED times as long: what is told from two long times by their
# difference is else no better than noise.
SHORT_SCAN_S, REPEATED = 3.0, 8


class Contest:
    def __init__(self, program, folder, peers):
        self.program, self.folder, self.peers = str(program), folder, peers

    def contestants(self, indicators, index, bloom, caseless):
        """name → (pipeline of a log, which copy of the log)"""
        tokens = [self.program, "tokens", "--indicators", str(indicators)]
        python = ["python3", str(self.peers / "python_set.py"), str(indicators)]
        found = {
            "Mozu": (lambda log: [[self.program, "lines", "--index", str(index), "--log", log], tokens], "as it is"),
            "grep -F": (lambda log: [["grep", "-n", "-a", "-F", "-f", str(indicators), log], tokens], "folded"),
            "ripgrep -F": (lambda log: [["rg", "--no-config", "-j1", "-n", "-a", "-F", "--no-unicode", "-f", str(indicators), log],
                                        tokens], "folded"),
            "Python set": (lambda log: [python + [log], tokens], "as it is"),
            "grep -o + DCSO bloom": (lambda log: [["grep", "-n", "-a", "-o", "-E", TOKEN_PATTERN, log],
                                                  ["bloom", "-s", "-d", ":", "-f", "1", "--pf", "0,1", "check", str(bloom)], tokens],
                                     "folded"),
            "plain tokeniser (C++)": (lambda log: [tokens + ["--log", log]], "as it is"),
        }
        if caseless:
            found["grep -F -i"] = (lambda log: [["grep", "-n", "-a", "-i", "-F", "-f", str(indicators), log], tokens], "as it is")
            found["ripgrep -F -i"] = (lambda log: [["rg", "--no-config", "-j1", "-n", "-a", "-i", "-F", "--no-unicode", "-f",
                                                    str(indicators), log], tokens], "as it is")
        needs = {"grep -o + DCSO bloom": "bloom", "ripgrep -F": "rg", "ripgrep -F -i": "rg"}
        return {n: c for n, c in found.items() if n not in needs or shutil.which(needs[n])}

    def build_bloom(self, indicators, size):
        """Returns the filter and the CPU seconds of making it."""
        path = self.folder / f"{indicators.stem}.bloom"
        path.unlink(missing_ok=True)
        made = pipeline([["bloom", "create", "-p", "0.0001", "-n", str(size), str(path)]])
        filled = pipeline([["bloom", "insert", str(path)]], stdin=indicators)
        return path, made["cpu_s"] + filled["cpu_s"], filled["rss_mib"]

    def run(self, indicators, index, size, logs, repeats, limit_s, say, quick):
        """logs: {"as it is": path, "folded": path, "empty": path}, perhaps also "…, repeated". Returns {"expected_lines",
        "rows": {name: figures}}."""
        bloom, bloom_cpu_s = self.folder / "none", 0.0
        if shutil.which("bloom"):
            bloom, bloom_cpu_s, _ = self.build_bloom(indicators, size)
        log_bytes = logs["as it is"].stat().st_size
        rows, answers = {}, {}
        for name, (commands, log) in self.contestants(indicators, index, bloom, size <= 10_000 and not quick).items():
            out = self.folder / "answer.txt"
            try:
                slow = False
                empty, total = [], []
                for _ in range(repeats):
                    if slow:
                        break
                    empty.append(pipeline(commands(str(logs["empty"])), stdout=self.folder / "empty-answer.txt", limit_s=limit_s))
                    total.append(pipeline(commands(str(logs[log])), stdout=out, limit_s=limit_s))
                    slow = total[-1]["wall_s"] > 60
            except Failed as failure:
                rows[name] = {"failed": str(failure), "log": log}
                say(f"  {name}: {failure}")
                continue
            best, start = min(total, key=lambda t: t["cpu_s"]), min(empty, key=lambda t: t["cpu_s"])
            lines = out.read_bytes()
            answers[name] = lines
            scan_s = best["cpu_s"] - start["cpu_s"]
            if scan_s < SHORT_SCAN_S and f"{log}, repeated" in logs:
                repeated = [pipeline(commands(str(logs[f"{log}, repeated"])), limit_s=limit_s) for _ in range(repeats)]
                scan_s = (min(r["cpu_s"] for r in repeated) - start["cpu_s"]) / REPEATED
            scan_s = max(scan_s, 1e-4)
            rows[name] = {
                "log": log, "start_cpu_s": start["cpu_s"], "total_cpu_s": best["cpu_s"], "total_wall_s": best["wall_s"],
                "tool_start_cpu_s": sum(s["cpu_s"] for s in start["stages"][:-1]), "scan_cpu_s": scan_s,
                "scan_mb_per_s": log_bytes / scan_s / 1e6, "rss_mib": max(s["rss_mib"] for s in best["stages"][:-1] or best["stages"]),
                "lines": lines.count(b"\n"), "sha256": hashlib.sha256(lines).hexdigest(), "repeats": len(total),
                "saved_build_cpu_s": bloom_cpu_s if "bloom" in name else None,
            }
            say(f"  {name}: scan {scan_s:.3f} s CPU, {rows[name]['scan_mb_per_s']:.0f} MB/s, {rows[name]['lines']} lines")
        expected = answers.get("plain tokeniser (C++)")
        differing = {n: first_difference(a, expected) for n, a in answers.items() if a != expected}
        for name, difference in differing.items():
            rows[name]["differs"] = difference
            say(f"  {name} DIFFERS: {difference}")
        return {"expected_lines": expected.count(b"\n") if expected is not None else None, "equal": not differing, "rows": rows}


def first_difference(answer, expected):
    got, wanted = set(answer.split()), set((expected or b"").split())
    sample = lambda s: ", ".join(x.decode() for x in sorted(s, key=int)[:5])
    return f"{len(got - wanted)} lines too many ({sample(got - wanted)}), {len(wanted - got)} missing ({sample(wanted - got)})"
