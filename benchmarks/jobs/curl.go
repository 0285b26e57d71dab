package jobs

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/zreq-go/zreq/benchmarks/bench"
)

// curlTurn is how many small requests a process of curl makes at least, so that its
// start is not what is measured.
const curlTurn = 2000

// curl is the program, where there is one: a process that makes all requests of a turn,
// one after the other, and whose start counts. It writes the bodies to nowhere.
func curl(w *World, f fetch) (bench.Client, error) {
	roots := filepath.Join(w.Dir, "roots.pem")
	if err := os.WriteFile(roots, f.origin.Roots, 0o600); err != nil {
		return bench.Client{}, err
	}
	limit := strconv.Itoa(int(idle.Seconds()))
	args := []string{
		"--disable", "--silent", "--show-error", "--fail-early", "--http1.1", "--noproxy", "*",
		"--connect-timeout", limit, "--speed-time", limit, "--speed-limit", "1",
		"--cacert", roots, "--output", os.DevNull,
		"--write-out", "%{http_code} %{size_download}\n",
	}
	if f.fresh {
		args = append(args, "--header", "Connection: close")
	}
	least := 1
	if f.length <= 16<<10 {
		least = curlTurn
	}
	do := func(n int) error {
		// The fragment is what tells the URLs apart. It is not sent.
		return curlRun(n, fmt.Sprintf("200 %d", f.length), append(args, fmt.Sprintf("%s#[1-%d]", f.url(), n)))
	}
	return bench.Client{Name: "curl", Do: do, Least: least}, nil
}

// curlRun starts curl, which has to say want, n times.
func curlRun(n int, want string, args []string) error {
	process := exec.Command("curl", args...)
	var said strings.Builder
	process.Stderr = &said
	out, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	right, wrong := 0, ""
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if string(lines.Bytes()) == want {
			right++
		} else {
			wrong = lines.Text()
		}
	}
	switch err := process.Wait(); {
	case wrong != "":
		return fmt.Errorf("status and length are %s, not %s: %s", wrong, want, said.String())
	case err != nil:
		return fmt.Errorf("%w: %s", err, said.String())
	case right != n:
		return fmt.Errorf("%d requests of %d", right, n)
	}
	return nil
}

// curlIsHere reports whether there is a curl.
func curlIsHere() bool {
	_, err := exec.LookPath("curl")
	return err == nil
}

// withCurl adds it to the others.
func withCurl(w *World, f fetch, all []bench.Client, err error) ([]bench.Client, error) {
	if err != nil || !curlIsHere() {
		return all, err
	}
	one, err := curl(w, f)
	return append(all, one), err
}
