# Everything that a developer types. `make demo` and `make test` need Python 3.10 or newer, Go and make,
# and bring the rest themselves.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python3.10; do \
	$$p -c 'import sys; sys.exit(not (3, 10) <= sys.version_info < (3, 15))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# The tests run on the built wheel, from an empty folder: PYTHONPATH puts it before the checkout.
PYTEST := cd build/empty && PYTHONPATH=$(CURDIR)/build/wheel $(CURDIR)/$(BIN)/pytest -c $(CURDIR)/pyproject.toml \
	--rootdir=$(CURDIR) -p no:cacheprovider

LOWEST := build/lowest
# What does not run programs in the tests' own process: older SDKs lack what their mocks and Automation API need for it.
LOWEST_FAST := errors model resources settings simulator testing thingspace
LOWEST_ENGINE := test_examples test_exports test_gate_examples test_gate_versions test_quickstart snapshot/test_drift_gate

.PHONY: help demo test test-all test-lowest mutation lint types bench engine engine-hosts engine-kubernetes lock clean

help: ## Say what there is to type.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

demo: .venv/ready engine ## Show the gate stopping and then passing a real `pulumi up`, on a simulated fleet.
	@$(BIN)/python tools/demo.py

test: engine build/wheel/ready ## Run the tests: up to 15 minutes.
	$(PYTEST) -m "not slow and not engine" $(CURDIR)/tests
	$(PYTEST) -m "not slow and engine" --numprocesses 2 --dist loadfile $(CURDIR)/tests

test-all: engine engine-hosts engine-kubernetes test ## Run the tests, then the slow rest.
	$(PYTEST) -m slow $(CURDIR)/tests

test-lowest: engine build/wheel/ready $(LOWEST)/ready ## Run what tests can with the oldest releases that pyproject.toml allows.
	$(subst $(BIN),$(LOWEST)/bin,$(PYTEST)) -m "not slow" $(LOWEST_FAST:%=$(CURDIR)/tests/%)
	$(subst $(BIN),$(LOWEST)/bin,$(PYTEST)) -m "not slow" --numprocesses 2 --dist loadfile $(LOWEST_ENGINE:%=$(CURDIR)/tests/engine/%.py)

mutation: .venv/ready ## Break the gate's code in thousands of small ways, and count what no test notices: an hour or more.
	@rm -rf build/mutation && mkdir -p build/mutation && cp -r pyproject.toml README.md pulumi_fota tests build/mutation
	@cd build/mutation && PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(CURDIR)/$(BIN)/python -m mutmut run
	@cd build/mutation && $(CURDIR)/$(BIN)/python -m mutmut results

lint: .venv/ready ## Check style and form.
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/ready ## Check types.
	$(BIN)/mypy

bench: .venv/ready engine ## Measure, as ratios in one run.
	$(BIN)/python -m benchmarks

engine: .venv/ready ## Get the Pulumi engine into .engine/bin: the one on PATH, or built from its Go modules.
	@$(BIN)/python tools/engine/install.py

engine-hosts: .venv/ready ## Add what runs Node and Go programs: about a minute the first time.
	@$(BIN)/python tools/engine/install.py --hosts

engine-kubernetes: .venv/ready ## Build the Kubernetes provider beside it: about 6 minutes the first time.
	@$(BIN)/python tools/engine/install.py --kubernetes

lock: .venv/ready ## Lock anew what CI installs.
	$(BIN)/uv pip compile pyproject.toml --quiet --group dev --all-extras --universal --python-version 3.10 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements-dev.txt
	@rm -f requirements-lowest.txt # What stands in it would be kept.
	$(BIN)/uv pip compile pyproject.toml --quiet --all-extras --universal --python-version 3.10 --resolution lowest-direct \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-header --output-file requirements-lowest.txt

clean: ## Remove what the other targets made.
	rm -rf .venv .engine .demo build dist

.venv/ready: requirements-dev.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python from 3.10 to 3.14 on PATH: install one, or name it: make PYTHON=…" >&2; exit 1; }
	@test -x $(BIN)/pip || echo "making .venv of $(PYTHON) and what requirements-dev.txt locks: about a minute the first time"
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || \
		{ echo "$(PYTHON) cannot make a virtual environment: install its venv module, or name another: make PYTHON=…" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(LOWEST)/ready: .venv/ready requirements-lowest.txt
	@$(BIN)/python -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@$(BIN)/uv pip install --quiet --python $(LOWEST) --require-hashes -r requirements-lowest.txt
	@touch $@

build/wheel/ready: .venv/ready $(shell find pulumi_fota -type f -not -name '*.pyc') README.md
	@rm -rf build/wheel build/empty dist && mkdir -p build/empty
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist . >/dev/null
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index --target build/wheel dist/*.whl
	@touch $@
