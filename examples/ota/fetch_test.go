package main

import (
	"context"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const smallBytes = 100 << 10

// Each kind of failure has its exit code, and leaves the old image.
func TestExitCodes(t *testing.T) {
	small := newImage(7, smallBytes)
	serve := func(i *image) func(int) answer { return func(int) answer { return answer{image: i} } }
	sum := hex.EncodeToString(small.sum[:])
	for name, tt := range map[string]struct {
		to    func(request int) answer
		flags []string
		code  int
		says  string // in the error, or on out
	}{
		"all is well":     {to: serve(small), code: 0, says: "sha256 " + sum},
		"right digest":    {to: serve(small), flags: []string{"-sha256", strings.ToUpper(sum)}, code: 0, says: "100 %"},
		"in parts":        {to: serve(small), flags: []string{"-part", "40K"}, code: 0, says: "3 attempts"},
		"another image":   {to: serve(small), flags: []string{"-sha256", strings.Repeat("0", 64)}, code: 4, says: "another SHA-256"},
		"one bit":         {to: serve(small.corrupted()), code: 5, says: ", and " + sum + " was wanted"},
		"budget":          {to: serve(small), flags: []string{"-budget", "50K"}, code: 7, says: "a larger -budget"},
		"changes always":  {to: unsteady, code: 6, says: "too many restarts"},
		"no folder":       {to: serve(small), flags: []string{"-o", "/missing/image"}, code: 8, says: "/missing"},
		"the URL is bad":  {to: serve(small), flags: []string{"-url", "gopher://localhost/image"}, code: 2, says: "gopher"},
		"no hex":          {to: serve(small), flags: []string{"-sha256", "12"}, code: 2, says: "64 hexadecimal digits"},
		"no size":         {to: serve(small), flags: []string{"-limit", "fast"}, code: 2, says: "not a number of bytes"},
		"the flag is bad": {to: serve(small), flags: []string{"-quick"}, code: 2, says: "-h explains"},
		"a stray word":    {to: serve(small), flags: []string{"image.bin"}, code: 2, says: "behind -url"},
		"a link twice":    {to: serve(small), flags: []string{"-link", "lo,lo"}, code: 2, says: "lo"},
		"help":            {to: serve(small), flags: []string{"-h"}, code: 0, says: "Exit codes"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			o, err := startOrigin(tt.to)
			is.NoErr(err) // the loopback is there
			defer o.close()
			path := oldImage(t)
			out, err := tool(t.Context(), append([]string{"-url", o.url, "-o", path}, tt.flags...)...)
			is.Equal(exitCode(err), tt.code)        // as -h says
			is.True(strings.Contains(out, tt.says)) // with the reason
			content, err := os.ReadFile(path)
			is.NoErr(err) // there is an image
			installed := tt.code == 0 && name != "help"
			is.Equal(string(content) != "old", installed) // the new one only if all is well
		})
	}
}

// What needs more than an image on a server.
func TestExitCodesOfServers(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	secret := strings.Replace(srv.URL, "://", "://device:s3cret@", 1)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx  context.Context
		url  string
		code int
		says string
	}{
		"busy for long": {t.Context(), srv.URL + "/busy", 3, "the status is 503"},
		"not there":     {t.Context(), srv.URL + "/missing", 4, "404"},
		"a password":    {t.Context(), secret + "/missing", 4, "404"},
		"interrupted":   {gone, srv.URL + "/image", 130, "again to go on"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			out, err := tool(tt.ctx, "-url", tt.url, "-o", oldImage(t))
			is.Equal(exitCode(err), tt.code)          // as -h says
			is.True(strings.Contains(out, tt.says))   // with the reason
			is.True(!strings.Contains(out, "s3cret")) // and no password
		})
	}
}

// unsteady has another version for each request, and never sends all of it.
func unsteady(request int) answer {
	return answer{image: newImage(request, smallBytes), next: cutAfter(request * pieceBytes)}
}

// oldImage returns the path of a file with the content "old".
func oldImage(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "firmware.bin")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs the tool, and returns all that it says.
func tool(ctx context.Context, flags ...string) (string, error) {
	var out strings.Builder
	err := run(ctx, flags, &out)
	if err != nil {
		out.WriteString(err.Error())
	}
	return out.String(), err
}
