# `make demo` and `make test` set up .venv by themselves; they need Python 3.11 or newer, and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
JOBS ?= 2
EVIDENCE ?=
ARGS ?=

BIN := .venv/bin
READY := .venv/.ready
SOURCES := custody keys schemas

.PHONY: help venv demo test check format bench lock schemas vectors clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' Makefile

venv: $(READY) ## set up .venv from requirements.lock

# The commands start fast only where bytecode is at hand, so it is written even where the environment says not to.
$(READY): requirements.lock pyproject.toml
	@found=; for python in "$(PYTHON)" python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "custody needs Python 3.11 or newer, found: $$("$(PYTHON)" --version 2>&1 || true)" >&2; \
	  echo "hint: make PYTHON=/path/to/python3.11" >&2; exit 1; \
	fi; \
	if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	  "$$found" -m venv --clear .venv; \
	fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q .venv/lib/python*/site-packages >/dev/null || true
	@touch $@

demo: $(READY) ## two countries, two ledgers, one bundle, in demo-out (EVIDENCE=path: your own input)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(SOURCES)
	@rm -rf demo-out
	@$(BIN)/custody demo demo-out $(if $(EVIDENCE),--evidence "$(EVIDENCE)")

test: $(READY) ## run the tests (ARGS="-k word" for some of them)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(SOURCES)
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: $(READY) ## lint, format, types, layers and the rules of the house
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/architecture

format: $(READY) ## put every file into the house's format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(READY) ## measure against peers and against the machine, in one run
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(SOURCES)
	@$(BIN)/python -m bench $(ARGS)

schemas: $(READY) ## write the JSON Schemas, and the tables and examples of docs/spec, from the code
	@$(BIN)/python -m schemas.generate
	@$(BIN)/python -m custody.storage.declared
	@$(BIN)/python -m tests.spec.tables
	@$(BIN)/python -m custody.cli.reference

vectors: $(READY) ## write schemas/vectors from their generator
	@$(BIN)/python -m tests.vectors.generate

lock: ## resolve the dependencies anew into requirements.lock
	@"$(PYTHON)" -m venv .lock-venv
	@.lock-venv/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip-tools
	@CUSTOM_COMPILE_COMMAND="make lock" .lock-venv/bin/pip-compile --quiet --upgrade --generate-hashes --extra dev --extra images \
	  --strip-extras --allow-unsafe --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	  --output-file requirements.lock pyproject.toml

clean: ## remove what the targets made
	@rm -rf .venv .lock-venv demo-out build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find $(SOURCES) tests -name __pycache__ -type d -prune -exec rm -rf {} +
