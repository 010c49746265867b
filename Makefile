# Two commands do all the set-up on a fresh Debian machine: `make play` and `make test`.

PYTHON ?= python3
MODEL ?= drums
VENV := .venv
PIP := $(VENV)/bin/python -m pip
PYTEST := $(VENV)/bin/python -m pytest

.PHONY: play test test-long check format clean

play: $(VENV)/.for-playing  ## install what playing needs (no torch) and play the shipped drums, or MODEL=notes
	$(VENV)/bin/latentbridge play $(MODEL)

test: $(VENV)/.for-testing  ## install what the tests need and run them
	$(PYTEST) -n 2 -m "not long"

test-long: $(VENV)/.for-testing  ## every test, also those that take minutes each
	$(PYTEST)

check: $(VENV)/.for-testing  ## style, types, and which part may import which
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: $(VENV)/.for-testing  ## mend what the formatter can mend
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean:  ## remove the virtual environment and what the tools left behind
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamps make a second run start at once; a changed dependency installs again.
$(VENV)/.for-playing: pyproject.toml constraints.txt scripts/install_system_packages.sh
	PYTHON=$(PYTHON) scripts/install_system_packages.sh play
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --disable-pip-version-check -c constraints.txt -e '.[jack]'
	touch $@

$(VENV)/.for-testing: pyproject.toml constraints.txt scripts/install_system_packages.sh
	PYTHON=$(PYTHON) scripts/install_system_packages.sh test
	test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet --disable-pip-version-check -c constraints.txt -e '.[jack,link,train,dev]'
	touch $@
	touch $(VENV)/.for-playing
