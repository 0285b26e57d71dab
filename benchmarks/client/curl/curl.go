// Package curl is the program, where there is one: a process that makes all requests of a turn,
// one after the other, over one connection, as a script does that has many. Its start counts.
package curl

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/dsnet/try"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/client"
	"github.com/zreq-go/zreq/benchmarks/process"
)

// Here reports whether there is a curl.
func Here() bool {
	_, err := exec.LookPath("curl")
	return err == nil
}

// New sets it up. It writes to nowhere what is for a callback. Of short bodies a turn has many, so
// that its start is not what is measured.
func New(t client.Task) (c bench.Client) {
	roots := try.E1(os.CreateTemp("", "roots-*.pem"))
	try.E1(roots.Write(t.Roots))
	try.E(roots.Close())
	c.Close = func() { _ = os.Remove(roots.Name()) }
	if t.Length <= 16<<10 {
		c.Least = 2000
	}
	idle := strconv.Itoa(int(client.Idle.Seconds()))
	args := []string{
		"--disable", "--silent", "--show-error", "--fail-early", "--http1.1", "--noproxy", "*", "--config", "-",
		"--connect-timeout", idle, "--speed-time", idle, "--speed-limit", "1", "--write-out", "%{http_code} %{size_download}\n",
	}
	if t.Roots != nil {
		args = append(args, "--cacert", roots.Name())
	}
	each, want := fmt.Sprintf("url = %q\n", t.URL()), "201 0\n"
	switch _, _, _, contentType := t.Around(); {
	case t.Form:
		args = append(args, "--header", "Expect:", "--form", "device="+client.Device, "--form", "taken="+client.Taken, "--form",
			client.Field+"=@"+t.File+";filename="+client.FileName+";type="+client.ContentType)
	case t.Put: // no other client expects a 100
		args = append(args, "--header", "Expect:", "--header", "Content-Type: "+contentType)
		each += fmt.Sprintf("upload-file = %q\n", t.File)
	default:
		file := t.File
		if t.Chunk > 0 {
			file = os.DevNull
		}
		each, want = each+fmt.Sprintf("output = %q\n", file), fmt.Sprintf("200 %d\n", t.Length)
	}
	if t.Fresh {
		args = append(args, "--header", "Connection: close")
	}
	c.Do = func(n int) {
		command := exec.Command("curl", args...)
		command.Stdin = strings.NewReader(strings.Repeat(each, n))
		if said := process.Output(command); said != strings.Repeat(want, n) {
			try.E(fmt.Errorf("curl: %.100q came and not %.100q", said, want))
		}
		if t.Chunk == 0 && !t.Put {
			t.Check(t.File)
		}
	}
	return c
}
