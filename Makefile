# Everything that a developer types. `make demo` and `make test` need Python 3.10 or newer, Go and make,
# and bring the rest themselves.

FITTING := import ensurepip, os, sys; (3, 10) <= sys.version_info < (3, 15) or sys.exit(1)
ifndef PYTHON
# The file behind a name or a pyenv shim: the same Python in every folder, and not that of an environment that is remade.
PYTHON := $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python3.10; do \
	$$p -c '$(FITTING); print(os.path.realpath(sys.executable))' 2>/dev/null && break; done)
endif
BIN := .venv/bin
# The tests run on the built wheel, from an empty folder: PYTHONPATH puts it before the checkout.
PYTEST := cd build/empty && PYTHONPATH=$(CURDIR)/build/wheel $(CURDIR)/$(BIN)/pytest -c $(CURDIR)/pyproject.toml \
	--rootdir=$(CURDIR) -p no:cacheprovider
# Each worker has a half of the tests; whichever is done first takes over a part of what the other has left.
WORKERS := --numprocesses 2 --dist worksteal

ENVIRONMENT = $(PYTHON) tools/environment.py $(@D) $<
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --only-binary :all: --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

# Runs a part of the tests; $(times) then prints how long each part took, so that `make test` stays within its limit.
part = @began=$$(date +%s); ($(2)) && printf '%5d s  %s\n' $$(($$(date +%s) - began)) '$(1)' >>build/times
times = @awk '{ print; all += $$1 } END { printf "%5d s  in all\n", all }' build/times

LOWEST := build/lowest
# What does not run programs in the tests' own process: older SDKs lack what their mocks and Automation API need for it.
LOWEST_FAST := errors model resources settings simulator testing thingspace
LOWEST_ENGINE := test_examples test_exports test_gate_examples test_gate_versions test_quickstart snapshot/test_drift_gate

.PHONY: help demo test test-all test-lowest mutation lint records types bench engine engine-hosts engine-kubernetes lock dist clean python

help: ## Say what there is to type.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

demo: .demo/venv/ready engine ## Show the gate stopping and then passing a real `pulumi up`, on a simulated fleet.
	@.demo/venv/bin/python tools/demo.py

test: engine build/wheel/ready ## Run the tests: about 9 minutes.
	@rm -f build/times
	$(call part,without the engine,$(PYTEST) -m "not slow and not engine" $(WORKERS) $(CURDIR)/tests)
	$(call part,on the engine,$(PYTEST) -m "not slow and engine" $(WORKERS) $(CURDIR)/tests)
	$(times)

test-all: engine engine-hosts engine-kubernetes test ## Run the tests, then the slow rest.
	$(call part,slow,$(PYTEST) -m slow $(CURDIR)/tests)
	$(times)

test-lowest: engine build/wheel/ready $(LOWEST)/ready ## Run what tests can with the oldest releases that pyproject.toml allows.
	$(subst $(BIN),$(LOWEST)/bin,$(PYTEST)) -m "not slow" $(LOWEST_FAST:%=$(CURDIR)/tests/%)
	$(subst $(BIN),$(LOWEST)/bin,$(PYTEST)) -m "not slow" $(WORKERS) $(LOWEST_ENGINE:%=$(CURDIR)/tests/engine/%.py)

mutation: .venv/ready ## Break the gate's code in thousands of small ways, and count what no test notices: an hour or more.
	@rm -rf build/mutation && mkdir -p build/mutation && cp -r pyproject.toml README.md pulumi_fota tests build/mutation
	@cd build/mutation && PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(CURDIR)/$(BIN)/python -m mutmut run
	@cd build/mutation && $(CURDIR)/$(BIN)/python -m mutmut results

lint: .venv/ready ## Check style and form, and the lists of tests and messages.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@$(BIN)/python tools/docstrings.py pulumi_fota benchmarks docs examples tests tools
	$(BIN)/zizmor --offline --quiet --pedantic .github docs/ci/github-*.yml
	@PYTHONPATH=tests $(BIN)/python -m support.promises --check
	@PYTHONPATH=tests $(BIN)/python -m support.messages --check

