#!/usr/bin/env python3
"""The benchmark of the knowledge base: fills it with made objects and relations, asks it, prints tables, keeps the figures in build/bench-store.json.

  bench/store.py [--quick] [--objects N] [--relations N] [--engines sqlite,postgresql] [--keep]
  bench/store.py --plans           readers whose plan opens ten publications beside readers without one, on half a million objects: some minutes
  bench/store.py --write-docs      rewrites docs/store-benchmarks.md from the last figures; measures nothing. Where only those of --plans are there, only their part

PostgreSQL is a server of its own, started for the run (tests/postgres.py) and left out where it is not installed. The base is deleted afterwards
unless --keep. ATT&CK is measured with the program itself where ../shared is.
"""
import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from measure import Failed, figures, pipeline

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
import postgres  # noqa: E402

BENCH, MOZU = [ROOT / "build/bench/mozu_store_bench"], ROOT / "build/bench/mozu"
RESULTS, PAGE, FOLDER = ROOT / "build/bench-store.json", ROOT / "docs/store-benchmarks.md", ROOT / "build/bench-store"
PLANS, PLANS_TITLE = ROOT / "build/bench-store-plans.json", "## Readers with a plan"
PLANS_OBJECTS, PLANS_RELATIONS, PLANS_IMPORT, PUBLICATION, OPENED, SLOW_MS = 500_000, 1_500_000, 500_000, 1000, 10, 50
BYTES_EACH = 900  # of disk, objects and relations alike; while importing, the log and both engines' slack included
IMPORTS_A_PROCESS = 10
GOAL_OBJECTS = 10_000_000
GOALS = {"import": 50_000, "aim": 200_000, "point_ms": 2, "search_ms": 50, "rss_mib": 4096, "attack_s": 3, "attack_again_s": 1}
POSTGRES = ("listen_addresses=''", "shared_buffers=1GB", "max_wal_size=8GB", "maintenance_work_mem=256MB", "timezone=UTC", "lc_messages=C")
HEAD = """# The knowledge base, measured

`make bench` measures this again; the page is written from `build/bench-store.json` by `bench/store.py --write-docs`, never by hand.

## Method

- **Made data.** Objects and relations with the shape of the real: of 100 objects 44 indicators, 42 observables, 4 vulnerabilities, 2 reports with up to
  45 references each, observed data, notes, and 3 malware, techniques and actors with 120 words of prose; three relations to an object, four of five from something that came with
  them, half of them to hubs of which the largest have hundreds of thousands. Words are drawn from 60,000 as in real text (the commonest stands in most texts); 15 % of texts are Japanese. The same
  number always gives the same object: `bench/made_knowledge.cpp`.
- **Import** is JSON to durable: parsing, checking, comparing with what is there, writing, all indexes and the text index; one import after the
  other, ten a process. The JSON lies in a file before the clock runs. *Last* is the rate of the last import, when the base is largest.
- **Questions** go to the base after it was opened anew, one after the other, each about something else; the file lies in the system's cache as far as that reaches.
  A reader of an organisation asks values and neighbours, the owner the rest.
- **Memory** is the largest resident set of the process; for SQLite that includes the pages of the file that are mapped, which the system takes back when it needs them. PostgreSQL's
  own processes are not in it.
"""


class Postgres(postgres.Server):
    close = postgres.Server.stop


def size_of(folder):
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())


def say(text):
    print(text, flush=True)


def attack(folder):
    """ATT&CK Enterprise by the program: new, and again."""
    source = Path(os.environ.get("MOZU_SHARED", ROOT.parent / "shared")) / "data/attack"
    file = next(iter(sorted(source.glob("enterprise-attack-*"))), None)
    if file is None or not MOZU.exists():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    first, again = (pipeline([[str(MOZU), "import", "--quiet", "--data", str(folder), str(file)]]) for _ in range(2))
    shutil.rmtree(folder, ignore_errors=True)
    return {"first": first, "again": again}


