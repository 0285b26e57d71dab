//go:build !wasip1

package zreq_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

func init() {
	programs = map[string]proofs{
		"Z29": {testDriverRegistry, testSessionDriverOfTheProgram},
		"Z30": {testDriverRegistry},
		"B17": {testFootprint, testWhatIsNotUsedIsNotLinked},
	}
}

// testDriverRegistry: the driver of a call is its own, or its connection's, or
// the program's, and where there is none, or no choice between two, the error
// names the cure. It says: no driver, ambiguous, bad request, safe to retry.
func testDriverRegistry(t *testing.T) {
	is := is.New(t)
	out, err := exec.Command("go", "run", "./testdata/registry").CombinedOutput()
	is.NoErr(err)
	want := []string{
		`none: true false false false zreq: request: GET http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		`none, connect: true false false false zreq: request: connect http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		"one: done",
		"two: false true false false zreq: request: GET http://device.test/: more than one net driver: call netdriver.SetDefault, or give one to the call",
		"set default: <nil>",
		"chosen by the program: done",
		"dials: 1 1",
		"look-up: <nil>",
		"chosen by the call: done",
		"dials: 2 1",
		"chosen by the connection: done",
		"dials: 2 1",
		"open: 0 0",
	}
	is.Equal(strings.Split(strings.TrimSpace(string(out)), "\n"), want)
}

// The driver that the program chooses is the one of each call from then on.
func testSessionDriverOfTheProgram(t *testing.T) {
	is := is.New(t)
	out, err := exec.Command("go", "run", "./testdata/session").CombinedOutput()
	is.NoErr(err)
	is.Equal(strings.Split(strings.TrimSpace(string(out)), "\n"), []string{
		"none: true",
		"one: a",
		"two: true",
		"chosen: b",
		"the Session's: a",
		"the call's: b",
		"chosen again: a",
		"dials: 2 2 reused: 1",
		"open: 0 0",
	})
}

// maxFootprint is what zreq may add to a program that dials with net: what it does add,
// rounded up to 2 KiB. The aim is 256 KiB, and 352 with a Session.
var maxFootprint = map[string]uint64{"get": 288 << 10, "session": 386 << 10}

// notLinked are parts of symbols that the smallest program must not have: it
// pays for nothing that it does not use.
var notLinked = []string{
	"crypto/tls.", "net/http.", "net/url.", "net/textproto.", "mime.", "mime/", "regexp.", "math/big.", "zerolog",
	"time.Parse", // 38 KB
	"encoding/json.(*decodeState)", "encoding/json.(*encodeState)",
}

func testFootprint(t *testing.T) {
	is := is.New(t)
	dial := allocated(t, build(t, "dial", "-s -w"))
	for name, most := range maxFootprint {
		more := allocated(t, build(t, name, "-s -w")) - dial
		t.Logf("text and data on linux/arm: net alone %d bytes, %s %d more (budget %d)", dial, name, more, most)
		is.True(more <= most) // zreq stays within its budget
	}
}

func testWhatIsNotUsedIsNotLinked(t *testing.T) {
	file := open(t, build(t, "get", ""))
	symbols, err := file.Symbols()
	is.New(t).NoErr(err) // the program was not stripped
	for _, s := range symbols {
		for _, part := range notLinked {
			if strings.Contains(s.Name, part) {
				t.Errorf("%s is linked", s.Name)
			}
		}
	}
}

// build builds a program of testdata/footprint as for a small Linux device.
func build(t *testing.T, name, ldflags string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags="+ldflags, "-o", out, "./testdata/footprint/"+name)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm", "GOARM=7", "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", name, err, text)
	}
	return out
}

// allocated is the size of what a program brings along into memory: all
// sections that are loaded but those that begin as zeros.
func allocated(t *testing.T, name string) (size uint64) {
	t.Helper()
	for _, s := range open(t, name).Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			size += s.Size
		}
	}
	return size
}

func open(t *testing.T, name string) *elf.File {
	t.Helper()
	file, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// Nobody knows how much a pipe will give: it goes out chunked.
func TestPipeIsChunked(t *testing.T) {
	is := is.New(t)
	r, w, err := os.Pipe()
	is.NoErr(err)
	defer r.Close()
	_, err = w.WriteString("hello")
	is.NoErr(err)
	_ = w.Close()
	got, _ := post(t, r, zreq.Args{})
	is.Equal(got, "POST /up HTTP/1.1\r\nHost: h.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
}
