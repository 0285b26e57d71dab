//go:build !tinygo

package download_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"
)

// TestFlakey: a process that downloads is killed while the file system has lost the power. From
// a random moment on, device mapper drops what is written to the device, and then the file system
// is mounted anew. The file is the old one or a whole new one each time.
//
// ZREQ_FLAKEY is how often. It needs root, and the target flakey of device mapper; .ci/run looks
// for both.
func TestFlakey(t *testing.T) {
	cuts, err := strconv.Atoi(os.Getenv("ZREQ_FLAKEY"))
	if err != nil {
		return // nobody wants it
	}
	is := is.New(t)
	d := newFlakey(t)
	v := &killing{t, serveVersions(t, 36<<20, 2), filepath.Join(d.dir, "image.bin"), false}
	put(t, v.path, oldFile)
	d.run("sync")
	began := time.Now()
	v.ends()
	span := time.Since(began)
	rnd := rand.New(rand.NewPCG(23, 23))
	kept := 0
	for range cuts {
		before := v.check()
		v.server.now.Add(1)
		c, out := v.child()
		is.NoErr(c.Start())
		time.Sleep(time.Duration(rnd.Int64N(int64(span))))
		d.load("flakey", "0 180 1 drop_writes") // drops them for the next 180 s
		_ = c.Process.Kill()
		_ = c.Wait() // it may have ended
		d.run("umount", d.dir)
		d.load("linear", "")
		d.run("mount", d.device(), d.dir)
		if version := v.check(); version == before {
			kept++
		}
		if strings.Contains(out.String(), "FAIL") {
			t.Fatal(out)
		}
	}
	v.ends()
	t.Logf("%d power cuts of a device, after %d of which the file was the one before; %d requests went on", cuts, kept, v.server.ranges.Load())
}

// flakey is a file system on a device whose writes can be dropped.
type flakey struct {
	t       *testing.T
	dir     string // where it is mounted
	name    string // of the device
	below   string // the loop device
	sectors string
}

func newFlakey(t *testing.T) *flakey {
	t.Helper()
	d := &flakey{t: t, dir: t.TempDir(), name: "zreq-flakey-" + strconv.Itoa(os.Getpid())}
	file := filepath.Join(t.TempDir(), "disk")
	put(t, file, "")
	if err := os.Truncate(file, 256<<20); err != nil {
		t.Fatal(err)
	}
	d.below = d.run("losetup", "-f", "--show", file)
	t.Cleanup(func() { d.run("losetup", "-d", d.below) })
	d.sectors = d.run("blockdev", "--getsz", d.below)
	d.run("dmsetup", "create", d.name, "--table", d.table("linear", ""))
	t.Cleanup(func() { d.run("dmsetup", "remove", "--retry", d.name) })
	d.run("mkfs.ext4", "-q", d.device())
	d.run("mount", d.device(), d.dir)
	t.Cleanup(func() { d.run("umount", d.dir) })
	return d
}

func (d *flakey) device() string { return "/dev/mapper/" + d.name }

func (d *flakey) table(kind, args string) string {
	return strings.TrimSpace("0 " + d.sectors + " " + kind + " " + d.below + " 0 " + args)
}

// load gives the device another table, without writing what the file system has in memory.
func (d *flakey) load(kind, args string) {
	d.t.Helper()
	d.run("dmsetup", "suspend", "--nolockfs", d.name)
	d.run("dmsetup", "load", d.name, "--table", d.table(kind, args))
	d.run("dmsetup", "resume", d.name)
}

// run runs a command, and returns what it says.
func (d *flakey) run(name string, args ...string) string {
	d.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}
