package footprint_test

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/footprint"
	"github.com/zreq-go/zreq/benchmarks/process"
)

// content is what every program moves.
var content = strings.Repeat("0123456789abcdef", 1<<12)

// origin is where programs are tried, and what came there.
type origin struct {
	*httptest.Server
	got string
}

// serve answers a GET of /content by content, and one of all else by 404, and takes what
// is PUT there.
func serve(t *testing.T, begin func(*httptest.Server)) *origin {
	o := &origin{}
	o.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/content":
			http.NotFound(w, r)
		case r.Method == http.MethodPut:
			body, _ := io.ReadAll(r.Body)
			o.got = string(body)
		default:
			_, _ = io.WriteString(w, content)
		}
	}))
	begin(o.Server)
	t.Cleanup(o.Close)
	return o
}

func TestProgramsDoTheirJobs(t *testing.T) {
	dir := t.TempDir()
	process.Build(dir, runtime.GOOS+"/"+runtime.GOARCH, "./programs/...") // all compile
	plain, secure := serve(t, (*httptest.Server).Start), serve(t, (*httptest.Server).StartTLS)
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	t.Setenv("SSL_CERT_FILE", write(t, "roots.pem", string(roots)))
	for _, program := range footprint.Programs {
		t.Run(program.Folder, func(t *testing.T) {
			path := filepath.Join(dir, program.Folder)
			tryOut(t, path, job(program.Name), plain)
			if strings.Contains(program.Name, "TLS") || strings.Contains(program.Name, "http") {
				tryOut(t, path, job(program.Name), secure)
			}
		})
	}
}

// What a program does is in its name.
const (
	connect = " alone"
	save    = "save a file"
	upload  = "upload a file"
	stream  = ""
)

func job(name string) string {
	for _, job := range []string{connect, save, upload} {
		if strings.HasSuffix(name, job) {
			return job
		}
	}
	return stream
}

// tryOut runs a program, and sees what it has done, and that it fails where it cannot.
func tryOut(t *testing.T, program, job string, o *origin) {
	is := is.New(t)
	is.Helper()
	switch job {
	case connect:
		_, err := exec.Command(program, o.Listener.Addr().String()).Output()
		is.True((err == nil) == (o.TLS != nil || !strings.HasSuffix(program, "tls"))) // it speaks TLS, or not
		_, err = exec.Command(program, "127.0.0.1:1").Output()
		is.True(err != nil) // nobody listens
	case stream:
		out, err := exec.Command(program, o.URL+"/content").Output()
		is.NoErr(err)                   // it succeeds
		is.True(string(out) == content) // and has written all
		out, err = exec.Command(program, o.URL+"/nothing").Output()
		is.True(err != nil)       // a 404 is not what was asked for
		is.Equal(string(out), "") // and its page not the content
	case save:
		path := filepath.Join(t.TempDir(), "saved")
		is.True(exec.Command(program, o.URL+"/nothing", path).Run() != nil) // a 404 is not saved
		is.NoErr(exec.Command(program, o.URL+"/content", path).Run())       // it succeeds
		saved, err := os.ReadFile(path)
		is.NoErr(err)                     // the file is there
		is.True(string(saved) == content) // and has all
		rest, err := os.ReadDir(filepath.Dir(path))
		is.NoErr(err)
		is.Equal(len(rest), 1) // nothing lies beside it
	case upload:
		path := write(t, "sent", content)
		o.got = ""
		is.NoErr(exec.Command(program, o.URL+"/content", path).Run())       // it succeeds
		is.True(o.got == content)                                           // and all has come
		is.True(exec.Command(program, o.URL+"/nothing", path).Run() != nil) // a 404 is no success
	default:
		t.Fatalf("nothing tries the job %q", job)
	}
}

func write(t *testing.T, name, text string) string {
	path := filepath.Join(t.TempDir(), name)
	is.New(t).NoErr(os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestEveryFolderIsWeighed(t *testing.T) {
	is := is.New(t)
	folders, err := os.ReadDir("programs")
	is.NoErr(err)
	named := make(map[string]bool)
	for _, program := range footprint.Programs {
		named[program.Folder] = true
	}
	for _, folder := range folders {
		is.True(named[folder.Name()]) // each folder has its program
	}
	is.Equal(len(named), len(folders)) // and each program its folder
}
