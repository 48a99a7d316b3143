"""The words of docs/benchmarks.md; report.py puts the tables between them."""

INTRODUCTION = """
# Benchmarks

`make bench` measures all of this again (about an hour on two cores), `make bench QUICK=1` a part of it in less than three
minutes. The figures go to `build/bench.json`; this page is written from there by `bench/run.py --write-docs`, never by hand.
"""

METHOD = """
## Method

- **Inputs.** 244 MiB of real logs (Windows event JSON, Zeek JSON and TSV, web server, system logs) and 1,941,838 real
  indicators (1,444,755 names, 474,765 IPv4 addresses, 22,318 hashes). Smaller sets are drawn from that list by a fixed seed. Larger
  ones are the whole list plus made ones shaped like it: real public suffixes and label lengths with letters redrawn, addresses near
  real ones, hashes redrawn. Where that data is absent, a small corpus is made, and every table says so.
- **Rates** are bytes per CPU second (user + system) of one thread over a log that lies in memory, repeated to 4 GB in the headline
  column; 1 GB = 10⁹ bytes. Best and median of the repeats: the machine is shared, and its neighbours only ever make things slower.
  The line feed count runs between the repeats in the same process over the same bytes, so its ratio suffers less from them.
- **Two threads**: wall rate as it was, and in brackets what the CPU time says (the rate had both processors been free).
- **Tasks.** *Full*: every detection with offsets, relation, joined feeds, event time, both ends, user and field. *No event fields*: the
  same without the last four. *Lines only*: which lines match. *Filter only*: the first stage. Decoding of JSON escapes is always on; it is a
  part of what a match is.
- **Memory** is the largest resident set of a process of its own, the mapped files included.
"""

LIMITS = """
Nothing that looks at every byte beats these; written for this very processor, unlike everything below.
"""

SCALE = """
Build: from indicators in memory to the file on disk, synced and renamed. Open: file in the page cache, all checksums but those
of context records verified.
"""

CONTEST = """
One question that every tool can be brought to answer: *which lines hold an indicator as a whole token, in any case?* A token is a maximal
run of letters, digits, `_`, `-`, bytes ≥ 0x80 and single dots, trimmed of dots and hyphens. Every contestant is a process that writes candidate
lines into one and the same filter (`mozu_bench tokens`), whose time counts for all. Outputs are compared with those of a plain tokeniser with a
hash set, which is also the last row.

- Mozu answers a harder question (names below an indicator, hosts of URLs, escapes in JSON, dates of validity) and is held to this one
  by an index of exact-only names and by the filter.
- grep and ripgrep search **without** `-i`, on a copy of the log folded to lower case beforehand, for which they are not charged: with `-i`
  they take far longer (rows at 10,000). `LC_ALL=C`; ripgrep with `-j1 --no-unicode`.
- DCSO bloom gets tokens from `grep -o`, with numbers, from the folded copy; false positives (1 in 10,000) fall to the filter.
- *Start* is the same pipeline over an empty log: for grep, ripgrep and Python that is reading the list and building automaton or set, every time
  anew; for Mozu and bloom it is opening a saved file. It includes the filter's own start, the same for all. *Scan* = whole − start.
  *All, cold* compares everything from the list of indicators to the answer: building, start and scan.
"""

HYPERSCAN = """
Caseless literals (`hs_compile_lit_multi`, block mode, batches of 1 MiB), a line with a hit goes to the same token filter; in one process, log in
memory, compile time apart. It is given at most 200,000 literals; the whole list did not compile within 300 s. Mozu's column is
the harder task: full detections from an index of the same indicators.
"""

PROGRAM = """
`mozu index build` from the plain list and `mozu match --output json` over the log file, as a user runs them: reading files, parsing, writing
included.
"""

PROFILE = """
Samples of the processor clock (`perf record`) during full detections with the whole list; functions that were compiled into their callers are told
apart by the debugging information, so shares of neighbouring rows are not sharp.
"""
