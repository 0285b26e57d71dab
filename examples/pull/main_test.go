package main

import (
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), &out)) // every way works
	is.Equal(out.String(), `way          bytes  dials  what came of it
JSON           125      1  gateway, version 7
Read      16777216      1  the digest of the manifest
SaveFile  16777216      1  a file with that digest
Chunks       65536      1  enough; the connection: the response was not read to its end
Text           125      2  {"name":"gateway","v…
`) // on one connection, until a loop is left
}
