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
	Kind   string // Kept, Growing or Scale
	Client string
	TLS    bool
	N      int // connections
}

// Main does the task of a child process, if this is one, and does not return then. It
// comes first in main, beside origin.Main.
func Main() {
	text := os.Getenv(role)
	if text == "" {
		return
	}
	var t task
	err := json.Unmarshal([]byte(text), &t)
	if err == nil {
		err = t.work()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "memory:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func (t task) work() error {
	measure := map[string]func(maker) (bench.Sample, error){Kept: t.hold, Growing: t.grow, Scale: t.spread}[t.Kind]
	sample, err := measure(jobs.NewClient)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(sample)
}

// maker makes a client by its name.
type maker func(name string, t client.Task) (client.Client, error)

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
	child := exec.Command(program)
	child.Env = append(environment(), role+"="+string(text))
	out, err := child.Output()
	if err == nil {
		err = json.Unmarshal(out, &sample)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	return sample, err
}

// environment is that of all who are measured: nobody's collector is told anything.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return name == "GOGC" || name == "GOMEMLIMIT" || name == "GODEBUG" || name == "GOMAXPROCS"
	})
}
