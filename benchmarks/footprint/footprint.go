// Package footprint builds the smallest programs that do a job, and weighs them.
package footprint

import (
	"debug/elf"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/process"
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

// Cases are those of the systems. All programs are built when the first of them is asked for.
func Cases(systems ...string) []bench.Case {
	var folders []string
	for _, p := range Programs {
		folders = append(folders, p.Folder)
	}
	var cases []bench.Case
	for _, system := range systems {
		c := bench.Case{Group: Group, Name: system, Rounds: 1}
		weigh := sync.OnceValues(func() (map[string]bench.Sample, error) { return Weigh(system, folders...) })
		for _, p := range Programs {
			c.Clients = append(c.Clients, bench.Taking(p.Name, func() (bench.Sample, error) {
				sizes, err := weigh()
				return sizes[p.Folder], err
			}))
		}
		cases = append(cases, c)
	}
	return cases
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
		file := filepath.Join(dir, folder)
		info, err := os.Stat(file)
		if err != nil {
			return nil, err
		}
		loaded, err := loaded(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
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

// Build builds programs for a system into a folder, each under the name of its own.
func Build(dir, system string, folders ...string) error {
	return process.Build(dir, system, paths(folders)...)
}

// Packages are the import paths of all that programs are built of for a system, by folder. The
// last one is the program itself.
func Packages(system string, folders ...string) (map[string][]string, error) {
	args := []string{"list", "-f", `{{join .Deps " "}} {{.ImportPath}}`}
	out, err := process.Go(system, append(args, paths(folders)...)...)
	packages := make(map[string][]string)
	for line := range strings.Lines(out) {
		paths := strings.Fields(line)
		packages[path.Base(paths[len(paths)-1])] = paths
	}
	return packages, err
}

// paths are the import paths of programs.
func paths(folders []string) (all []string) {
	for _, folder := range folders {
		all = append(all, "github.com/zreq-go/zreq/benchmarks/footprint/programs/"+folder)
	}
	return all
}
