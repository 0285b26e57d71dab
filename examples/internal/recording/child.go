package recording

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// ChildEnv is set in the environment of a device, so that the binary of a test knows that it
// is to be one.
const ChildEnv = "ZREQ_RECORDER_CHILD"

// child is the device as a process of its own.
type child struct {
	cmd  *exec.Cmd
	stop io.Closer // its input: it stops recording when that ends
	errs strings.Builder
	read sync.WaitGroup
}

// startChild starts a device. tell is called with the number and the digest of each segment
// that it has recorded.
func startChild(ctx context.Context, url, card string, tell func(number, digest string)) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(ctx, self, "-url", url, "-card", card)}
	c.cmd.Env = append(os.Environ(), ChildEnv+"=1")
	c.cmd.Stderr = &c.errs
	if c.stop, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	says, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.read.Go(func() {
		for lines := bufio.NewScanner(says); lines.Scan(); {
			number, digest, _ := strings.Cut(lines.Text(), " ")
			tell(number, digest)
		}
	})
	return c, nil
}

// kill ends the process as a power cut does. It returns how the system says that it ended.
func (c *child) kill() string {
	_ = c.cmd.Process.Kill()
	c.read.Wait()
	_ = c.cmd.Wait()
	return c.cmd.ProcessState.String()
}

// end lets the device send what is left, and waits until it has ended.
func (c *child) end() error {
	_ = c.stop.Close()
	c.read.Wait()
	return c.cmd.Wait()
}