def filled(base, objects, relations, per_import):
    """Some imports a process, as people import day by day."""
    whole = {}
    for first in range(0, -(-(objects + relations) // per_import), IMPORTS_A_PROCESS):
        part = figures([*BENCH, "fill", "--base", base, "--objects", str(objects), "--relations", str(relations), "--per-import", str(per_import),
                        "--first-import", str(first), "--imports", str(IMPORTS_A_PROCESS)], limit_s=3600)
        if not whole:
            whole = part
        else:
            for name in ("wall_s", "cpu_s", "json_bytes"):
                whole[name] += part[name]
            for name in ("wall_s", "cpu_s"):
                whole["imports"][name] += part["imports"][name]
            whole["peak_mib"] = max(whole["peak_mib"], part["peak_mib"])
        say(f"  {min((first + IMPORTS_A_PROCESS) * per_import, objects + relations):,}: {per_import / part['imports']['wall_s'][-1]:,.0f} objects/s")
    return whole


def measure(base, folder, objects, relations, quick):
    fill = filled(base, objects, relations, 100_000 if quick else 1_000_000)
    each = (objects + relations) / fill["wall_s"]
    say(f"  import: {each:,.0f} objects/s, last {last_rate(fill):,.0f}, {fill['peak_mib']:,.0f} MiB")
    fill["disk_bytes"] = size_of(folder)
    ask = figures([*BENCH, "ask", "--base", base, "--objects", str(objects), "--questions", "500" if quick else "5000"], limit_s=3600)
    for name, q in ask["questions"].items():
        say(f"  {name}: median {q['p50_ms']:.2f} ms, p99 {q['p99_ms']:.2f} ms, longest {q['max_ms']:.1f} ms, {q['found'] / q['times']:.1f} found")
    return {"fill": fill, "ask": ask}


def last_rate(fill):
    last = (fill["objects"] + fill["relations"]) % fill["per_import"] or fill["per_import"]
    return last / fill["imports"]["wall_s"][-1]


def table(head, rows):
    return ["", "| " + " | ".join(head) + " |", "|" + "|".join("---" for _ in head) + "|", *("| " + " | ".join(r) + " |" for r in rows), ""]


def goals(results):
    """(goal, wanted, reached)"""
    for engine, r in results["engines"].items():
        f, q = r["fill"], r["ask"]["questions"]
        rate = (f["objects"] + f["relations"]) / f["wall_s"]
        points = max(q[n]["p99_ms"] for n in ("object by id", "absent id", "value"))
        searches = max(v["p99_ms"] for n, v in q.items() if n.startswith("search"))
        yield f"{engine}: batch import", f"≥ {GOALS['import']:,} objects/s (aim {GOALS['aim']:,})", f"{rate:,.0f}", rate >= GOALS["import"]
        yield f"{engine}: point lookup, p99", f"≤ {GOALS['point_ms']} ms", f"{points:.2f} ms", points <= GOALS["point_ms"]
        yield f"{engine}: search, worst p99", f"≤ {GOALS['search_ms']} ms", f"{searches:.1f} ms", searches <= GOALS["search_ms"]
        memory = max(f["peak_mib"], r["ask"]["peak_mib"])
        yield f"{engine}: memory", f"≤ {GOALS['rss_mib']:,} MiB", f"{memory:,.0f} MiB", memory <= GOALS["rss_mib"]
    if results.get("attack"):
        first, again = results["attack"]["first"]["wall_s"], results["attack"]["again"]["wall_s"]
        yield "ATT&CK Enterprise", f"≤ {GOALS['attack_s']} s", f"{first:.2f} s", first <= GOALS["attack_s"]
        yield "the same again", f"≤ {GOALS['attack_again_s']} s", f"{again:.2f} s", again <= GOALS["attack_again_s"]


def page(results):
    small = "" if results["objects"] >= GOAL_OBJECTS else f" The goals speak of {GOAL_OBJECTS:,} and {3 * GOAL_OBJECTS:,}: that is still to be measured."
    load = f" under a load of {results['load']}" if "load" in results else ""
    note = f" {results['note']}" if "note" in results else ""  # what whoever keeps the figures wants to be known of them
    lines = [HEAD.rstrip(), "", f"Measured {results['date']} on {results['processors']} processors{load}: {results['objects']:,} objects and {results['relations']:,} relations.{small}{note}",
             "", "## Goals"]
    lines += table(("", "goal", "reached", ""), [(a, b, c, "yes" if ok else "**no**") for a, b, c, ok in goals(results)])
    for engine, r in results["engines"].items():
        f = r["fill"]
        total = f["objects"] + f["relations"]
        lines += [f"## {engine}", "", f"{total / f['wall_s']:,.0f} objects/s ({f['json_bytes'] / f['wall_s'] / 1e6:.0f} MB/s of JSON) by {f['cpu_s'] / f['wall_s']:.1f} processors, last import "
                  f"{last_rate(f):,.0f}; imports of {f['per_import']:,}; {f['peak_mib']:,.0f} MiB while importing, {r['ask']['peak_mib']:,.0f} MiB while asking; {f['disk_bytes'] / total:.0f} bytes of disk an object, "
                  f"{f['json_bytes'] / total:.0f} of JSON."]
        lines += table(("question", "times", "found each", "median", "p99", "longest"),
                       [(n, f"{q['times']:,}", f"{q['found'] / q['times']:.1f}", f"{q['p50_ms']:.2f} ms", f"{q['p99_ms']:.2f} ms", f"{q['max_ms']:.1f} ms") for n, q in r["ask"]["questions"].items()])
    return "\n".join(lines).rstrip() + "\n"


def plans():
    """The first half is nobody's publication; the second, the newest, are publications, of which a plan opens ten."""
    folder = FOLDER / "plans"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    base = ["--base", str(folder), "--objects", str(PLANS_OBJECTS)]
    published_from = (PLANS_OBJECTS + PLANS_RELATIONS) // PLANS_IMPORT // 2
    figures([*BENCH, "fill", *base, "--relations", str(PLANS_RELATIONS), "--per-import", str(PLANS_IMPORT), "--published-from", str(published_from), "--publication", str(PUBLICATION)], limit_s=3600)
    asked = figures([*BENCH, "plans", *base, "--questions", "1000", "--opened", str(OPENED)], limit_s=3600)
    shutil.rmtree(folder, ignore_errors=True)
    return {"date": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "objects": PLANS_OBJECTS, "relations": PLANS_RELATIONS, "opened": OPENED, **asked}


def plans_part(r):
    both = [(name, q, r["limited"]["questions"][name]) for name, q in r["without a plan"]["questions"].items()]
    lines = [PLANS_TITLE, "", f"`bench/store.py --plans`: {r['objects']:,} objects and {r['relations']:,} relations in SQLite; the newer half of all are publications of {PUBLICATION:,} objects each, and of these a plan opens {r['opened']}.",
             "The same questions by a reader without a plan and by one who holds it. It is a hard case: nearly all that is newest is closed to them.", "",
             f"Measured {r['date']} on {r['processors']} processors under a load of {r['load']}."]
    lines += table(("question", "without a plan: median", "p99", "with it: median", "p99"),
                   [(name, *(f"{q[at]:.2f} ms" for q in (a, b) for at in ("p50_ms", "p99_ms"))) for name, a, b in both])
    slow = [f"{name} ({b['p50_ms']:,.0f} ms)" for name, a, b in both if b["p50_ms"] > SLOW_MS and b["p50_ms"] > 2 * a["p50_ms"]]
    lines += [f"Above {SLOW_MS} ms because of the plan: {'; '.join(slow)}." if slow else f"None is above {SLOW_MS} ms because of the plan."]
    return "\n".join(lines).rstrip() + "\n"


def write_docs():
    if not RESULTS.exists() and not PLANS.exists():
        sys.exit("bench: build/bench-store.json is missing\n  hint: run `make bench` first")
    before, *part = re.split(rf"^(?={PLANS_TITLE}$)", PAGE.read_text(encoding="utf-8"), maxsplit=1, flags=re.M)
    if RESULTS.exists():
        before = page(json.loads(RESULTS.read_text(encoding="utf-8")))
    if PLANS.exists():
        part = [plans_part(json.loads(PLANS.read_text(encoding="utf-8")))]
    PAGE.write_text("\n\n".join([before.rstrip(), *part]).rstrip() + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the objects")
    parser.add_argument("--objects", type=int, default=0)
    parser.add_argument("--relations", type=int, default=0)
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--keep", action="store_true", help="leave the SQLite base in build/bench-store")
    parser.add_argument("--plans", action="store_true")
    parser.add_argument("--write-docs", action="store_true")
    o = parser.parse_args()
    if o.write_docs:
        return write_docs()
    if not BENCH[-1].exists():
        sys.exit("bench: build/bench/mozu_store_bench is missing\n  hint: `make bench` builds it")
    if o.plans:
        PLANS.write_text(json.dumps(plans(), indent=1), encoding="utf-8")
        return None
    objects = o.objects or (100_000 if o.quick else GOAL_OBJECTS)
    relations = o.relations or 3 * objects
    need = (objects + relations) * BYTES_EACH
    FOLDER.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(FOLDER).free < need:
        sys.exit(f"bench: the knowledge base needs {need / 1e9:.0f} GB of disk\n  hint: --objects and --relations make it smaller")
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    same = kept.get("objects") == objects and kept.get("relations") == relations
    results = {"date": time.strftime("%Y-%m-%d", time.gmtime()), "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1), "objects": objects, "relations": relations,
               "engines": kept.get("engines", {}) if same else {}}
    try:
        results["attack"] = attack(FOLDER / "attack")
        for engine in o.engines.split(","):
            say(f"{engine}: {objects:,} objects, {relations:,} relations")
            folder = FOLDER / engine
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            if engine == "sqlite":
                results["engines"][engine] = measure(str(folder), folder, objects, relations, o.quick)
            elif postgres.programs() is None:
                say("  PostgreSQL is not installed")
            else:
                with contextlib.closing(Postgres(within=folder, settings=POSTGRES)) as server:
                    results["engines"][engine] = measure(server.place, folder, objects, relations, o.quick)
            RESULTS.write_text(json.dumps(results, indent=1), encoding="utf-8")
    except Failed as failure:
        sys.exit(f"bench: {failure}")
    finally:
        if not o.keep:
            shutil.rmtree(FOLDER, ignore_errors=True)
    for name, wanted, reached, ok in goals(results):
        say(f"{'reached' if ok else 'MISSED '}  {name}: {reached} ({wanted})")


if __name__ == "__main__":
    main()
