# Every target sets up what it needs. `make help` lists them.
ENV ?= local
DATA ?=
UV_VERSION := 0.13.9
VENV := .venv
PYTHON := $(VENV)/bin/python
# The CDK CLI and jsii run on the Node that requirements.txt brings: nothing but Python is needed.
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/node_modules/.bin:$(PATH)

.PHONY: help
help:
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/.installed: requirements.txt package-lock.json
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements.txt
	npm ci --silent --no-audit --no-fund
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	$(VENV)/bin/uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements-dev.txt
	touch $@

.PHONY: lock
lock: ## compile the exact pins of requirements*.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements.in -o requirements.txt
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --upgrade requirements-dev.in -o requirements-dev.txt
