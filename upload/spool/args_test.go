package spool_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/spool"
	"github.com/zreq-go/zreq/zreq"
)

// TestArgs: what is wrong with the arguments shows before anything is done.
func TestArgs(t *testing.T) {
	is := is.New(t)
	dir := filepath.Join(t.TempDir(), "spool")
	for _, args := range []spool.Args{
		{Tries: -1},
		{Wait: -1},
		{MaxWait: -1},
		{Upload: upload.Args{Headers: zreq.Headers{{"idempotency-KEY", "1"}}}},
	} {
		_, err := spool.Open(dir, &args)
		is.True(errors.Is(err, spool.ErrArgs))
	}
	_, err := os.Lstat(dir)
	is.True(errors.Is(err, os.ErrNotExist))
	s, err := spool.Open(dir, nil)
	is.NoErr(err) // a program that only adds
	defer s.Close()
	is.True(errors.Is(s.Run(t.Context()), spool.ErrArgs))
	is.Equal(spool.NoLink.String(), "no link")
	is.Equal((spool.NoLink + 1).String(), "unknown")
	is.Equal(spool.Outcome(99).String(), "unknown")
}
