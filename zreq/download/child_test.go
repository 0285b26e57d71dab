//go:build unix && !tinygo

package download_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func init() { onUnix = proofs{testKills, testSecondProcess, testForeign} }

// TestChild is a download in a process of its own, for the tests that start one.
func TestChild(t *testing.T) {
	url, path := os.Getenv("ZREQ_CHILD_URL"), os.Getenv("ZREQ_CHILD_PATH")
	if url == "" {
		return // nobody has started it
	}
	args := &download.Args{Call: zreq.Args{Driver: new(stdnet.Driver)}}
	// After ten processes that were killed before a checkpoint, the next ones would wait.
	args.Retry.Attempts, args.MaxRestarts = 1_000, 1_000
	if os.Getenv("ZREQ_CHILD_SLOW") != "" {
		args.BytesPerSecond = 1 << 20
		args.Progress = func(p download.Progress) {
			if p.Offset > 0 {
				fmt.Println("under way")
			}
		}
	}
	result, err := download.ToFile(context.Background(), url, path, args)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("resumed at", result.Resumed)
}

// child is a process that downloads.
func child(url, path string, env ...string) (*exec.Cmd, *bytes.Buffer) {
	c := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.timeout=2m")
	c.Env = append(append(os.Environ(), "ZREQ_CHILD_URL="+url, "ZREQ_CHILD_PATH="+path, "ZREQ_POWER_CUTS="), env...)
	out := new(bytes.Buffer)
	c.Stdout, c.Stderr = out, out
	return c, out
}

// versions is a server of net/http that has one version after the other.
type versions struct {
	*httptest.Server
	now    atomic.Int64
	bodies [][]byte
	ranges atomic.Int64 // requests that go on
}

func serveVersions(t *testing.T, size, n int) *versions {
	v := new(versions)
	for range n {
		body := make([]byte, size)
		seed := rand.NewChaCha8([32]byte{byte(len(v.bodies))})
		_, _ = seed.Read(body)
		v.bodies = append(v.bodies, body)
	}
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k := int(v.now.Load()) % n
		if r.Header.Get("Range") != "" {
			v.ranges.Add(1)
		}
		w.Header().Set("ETag", strconv.Quote(strconv.Itoa(k)))
		http.ServeContent(w, r, "image.bin", time.Time{}, bytes.NewReader(v.bodies[k]))
	}))
	t.Cleanup(v.Close)
	return v
}

