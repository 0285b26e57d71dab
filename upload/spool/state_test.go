package spool_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// resumer is a protocol that keeps a state, and one file beside it.
type resumer struct {
	state    string
	statuses []int
	err      error
}

func (r *resumer) Resume(context.Context, string, upload.Source, *upload.Args) (*zreq.Response, error) {
	beside := filepath.Join(filepath.Dir(r.state), "."+filepath.Base(r.state)+".lock")
	for _, name := range []string{r.state, beside} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			r.err = err
		}
	}
	status := r.statuses[0]
	r.statuses = r.statuses[1:]
	return zreqtest.Response(status, nil, ""), nil
}

// testState: the state of an upload stays as long as the file does.
func testState(t *testing.T) {
	is := is.New(t)
	card := t.TempDir()
	dir := filepath.Join(card, "spool")
	r := &resumer{}
	args := &spool.Args{
		URL: func(f spool.File, args *upload.Args) string {
			r.state = f.State
			args.Resume = r
			return site
		},
		Wait: 1, MaxWait: 1, Tries: 1,
	}
	s, err := spool.Open(dir, args)
	is.NoErr(err)
	add := func(name string) {
		path := filepath.Join(card, name)
		is.NoErr(os.WriteFile(path, nil, 0o600))
		_, err := s.Add(path)
		is.NoErr(err)
	}
	states := func() int { return len(listed(t, filepath.Join(dir, "state"))) }
	add("taken")
	add("refused")
	add("failed")
	r.statuses = []int{204, 422, 500}
	is.True(s.Drain(t.Context()) != nil)
	is.NoErr(r.err)
	is.Equal(states(), 2) // those of the one that failed

	other := filepath.Join(dir, "state", strings.Replace(filepath.Base(r.state), "3", "9", 1))
	is.NoErr(os.WriteFile(other, nil, 0o600)) // of a file that has left when the power failed
	is.NoErr(os.WriteFile(filepath.Join(dir, "state", "notes.txt"), nil, 0o600))
	is.NoErr(s.Close())
	s, err = spool.Open(dir, args)
	is.NoErr(err)
	defer s.Close()
	is.Equal(states(), 2+1)
	before := r.state
	r.statuses = []int{204}
	is.NoErr(s.Drain(t.Context()))
	is.Equal(r.state, before)
	is.Equal(listed(t, filepath.Join(dir, "state")), []string{"notes.txt"})
}
