# Everything that is done with Vernissage, from a fresh machine on: python3, make and a network.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
MODEL := .cache/models/dinov2-small-int8.onnx
DEMO := .cache/galleries/demo
TYPESCRIPT := typescript@5.7.3
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input

.DEFAULT_GOAL := help
.PHONY: help setup run test lint types bench docs lock

help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 14

setup: $(VENV)/.runtime $(MODEL) ## Install into .venv and export the model; no server

run: setup $(DEMO)/manifest.json ## Serve the demo gallery over HTTPS; prints the address and a QR code
	@$(BIN)/vernissage serve

test: setup $(VENV)/.dev ## Run every test, the browser's included
	$(BIN)/python -m pytest

lint: $(VENV)/.dev types ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

types: ## Check the types of the pages' JavaScript; needs node
	@if command -v npx >/dev/null; then npx --yes --package $(TYPESCRIPT) tsc -p jsconfig.json; \
	else echo "SKIPPED: no npx (Debian: apt-get install nodejs npm); static/ is not type-checked"; fi

bench: setup $(DEMO)/looks.json $(VENV)/.dev ## Measure, beside the naive way
	@for file in benchmarks/*.py; do $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; done

docs: setup ## Write the tables of settings and messages in docs/ anew from the code
	@$(BIN)/python -m cli.docs

lock: $(VENV)/.dev ## Write the lock files anew from pyproject.toml
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