// testKills: a process that downloads is killed at random times, while the server goes from
// one version to the next now and then. The file is an old one or a whole one after each, and
// the last process ends in the right one.
func testKills(t *testing.T) {
	is := is.New(t)
	size := 36 << 20 // two checkpoints, and the end
	kills, err := strconv.Atoi(os.Getenv("ZREQ_KILLS"))
	if err != nil { // .ci/run has more
		kills, size = 5, 20<<20
	}
	_, path := stale(t)
	server := serveVersions(t, size, 2)
	check := func() int {
		now := content(t, path)
		for i, version := range []string{oldFile, string(server.bodies[0]), string(server.bodies[1])} {
			if now == version {
				return i
			}
		}
		t.Fatal("the file is of no version")
		return 0
	}
	began := time.Now()
	first, out := child(server.URL, path)
	if err := first.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	span := time.Since(began) * 2 / 3 // most processes do not come to their end
	is.Equal(check(), 1)

	rnd := rand.New(rand.NewPCG(22, 22))
	done, ended := 0, 0
	for done < kills {
		if rnd.IntN(4) == 0 {
			server.now.Add(1)
		}
		c, out := child(server.URL, path)
		is.NoErr(c.Start())
		timer := time.AfterFunc(time.Duration(rnd.Int64N(int64(span))), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		killed := c.ProcessState.Sys().(syscall.WaitStatus).Signaled()
		switch version := check(); {
		case killed:
			done++
		case err != nil:
			t.Fatalf("%v: %s", err, out)
		case version == 0:
			t.Fatal("it ended, and the file is the old one")
		default:
			ended++
		}
	}
	last, out := child(server.URL, path)
	if err := last.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	is.True(check() > 0)
	is.Equal(listed(t, filepath.Dir(path)), []string{"image.bin"})
	t.Logf("%d kills within %v each; %d processes ended before; %d requests went on", done, span, ended, server.ranges.Load())
	if kills > 100 && server.ranges.Load() == 0 {
		t.Error("no process went on")
	}
}

// testSecondProcess: while one process downloads, another one to the same path is told so.
func testSecondProcess(t *testing.T) {
	is := is.New(t)
	_, path := stale(t)
	server := serveVersions(t, 4<<20, 1)
	first, _ := child(server.URL, path, "ZREQ_CHILD_SLOW=1")
	r, w, err := os.Pipe()
	is.NoErr(err)
	defer r.Close()
	first.Stdout = w
	is.NoErr(first.Start())
	_ = w.Close()
	_, err = r.Read(make([]byte, 1)) // it is under way
	is.NoErr(err)
	_, err = download.ToFile(context.Background(), server.URL, path, &download.Args{Call: zreq.Args{Driver: new(stdnet.Driver)}})
	is.True(errors.Is(err, download.ErrBusy))
	is.Equal(problem(is, err).Step, download.StepOpen)
	is.Equal(content(t, path), oldFile)
	_ = first.Process.Kill()
	_ = first.Wait()
	_, err = download.ToFile(context.Background(), server.URL, path, &download.Args{Call: zreq.Args{Driver: new(stdnet.Driver)}})
	is.NoErr(err) // the lock has ended with the process
	is.Equal(content(t, path), string(server.bodies[0]))
}

// TestFolderThatIsReadOnly: a process that may read a folder and not write to it is told so,
// before anything is dialled.
func TestFolderThatIsReadOnly(t *testing.T) {
	is := is.New(t)
	dir, path := stale(t)
	server := serveVersions(t, 10, 1)
	is.NoErr(os.Chmod(dir, 0o555))
	defer os.Chmod(dir, 0o700)
	c, out := child(server.URL, path)
	asNobody(t, dir, c)
	is.True(c.Run() != nil)
	for _, words := range []string{"open the sink for " + server.URL, "must be allowed to create files in the folder"} {
		if !strings.Contains(out.String(), words) {
			t.Error(out)
		}
	}
	is.Equal(listed(t, dir), []string{"image.bin"})
}

// asNobody makes a process of root one of a user who may not write everywhere.
func asNobody(t *testing.T, dir string, c *exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	is := is.New(t)
	binary := filepath.Join(t.TempDir(), "test")
	p, err := os.ReadFile(os.Args[0])
	is.NoErr(err)
	is.NoErr(os.WriteFile(binary, p, 0o755))
	is.NoErr(os.Chmod(filepath.Dir(dir), 0o755)) // that of all folders of the test
	c.Path, c.Dir = binary, "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

const nobody = 65534

// TestFileThatIsReadOnly: a file without the permission to write is replaced by one that has
// none either, also by a job that was killed.
func TestFileThatIsReadOnly(t *testing.T) {
	is := is.New(t)
	dir, path := stale(t)
	server := serveVersions(t, 4<<20, 1)
	if os.Geteuid() == 0 {
		is.NoErr(os.Chown(dir, nobody, nobody))
		is.NoErr(os.Chown(path, nobody, nobody))
	}
	is.NoErr(os.Chmod(path, 0o444))
	first, _ := child(server.URL, path, "ZREQ_CHILD_SLOW=1")
	asNobody(t, dir, first)
	r, w, err := os.Pipe()
	is.NoErr(err)
	defer r.Close()
	first.Stdout = w
	is.NoErr(first.Start())
	_ = w.Close()
	_, err = r.Read(make([]byte, 1)) // it is under way
	is.NoErr(err)
	_ = first.Process.Kill()
	_ = first.Wait()
	is.Equal(listed(t, dir), []string{partName, stateName, "image.bin"})
	second, out := child(server.URL, path)
	asNobody(t, dir, second)
	if err := second.Run(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	is.Equal(content(t, path), string(server.bodies[0]))
	info, err := os.Stat(path)
	is.NoErr(err)
	is.Equal(info.Mode().Perm(), fs.FileMode(0o444))
}
