# Every door of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
# Each of them starts a stack of its own; a file's tests stay together.
TEST_WORKERS ?= 2
SBOM ?= sbom.json

.PHONY: help install up down demo browser tools gotools test lint audit check proto soak bench lock sbom format docs clean

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  \033[36m%-8s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: .venv/.installed ## Create the virtual environment and install everything, pinned with hashes

.venv/.installed: requirements/bootstrap.lock requirements/dev.lock requirements/argon2.lock requirements/argon2.sh pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@sh requirements/argon2.sh $(UV) $(BIN)/python || echo "Argon2id: the build for AVX2 failed; the portable one is used"
	@touch $@

up: install proto ## Start the whole product and stay in the foreground (Ctrl-C stops it)
	@$(BIN)/vaultaris up

down: install ## Stop what `make up` or `vaultaris up --detach` started
	@$(BIN)/vaultaris down

demo: install ## Tell the product's story with real calls (the stack must be up)
	@$(BIN)/python examples/demo.py

browser: ## Install Chromium for the browser tests (Debian, as root)
	@sh tests/e2e/browser/install.sh

tools: ## Unpack promtool and PgBouncer for the tests that use them (Debian; nothing is installed)
	@sh tests/tools.sh

gotools: ## Build kube-apiserver, etcd and oauth2-proxy for the tests that use them (Go; ten minutes)
	@sh tests/gotools.sh

test: install proto ## Run every test, against stacks of their own on free ports
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile

lint: install ## ruff, mypy --strict, import rules, generated code up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/mypy $(foreach folder,$(wildcard */tests */*/tests),-p $(subst /,.,$(folder)))
	@sh proto/generate.sh --check

audit: install ## Ask for known vulnerabilities of what is locked; says so when nobody could be asked
	@$(BIN)/python requirements/audit.py

check: lint audit test ## What CI runs: lint, audit and test

proto: install ## Generate libs/proto from proto/
	@sh proto/generate.sh

soak: install ## Ask the decision engine and its slow reference a million random questions (some minutes)
	@HYPOTHESIS_PROFILE=engine-soak $(BIN)/python -m pytest services/policy/tests/engine/test_against_reference.py -k same_answer --timeout 0

bench: install ## Run the benchmarks; each prints its figures
	@$(BIN)/python -m bench

lock: install ## Renew the lock files from requirements/*.in
	@for name in bootstrap runtime dev argon2; do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-emit-index-url --no-annotate requirements/$$name.in -o requirements/$$name.lock; done

sbom: install ## Write sbom.json: what the product is made of (CycloneDX)
	@$(BIN)/cyclonedx-py requirements requirements/runtime.lock --pyproject pyproject.toml --output-reproducible -o $(SBOM)

format: install ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix-only --quiet .

docs: install ## Write the pages that are generated from the code
	@$(BIN)/python docs/generate.py

clean: ## Remove the environment and local data
	@rm -rf .venv .tools .vaultaris .vaultaris-demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
