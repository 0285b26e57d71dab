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

	"github.com/dsnet/try"
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
	out := t.TempDir()
	return &report{
		stdout: stdout, stderr: stderr, start: time.Now(),
		plan: bench.Plan{Rounds: 1, Turn: time.Microsecond, Stream: 1 << 20, Short: true},
		only: regexp.MustCompile(only), out: out, history: filepath.Join(out, "history.tsv"),
	}, stdout, stderr
}

func invented(group, name string, fails error) bench.Case {
	client := func() bench.Client {
		return bench.Client{Take: func() bench.Sample { return try.E1(bench.Sample{bench.Time: 1e6}, fails) }}
	}
	return bench.Case{Group: group, Name: name, Clients: []bench.Maker{{Name: "raw", Make: client}, {Name: "zreq", Make: client}}}
}

func TestRunWritesThePage(t *testing.T) {
	is := is.New(t)
	r, stdout, _ := quick(t, "^GET, 13 B$|^parse$")
	for range 2 {
		r.run()
	}
	page, err := os.ReadFile(filepath.Join(r.out, "REPORT.md"))
	is.NoErr(err)                                                         // the page is written
	is.True(strings.HasPrefix(string(page), "# zreq beside its peers\n")) // with its head
	is.True(strings.Contains(string(page), "`^GET, 13 B$|^parse$`"))      // which says that not all is there
	is.True(strings.HasPrefix(stdout.String(), "# zreq beside"))          // as is what is printed
	svg, err := os.ReadFile(filepath.Join(r.out, "charts", "keep-alive.svg"))
	is.NoErr(err)                                   // the chart is there
	is.True(bytes.Contains(svg, []byte(">zreq</"))) // of what was measured
	history, err := os.ReadFile(r.history)
	is.NoErr(err)
	is.Equal(strings.Count(string(history), "date\t"), 1)                             // one line of heads
	is.Equal(strings.Count(string(history), "keep-alive: GET, 13 B\tzreq\traw\t"), 2) // and what each run has measured
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
	is.Equal(len(r.page.Results), 1) // the other is measured
	is.Equal(len(r.page.Faults), 1)  // and this one is not forgotten
	is.True(strings.Contains(r.page.String(), "- kept: 13 B: zreq: the server is") ||
		strings.Contains(r.page.String(), "- kept: 13 B: raw: the server is")) // on the page
	is.True(strings.Contains(stderr.String(), "the server is gone")) // and at once
	is.True(!strings.Contains(stdout.String(), "13 B"))              // no figures of it
}