records: .venv/ready ## Bring the lists of tests and messages up to date, and show which messages differ from those on main.
	@PYTHONPATH=tests $(BIN)/python -m support.messages --compare main
	@PYTHONPATH=tests $(BIN)/python -m support.promises

types: .venv/ready ## Check types.
	$(BIN)/mypy

bench: .venv/ready engine ## Measure, as ratios in one run.
	$(BIN)/python -m benchmarks

engine: python ## Get the Pulumi engine into .engine/bin: the one on PATH, or built from its Go modules.
	@$(PYTHON) tools/engine/install.py

engine-hosts: python ## Add what runs Node and Go programs: about a minute the first time.
	@$(PYTHON) tools/engine/install.py --hosts

engine-kubernetes: python ## Build the Kubernetes provider beside it: about 6 minutes the first time.
	@$(PYTHON) tools/engine/install.py --kubernetes

lock: ## Lock anew what the other targets install, keeping releases that still fit.
	@test -x $(BIN)/uv || $(MAKE) .venv/ready
	@mkdir -p build
	$(COMPILE) pyproject.toml --all-extras --group dev --output-file tools/locks/dev.txt
	$(COMPILE) pyproject.toml --extra simulator --group install --constraints tools/locks/dev.txt --output-file tools/locks/demo.txt
	@rm -f build/lowest.txt # What stands in it would be kept.
	$(filter-out --generate-hashes,$(COMPILE)) pyproject.toml --all-extras --resolution lowest-direct --output-file build/lowest.txt
	$(COMPILE) pyproject.toml --all-extras --group test --constraints build/lowest.txt --output-file tools/locks/lowest.txt
	echo pip | $(COMPILE) - --output-file tools/locks/pip.txt
	@for lock in tools/locks/*.txt; do for python in 3.10 3.11 3.12 3.13 3.14; do \
		$(BIN)/uv pip install --quiet --dry-run --no-deps --require-hashes --only-binary :all: --target build/lock --python-version $$python \
			--python-platform x86_64-manylinux_2_28 --requirements $$lock || { echo "$$lock cannot be installed on Python $$python" >&2; exit 1; }; done; done

dist: .venv/ready ## Build wheel and sdist into dist; with RELEASE=v0.1.0, the tag, refuse what is not ready for it.
	@$(BIN)/python tools/dist.py $(if $(RELEASE),--release "$$RELEASE")

clean: ## Remove what the other targets made.
	rm -rf .venv .engine .demo build dist

python:
	@$(or $(PYTHON),false) -c '$(FITTING)' 2>/dev/null || { echo "$(if $(PYTHON),$(PYTHON) is not a,there is no) Python from 3.10 to 3.14" \
		"that can make virtual environments$(if $(PYTHON),, on PATH): install one (Debian and Ubuntu: with python3-venv), or name it: make PYTHON=…" >&2; exit 1; }

INSTALLER := tools/locks/pip.txt tools/environment.py pyproject.toml
.venv/ready: tools/locks/dev.txt $(INSTALLER) | python
	@$(ENVIRONMENT)

.demo/venv/ready: tools/locks/demo.txt $(INSTALLER) | python
	@$(ENVIRONMENT)

$(LOWEST)/ready: tools/locks/lowest.txt $(INSTALLER) | python
	@$(ENVIRONMENT)

build/wheel/ready: .venv/ready $(shell find pulumi_fota -type f -not -name '*.pyc') README.md
	@rm -rf build/wheel build/empty && mkdir -p build/empty
	@$(BIN)/python tools/dist.py --into build/dist >/dev/null
	@$(BIN)/python -I -m pip --isolated install --quiet --disable-pip-version-check --no-deps --no-index --target build/wheel build/dist/*.whl
	@touch $@
