package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

const smallBytes = 100 << 10

// Each kind of failure has its exit code, and leaves the old image.
func TestExitCodes(t *testing.T) {
	small := bytes.Repeat([]byte("firmware"), smallBytes/8)
	digest := sha256.Sum256(small)
	corrupted := bytes.Replace(small, []byte("ware"), []byte("wave"), 1)
	sum := hex.EncodeToString(digest[:])
	for name, tt := range map[string]struct {
		to    http.HandlerFunc
		flags []string
		code  int
		says  string // in the error, or on out
	}{
		"all is well":     {to: serve(small, digest), code: 0, says: "sha256 " + sum},
		"right digest":    {to: serve(small, digest), flags: []string{"-sha256", strings.ToUpper(sum)}, code: 0, says: "100 %"},
		"in parts":        {to: serve(small, digest), flags: []string{"-part", "40K"}, code: 0, says: "3 attempts"},
		"another image":   {to: serve(small, digest), flags: []string{"-sha256", strings.Repeat("0", 64)}, code: 4, says: "another SHA-256"},
		"one bit":         {to: serve(corrupted, digest), code: 5, says: ", and " + sum + " was wanted"},
		"budget":          {to: serve(small, digest), flags: []string{"-budget", "50K"}, code: 7, says: "a larger -budget"},
		"changes always":  {to: unsteady(), code: 6, says: "too many restarts"},
		"no folder":       {to: serve(small, digest), flags: []string{"-o", "/missing/image"}, code: 8, says: "/missing"},
		"the URL is bad":  {to: serve(small, digest), flags: []string{"-url", "gopher://localhost/image"}, code: 2, says: "gopher"},
		"no hex":          {to: serve(small, digest), flags: []string{"-sha256", "12"}, code: 2, says: "64 hexadecimal digits"},
		"no size":         {to: serve(small, digest), flags: []string{"-limit", "fast"}, code: 2, says: "not a number of bytes"},
		"the flag is bad": {to: serve(small, digest), flags: []string{"-quick"}, code: 2, says: "-h explains"},
		"a stray word":    {to: serve(small, digest), flags: []string{"image.bin"}, code: 2, says: "behind -url"},
		"a link twice":    {to: serve(small, digest), flags: []string{"-link", "lo,lo"}, code: 2, says: "lo"},
		"help":            {to: serve(small, digest), flags: []string{"-h"}, code: 0, says: "Exit codes"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			server := httptest.NewServer(tt.to)
			defer server.Close()
			path := oldImage(t)
			out, err := tool(t.Context(), append([]string{"-url", server.URL, "-o", path}, tt.flags...)...)
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

// serve returns a server that has an image, and says which digest it has.
func serve(image []byte, sum [sha256.Size]byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		w.Header().Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
	}
}

// unsteady has another version for each request, and never sends all of it.
func unsteady() http.HandlerFunc {
	requests := 0
	return func(w http.ResponseWriter, _ *http.Request) {
		requests++
		w.Header().Set("ETag", strconv.Quote(strconv.Itoa(requests)))
		w.Header().Set("Content-Length", strconv.Itoa(smallBytes))
		_, _ = w.Write(make([]byte, requests<<12))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
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
