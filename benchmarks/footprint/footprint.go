// Package footprint builds the smallest programs that do a job, and weighs them.
package footprint

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// Group is that of the cases.
const Group = "smallest program"

// Systems are those for which programs are built.
var Systems = []string{"linux/amd64", "linux/arm", "linux/mipsle", "linux/riscv64"}

// Program is the smallest that does its job by its client. There is a folder of programs for
// each. It ends with a check that the job was done: it opens a connection, and no more, if
// it is "alone"; makes a GET and writes the body to stdout as it comes; saves it as a file
// that is synced, and has its name when it is whole; or uploads a file by PUT.
type Program struct{ Folder, Name string }

// Programs are all that are weighed, in the order of the report.
var Programs = []Program{
	{"dial", "net alone"},
	{"zreq", "zreq"},
	{"nethttp", "net/http"},
	{"fasthttp", "fasthttp"},
	{"zreqsession", "zreq, Session"},
	{"zreqzlog", "zreq, zlog"},
	{"zreqgzip", "zreq, gzip"},
	{"dialtls", "crypto/tls alone"},
	{"zreqtls", "zreq, TLS"},
	{"zreqstd", "zreq, TLS and JSON"},
	{"zreqsave", "zreq, save a file"},
	{"nethttpsave", "net/http, save a file"},
	{"zrequpload", "zreq, upload a file"},
	{"nethttpupload", "net/http, upload a file"},
}

// Cases are those of the systems.
func Cases(systems ...string) []bench.Case {
	var cases []bench.Case
	for _, system := range systems {
		c, b := bench.Case{Group: Group, Name: system, Rounds: 1}, &builder{system: system}
		for _, p := range Programs {
			c.Clients = append(c.Clients, bench.Maker{Name: p.Name, Make: func() (bench.Client, error) {
				b.wanted = append(b.wanted, p.Folder)
				return bench.Client{Take: func() (bench.Sample, error) { return b.size(p.Folder) }}, nil
			}})
		}
		cases = append(cases, c)
	}
	return cases
}

// builder builds all programs that are wanted when the first of them is asked for.
type builder struct {
	system string
	wanted []string
	once   sync.Once
	sizes  map[string]bench.Sample
	err    error
}

func (b *builder) size(folder string) (bench.Sample, error) {
	b.once.Do(func() {
		if b.sizes, b.err = Weigh(b.system, b.wanted...); b.err != nil {
			b.err = fmt.Errorf("footprint: %w", b.err)
		}
	})
	return b.sizes[folder], b.err
}

// Weigh builds programs for one system.
func Weigh(system string, folders ...string) (map[string]bench.Sample, error) {
	dir, err := os.MkdirTemp("", "footprint")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := Build(dir, system, folders...); err != nil {
		return nil, err
	}
	packages, err := Packages(system, folders...)
	if err != nil {
		return nil, err
	}
	sizes := make(map[string]bench.Sample)
	for _, folder := range folders {
		path := filepath.Join(dir, folder)
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		loaded, err := loaded(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		sizes[folder] = bench.Sample{
			bench.File: float64(info.Size()), bench.Loaded: float64(loaded), bench.Packages: float64(len(packages[folder])),
		}
	}
	return sizes, nil
}

// loaded is how much of a program the system loads: its sections in memory, but for
// those that begin as zeros and are in no file.
func loaded(path string) (size uint64, err error) {
	file, err := elf.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	for _, section := range file.Sections {
		if section.Flags&elf.SHF_ALLOC != 0 && section.Type != elf.SHT_NOBITS {
			size += section.Size
		}
	}
	return size, nil
}

// root is the import path below which the programs are.
const root = "github.com/zreq-go/zreq/benchmarks/footprint/programs/"

// Build builds programs for a system into a folder, each under the name of its own.
func Build(dir, system string, folders ...string) error {
	_, err := tool(system, folders, "build", "-buildvcs=false", "-ldflags=-s -w", "-o", dir+string(os.PathSeparator))
	return err
}

// Packages are the import paths of all that programs are built of for a system, by folder. The
// last one is the program itself.
func Packages(system string, folders ...string) (map[string][]string, error) {
	out, err := tool(system, folders, "list", "-f", `{{join .Deps " "}} {{.ImportPath}}`)
	packages := make(map[string][]string)
	for line := range strings.Lines(out) {
		paths := strings.Fields(line)
		packages[strings.TrimPrefix(paths[len(paths)-1], root)] = paths
	}
	return packages, err
}

// tool runs the go command on programs for a system.
func tool(system string, folders []string, args ...string) (string, error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return "", fmt.Errorf("%q is not a system such as linux/arm", system)
	}
	for _, folder := range folders {
		args = append(args, root+folder)
	}
	cmd := exec.Command("go", args...)
	// The flags are not empty, as those of "go env -w" would be taken then.
	cmd.Env = slices.Concat(os.Environ(), []string{
		"GOOS=" + goos, "GOARCH=" + goarch, "CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off",
		"GOAMD64=v1", "GOARM=7", "GOMIPS=softfloat", "GORISCV64=rva20u64",
	})
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s for %s: %w\n%s", args[0], system, err, &stderr)
	}
	return string(out), nil
}
