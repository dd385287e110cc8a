# What one can do here; `make` lists it. Everything that is installed goes into .venv and one cache folder
# ($MICROBUS_CACHE, by default ~/.cache/microbus-operator); `make clean` removes both.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv/bin
FAST_TESTS := $(wildcard tests/unit tests/golden tests/architecture tests/fuzz)
SOURCES := operator gencreds tests e2e bench
# Go's checksum database, docker and helm want a home; a bare environment (cron, some CI) has none, nor Go's usual place.
export HOME ?= $(shell getent passwd "$$(id -u)" | cut -d: -f6)
export PATH := $(PATH):/usr/local/go/bin:/usr/sbin:/sbin
export MICROBUS_CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/microbus-operator
export MICROBUS_STARTED := $(shell date +%s)

.PHONY: help venv check folder lint test differential fuzz kills matrix soak tools cluster images local demo bench mutation crds lock down clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

venv: .venv/.stamp ## make .venv with the locked dependencies and the project itself

.venv/.stamp: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, $(PYTHON) is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@. e2e/cluster/settings.sh && . e2e/cluster/progress.sh && \
	  step "making .venv" $(PYTHON) -m venv .venv && \
	  step "installing the locked dependencies" $(VENV)/pip install -q --no-compile --require-hashes -r requirements-dev.lock && \
	  step "installing the project" $(VENV)/pip install -q --no-deps -e .
	@touch $@

lint: venv
	$(VENV)/ruff check $(SOURCES)
	$(VENV)/ruff format --check $(SOURCES)
	$(VENV)/mypy
	$(VENV)/lint-imports

check: lint ## linters, types, import contracts, and the tests that need no cluster
	@e2e/cluster/tools helm
	$(VENV)/pytest -q $(FAST_TESTS)

folder: venv ## the stories that need no pods on a state folder instead of an API server: under a minute
	@e2e/cluster/tools registry
	$(VENV)/pytest -q -m folder tests/contract tests/wiring

differential: venv ## hold our reading of Go against go/parser: 100,000 mutants for each of three seeds; needs go
	@$(VENV)/python -m tests.contract.go_differential
	@$(VENV)/python -m tests.golden.widening

fuzz: venv ## scan composed and broken source for FUZZ_SECONDS (600), from FUZZ_SEED; what shows something new is kept
	@nice -n 5 $(VENV)/python -m tests.fuzz.run $(or $(FUZZ_SECONDS),600) $(FUZZ_SEED)

matrix: venv ## kill the operator before and after each call that it makes in each procedure, some 500 times; MATRIX=--api-server on one
	@e2e/cluster/tools $(if $(MATRIX),,registry)
	@$(VENV)/python -m tests.wiring.matrix $(MATRIX)

kills: venv ## kill -9 any process of the local mode at any moment, KILLS times (100), from KILLS_SEED (1)
	@$(VENV)/python -m tests.local.kills $(or $(KILLS),100) $(or $(KILLS_SEED),1)

tools: ## build kind, helm, kubectl, kube-apiserver, etcd and the registry into the cache folder
	@e2e/cluster/tools

cluster: venv ## bring up the kind cluster with registry and images; a healthy one is used as it is
	@e2e/cluster/up

images: venv ## build the images again and push them to the registry
	@e2e/cluster/images

test: lint cluster ## everything: linters, then all tests, those on the cluster too
	$(VENV)/pytest tests e2e

local: venv ## the shop on this machine, without a cluster: calls pass, calls are refused, an app is deleted
	@$(VENV)/python -m e2e.show_local

demo: cluster ## the shop on the cluster: installed, secured, and a forbidden call refused
	@$(VENV)/python -m e2e.show

# Only the part `ready` needs the cluster.
bench: $(if $(filter-out ready,$(ONLY)),$(if $(filter ready,$(ONLY)),cluster,venv),cluster) ## measure; prints the figures that the documentation states; ONLY="derivation local folder" needs none
	$(VENV)/python bench/run.py $(ONLY)

mutation: venv ## change each call, host, port, path and method of the corpus and the example; print what the report misses
	$(VENV)/python -m tests.mutation

crds: venv ## write the CustomResourceDefinitions from the models: crds/, and into the chart
	@charts/crds
	rm -f crds/*.yaml && cp charts/microbus-operator/files/crds/*.yaml crds/

lock: ## write both lock files anew from pyproject.toml
	$(VENV)/uv pip compile -q --no-header --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements.lock
	$(VENV)/uv pip compile -q --no-header --generate-hashes --universal --python-version 3.11 --extra local --group dev pyproject.toml -o requirements-dev.lock

soak: cluster ## rotations and revocations of a large fleet under load, with kills: an hour; SOAK="--rounds 2" and so on
	@$(VENV)/python -m e2e.soak $(SOAK)

down: ## remove the kind node and the registry; what was built stays
	@e2e/cluster/down

clean: ## remove all that the project installed: .venv, cluster, images, tools, caches, the engine it started
	@e2e/cluster/down --all
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
