# run, test, setup, bench, lint: what the README, CI and people call.
SHELL := /bin/bash
ENTER := . ./env.sh

.PHONY: help run test setup bench bench-gpu bench-peers fuzz fuzz-corpus sanitize lint format clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 13

run: setup  ## Simulated camera to tensor in real ROS 2 processes, about 10 s: live table, then out/camera_to_gpu.png
	@$(ENTER) && aestream demo

test: setup  ## Every test that this machine can run
	@tools/test.sh

setup:  ## Install what is missing and build the workspace
	@tools/setup.sh

bench: setup  ## Benchmarks, each beside its baseline in the same run
	@$(ENTER) && python -m bench

bench-gpu: setup  ## Tests and benchmarks of surfaces, networks and state-space models on a GPU; fails where there is none
	@FAIL_WITHOUT_CUDA=1 tools/test.sh -m gpu
	@$(ENTER) && python -m bench surfaces --device cuda --results out/bench_surfaces_gpu.json
	@$(ENTER) && python -m bench copies --device cuda --rate 20e6
	@$(ENTER) && python -m bench snn --device cuda --compile
	@$(ENTER) && python -m bench ssm --device cuda && python -m bench ssm_online --device cuda
	@$(ENTER) && python -m bench ssm_training --device cuda

bench-peers:  ## Other libraries that read event files, into .venv-peers, for `make bench` to compare with
	@python3 -m bench.files.peers_environment

fuzz:  ## Fuzz the native decoders: MINUTES=24 FORMATS="evt3 dat" JOBS=1 NICE=19
	@tools/fuzz.py run --minutes $(or $(MINUTES),1) --jobs $(or $(JOBS),1) --nice $(or $(NICE),0) $(FORMATS)

fuzz-corpus:  ## Store the small inputs with which fuzzing reached new code
	@tools/fuzz.py corpus $(FORMATS)

sanitize:  ## Replay the stored corpus with address and undefined-behaviour sanitizers
	@tools/fuzz.py sanitize $(FORMATS)

lint: setup  ## Formatting, types, layers
	@tools/lint.sh

format: setup  ## Rewrite the sources in the project's format
	@$(ENTER) && ruff format . && ruff check --fix . && git ls-files -co --exclude-standard '*.cpp' '*.hpp' | xargs -r clang-format -i

clean:  ## Remove everything that the build made (not .venv)
	rm -rf build install log out
