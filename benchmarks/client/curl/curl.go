// Package curl is the program, where there is one: a process that makes all requests of a turn,
// one after the other, over one connection, as a script does that has many. Its start counts.
package curl

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/client"
)

// Here reports whether there is a curl.
func Here() bool {
	_, err := exec.LookPath("curl")
	return err == nil
}

// Least is how many requests for a task a process makes at least, so that its start is not
// what is measured.
func Least(t *client.Task) int {
	if t.Length <= 16<<10 {
		return 2000
	}
	return 1
}

// New returns what makes n requests. It writes to nowhere what is for a callback.
func New(t client.Task) (do func(n int) error, close func() error, err error) {
	file := t.File
	if t.Chunk > 0 {
		file = os.DevNull
	}
	roots, err := os.CreateTemp("", "roots-*.pem")
	if err != nil {
		return nil, nil, err
	}
	_, err = roots.Write(t.Roots)
	if err == nil {
		err = roots.Close()
	}
	args := []string{"--disable", "--silent", "--show-error", "--fail-early", "--http1.1", "--noproxy", "*", "--config", "-"}
	idle := strconv.Itoa(int(client.Idle.Seconds()))
	args = append(args, "--connect-timeout", idle, "--speed-time", idle, "--speed-limit", "1")
	if t.Roots != nil {
		args = append(args, "--cacert", roots.Name())
	}
	each, all, want := "output = "+strconv.Quote(file)+"\n", "", fmt.Sprintf("200 %d\n", t.Length)
	switch {
	case t.Form:
		each, want = "", "201 0\n"
		all = fmt.Sprintf("header = \"Expect:\"\nform = \"device=%s\"\nform = \"taken=%s\"\nform = \"%s=@%s;filename=%s;type=%s\"\n",
			client.Device, client.Taken, client.Field, file, client.FileName, client.ContentType)
	case t.Put: // no other client expects a 100
		each, want = "upload-file = "+strconv.Quote(file)+"\n", "201 0\n"
		all = "header = \"Expect:\"\nheader = \"Content-Type: " + client.ContentType + "\"\n"
	case t.Fresh:
		all = "header = \"Connection: close\"\n"
	}
	each += "url = " + strconv.Quote(t.URL()) + "\n"
	all += `write-out = "%{http_code} %{size_download}\n"` + "\n"
	do = func(n int) error {
		if err := run(args, strings.Repeat(each, n)+all, strings.Repeat(want, n)); err != nil || t.Chunk > 0 || t.Put {
			return err
		}
		return t.Check(file)
	}
	return do, func() error { return os.Remove(roots.Name()) }, err
}

// run starts curl, which has to say want.
func run(args []string, config, want string) error {
	command := exec.Command("curl", args...)
	command.Stdin = strings.NewReader(config)
	var failure bytes.Buffer
	command.Stderr = &failure
	said, err := command.Output()
	if err != nil {
		return fmt.Errorf("curl: %w: %s", err, failure.Bytes())
	}
	if string(said) != want {
		return fmt.Errorf("curl: something else came: %.100q and not %.100q", said, want)
	}
	return nil
}
