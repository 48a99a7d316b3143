"""Running programs and measuring them: CPU and wall seconds and peak memory of each process of a pipeline."""
import json
import os
import subprocess
import threading
import time


class Failed(Exception):
    """A contestant that did not get to its end; the text says why."""


def pipeline(commands, stdin=None, stdout=None, limit_s=600, environment=None):
    """Runs `a | b | …`. Returns {"wall_s", "cpu_s", "rss_mib": largest, "stages": [{"cpu_s", "rss_mib"}]}.

    CPU is user + system of all stages. Past limit_s the processes of this pipeline are ended and Failed is raised."""
    started, late, processes = time.monotonic(), [], []
    source = open(stdin, "rb") if stdin else subprocess.DEVNULL
    sink = open(stdout, "wb") if stdout else subprocess.DEVNULL
    env = {**os.environ, "LC_ALL": "C", **(environment or {})}
    for number, command in enumerate(commands):
        last = number == len(commands) - 1
        process = subprocess.Popen(command, stdin=source, stdout=sink if last else subprocess.PIPE,
                                   stderr=subprocess.PIPE if last else subprocess.DEVNULL, env=env)
        if source is not subprocess.DEVNULL:
            source.close()
        source = process.stdout
        processes.append(process)

    def end():
        late.append(True)
        for process in processes:
            process.kill()

    timer = threading.Timer(limit_s, end)
    timer.start()
    errors = processes[-1].stderr.read().decode("utf-8", "replace").strip()
    stages, codes = [], []
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        codes.append(process.returncode)
        stages.append({"cpu_s": usage.ru_utime + usage.ru_stime, "rss_mib": usage.ru_maxrss / 1024})
    timer.cancel()
    processes[-1].stderr.close()
    if sink is not subprocess.DEVNULL:
        sink.close()
    if late:
        raise Failed(f"not done after {limit_s} s")
    # grep and ripgrep say 1 when nothing was found.
    if codes[-1] != 0 or any(c not in (0, 1) for c in codes[:-1]):
        raise Failed(f"exit codes {codes}: {errors[:200]}")
    return {"wall_s": time.monotonic() - started, "cpu_s": sum(s["cpu_s"] for s in stages),
            "rss_mib": max(s["rss_mib"] for s in stages), "stages": stages}


def figures(command, limit_s=3600):
    """A command that prints one JSON object."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise Failed(f"not done after {limit_s} s") from None
    if done.returncode != 0:
        raise Failed(done.stderr.strip()[:300] or f"exit code {done.returncode}")
    return json.loads(done.stdout)


def median(values):
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
