package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/zreq"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunEmbedded(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	path := filepath.Join(t.TempDir(), "flash")
	is.NoErr(run(t.Context(), []string{"-o", path}, &out)) // everything held
	for _, line := range []string{
		"100 % 16.0 MiB\n",
		"bytes       16777216\n",
		"chunks      4096 of 4096 bytes",
		"throughput  ",
		"peak heap   ",
		"connections 1 dialled\n",
	} {
		is.True(strings.Contains(out.String(), line)) // the report says so
	}
	info, err := os.Stat(path)
	is.NoErr(err)                               // the image is there
	is.Equal(info.Size(), int64(16777216))      // whole
	is.Equal(files(t, path), []string{"flash"}) // and nothing beside it
}

func TestRunChunkSize(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), []string{"-chunk", "65536"}, &out))             // another size will do
	is.True(strings.Contains(out.String(), "chunks      256 of 65536 bytes")) // and is kept to
}

func TestRunQuiet(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), []string{"-quiet"}, &out)) // everything held
	is.Equal(out.String(), "")                           // and nothing was said
}

func TestRunURL(t *testing.T) {
	body := strings.Repeat("firmware", 1000)
	sum := sha256.Sum256([]byte(body))
	right := hex.EncodeToString(sum[:])
	mux := http.NewServeMux()
	mux.HandleFunc("/whole", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(body)) })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "8001")
		w.Write([]byte(body))
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()

	for name, tt := range map[string]struct {
		path, sha256 string
		want         error // nil for any, "" in wantText for success
		wantText     string
	}{
		"right digest":           {path: "/whole", sha256: right},
		"right, in capitals":     {path: "/whole", sha256: strings.ToUpper(right)},
		"digest of another file": {path: "/whole", sha256: strings.Repeat("0", 64), wantText: "wrong image"},
		"shorter than announced": {path: "/short", want: zreq.ErrTruncated},
		"not there":              {path: "/missing", want: zreq.ErrStatus},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			image := filepath.Join(t.TempDir(), "flash")
			err := run(t.Context(), []string{"-url", srv.URL + tt.path, "-sha256", tt.sha256, "-o", image}, &strings.Builder{})
			if tt.want == nil && tt.wantText == "" {
				is.NoErr(err)                                // everything held
				is.Equal(files(t, image), []string{"flash"}) // the image is in place
				return
			}
			is.True(err != nil)                                 // it is no success
			is.True(tt.want == nil || errors.Is(err, tt.want))  // and says why
			is.True(strings.Contains(err.Error(), tt.wantText)) // in words
			is.Equal(len(files(t, image)), 0)                   // nothing is left behind
		})
	}
}

// files lists the folder that path is in.
func files(t *testing.T, path string) []string {
	t.Helper()
	is := is.New(t)
	entries, err := os.ReadDir(filepath.Dir(path))
	is.NoErr(err) // the folder can be read
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
