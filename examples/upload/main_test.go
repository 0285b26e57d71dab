package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/examples/internal/server"
	"github.com/zreq-go/zreq/upload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunEmbedded(t *testing.T) {
	is := is.New(t)
	card := temporary(t)
	var out strings.Builder
	is.NoErr(run(t.Context(), nil, &out)) // everything held
	is.True(regexp.MustCompile(`^file        8388608 bytes, SHA-256 [0-9a-f]{64}
(?: \d0 % \d\.\d MiB
)*100 % 8\.0 MiB
PUT         201, 8388608 bytes, \d+\.\d MiB/s, SHA-256 equal
(?: \d0 % \d\.\d MiB
)*100 % 8\.0 MiB
POST form   201, 8388608 bytes, \d+\.\d MiB/s, SHA-256 equal, beside device, time
connections 1 dialled
peak heap   \d+ KiB: all objects of this program
$`).MatchString(out.String())) // both ways, to the last byte, on one connection
	is.Equal(len(files(t, card)), 0) // the card is gone
}

func TestRunQuiet(t *testing.T) {
	is := is.New(t)
	var out strings.Builder
	path := recording(t, "what the camera saw")
	is.NoErr(run(t.Context(), []string{"-quiet", "-file", path}, &out)) // everything held
	is.Equal(out.String(), "")                                          // and nothing was said
	_, err := os.Stat(path)
	is.NoErr(err) // a file that was given stays
}

func TestRunSmallFiles(t *testing.T) {
	for _, content := range []string{"", "a"} {
		t.Run(fmt.Sprintf("%d bytes", len(content)), func(t *testing.T) {
			is := is.New(t)
			var out strings.Builder
			is.NoErr(run(t.Context(), []string{"-file", recording(t, content)}, &out)) // also as a form
			is.Equal(strings.Count(out.String(), "SHA-256 equal"), 2)                  // it arrived twice
		})
	}
}

func TestRunRate(t *testing.T) {
	is := is.New(t)
	began := time.Now()
	args := []string{"-quiet", "-rate", "1048576", "-file", recording(t, strings.Repeat("a", 192<<10))}
	is.NoErr(run(t.Context(), args, &strings.Builder{})) // it arrives
	is.True(time.Since(began) >= 350*time.Millisecond)   // 188 ms each way
}

func TestRunURL(t *testing.T) {
	const recorded = "what the camera saw"
	for name, tt := range map[string]struct {
		args []string
		want string // what arrives
	}{
		"by PUT":    {want: "PUT application/octet-stream " + recorded},
		"by POST":   {args: []string{"-method", "POST", "-type", "video/mp2t"}, want: "POST video/mp2t " + recorded},
		"in a form": {args: []string{"-field", "clip", "-type", "video/mp2t"}, want: "POST clip recording.bin video/mp2t " + recorded},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			arrived := make(chan string, 1)
			srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, mediatype := io.Reader(r.Body), r.Header.Get("Content-Type")
				if file, head, err := r.FormFile("clip"); err == nil {
					body, mediatype = file, "clip "+head.Filename+" "+head.Header.Get("Content-Type")
				}
				content, _ := io.ReadAll(body)
				arrived <- r.Method + " " + mediatype + " " + string(content)
			}))
			defer srv.Close()
			var out strings.Builder
			args := append([]string{"-url", srv.URL, "-file", recording(t, recorded)}, tt.args...)
			is.NoErr(run(t.Context(), args, &out))                                     // any success of a real server will do
			is.Equal(<-arrived, tt.want)                                               // it has the file, and is told what it is
			is.True(strings.Contains(out.String(), "200, 19 bytes"))                   // the report says so
			is.True(strings.Contains(out.String(), ", the server names no SHA-256\n")) // and claims no more
		})
	}
}

func TestRunRefused(t *testing.T) {
	const recorded = "what the camera saw"
	sum := sha256.Sum256([]byte(recorded))
	right := hex.EncodeToString(sum[:])
	receipt := func(size int64, sha256 string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_ = json.NewEncoder(w).Encode(server.Receipt{Size: size, SHA256: sha256})
		}
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    string // "" for success
	}{
		"right digest":           {receipt(19, right), ""},
		"right, in capitals":     {receipt(19, strings.ToUpper(right)), ""},
		"digest of another file": {receipt(19, strings.Repeat("0", 64)), "19 bytes with the SHA-256 0000"},
		"length of another file": {receipt(18, right), "18 bytes with the SHA-256"},
		"no such place":          {http.NotFound, "status 404 Not Found"},
		"sent elsewhere":         {http.RedirectHandler("/other", http.StatusSeeOther).ServeHTTP, "status 303 See Other"},
	} {
		for _, field := range []string{"", "file"} {
			t.Run(name+" "+field, func(t *testing.T) {
				is := is.New(t)
				srv := httptest.NewServer(tt.handler)
				defer srv.Close()
				err := run(t.Context(), []string{"-url", srv.URL, "-field", field, "-file", recording(t, recorded)}, &strings.Builder{})
				is.Equal(err == nil, tt.want == "") // a success only if it is one
				if err != nil {
					is.True(strings.Contains(err.Error(), tt.want)) // and else why
				}
			})
		}
	}
}

// A server answers before it has the 8 MiB, asked for or in their midst.
func TestRunAnsweredEarly(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		takes  int64 // bytes, before it answers
		want   string
	}{
		"refused when asked":     {413, 0, "status 413 Request Entity Too Large"},
		"refused in the midst":   {413, 100_000, "status 413 Request Entity Too Large"},
		"a success that is none": {200, 0, upload.ErrUnsent.Error()},
	} {
		for _, field := range []string{"", "file"} {
			t.Run(name+" "+field, func(t *testing.T) {
				is := is.New(t)
				card := temporary(t)
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					_, _ = io.CopyN(io.Discard, r.Body, tt.takes)
					w.WriteHeader(tt.status)
				}))
				defer srv.Close()
				var out strings.Builder
				err := run(t.Context(), []string{"-url", srv.URL, "-field", field}, &out)
				is.True(err != nil)                                   // it is no success
				is.True(strings.Contains(err.Error(), tt.want))       // and says why
				is.True(!strings.Contains(out.String(), "peak heap")) // the report ends there
				is.Equal(len(files(t, card)), 0)                      // the card is gone all the same
			})
		}
	}
}

func TestRunCannotBegin(t *testing.T) {
	is := is.New(t)
	dir := t.TempDir()
	begin := func(args ...string) error { return run(t.Context(), args, &strings.Builder{}) }
	is.True(errors.Is(begin("-file", filepath.Join(dir, "none")), fs.ErrNotExist)) // a file that is not there
	is.True(errors.Is(begin("-file", dir), upload.ErrNoSize))                      // a folder
	is.True(errors.Is(begin("-method", "GET"), upload.ErrArgs))                    // no upload
	is.True(begin("-rate", "-1") != nil)                                           // no rate
	is.True(begin("-chunk", "512") != nil)                                         // no flag of this program
}

// temporary is an empty folder in which run makes its temporary files.
func temporary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	t.Setenv("TMP", dir) // what Windows calls it
	return dir
}

// recording is the path of a new file.
func recording(t *testing.T, content string) string {
	t.Helper()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "recording.bin")
	is.NoErr(os.WriteFile(path, []byte(content), 0o600)) // the card can be written
	return path
}

// files lists a folder.
func files(t *testing.T, dir string) []os.DirEntry {
	t.Helper()
	is := is.New(t)
	entries, err := os.ReadDir(dir)
	is.NoErr(err) // the folder can be read
	return entries
}
