# Two commands matter: `make run` and `make test`. Both set up their own environment first.
# Nothing is needed but a Python of 3.11 or newer and a package index.
VENV ?= .venv
PYTHON := $(VENV)/bin/python

.PHONY: help run test check bench slow live fuzz docs clean

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.core ## the default edition of scorecards; ARGS="--area DEU" and the like are passed on
	@$(VENV)/bin/monitor run $(ARGS)

test: $(VENV)/.dev ## the whole suite: style, types, floors, tests
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

bench: $(VENV)/.dev ## measure speed and memory; writes docs/performance.md
	@$(PYTHON) tools/bench.py $(ARGS)

slow: $(VENV)/.dev ## heavy proofs: all 193 member states
	@$(PYTHON) -m pytest -m slow $(ARGS)

live: $(VENV)/.dev ## tests against the real internet
	@$(PYTHON) -m pytest -m network tests/live $(ARGS)

fuzz: $(VENV)/.dev ## search for bytes that crash a reader; installs atheris; ARGS="jsonstat 600": reader, seconds
	@$(PYTHON) -m pip install --quiet atheris
	@$(PYTHON) tools/fuzz.py $(ARGS)

docs: $(VENV)/.dev ## print the generated pages anew
	@$(PYTHON) tools/print_docs.py

clean: ## remove the environment and what was built
	rm -rf $(VENV) .monitor editions

$(VENV)/.core: pyproject.toml constraints.txt tools/setup.sh
	@sh tools/setup.sh $(VENV) core

$(VENV)/.dev: pyproject.toml constraints.txt tools/setup.sh
	@sh tools/setup.sh $(VENV) dev
