package memory

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/jobs"
)

// role has, in the environment, the task of a child process.
const role = "ZREQ_BENCHMARKS_MEMORY"

// task is what a child process measures.
type task struct {
	client.Task
	Kind   string // Kept, Scale or Growing
	Client string
	N      int // connections
}

// maker makes a client by its name.
type maker func(name string, t client.Task) client.Client

// Main does the task of a child process, if this is one, and does not return then. It
// comes first in main, beside origin.Main.
func Main() {
	text := os.Getenv(role)
	if text == "" {
		return
	}
	var t task
	var sample bench.Sample
	err := json.Unmarshal([]byte(text), &t)
	if err == nil {
		measure := map[string]func(maker) (bench.Sample, error){Kept: t.hold, Scale: t.spread, Growing: t.grow}[t.Kind]
		sample, err = measure(jobs.NewClient)
	}
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(sample)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "memory:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run has a child process do the task and reads what it measured.
func (t task) run() (sample bench.Sample, err error) {
	text, err := json.Marshal(&t)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out, err := output(program, role+"="+string(text))
	if err == nil {
		err = json.Unmarshal(out, &sample)
	}
	return sample, err
}

// output runs a program in an environment in which nobody's collector is told anything. Its
// complaint is the error.
func output(program, variable string, args ...string) ([]byte, error) {
	child := exec.Command(program, args...)
	child.Env = append(slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return name == "GOGC" || name == "GOMEMLIMIT" || name == "GODEBUG" || name == "GOMAXPROCS"
	}), variable)
	out, err := child.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}
