# Two commands on a fresh machine: `make demo` and `make test`. `make chat` opens the terminal.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Off Linux x86-64 and arm64 or for CUDA, install the torch you want first: make TORCH="torch --index-url …" …
SCRIPT ?= examples/memory/ingrid.yaml

.PHONY: demo chat test quick check install
.DELETE_ON_ERROR:

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: install
	$(BIN)/selfparam-agent demo $(SCRIPT)

chat: install
	$(BIN)/selfparam-agent chat

# Everything, the real model included (about ten minutes on two cores).
test: install check
	$(BIN)/python -m pytest -q

# Without the real model: under a minute.
quick: install
	$(BIN)/python -m pytest -q -m 'not slow'

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
