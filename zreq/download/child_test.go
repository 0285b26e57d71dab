//go:build unix && !tinygo

package download_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	if sum, err := hex.DecodeString(os.Getenv("ZREQ_CHILD_SHA256")); err == nil && len(sum) > 0 {
		args.Want.SHA256 = sum
	}
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
// the last process ends in the right one. With a digest, each process wants that of the version
// that the server has.
//
// ZREQ_KILLS is how many there are, of each kind.
func testKills(t *testing.T) {
	for name, digest := range map[string]bool{"no digest": false, "digest": true} {
		t.Run(name, func(t *testing.T) { killMany(t, digest) })
	}
}

// killing has processes that download the same, one after the other, and are killed.
type killing struct {
	t      *testing.T
	server *versions
	path   string
	digest bool
}

// child is a process that wants what the server has.
func (v *killing) child() (*exec.Cmd, *bytes.Buffer) {
	if !v.digest {
		return child(v.server.URL, v.path)
	}
	sum := sha256.Sum256(v.server.bodies[v.server.now.Load()%2])
	return child(v.server.URL, v.path, "ZREQ_CHILD_SHA256="+hex.EncodeToString(sum[:]))
}

// check returns which version the file is of: 0 is the old one.
func (v *killing) check() int {
	v.t.Helper()
	now := content(v.t, v.path)
	for i, version := range []string{oldFile, string(v.server.bodies[0]), string(v.server.bodies[1])} {
		if now == version {
			return i
		}
	}
	v.t.Fatal("the file is of no version")
	return 0
}

// ends runs a process that nobody kills.
func (v *killing) ends() {
	v.t.Helper()
	c, out := v.child()
	if err := c.Run(); err != nil {
		v.t.Fatalf("%v: %s", err, out)
	}
	if v.digest && v.check() != 1+int(v.server.now.Load()%2) {
		v.t.Fatal("the file is of another version than that of the digest")
	}
}

func killMany(t *testing.T, digest bool) {
	is := is.New(t)
	size := 36 << 20 // two checkpoints, and the end
	kills, err := strconv.Atoi(os.Getenv("ZREQ_KILLS"))
	if err != nil { // .ci/run has more
		kills, size = 3, 20<<20
	}
	_, path := stale(t)
	v := &killing{t, serveVersions(t, size, 2), path, digest}
	began := time.Now()
	v.ends()
	span := time.Since(began)
	is.Equal(v.check(), 1)

	rnd := rand.New(rand.NewPCG(22, 22))
	done, ended := 0, 0
	for done < kills {
		if rnd.IntN(4) == 0 {
			v.server.now.Add(1)
		}
		c, out := v.child()
		is.NoErr(c.Start())
		timer := time.AfterFunc(time.Duration(rnd.Int64N(int64(span))), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		killed := c.ProcessState.Sys().(syscall.WaitStatus).Signaled()
		switch version := v.check(); {
		case killed:
			done++
			span += span / 20
		case err != nil:
			t.Fatalf("%v: %s", err, out)
		case version == 0:
			t.Fatal("it ended, and the file is the old one")
		default: // most should not come to their end
			ended++
			span -= span / 8
		}
	}
	v.ends()
	is.True(v.check() > 0)
	is.Equal(listed(t, filepath.Dir(path)), []string{"image.bin"})
	t.Logf("%d kills within %v each; %d processes ended before; %d requests went on", done, span, ended, v.server.ranges.Load())
	if kills >= 50 && v.server.ranges.Load() == 0 {
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
	for _, words := range []string{"open the sink for " + path, "must be allowed to create files in the folder"} {
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
