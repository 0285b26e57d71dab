package memory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/origin"
)

const bodySize = 64 << 20

// runner is a way to do a job in a process of its own.
type runner struct {
	peer    string
	program string // a folder of programs, or curl
	secure  string // the one for TLS; "" if it has no part there
	job     string // what it calls the job, if that is not its name
}

// job is done by each of its runners.
type job struct {
	name    string // "download 64 MiB"
	kind    string // "download"
	tls     bool
	runners []runner
}

// jobs are all, in the order of a report.
func jobs() []job {
	peers := []runner{
		{peer: "raw", program: "raw", secure: "rawtls"},
		{peer: "zreq", program: "zreq", secure: "zreqtls"},
		{peer: "net/http", program: "nethttp", secure: "nethttp"},
		{peer: "fasthttp", program: "fasthttp", secure: "fasthttp"},
		{peer: "resty", program: "resty", secure: "resty"},
	}
	files := peers
	if curl, err := exec.LookPath("curl"); err == nil {
		files = append(slices.Clip(files), runner{peer: "curl", program: curl, secure: curl})
	}
	down := runner{peer: "fasthttp, buffered", program: "fasthttp", job: "buffered"} // as in its examples
	up := runner{peer: "resty, buffered", program: "resty", job: "buffered"}         // likewise
	return []job{
		{"download 64 MiB", "download", false, append(slices.Clip(files), down)},
		{"upload 64 MiB", "upload", false, append(slices.Clip(files), up)},
		{"10,000 GETs", "gets", false, peers},
		{"download 64 MiB, TLS", "download", true, files},
		{"upload 64 MiB, TLS", "upload", true, files},
	}
}

// Peaks measures processes, as many of each kind as are given.
func Peaks(o *origin.Origin, processes int) (_ []Peak, err error) {
	dir, err := os.MkdirTemp("", "zreq-memory-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := build(dir, "weigh", "empty", "raw", "rawtls", "zreq", "zreqtls", "nethttp", "fasthttp", "resty"); err != nil {
		return nil, err
	}
	s := scale{dir: dir, origin: o}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	var all []Peak
	for _, j := range jobs() {
		peaks := make([]Peak, len(j.runners))
		for range processes { // each has its turn, as in package bench
			for i, r := range j.runners {
				size, err := s.job(j, r)
				if err != nil {
					return nil, fmt.Errorf("%s: %s: %w", j.name, r.peer, err)
				}
				peaks[i].Job, peaks[i].Peer, peaks[i].RSS = j.name, r.peer, append(peaks[i].RSS, size)
			}
		}
		all = append(all, peaks...)
	}
	return all, nil
}

// scale weighs processes.
type scale struct {
	dir    string
	origin *origin.Origin
	least  int64 // of the empty program, or of weigh: nothing below can be told
}

func (s *scale) path(name string) string { return filepath.Join(s.dir, name) }

// prepare writes the files that programs read.
func (s *scale) prepare() error {
	if err := os.WriteFile(s.path("upload.bin"), bytes.Repeat([]byte("0123456789abcdef"), bodySize/16), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(s.path("roots.pem"), s.origin.Roots, 0o600); err != nil {
		return err
	}
	var err error
	s.least, err = s.weigh([]string{s.path("empty")})
	return err
}

var (
	errSize  = errors.New("not all of the body is in the file")
	errLight = errors.New("it seems to weigh less than a program that does nothing")
)

// job has a program do a job, sees that it was done, and says how much memory it took.
func (s *scale) job(j job, r runner) (int64, error) {
	file := s.path("download.bin")
	if j.kind == "upload" {
		file = s.path("upload.bin")
	}
	size, err := s.weigh(s.command(j, r, file))
	if err == nil && size <= s.least {
		err = errLight
	}
	if err != nil || j.kind != "download" {
		return size, err
	}
	info, err := os.Stat(file)
	if err == nil && info.Size() != bodySize {
		err = errSize
	}
	return size, errors.Join(err, os.Remove(file))
}

// command is what the job is for the runner, with the file to write or to read.
func (s *scale) command(j job, r runner, file string) []string {
	url, program := "http://"+s.origin.Plain, r.program
	if j.tls {
		url, program = "https://"+s.origin.TLS, r.secure
	}
	switch j.kind {
	case "download":
		url += "/bytes/" + strconv.Itoa(bodySize)
	case "upload":
		url += "/sink"
	case "gets":
		url += "/bytes/13"
	}
	if filepath.IsAbs(program) { // curl
		how := "--output"
		if j.kind == "upload" {
			how = "--upload-file"
		}
		return []string{program, "--disable", "--silent", "--show-error", "--fail", "--cacert", s.path("roots.pem"), how, file, url}
	}
	name := j.kind
	if r.job != "" {
		name = r.job
	}
	command := []string{s.path(program), name, url, file}
	if j.tls {
		command = append(command, s.path("roots.pem"))
	}
	return command
}

// weigh runs a command under program weigh, which says why it is needed.
func (s *scale) weigh(command []string) (int64, error) {
	child := exec.Command(s.path("weigh"), command...)
	child.Env = environment()
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.Output()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))
	}
	return strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
}
