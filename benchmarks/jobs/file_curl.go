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
// has many: what it takes to start a program would else be most of a short one. each is
// what curl is told for every transfer and all what holds for all; of every one it has
// to say want, by the format.
func fileCurl(site fileSite, dir, each, all, format, want string) (run func(n int) error, close func() error, err error) {
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
		command.Stdin = strings.NewReader(strings.Repeat(each, n) + all + fmt.Sprintf("write-out = \"%s\\n\"\n", format))
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
	run, close, err := fileCurl(d.site, d.dir, each, "", "%{http_code} %{size_download}", fmt.Sprintf("200 %d", d.size))
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

// curl sends the file as it is.
func (u fileUpload) curl() (*bench.Client, error) {
	return u.byCurl(fmt.Sprintf("upload-file = %q\n", u.path), "header = \"Content-Type: "+formContent+"\"\n")
}

// curlForm sends it in a form, the same one to each.
func (u fileUpload) curlForm() (*bench.Client, error) {
	return u.byCurl("", fmt.Sprintf("form = %q\nform = %q\nform = \"%s=@%s;filename=%s;type=%s\"\n",
		"device="+formDevice, "taken="+formTaken, formField, u.path, formName, formContent))
}

func (u fileUpload) byCurl(each, all string) (*bench.Client, error) {
	each += fmt.Sprintf("url = %q\n", u.url())
	all += "header = \"Expect:\"\n" // no other client asks
	run, close, err := fileCurl(u.site, filepath.Dir(u.path), each, all, "%{http_code}", "201")
	if run == nil || err != nil {
		return nil, err
	}
	return &bench.Client{Name: "curl", Do: run, Close: close}, nil
}
