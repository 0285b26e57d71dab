# Each target is a step of .ci/run, the script that CI runs whole.

.PHONY: all fmt vet staticcheck mod test race fuzz ci

all: fmt vet staticcheck mod race

fmt:
	gofmt -w .

vet staticcheck mod test race fuzz:
	bash .ci/run $@

ci:
	bash .ci/run
