package memory

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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
		files = append(files[:len(files):len(files)], runner{peer: "curl", program: curl, secure: curl})
	}
	buffered := runner{peer: "fasthttp, buffered", program: "fasthttp", job: "buffered"}
	return []job{
		{"download 64 MiB", "download", false, append(files[:len(files):len(files)], buffered)},
		{"upload 64 MiB", "upload", false, files},
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
	if err := build(dir, "weigh", "raw", "rawtls", "zreq", "zreqtls", "nethttp", "fasthttp", "resty"); err != nil {
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
}

func (s *scale) path(name string) string { return filepath.Join(s.dir, name) }

// prepare writes the files that programs read.
func (s *scale) prepare() error {
	if err := os.WriteFile(s.path("upload.bin"), bytes.Repeat([]byte("0123456789abcdef"), bodySize/16), 0o600); err != nil {
		return err
	}
	return os.WriteFile(s.path("roots.pem"), s.origin.Roots, 0o600)
}

var errSize = errors.New("not all of the body is in the file")

// job has a program do a job, sees that it was done, and says how much memory it took.
func (s *scale) job(j job, r runner) (int64, error) {
	url := "http://" + s.origin.Plain
	program := r.program
	if j.tls {
		url, program = "https://"+s.origin.TLS, r.secure
	}
	name, file := j.kind, s.path("download.bin")
	if r.job != "" {
		name = r.job
	}
	switch j.kind {
	case "download":
		url += "/bytes/" + strconv.Itoa(bodySize)
	case "upload":
		url, file = url+"/sink", s.path("upload.bin")
	case "gets":
		url += "/bytes/13"
	}
	command := []string{s.path(program), name, url, file}
	if filepath.IsAbs(program) {
		command = []string{program, "--silent", "--show-error", "--fail", "--output", file}
		if j.kind == "upload" {
			command = []string{program, "--silent", "--show-error", "--fail", "--upload-file", file}
		}
		command = append(command, "--cacert", s.path("roots.pem"), url)
	} else if j.tls {
		command = append(command, s.path("roots.pem"))
	}
	size, err := s.weigh(command)
	if err != nil || j.kind != "download" {
		return size, err
	}
	info, err := os.Stat(file)
	if err == nil && info.Size() != bodySize {
		err = errSize
	}
	return size, errors.Join(err, os.Remove(file))
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
