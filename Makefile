# `make run` and `make test` are all that a newcomer needs: python3, python3-venv, make and git.
PYTHON ?= python3
BIN := .venv/bin
UV := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

.PHONY: help run test test-unit test-system test-shippers packages check format lock clean chaos \
	bench bench-broker bench-control bench-outages bench-redaction bench-ingest bench-failures bench-store bench-pipeline

run: .venv/.runtime .venv-engine/.installed  ## install, start everything on the embedded engine, Ctrl-C stops it
	@exec $(BIN)/python -m local.run

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# After a test process that dies pytest-xdist starts another, and may then wait for ever: let the run end there.
PYTEST := $(BIN)/python -m pytest --numprocesses 3 --dist loadgroup --no-loadscope-reorder --max-worker-restart 0

test: .venv/.dev .venv-engine/.installed .venv-clients/.node packages  ## run every test, and install what they need
	$(PYTEST)

test-unit: .venv/.dev .venv-engine/.installed  ## run the tests that start none of Sluice's processes
	$(PYTEST) tests/unit

test-system: .venv/.dev .venv-engine/.installed packages  ## run the tests of running processes
	$(PYTEST) tests/system tests/chaos

test-shippers: .venv/.dev .venv-engine/.installed .venv-clients/.node packages  ## run the tests with real shippers and clients
	$(PYTEST) tests/shippers

packages:
	@scripts/install_test_packages.sh

check: .venv/.dev  ## check format, lint, types, import rule and language
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/unit/test_import_rule.py tests/unit/test_language.py

format: .venv/.dev  ## format, and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock:  ## make requirements*.txt from requirements*.in (needs uv)
	$(UV) requirements.in -o requirements.txt
	$(UV) requirements-engine.in -o requirements-engine.txt
	$(UV) requirements-dev.in -o requirements-dev.txt
	$(UV) requirements-bench.in -o requirements-bench.txt
	$(UV) requirements-clients.in -o requirements-clients.txt

chaos: .venv/.dev .venv-engine/.installed  ## account for every log under kills, outages and poison
	$(BIN)/python -m tests.chaos $(ARGS)

bench-broker: .venv/.dev .bench/node/.installed  ## measure the broker beside stock kombu (needs npm)
	$(BIN)/python -m benchmarks.broker $(ARGS)

bench-control: .venv/.dev .venv-engine/.installed  ## measure how long remote control takes
	$(BIN)/python -m benchmarks.control $(ARGS)

bench-outages: .venv/.dev .venv-engine/.installed  ## measure how soon all work is done after outages (15 min)
	$(BIN)/python -m benchmarks.outages $(ARGS)

bench-ingest: .venv/.dev .venv-engine/.installed  ## measure what /ingest accepts, with and without group commit
	$(BIN)/python -m benchmarks.ingest $(ARGS)

bench-failures: .venv/.dev .bench/node/.installed  ## measure a failure queue of 100,000 beside a plain loop (needs npm)
	$(BIN)/python -m benchmarks.failures $(ARGS)

bench-store: .venv/.dev .venv-engine/.installed  ## measure the store worker beside PynamoDB's save() and batch_write
	$(BIN)/python -m benchmarks.store $(ARGS)

bench-pipeline: .venv/.dev .venv-engine/.installed .bench/node/.installed  ## measure the whole path beside one task per log (needs npm)
	$(BIN)/python -m benchmarks.pipeline $(ARGS)

bench: bench-redaction  ## the same as bench-redaction

bench-redaction: .venv/.dev .venv-bench/.installed  ## measure redaction beside Presidio, hushlog and scrubadub
	$(BIN)/python -m benchmarks.redaction $(ARGS)

clean:  ## remove the environments and caches; the logs in .data stay
	rm -rf .venv .venv-engine .venv-bench .venv-clients .mypy_cache .pytest_cache .ruff_cache .hypothesis

PIP := -m pip install --disable-pip-version-check --quiet

.venv/bin/python:
	@echo "creating .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sluice needs Python 3.11 or later, this is " + sys.version)'
	@$(PYTHON) -m venv .venv || { echo "the venv module is missing: apt-get install python3-venv" >&2; rm -rf .venv; exit 1; }

.venv/.runtime: requirements.txt | .venv/bin/python
	@echo "installing Sluice's packages into .venv (a minute or two)"
	@$(BIN)/python $(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt requirements.txt | .venv/bin/python
	@echo "installing the packages for development into .venv (a few minutes)"
	@$(BIN)/python $(PIP) -r requirements-dev.txt
	@touch $@ .venv/.runtime

.venv-engine/.installed: requirements-engine.txt
	@echo "installing the embedded AWS engine into .venv-engine (half a minute)"
	@$(PYTHON) -m venv .venv-engine
	@.venv-engine/bin/python $(PIP) -r requirements-engine.txt
	@touch $@

.venv-bench/.installed: requirements-bench.txt
	@echo "installing the benchmarks' packages into .venv-bench"
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python $(PIP) -r requirements-bench.txt
	@touch $@

.venv-clients/.installed: requirements-clients.txt
	@echo "installing the shippers' clients into .venv-clients"
	@$(PYTHON) -m venv .venv-clients
	@.venv-clients/bin/python $(PIP) -r requirements-clients.txt
	@touch $@

# On the PATH, because what npm starts looks for node there.
.venv-clients/.node: .venv-clients/.installed tests/shippers/node/package-lock.json
	@echo "installing the Node.js clients"
	@cd tests/shippers/node && PATH="$(CURDIR)/.venv-clients/bin:$$PATH" npm ci --no-fund --no-audit --silent
	@touch $@

.bench/node/.installed:
	mkdir -p $(@D)
	cd $(@D) && npm install --no-fund --no-audit --silent fauxqs@2.4.1 node@22
	@touch $@
