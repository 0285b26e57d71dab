// Package process runs other processes: parts of this program, so that their memory and their
// processor time are not those of who measures, and other programs.
package process

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dsnet/try"
)

// prefix and the name of a part make the variable of the environment that has its task.
const prefix = "ZREQ_BENCHMARKS_"

// Main does a part if this process was started for it, and does not return then. It comes first
// in main. What do passes to reply is what Start has asked for.
func Main[Task any](part string, do func(task Task, reply func(any))) {
	text, ok := os.LookupEnv(prefix + part)
	if !ok {
		return
	}
	log.SetFlags(0)
	defer try.F(log.Fatal)
	var task Task
	try.E(json.Unmarshal([]byte(text), &task))
	do(task, func(reply any) { try.E(json.NewEncoder(os.Stdout).Encode(reply)) })
	os.Exit(0)
}

// Start starts a part of this program and waits for its reply. end closes its stdin, which ends
// what serves, and waits for the process.
func Start(part string, task, reply any) (end func()) {
	cmd, complaint := Command(try.E1(os.Executable())), new(bytes.Buffer)
	cmd.Env = append(cmd.Env, prefix+part+"="+string(try.E1(json.Marshal(task))))
	cmd.Stderr = complaint
	stdin, stdout := try.E1(cmd.StdinPipe()), try.E1(cmd.StdoutPipe())
	try.E(cmd.Start())
	end = func() {
		_ = stdin.Close()
		explain(part, cmd.Wait(), complaint)
	}
	if err := json.NewDecoder(stdout).Decode(reply); err != nil {
		end()
		try.E(err)
	}
	return end
}

// Command is a program to run in an environment in which the runtime of Go is told nothing about
// how it should collect or schedule.
func Command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return name == "GOGC" || name == "GOMEMLIMIT" || name == "GODEBUG" || name == "GOMAXPROCS"
	})
	return cmd
}

// Output runs a command and returns what it writes to stdout. What it complains of on stderr is
// in the error.
func Output(cmd *exec.Cmd) string {
	complaint := new(bytes.Buffer)
	cmd.Stderr = complaint
	out, err := cmd.Output()
	explain(filepath.Base(cmd.Path), err, complaint)
	return string(out)
}

// explain fails if a process has failed, by what it has complained of.
func explain(name string, err error, complaint *bytes.Buffer) {
	if err != nil {
		try.E(fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(complaint.String())))
	}
}

// Go runs the go command for a system such as linux/arm. Where and by whom does not matter: it is
// always for the same processor of its kind, and without cgo.
func Go(system string, args ...string) string {
	goos, goarch, _ := strings.Cut(system, "/")
	cmd := exec.Command("go", args...)
	// The flags are not empty, as those of "go env -w" would be taken then.
	cmd.Env = append(os.Environ(),
		"GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0", "GOFLAGS=-trimpath", "GOWORK=off",
		"GOAMD64=v1", "GOARM=7", "GOMIPS=softfloat", "GORISCV64=rva20u64")
	return Output(cmd)
}

// Build builds programs for a system into a folder, as small as they come, each under the name of
// its own.
func Build(dir, system string, packages ...string) {
	args := []string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", dir + string(os.PathSeparator)}
	Go(system, append(args, packages...)...)
}
