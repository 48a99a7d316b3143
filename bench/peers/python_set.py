#!/usr/bin/env python3
"""A contestant: a Python set and a tokeniser. python_set.py INDICATORS LOG prints candidates as NUMBER:LINE."""
import re
import sys

# A run of word bytes and dots, trimmed. One class and a greedy tail, so a long run costs linear time.
TOKEN = re.compile(rb"[\w\x80-\xff](?:[\w.\x80-\xff-]*[\w\x80-\xff])?")


def main():
    with open(sys.argv[1], "rb") as file:
        wanted = set(file.read().split())
    out = sys.stdout.buffer
    with open(sys.argv[2], "rb") as log:
        for number, line in enumerate(log, 1):
            tokens = TOKEN.findall(line.lower())
            if not wanted.isdisjoint(tokens):
                out.write(b"%d:%s" % (number, line))
            elif b".." in line:  # two dots end a token
                parts = (p.strip(b".-") for t in tokens if b".." in t for p in t.split(b".."))
                if not wanted.isdisjoint(parts):
                    out.write(b"%d:%s" % (number, line))


if __name__ == "__main__":
    main()
