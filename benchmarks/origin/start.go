package origin

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
)

// role says, in the environment, that a process is the server.
const role = "ZREQ_BENCHMARKS_ORIGIN"

// Origin is a server that runs.
type Origin struct {
	Plain string   // host:port
	TLS   string   // host:port; the name in its certificate is that host
	Many  []string // the same, plain, at many addresses, if they were asked for
	Roots []byte   // PEM: who signed it

	process *exec.Cmd
	stdin   io.Closer
}

// Main makes this process the server if it was started for that, and does not return
// then. It comes first in main.
func Main() {
	many, err := strconv.Atoi(os.Getenv(role))
	if err != nil {
		return
	}
	if err := serve(os.Stdin, os.Stdout, many); err != nil {
		fmt.Fprintln(os.Stderr, "origin:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// Start starts the server. It ends with Stop, or when this process does.
func Start() (*Origin, error) { return StartAt(0) }

// StartAt starts it at a number of addresses beside the first: each is an origin of its own.
func StartAt(many int) (*Origin, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	o := &Origin{process: exec.Command(program)}
	o.process.Env = append(os.Environ(), role+"="+strconv.Itoa(many))
	o.process.Stderr = os.Stderr
	if o.stdin, err = o.process.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := o.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := o.process.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, o)
	}
	if err != nil {
		_ = o.Stop()
		return nil, fmt.Errorf("origin: it does not say where it is: %w", err)
	}
	return o, nil
}

// Stop ends the server and waits for it.
func (o *Origin) Stop() error {
	_ = o.stdin.Close()
	return o.process.Wait()
}
