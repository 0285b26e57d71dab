// Package process runs other processes: parts of this program, so that their memory and their
// processor time are not those of who measures, and other programs.
package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// prefix and the name of a part make the variable of the environment that has its task.
const prefix = "ZREQ_BENCHMARKS_"

// Main does a part if this process was started for it, and does not return then. It comes first
// in main. What do passes to reply is what Start has asked for.
func Main[Task any](part string, do func(task Task, reply func(any) error) error) {
	text, ok := os.LookupEnv(prefix + part)
	if !ok {
		return
	}
	var task Task
	err := json.Unmarshal([]byte(text), &task)
	if err == nil {
		err = do(task, json.NewEncoder(os.Stdout).Encode)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Start starts a part of this program and waits for its reply. end closes its stdin, which ends
// what serves, and waits for the process.
func Start(part string, task, reply any) (end func() error, err error) {
	text, err := json.Marshal(task)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd, complaint := Command(program), new(bytes.Buffer)
	cmd.Env = append(cmd.Env, prefix+part+"="+string(text))
	cmd.Stderr = complaint
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	end = func() error {
		_ = stdin.Close()
		return explain(part, cmd.Wait(), complaint.Bytes())
	}
	if err := json.NewDecoder(stdout).Decode(reply); err != nil {
		return nil, errors.Join(end(), err)
	}
	return end, nil
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
func Output(cmd *exec.Cmd) (string, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = explain(filepath.Base(cmd.Path), err, exit.Stderr)
	}
	return string(out), err
}

func explain(name string, err error, complaint []byte) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w: %s", name, err, bytes.TrimSpace(complaint))
}
