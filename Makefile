# Two commands on a fresh machine: `make demo` and `make test`. `make chat` opens the terminal.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Which torch: the one pip finds. For the small CPU build: make install TORCH_INDEX=https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
SCRIPT ?= examples/memory/ingrid.yaml

.PHONY: demo chat test quick check install lock dist lowest sbom
.DELETE_ON_ERROR:

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,server]'
	@touch $@

demo: install
	$(BIN)/selfparam-agent demo $(SCRIPT)

chat: install
	$(BIN)/selfparam-agent chat

# Everything, the real model and the extras included, in two processes (some twenty minutes on two cores).
test: install check
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,server,browser,fleet]'
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

# Without the real model: some five minutes.
quick: install
	$(BIN)/python -m pytest -q -m 'not slow'

# constraints.txt anew: what the tests have just passed with, and the extras.
lock: test
	{ head -1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | grep -v '^nvidia-\|^triton' | sed 's/+cpu$$//'; } > .constraints
	mv .constraints constraints.txt

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# sdist and wheel, and the wheel's commands started in an environment of its own.
dist: install
	rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(PYTHON) -m venv dist/venv
	dist/venv/bin/python -m pip install --quiet -c constraints.txt $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) torch
	dist/venv/bin/python -m pip install --quiet -c constraints.txt dist/*.whl
	cd dist && SELFPARAM_HOME=home venv/bin/selfparam-agent --version && SELFPARAM_HOME=home venv/bin/selfparam-agent config init

# The quick tests with the lowest versions that pyproject.toml allows; of torch, whose low end is gigabytes: make lowest TORCH=torch
TORCH ?= torch==2.13.0
lowest:
	$(PYTHON) -m venv .lowest
	.lowest/bin/python -m pip install --quiet uv
	.lowest/bin/uv pip install --python .lowest/bin/python --resolution lowest-direct $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS)) $(TORCH) -e '.[dev,server]'
	.lowest/bin/python -m pytest -q -m 'not slow'

# What is installed, as a CycloneDX bill of materials.
sbom: install
	$(PYTHON) -m venv .sbom && .sbom/bin/python -m pip install --quiet cyclonedx-bom
	.sbom/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-file sbom.json
