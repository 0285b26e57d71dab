package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/memory"
	"github.com/zreq-go/zreq/benchmarks/origin"
)

// The server is a process of the same program: here, of the test.
func TestMain(m *testing.M) {
	origin.Main()
	memory.Main()
	os.Exit(m.Run())
}

// quick is a report that takes next to no time.
func quick(t *testing.T, only string) (*report, *bytes.Buffer, *bytes.Buffer) {
	t.Helper()
	stdout, stderr := new(bytes.Buffer), new(bytes.Buffer)
	return &report{
		stdout: stdout, stderr: stderr, short: true, start: time.Now(),
		plan: bench.Plan{Rounds: 2, Turn: time.Microsecond}, stream: 1 << 20,
		only: regexp.MustCompile(only), out: t.TempDir(),
	}, stdout, stderr
}

func invented(group, name string, fails error) bench.Case {
	return bench.Case{Group: group, Name: name, Clients: func() ([]bench.Client, error) {
		slow := func(int) error { time.Sleep(time.Millisecond); return fails }
		return []bench.Client{{Name: "raw", Do: slow}, {Name: "zreq", Do: slow}}, nil
	}}
}

func TestRunWritesThePage(t *testing.T) {
	is := is.New(t)
	r, stdout, _ := quick(t, "^nothing is called so$")
	is.NoErr(r.run()) // nothing was asked for, and it is all there
	page, err := os.ReadFile(filepath.Join(r.out, "REPORT.md"))
	is.NoErr(err)                                                         // the page is written
	is.True(strings.HasPrefix(string(page), "# zreq beside its peers\n")) // with its head
	is.True(strings.Contains(string(page), "`^nothing is called so$`"))   // which says that not all is there
	is.True(strings.HasPrefix(stdout.String(), "# zreq beside"))          // as is what is printed
}

func TestCasesAreThoseAskedFor(t *testing.T) {
	is := is.New(t)
	r, stdout, stderr := quick(t, "kept|13 B")
	r.cases([]bench.Case{
		invented("kept", "1 KiB", nil), invented("fresh", "13 B", nil), invented("fresh", "1 KiB", nil),
	})
	is.Equal(len(r.page.Results), 2) // by group, or by name
	is.Equal(strings.Count(stdout.String(), "### "), 2)
	is.Equal(strings.Count(stderr.String(), "\n"), 2) // a line of progress for each
	is.True(strings.Contains(stderr.String(), "2 of 2: fresh: 13 B"))
}

func TestCaseThatFailsIsOnThePage(t *testing.T) {
	is := is.New(t)
	r, stdout, stderr := quick(t, "")
	r.cases([]bench.Case{
		invented("kept", "13 B", errors.New("the server is gone")), invented("kept", "1 KiB", nil),
	})
	is.Equal(len(r.page.Results), 1)                                                     // the other is measured
	is.Equal(len(r.page.Faults), 1)                                                      // and this one is not forgotten
	is.True(strings.Contains(r.page.String(), "- kept: 13 B: 13 B: raw: the server is")) // on the page
	is.True(strings.Contains(stderr.String(), "the server is gone"))                     // and at once
	is.True(!strings.Contains(stdout.String(), "13 B"))                                  // no figures of it
}

func TestWriteWritesCharts(t *testing.T) {
	is := is.New(t)
	r, _, _ := quick(t, "")
	r.cases([]bench.Case{invented("keep-alive", "GET, 13 B", nil)})
	is.NoErr(write(&r.page, r.out)) // there is room
	svg, err := os.ReadFile(filepath.Join(r.out, "charts", "keep-alive.svg"))
	is.NoErr(err)                                   // the chart is there
	is.True(bytes.Contains(svg, []byte("<svg ")))   // as SVG
	is.True(bytes.Contains(svg, []byte(">zreq</"))) // of what was measured
}
