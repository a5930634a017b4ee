# One word for each thing a reader does; `make` alone lists them.
# The environment is .venv, made once with uv where it is installed and with pip where it is not.

PYTHON ?= python3
WORKERS ?= 2
NOTEBOOKS ?= $(wildcard notebooks/*.ipynb)

BIN := .venv/bin
INSTALLED := .venv/.installed
PACKAGE := -c constraints.txt -e ".[notebooks,test,bench,cluster,site]"
UV := $(shell uv --version 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help quickstart test lint unit-tests coverage notebook-tests lab notebooks site wheel clean

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F'|' '{ printf "make %-17s %s\n", $$1, $$2 }'

quickstart: $(INSTALLED) ## install everything and draw a first figure (no data set to download)
	$(BIN)/aae-course reproduce fig2 --scale smoke --out quickstart
	@echo
	@echo "The figure is in quickstart/. What to run next:"
	@echo "  $(BIN)/aae-course reproduce fig2 --scale course    the same on MNIST"
	@echo "  make lab                                          the notebooks in JupyterLab"

test: lint unit-tests notebook-tests ## lint, unit tests, and every notebook at smoke scale

lint: $(INSTALLED) ## check the style of the code and of the notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# One thread for each worker, so that they do not fight over the cores. The tests of a file share what
# they set up, so they stay with one worker. The slow ones come first: no worker waits for them.
unit-tests: $(INSTALLED) ## the tests of the package
	OMP_NUM_THREADS=1 MPLBACKEND=Agg $(BIN)/pytest tests -n $(WORKERS) \
	    --dist loadfile --no-loadscope-reorder

coverage: $(INSTALLED) ## the same, and which lines they reach; takes half as long again
	OMP_NUM_THREADS=1 MPLBACKEND=Agg $(BIN)/pytest tests -n $(WORKERS) \
	    --dist loadfile --no-loadscope-reorder --cov=aae_course

notebook-tests: $(INSTALLED) ## execute every cell of every notebook at smoke scale
	OMP_NUM_THREADS=1 AAE_SCALE=smoke $(BIN)/pytest notebooks -n $(WORKERS) --dist loadfile \
	    --nbval-lax --nbval-current-env --nbval-cell-timeout=300

lab: $(INSTALLED) ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks

# The state of the widgets and the times of the cells stay out of the files.
notebooks: $(INSTALLED) ## execute the notebooks at course scale and save their outputs
	AAE_SCALE=course $(BIN)/jupyter nbconvert --to notebook --execute --inplace \
	    --ExecutePreprocessor.record_timing=False \
	    --ClearMetadataPreprocessor.enabled=True \
	    --ClearMetadataPreprocessor.clear_cell_metadata=False \
	    --ClearMetadataPreprocessor.preserve_nb_metadata_mask="{'kernelspec', 'language_info'}" \
	    $(NOTEBOOKS)

# A warning is an error. build/ also has what makes the next build quicker; the site is build/site.
site: $(INSTALLED) ## build the site in build/site, from the notebooks as they were executed
	OMP_NUM_THREADS=1 $(BIN)/sphinx-build -q -W --keep-going -j auto -c docs -d build/doctrees . build/site

# What an earlier build left behind would come along.
wheel: $(INSTALLED) ## build dist/aae_course-*, with which the course installs where there is no checkout
	rm -rf build dist
	$(BIN)/python -c 'from setuptools import build_meta; build_meta.build_wheel("dist")'

clean: ## remove the environment, caches and quickstart/; data/ and figures/ stay
	rm -rf .venv quickstart build dist *.egg-info .coverage .coverage.* htmlcov .pytest_cache .ruff_cache
	find . -name __pycache__ -o -name .ipynb_checkpoints | xargs rm -rf

# The stamp is the last line, so an interrupted installation starts again. pip would compile every
# module, which takes more than a minute; Python compiles the few that are used on their first import.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	    { echo 'Python 3.11, 3.12 or 3.13 is needed: name one, as in "make PYTHON=python3.12 $(MAKECMDGOALS)"'; exit 1; } >&2
ifdef UV
	uv venv --quiet --allow-existing --python $(PYTHON) .venv
	uv pip install --python $(BIN)/python $(PACKAGE)
else
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --no-compile $(PACKAGE)
endif
	@touch $@
