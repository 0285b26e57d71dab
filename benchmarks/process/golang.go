package process

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// Go runs the go command for a system such as linux/arm. Where and by whom does not matter: it is
// always for the same processor of its kind, and without cgo.
func Go(system string, args ...string) (string, error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return "", fmt.Errorf("%q is not a system such as linux/arm", system)
	}
	cmd := exec.Command("go", args...)
	// The flags are not empty, as those of "go env -w" would be taken then.
	cmd.Env = slices.Concat(os.Environ(), []string{
		"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off",
		"GOAMD64=v1", "GOARM=7", "GOMIPS=softfloat", "GORISCV64=rva20u64",
	})
	out, err := Output(cmd)
	if err != nil {
		return "", fmt.Errorf("for %s: %w", system, err)
	}
	return out, nil
}

// Build builds programs for a system into a folder, as small as they come, each under the name of
// its own.
func Build(dir, system string, packages ...string) error {
	args := []string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", dir + string(os.PathSeparator)}
	_, err := Go(system, append(args, packages...)...)
	return err
}
