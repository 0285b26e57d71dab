package memory

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/client/curl"
	"github.com/zreq-go/zreq/benchmarks/jobs"
	"github.com/zreq-go/zreq/benchmarks/memory/programs/program"
	"github.com/zreq-go/zreq/benchmarks/process"
)

// peaks are processes that do one job each.
func peaks(w *jobs.World) []bench.Case {
	s := &scales{World: w}
	ready := sync.OnceFunc(s.prepare)
	var cases []bench.Case
	for _, j := range []struct {
		name, kind string
		tls        bool
		more       []string
	}{
		{"download 64 MiB", "download", false, []string{"curl", "fasthttp, buffered"}}, // as in its examples
		{"upload 64 MiB", "upload", false, []string{"curl", "resty, buffered"}},        // likewise
		{"10,000 GETs", "gets", false, nil},
		{"download 64 MiB, TLS", "download", true, []string{"curl"}},
		{"upload 64 MiB, TLS", "upload", true, []string{"curl"}},
	} {
		c := bench.Case{Group: Peak, Name: j.name}
		if w.Short {
			c.Rounds = 1
		}
		for _, name := range append([]string{"raw", "zreq", "net/http", "fasthttp", "resty"}, j.more...) {
			if name == "curl" && !curl.Here() {
				continue
			}
			c.Clients = append(c.Clients, bench.Taking(name, func() bench.Sample {
				ready()
				return s.job(name, j.kind, j.tls)
			}))
		}
		cases = append(cases, c)
	}
	return cases
}

// scales weigh processes.
type scales struct {
	*jobs.World
	least float64 // of the empty program, or of weigh: nothing below can be told
}

func (s *scales) path(name string) string { return filepath.Join(s.Dir, name) }

// prepare builds the programs, as small as they come, and writes the files that they read.
func (s *scales) prepare() {
	var programs []string
	for _, name := range []string{"weigh", "empty", "raw", "rawtls", "zreq", "zreqtls", "nethttp", "fasthttp", "resty"} {
		programs = append(programs, "github.com/zreq-go/zreq/benchmarks/memory/programs/"+name)
	}
	process.Build(s.Dir, runtime.GOOS+"/"+runtime.GOARCH, programs...)
	try.E(os.WriteFile(s.path("upload.bin"), bytes.Repeat([]byte("0123456789abcdef"), program.Size/16), 0o600))
	try.E(os.WriteFile(s.path("roots.pem"), s.Origin.Roots, 0o600))
	s.least = s.weigh(s.path("empty"))
}

// job has a client's program do a job, which sees that it was done, and says how much memory it
// took.
func (s *scales) job(name, kind string, tls bool) bench.Sample {
	size := s.weigh(s.command(name, kind, tls)...)
	if size <= s.least {
		try.E(errors.New("it seems to weigh less than a program that does nothing"))
	}
	return bench.Sample{bench.RSS: size}
}

// command is what the job is for a client.
func (s *scales) command(name, kind string, tls bool) []string {
	name, _, buffered := strings.Cut(name, ", ")
	t, suffix := client.Task{Address: s.Origin.Plain, Path: program.Paths[kind]}, ""
	if tls {
		t.Address, t.Roots, suffix = s.Origin.TLS, s.Origin.Roots, "tls"
	}
	file := s.path(kind + ".bin")
	if name == "curl" {
		how := "--output"
		if kind == "upload" {
			how = "--upload-file"
		}
		return []string{"curl", "--disable", "--silent", "--show-error", "--fail", "--header", "Expect:", "--cacert", s.path("roots.pem"), how, file, t.URL()}
	}
	folder := strings.ReplaceAll(name, "/", "")
	if name == "raw" || name == "zreq" { // link no TLS where there is none
		folder += suffix
	}
	command := []string{s.path(folder), kind, t.Address, file, strconv.FormatBool(buffered)}
	if tls {
		command = append(command, s.path("roots.pem"))
	}
	return command
}

// weigh runs a command under program weigh, which says why it is needed.
func (s *scales) weigh(command ...string) float64 {
	command[0] = try.E1(exec.LookPath(command[0]))
	said := process.Output(process.Command(s.path("weigh"), command...))
	return try.E1(strconv.ParseFloat(strings.TrimSpace(said), 64))
}
