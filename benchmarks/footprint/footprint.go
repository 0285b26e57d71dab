// Package footprint builds the smallest programs that do a job, and weighs them.
package footprint

import (
	"debug/elf"
	"os"
	"path/filepath"
	"strings"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/process"
)

// Group is that of the cases.
const Group = "smallest program"

// systems are those for which programs are built. There is a budget for arm.
var systems = []string{"linux/arm", "linux/amd64", "linux/mipsle", "linux/riscv64"}

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
func Cases(plan bench.Plan) (cases []bench.Case) {
	systems := systems
	if plan.Short {
		systems = systems[:1]
	}
	for _, system := range systems {
		c := bench.Case{Group: Group, Name: system, Rounds: 1}
		for _, p := range Programs {
			c.Clients = append(c.Clients, bench.Taking(p.Name, func() bench.Sample { return Weigh(system, p.Folder) }))
		}
		cases = append(cases, c)
	}
	return cases
}

// root is the import path below which the programs are.
const root = "github.com/zreq-go/zreq/benchmarks/footprint/programs/"

// Weigh builds a program for a system.
func Weigh(system, folder string) bench.Sample {
	dir := try.E1(os.MkdirTemp("", "footprint"))
	defer os.RemoveAll(dir)
	process.Build(dir, system, root+folder)
	file := filepath.Join(dir, folder)
	return bench.Sample{
		bench.File:     float64(try.E1(os.Stat(file)).Size()),
		bench.Loaded:   loaded(file),
		bench.Packages: float64(len(Packages(system, folder))),
	}
}

// Packages are the import paths of all that a program is built of for a system, itself included.
func Packages(system, folder string) []string {
	return strings.Fields(process.Go(system, "list", "-deps", root+folder))
}

// loaded is how much of a program the system loads: its sections in memory, but for
// those that begin as zeros and are in no file.
func loaded(path string) (size float64) {
	file := try.E1(elf.Open(path))
	defer file.Close()
	for _, section := range file.Sections {
		if section.Flags&elf.SHF_ALLOC != 0 && section.Type != elf.SHT_NOBITS {
			size += float64(section.Size)
		}
	}
	return size
}
