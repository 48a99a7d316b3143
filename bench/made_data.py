"""A small corpus for machines without the real one: shaped like it, made by a fixed seed, documentation names only."""
import random


def write(indicators, log, count=50_000, log_bytes=32_000_000):
    rng = random.Random(20261101)
    letters = "abcdefghijklmnopqrstuvwxyz"

    def name():
        label = "".join(rng.choice(letters) for _ in range(rng.randint(4, 16)))
        # As in life, most names have a registrable domain of their own, and some share one.
        tail = rng.choice(("example.com", "example.net", "example.org")) if rng.random() < 0.05 else rng.choice(("example", "test", "invalid"))
        return f"{rng.choice(('www', 'cdn', 'mail', 'login'))}.{label}.{tail}" if rng.random() < 0.3 else f"{label}.{tail}"

    def address():
        return rng.choice(("192.0.2.", "198.51.100.", "203.0.113.")) + str(rng.randrange(256))

    def digest():
        return "%064x" % rng.getrandbits(256)

    wanted = set()
    while len(wanted) < count:
        wanted.add(digest() if rng.random() < 0.02 else name())
    wanted.add(address())
    wanted = sorted(wanted)
    rng.shuffle(wanted)
    indicators.write_text("".join(w + "\n" for w in wanted), encoding="ascii")

    def value():
        return rng.choice(wanted) if rng.random() < 0.0005 else name()

    shapes = (
        lambda: '{"@timestamp":"2026-11-01T10:00:00Z","host":"%s","src_ip":"%s","query":"%s","path":"C:\\\\Windows\\\\System32\\\\a.dll",'
                '"Hashes":"SHA256=%s","user":"kim","process":{"name":"svc.exe","id":%d}}'
                % (name(), address(), value(), digest(), rng.randrange(9999)),
        lambda: "<13>1 2026-11-01T10:00:00Z %s dnsd 42 - - query %s from %s" % (name(), value(), address()),
        lambda: '%s - - [01/Nov/2026:10:00:00 +0000] "GET http://%s/a/b?c=%d HTTP/1.1" 200 512 "-" "Mozilla/5.0"'
                % (address(), value(), rng.randrange(9999)),
        lambda: "1793527200.5\tC1\t%s\t%d\t%s\t53\tudp\t%s\t-" % (address(), rng.randrange(65536), address(), value()),
    )
    with open(log, "w", encoding="ascii") as out:
        written = 0
        while written < log_bytes:
            written += out.write(rng.choice(shapes)() + "\n")
