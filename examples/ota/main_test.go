package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/examples/internal/measure"
	"github.com/zreq-go/zreq/examples/internal/trials"
)

// TestMain is the tool if a test has started this binary as a child.
func TestMain(m *testing.M) {
	if os.Getenv(trials.ChildEnv) != "" {
		main()
		return
	}
	goleak.VerifyTestMain(m)
}

// What the table says was measured: the bytes by the server, what is in place by comparing it
// with each version. That it is the right one, Demonstrate itself checks.
func TestDemonstrate(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	rows, err := trials.Demonstrate(t.Context(), &out)
	is.NoErr(err) // every promise was kept

	for i, want := range []struct {
		what        string
		least, most float64 // bytes on the wire, of those of the image
		requests    int     // 0: it depends on the machine
		links       string
		result      string
		remark      string // or its beginning
	}{
		{"nothing goes wrong", 1, 1.01, 1, "cable", "version 7", ""},
		{"the link is cut four times", 1, 1.02, 5, "cable modem", "version 7", "asked for all, bytes=425984-, bytes=851968-, bytes=1277952-, bytes=1703936-"},
		{"the cable falls silent", 1, 2.5, 0, "cable modem", "version 7", ""},
		{"the process is killed", 1.1, 1.6, 2, "", "version 7", "it had "},
		{"a new version in between", 1.4, 1.6, 2, "cable modem", "version 8", "began anew: the server has another version"},
		{"cut, and Range is ignored", 1.4, 1.6, 2, "cable modem", "version 7", "asked for all, bytes=1048576-"},
		{"a login page", 0, 0.01, 1, "cable", "still version 6", "refused: the media type is \"text/html\""},
		{"one bit is wrong", 1, 1.01, 1, "cable", "still version 6", "refused: the content has another SHA-256"},
		{"a budget of 1 MiB at first", 1, 1.02, 0, "cable", "version 7", "stopped when the server had counted "},
		{"into flash, cut twice", 1, 1.02, 3, "cable modem", "version 7", "the power fails when the boot loader is to be told; the next start tells it, after 0 requests"},
	} {
		t.Run(want.what, func(t *testing.T) {
			is := is.New(t)
			got := rows[i]
			is.Equal(got.What, want.what)
			wire := float64(got.Wire) / float64(got.Size)
			is.True(want.least <= wire && wire <= want.most) // what came twice, and no more
			is.True(want.requests == 0 || got.Requests == want.requests)
			is.Equal(strings.Join(got.Links, " "), want.links) // each cut is followed by the other link
			is.Equal(got.Result, want.result)
			is.True(strings.HasPrefix(got.Remark, want.remark))              // what has happened
			is.True(strings.Contains(out.String(), got.Remark))              // is in the table
			is.True(strings.Contains(out.String(), measure.Bytes(got.Wire))) // with the bytes
		})
	}
	is.True(strings.HasSuffix(rows[3].Remark, "; the next process asked for bytes=1048576-"))          // from its checkpoint
	is.True(strings.Contains(out.String(), fmt.Sprintf("%d blocks of the slot was erased once", 512))) // in spite of the cuts
	is.True(strings.Contains(out.String(), "0 of them twice"))
}
