package realtest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

const cure = "\nbash .ci/run real installs what is missing"

// patience is longer than anything here takes. When it has passed, the test fails.
const patience = 20 * time.Second

// A child is a server that runs as a child of the test.
type child struct {
	folder string        // for its configuration and its files
	log    string        // path of what it writes to stderr; stdout.log is beside it
	cmd    *exec.Cmd     // nil if it has been stopped
	ended  chan struct{} // closed when it has ended

	program   string
	args      []string
	addresses []string // where it listens, by TCP
}

// start runs a program that stays in the foreground, and returns when it listens on all
// addresses. When the test ends, the program is stopped.
func start(t *testing.T, folder string, addresses []string, program string, args ...string) *child {
	t.Helper()
	c := &child{
		folder: folder, log: filepath.Join(folder, "stderr.log"),
		program: installed(t, program), args: args, addresses: addresses,
	}
	t.Cleanup(func() { c.stop(t) })
	c.run(t)
	return c
}

// run starts the program and returns when it listens.
func (c *child) run(t *testing.T) {
	t.Helper()
	c.launch(t)
	for _, address := range c.addresses {
		await(t, c.program+" listens on "+address, func() bool {
			c.alive(t)
			conn, err := net.Dial("tcp", address)
			if err != nil {
				return false
			}
			_ = conn.Close()
			return true
		})
	}
}

func (c *child) launch(t *testing.T) {
	t.Helper()
	stdout, stderr := appendTo(t, filepath.Join(c.folder, "stdout.log")), appendTo(t, c.log)
	defer stdout.Close()
	defer stderr.Close()
	cmd, ended := exec.Command(c.program, c.args...), make(chan struct{})
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.folder, stdout, stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that stop reaches its own children
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.cmd, c.ended = cmd, ended
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
}

// alive fails the test if the program has ended by itself.
func (c *child) alive(t *testing.T) {
	t.Helper()
	select {
	case <-c.ended:
		t.Fatalf("%s has ended: %v\n%s", c.program, c.cmd.ProcessState, c.output(t))
	default:
	}
}

// stop kills the program and those that it has started, unless that was done before. If
// the test has failed, it logs what the program wrote.
func (c *child) stop(t *testing.T) {
	t.Helper()
	if c.cmd == nil {
		return
	}
	select {
	case <-c.ended:
		t.Errorf("%s has ended before it was stopped: %v", c.program, c.cmd.ProcessState)
	default:
	}
	group := -c.cmd.Process.Pid
	_ = syscall.Kill(group, syscall.SIGKILL)
	<-c.ended
	for reaped := error(nil); reaped == nil || reaped == syscall.EINTR; { // its own children, of which this process is the parent now
		_, reaped = syscall.Wait4(group, nil, 0, nil)
	}
	c.cmd = nil
	if t.Failed() {
		t.Logf("%s wrote:\n%s", c.program, c.output(t))
	}
}

// restart stops the program and starts it again on the same addresses.
func (c *child) restart(t *testing.T) {
	t.Helper()
	c.stop(t)
	c.run(t)
}

// reload sends the signal by which the program takes up its configuration again, and
// waits until it has written that it did. The signal is sent again after a second, because
// HAProxy ignores it while it starts.
func (c *child) reload(t *testing.T, signal syscall.Signal, done string) {
	t.Helper()
	before, again := bytes.Count(read(t, c.log), []byte(done)), time.Time{}
	await(t, fmt.Sprintf("%s writes %q", c.program, done), func() bool {
		c.alive(t)
		if now := time.Now(); now.After(again) {
			again = now.Add(time.Second)
			if err := c.cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
		}
		return bytes.Count(read(t, c.log), []byte(done)) > before
	})
}

// output returns the end of what the program wrote.
func (c *child) output(t *testing.T) []byte {
	t.Helper()
	text := read(t, c.log)
	return text[max(0, len(text)-16<<10):]
}

// installed returns the path of a program.
func installed(t *testing.T, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		path, err = exec.LookPath(filepath.Join("/usr/sbin", program)) // not everybody has it in PATH
	}
	if err != nil {
		t.Fatalf("%v%s", err, cure)
	}
	return path
}

// given are the ports that addresses has returned.
var given sync.Map

// address returns the address of a port that is free for a server. Nothing else listens
// on 127.0.0.2, and no connection is made from there, so it stays free.
func address(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", "127.0.0.2:0")
		if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		if _, again := given.LoadOrStore(l.Addr().String(), true); !again {
			return l.Addr().String()
		}
	}
}

// folder makes a folder that every user may write to. It ends with the namespace.
func folder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o777); err != nil {
		t.Fatal(err)
	}
	return path
}

// write writes a file into a folder and returns its path.
func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func appendTo(t *testing.T, path string) *os.File {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// read returns the content of a file.
func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// await waits until a condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("after %v: not so: %s", patience, what)
		}
	}
}
