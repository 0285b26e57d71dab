package memory

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const programs = "github.com/zreq-go/zreq/benchmarks/memory/programs/"

// build builds programs into dir, as small as they come.
func build(dir string, names ...string) error {
	args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", dir + string(filepath.Separator)}
	for _, name := range names {
		args = append(args, programs+name)
	}
	command := exec.Command("go", args...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w: %s", err, out)
	}
	return nil
}
