# The commands of daily work. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Words that select tests: `make test ONLY="unit tidy"`; golden cases: `make bless CASES=match`.
ONLY ?=
CASES ?=
MOZU_FUZZ_SECONDS ?= 60

.PHONY: help setup run build test quick bench bench-attribution eval fuzz fmt lint asan tsan coverage bless clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-17s %s\n", $$1, $$2}' Makefile

setup: ## install the Debian 12 packages that are missing (build, test)
	@setup/install.sh build test

run: ## set up, build, scan the sample logs, then the portal with sample content until Ctrl-C
	@setup/install.sh build
	@scripts/build.sh release mozu mozu-cell
	@scripts/run_examples.sh
	@scripts/run_portal.sh

build: ## the release program: build/release/mozu
	@setup/install.sh build test
	@scripts/build.sh release mozu

test: ## everything: unit, golden, fuzz corpora, sanitizers, tidy
	@setup/install.sh build test
	@python3 tests/run.py $(ONLY)

quick: ## the local loop: dev build, its tests, tidy (no sanitizers)
	@setup/install.sh build test
	@python3 tests/run.py tidy dev

bench: ## the benchmarks (docs/benchmarks.md); QUICK=1: less than three minutes
	@setup/install.sh build test bench
	@scripts/bench.sh

bench-attribution: ## attribution measured on files that are fetched (docs/attribution-benchmark.md)
	@setup/install.sh build test dev bench
	@scripts/bench_attribution.sh

eval: ## how well reports are read, against vendors' lists (docs/extraction.md)
	@setup/install.sh build
	@scripts/build.sh release mozu
	@python3 tools/eval/eval.py --write docs/extraction.md

fuzz: ## every fuzz target for MOZU_FUZZ_SECONDS (default 60); keeps new inputs that reach new code
	@setup/install.sh build test dev
	@scripts/build.sh fuzz
	@MOZU_FUZZ_SECONDS=$(MOZU_FUZZ_SECONDS) python3 fuzz/run.py $(ONLY)

fmt: ## clang-format over all sources
	@setup/install.sh dev
	@git ls-files '*.cpp' '*.hpp' | xargs -r clang-format-19 -i

lint: ## clang-tidy over all sources, tidy test, shellcheck
	@setup/install.sh build test dev
	@scripts/lint.sh

asan: ## unit and golden tests under AddressSanitizer and UBSan
	@setup/install.sh build test
	@python3 tests/run.py asan

tsan: ## the concurrent rooms under ThreadSanitizer
	@setup/install.sh build test
	@python3 tests/run.py tsan

coverage: ## what the tests reach: build/coverage/html/index.html
	@setup/install.sh build test dev
	@scripts/coverage.sh

bless: ## rewrite the golden expectations from what the program does now (then read the diff)
	@scripts/build.sh release mozu
	@python3 tests/golden/run.py --mozu build/release/mozu --bless $(CASES)

clean: ## remove build/
	@rm -rf build
