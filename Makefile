# The commands of everyday work; thin over tools/setup.py, the CMake presets and pytest.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

PRESET ?= debug
TESTS ?= tests
SEEDS ?= 100000
PREFIX ?= /usr/local
PYTHON = $(realpath .tools/python)/bin/python # of one set-up, also if another one runs meanwhile
C_FILES = $(shell git ls-files --cached --others --exclude-standard -- '*.c' '*.cpp' '*.h' '*.hpp')

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16
	@echo
	@echo "PRESET=... builds another preset (cmake --list-presets), TESTS=... runs a part of the tests,"
	@echo "BENCH=... are options of bench/run.py: BENCH='--exact', BENCH='--profile stream-items', BENCH=--help"

setup: ## install the pinned tools into .tools/
	@python3 tools/setup.py

build: setup ## build the library and the examples (PRESET=debug)
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)
	@ln -sf build/$(PRESET)/compile_commands.json compile_commands.json

install: setup ## install the library for components, and what builds them (PREFIX=/usr/local, DESTDIR=)
install-native: setup ## install the native host into the same PREFIX, and the library for it (needs g++-multilib)
install install-native:
	cmake --preset $@
	cmake --build --preset $@
	DESTDIR="$(DESTDIR)" cmake --install build/$@ --prefix "$(PREFIX)"

test: setup ## build the tests' components and run all tests (TESTS=tests)
	for preset in debug release; do \
	    cmake --preset $$preset -DWEFT_TESTS=ON && cmake --build --preset $$preset || exit 1; \
	done
	@ln -sf build/debug/compile_commands.json compile_commands.json
	$(PYTHON) -m pytest -n 2 --dist loadgroup $(TESTS)

check: setup ## what is quick and finds most: the layout, the guest suite in debug, seeds (two minutes)
	cmake --preset debug -DWEFT_TESTS=ON && cmake --build --preset debug
	cmake --preset sim -DWEFT_TESTS=ON && cmake --build --preset sim --target weft-seeds --target weft-traps
	build/sim/weft-seeds --seeds 20000 --jobs $(shell nproc)
	build/sim/weft-traps --seeds 10000
	$(PYTHON) -m pytest -q -n $(shell nproc) tests/build/test_layout.py tests/build/test_docs.py tests/guest \
	    -k "not release and not raw-raw"

soak: setup ## run whole what CI runs short, for hours, and write docs/soak.md (SOAK="--only Seeds")
	$(PYTHON) tools/soak.py $(SOAK)

native: setup ## build the native host, and what the tests run in it (needs g++-multilib and clang-22)
	for preset in sim sim-hostile sim-clang sim-fast fuzz; do \
	    cmake --preset $$preset -DWEFT_TESTS=ON || exit 1; \
	done
	cmake --build --preset sim
	cmake --build --preset sim-hostile
	cmake --build --preset sim-clang $(if $(WEFT_SOAK),,--target weft-seeds)
	cmake --build --preset sim-fast --target weft-seeds --target weft-traps --target echo-test
	cmake --build --preset fuzz

sim: setup ## run small cases, seeds of the workloads, and misuse in the native host (SEEDS=100000)
	cmake --preset sim-fast -DWEFT_TESTS=ON
	cmake --build --preset sim-fast --target weft-seeds --target weft-traps
	build/sim-fast/weft-seeds --seeds $(SEEDS) --enumerate 5000 --coverage --jobs $(shell nproc)
	build/sim-fast/weft-traps --seeds $(SEEDS)

FUZZ = events schedules bindings echo chat serve
SECONDS ?= 60
TARGET ?= $(FUZZ)

fuzz: setup ## run the fuzz targets, each for a time (SECONDS=60, TARGET=events; needs g++-multilib and clang-22)
	cmake --preset fuzz
	cmake --build --preset fuzz
	@for target in $(TARGET); do \
	    mkdir -p build/fuzz/found/$$target; \
	    (set -x; build/fuzz/fuzz-$$target -max_total_time=$(SECONDS) -max_len=1024 -timeout=600 -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/found/$$target- build/fuzz/found/$$target tests/fuzz/corpus/$$target) || exit 1; \
	done

mutants: setup ## plant bugs into the runtime, and show how many seeds each survives (MUTANTS=... are options)
	$(PYTHON) tests/sim/mutants.py --jobs $(shell nproc) $(MUTANTS)

coverage: setup ## print which lines and branches of src/ the native tests run (needs clang-22, llvm-22)
	cmake --preset sim-coverage -DWEFT_TESTS=ON
	cmake --build --preset sim-coverage
	$(PYTHON) tools/coverage.py

trace: setup ## trace two requests to the echo example into docs/echo-trace.json
	cmake --preset trace
	cmake --build --preset trace
	$(PYTHON) tools/trace.py

demo: setup ## build the examples, and see them work on wasmtime
	cmake --preset release
	cmake --build --preset release
	$(PYTHON) tools/demo.py

bench: benchmarks rust-peers ## build the benchmarks, run them, and print their table (JSON=1 writes build/bench/bench.json)
	$(PYTHON) bench/run.py $(if $(JSON),--json build/bench/bench.json) $(BENCH)

benchmarks: setup
	cmake --preset bench
	cmake --build --preset bench
	cmake --preset bench-minsize
	cmake --build --preset bench-minsize

rust-peers: benchmarks
	cmake --build --preset bench --target rust-peers

figures: benchmarks rust-peers ## run the benchmarks, and renew all that is committed of them
	$(PYTHON) bench/run.py --update --json docs/bench.json $(BENCH)
	$(PYTHON) bench/document.py docs/costs.md
	$(PYTHON) bench/document.py docs/rationale.md
	$(MAKE) plot

PLOT = build/plot

plot: $(PLOT)/stamp ## draw docs/bench.svg from docs/bench.json
	$(PLOT)/bin/python bench/plot.py docs/bench.json docs/bench.svg

DOCS = build/docs-venv
SPHINX = $(DOCS)/bin/sphinx-build -q -W --keep-going -c docs -d build/docs/doctrees build/docs/source

docs: setup $(DOCS)/stamp ## make the site and the manual pages of the documents and the headers
	$(PYTHON) tools/pages.py build/docs/source
	$(SPHINX) -b html build/docs/html
	$(SPHINX) -b man build/docs/man
	@echo "open build/docs/html/index.html, or: man -l build/docs/man/man3/weft_scope.h.3"

install-docs: docs ## install the site and the manual pages (PREFIX=/usr/local, DESTDIR=)
	install -d "$(DESTDIR)$(PREFIX)/share/doc/weft" "$(DESTDIR)$(PREFIX)/share/man/man3"
	cp -r build/docs/html "$(DESTDIR)$(PREFIX)/share/doc/weft"
	cp build/docs/man/man3/*.3 "$(DESTDIR)$(PREFIX)/share/man/man3"

$(PLOT)/stamp: bench/plot-requirements.txt
$(DOCS)/stamp: docs/requirements.txt
$(PLOT)/stamp $(DOCS)/stamp:
	python3 -m venv --clear $(@D)
	$(@D)/bin/pip install --disable-pip-version-check -q -r $<
	@touch $@

format: setup ## lay out all C
	.tools/bin/clang-format -i $(C_FILES)

lint: setup ## check the layout of all C and C++
	.tools/bin/clang-format --dry-run -Werror $(C_FILES)

clean: ## remove what was built
	rm -rf build compile_commands.json

distclean: clean ## remove the tools too
	rm -rf .tools

.PHONY: help setup build install install-native docs install-docs test native sim mutants fuzz coverage check soak trace demo bench benchmarks rust-peers figures plot format lint clean distclean
