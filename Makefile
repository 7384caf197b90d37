# What to do here; `make` alone lists it. Anything longer than a line or two is
# in scripts/.
.DEFAULT_GOAL := help
SHELL := bash
ARCH ?= arm64
STACK ?= usher
# A moment for each fuzz target: make fuzz FUZZTIME=5m
FUZZTIME ?= 15s

.PHONY: help
help: ## list these
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: run
run: ## serve the API on 127.0.0.1:3000 with a local tenant on :3001
	@go run ./cmd/local

.PHONY: check
check: ## the inner loop: format, vet and Go tests that need nothing but Go
	@scripts/check.sh

.PHONY: test
test: setup ## everything: also lint, race detector, Chromium, the template, the functions in Docker, the stack on an emulator
	@scripts/test.sh

.PHONY: clients
clients: ## generate clients from the contract with other tools, and run programs with them; schemathesis
	@scripts/setup.sh clients
	@scripts/clients.sh

.PHONY: setup
setup: ## install what `make test` and `make sam-local` need (Debian), or name it
	@scripts/setup.sh

.PHONY: generate
generate: ## write what follows from the operations' declarations
	go generate ./...

.PHONY: lint
lint: ## go vet with staticcheck and others (tools/lint)
	@scripts/lint.sh

.PHONY: fmt
fmt: ## format all Go files
	@git ls-files -co --exclude-standard -z '*.go' | xargs -0 gofmt -w

.PHONY: cover
cover: ## coverage of internal/ by the Go tests, as a page
	@mkdir -p .cache
	go test -coverpkg=./internal/... -coverprofile=.cache/cover.out ./...
	go tool cover -html=.cache/cover.out -o .cache/cover.html && echo .cache/cover.html

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (15s)
	@scripts/fuzz.sh $(FUZZTIME)

.PHONY: bench-quota
bench-quota: ## simulate how the provider's rate limit is shared; writes docs/quota.md (10 minutes)
	go test -count=1 -timeout 120m -tags report -run TestReport -v ./bench/quota

.PHONY: bench
bench: ## measure what the service adds to a provider call (docs/benchmarks.md): BENCH=short for a few minutes
	go run ./bench $(if $(filter short,$(BENCH)),-short)

.PHONY: chaos
chaos: ## requests while everything fails, by SEED (1): processes of the functions, outages, freezes (takes 15 minutes)
	@scripts/chaos.sh

.PHONY: build
build: ## build the functions for Lambda: ARCH=arm64 or x86_64
	@scripts/setup.sh python
	scripts/build.sh $(ARCH)

.PHONY: sizes
sizes: build ## hold the built functions to 10 MB each, and print what each module takes
	@scripts/sizes.sh
	@scripts/module-sizes.sh $(ARCH)

.PHONY: bench-cold
bench-cold: ## measure the first answers of new processes, on demand and with provisioned concurrency
	@go run ./bench/cold

.PHONY: hashes
hashes: build ## the SHA-256 of every built function
	@scripts/hashes.sh

.PHONY: reproduce
reproduce: build ## build all functions again from nothing, and compare (takes minutes)
	@scripts/reproduce.sh $(ARCH) .aws-sam/build

.PHONY: sbom
sbom: build ## what is linked into the functions, in CycloneDX's format
	@scripts/sbom.sh >.aws-sam/usher.cdx.json && echo .aws-sam/usher.cdx.json

.PHONY: sam-local
sam-local: ## the functions in Docker on 127.0.0.1:3000, by `sam local start-api`
	@scripts/setup.sh docker
	@scripts/sam-local.sh

.PHONY: console-image
console-image: ## build the image of the console (docs/console.md) with Docker: TAG=usher-console
	@scripts/console-image.sh $(TAG)

.PHONY: stack
stack: setup ## deploy to an emulator of AWS on this machine, and test what is deployed
	@scripts/stack.sh

.PHONY: deploy
deploy: build ## deploy to AWS, asking for what it needs to know: STACK=usher
	@[ -e samconfig.$(STACK).toml ] || cp samconfig.toml samconfig.$(STACK).toml
	.venv/bin/sam deploy --guided --config-file samconfig.$(STACK).toml --stack-name $(STACK)

.PHONY: jobs-drain
jobs-drain: ## cancel all jobs of a stack and delete their data, before Jobs=off or a removal: STACK=usher
	@scripts/setup.sh python
	@scripts/jobs-drain.sh $(STACK)

.PHONY: clean
clean: ## remove what was built; the Python environments too
	rm -rf .aws-sam .cache .venv .venv-checkov .venv-ministack .venv-schemathesis coverage.out
