package jobs

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// fileCurl runs curl once for n transfers, over one connection, as a script does that
// has many: what it takes to start a program would else be most of a short one. Of each
// transfer, want is what curl has to say of it by the format.
func fileCurl(site fileSite, dir, each, format, want string) (run func(n int) error, close func() error, err error) {
	program, err := exec.LookPath("curl")
	if err != nil {
		return nil, nil, nil // it is not on every machine
	}
	args, close := []string{"--disable", "--silent", "--show-error", "--config", "-"}, func() error { return nil }
	if site.roots != nil {
		roots := filepath.Join(dir, "roots.pem")
		if err := os.WriteFile(roots, site.roots, 0o600); err != nil {
			return nil, nil, err
		}
		args = append(args, "--cacert", roots)
		close = func() error { return os.Remove(roots) }
	}
	return func(n int) error {
		command := exec.Command(program, args...)
		command.Stdin = strings.NewReader(strings.Repeat(each, n) + fmt.Sprintf("write-out = \"%s\\n\"\n", format))
		var failure bytes.Buffer
		command.Stderr = &failure
		said, err := command.Output()
		if err != nil {
			return fmt.Errorf("curl: %w: %s", err, failure.Bytes())
		}
		if string(said) != strings.Repeat(want+"\n", n) {
			return errors.New("curl: something else came: " + firstLine(said, want))
		}
		return nil
	}, close, nil
}

// firstLine is the first that is not as it should be.
func firstLine(said []byte, want string) string {
	for line := range strings.Lines(string(said)) {
		if line != want+"\n" {
			return line
		}
	}
	return "too few lines"
}

// curl writes to a file that it makes anew for each.
func (d fileDownload) curl() (*bench.Client, error) {
	path := d.path("curl")
	each := fmt.Sprintf("url = %q\noutput = %q\n", d.url(), path)
	run, close, err := fileCurl(d.site, d.dir, each, "%{http_code} %{size_download}", fmt.Sprintf("200 %d", d.size))
	if run == nil || err != nil {
		return nil, err
	}
	return &bench.Client{Name: "curl", Close: close, Do: func(n int) error {
		if err := run(n); err != nil {
			return err
		}
		return d.check(path)
	}}, nil
}
