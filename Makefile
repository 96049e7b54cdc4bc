# `make try` and `make test` do all the set-up themselves; they need Python 3.11 or newer, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help try test check format clean lock mutants

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## */\t/' | expand -t 10

try: .venv/run  ## evaluate an example partner
	$(BIN)/charter evaluate examples/competency-at-cap.yaml

test: .venv/test  ## run every test but the slow ones
	$(BIN)/python -m pytest --quiet -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/test  ## all that a contributor runs: format, lint, imports, types, the programme, every test
	$(BIN)/ruff format .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	MYPYPATH=.venv/typing $(BIN)/mypy -m charter -p charter.engine -p charter.commands -m charter.api -m charter.cli
	$(BIN)/charter check
	CHARTER_THOROUGH=1 $(BIN)/python -m pytest --quiet -n 2 --dist loadfile --no-loadscope-reorder -m ''

mutants: .venv/mutants  ## try 300 small changes of the engine: which do the tests not notice? It goes on where it stopped
	$(BIN)/python benchmarks/mutation/run.py measure
	$(BIN)/python benchmarks/mutation/run.py try --seed 18
	$(BIN)/python benchmarks/mutation/run.py report --seed 18

lock: .venv/test  ## write the exact versions again, from the ranges in pyproject.toml
	$(PIP) pip-tools
	for set in run prove test mutants; do $(BIN)/pip-compile --quiet --upgrade --strip-extras --generate-hashes --allow-unsafe \
	  --all-build-deps $$(test $$set = run || echo --extra $$set) --no-emit-index-url --no-emit-trusted-host \
	  --no-emit-find-links --no-header --no-annotate --output-file requirements/$$set.txt pyproject.toml || exit 1; done

clean:  ## remove the environment and what the tools left
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/run: requirements/run.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "charter needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

# The type checker does not follow an editable install: it finds `charter` through a link.
.venv/test: requirements/test.txt .venv/run
	$(PIP) --require-hashes -r requirements/test.txt
	mkdir -p .venv/typing && ln -sfn ../.. .venv/typing/charter
	touch $@

.venv/mutants: requirements/mutants.txt .venv/test
	$(PIP) --require-hashes -r requirements/mutants.txt
	touch $@
