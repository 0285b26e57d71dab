package footprint

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// root is the import path below which the programs are. They are found by it from
// everywhere in this module.
const root = "github.com/zreq-go/zreq/benchmarks/footprint/programs/"

// Build builds programs for a system into a folder, each under the name of its own.
func Build(dir, system string, programs ...Program) error {
	_, err := tool(system, programs, "build", "-buildvcs=false", "-ldflags=-s -w", "-o", dir+string(os.PathSeparator))
	return err
}

// Packages are the import paths of all that programs are built of for a system, by
// folder. The last one is the program itself.
func Packages(system string, programs ...Program) (map[string][]string, error) {
	out, err := tool(system, programs, "list", "-f", `{{join .Deps " "}} {{.ImportPath}}`)
	if err != nil {
		return nil, err
	}
	packages := make(map[string][]string)
	for line := range strings.Lines(out) {
		paths := strings.Fields(line)
		folder, ok := strings.CutPrefix(paths[len(paths)-1], root)
		if !ok {
			return nil, fmt.Errorf("go list: what is %q?", paths[len(paths)-1])
		}
		packages[folder] = paths
	}
	return packages, nil
}

// tool runs the go command on programs for a system.
func tool(system string, programs []Program, args ...string) (string, error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return "", fmt.Errorf("%q is not a system such as linux/arm", system)
	}
	for _, program := range programs {
		args = append(args, root+program.Folder)
	}
	cmd := exec.Command("go", args...)
	// The flags are not empty, as those of "go env -w" would be taken then.
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off",
		"GOAMD64=v1", "GOARM=7", "GOMIPS=softfloat", "GORISCV64=rva20u64")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s for %s: %w\n%s", args[0], system, err, &stderr)
	}
	return string(out), nil
}
