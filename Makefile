# Everything that is done with Vernissage, from a fresh machine on: python3, make and a network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODEL := .cache/models/dinov2-small-168-int8-merged.onnx
DEMO := .cache/galleries/demo
BENCHMARKS := acceptance embed load local_features memory non_planar pace search
TYPESCRIPT := typescript@5.7.3
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast dev lint types bench docs pictures lock

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 16

setup: $(VENV)/.runtime $(MODEL) ## Install into .venv and export the model; no server

run: setup $(DEMO)/manifest.json ## Serve the demo gallery over HTTPS; prints the address and a QR code
	@$(BIN)/vernissage serve

test: setup dev ## Run every test, the browser's included
	$(BIN)/python -m pytest $(SIDE_BY_SIDE)

test-fast: dev ## Run the tests that need no browser, no data and no real model
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not (browser or data or real_model or slow)"

# A file's tests stay together, for they share what is costly; files begin in their order, long ones early.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

dev: $(VENV)/.dev

lint: dev types ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

types: ## Check the types of the pages' JavaScript; needs node
	@if command -v npx >/dev/null; then npx --yes --package $(TYPESCRIPT) tsc -p jsconfig.json; \
	else echo "SKIPPED: no npx (Debian: apt-get install nodejs npm); static/ is not type-checked"; fi

bench: setup $(DEMO)/looks.json dev ## Measure, beside the naive way
	@for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || exit 1; done

docs: setup ## Write the tables of settings and messages in docs/ anew from the code
	@$(BIN)/python -m cli.docs

pictures: setup $(DEMO)/looks.json dev ## Take the pictures of README.md and docs/ anew; needs Chromium
	@$(BIN)/python -m benchmarks.pictures

lock: dev ## Write the lock files anew from pyproject.toml
	$(PIP) install -q pip-tools
	$(BIN)/pip-compile $(LOCK) -o requirements.lock pyproject.toml
	$(BIN)/pip-compile $(LOCK) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml
LOCK := -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install --progress-bar on --require-hashes -r requirements.lock
	$(PIP) install -q --no-deps --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

$(MODEL): | $(VENV)/.runtime
	@$(BIN)/vernissage export

# A few works at first; the server enrols the others and then writes looks.json.
$(DEMO)/manifest.json: | $(MODEL)
	@$(BIN)/vernissage enrol demo --quick --out $(DEMO)

$(DEMO)/looks.json: | $(MODEL)
	@$(BIN)/vernissage enrol demo --out $(DEMO)
