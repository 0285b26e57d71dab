//go:build !wasip1

package gzip_test

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// maxFootprint is what decoding may add to the smallest program of zreq.
const maxFootprint = 152 << 10

func TestFootprint(t *testing.T) {
	is := is.New(t)
	without := allocated(t, "../testdata/footprint/get")
	with := allocated(t, "./testdata/footprint")
	t.Logf("text and data on linux/arm: %d bytes, decoding %d more (budget %d)", without, with-without, maxFootprint)
	is.True(with-without <= maxFootprint) // decoding stays within its budget
}

// allocated is the size of what a program for a small Linux device brings along
// into memory: all sections that are loaded but those that begin as zeros.
func allocated(t *testing.T, dir string) (size uint64) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", out, dir)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm", "GOARM=7", "CGO_ENABLED=0", "GOFLAGS=")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", dir, err, text)
	}
	file, err := elf.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, s := range file.Sections {
		if s.Flags&elf.SHF_ALLOC != 0 && s.Type != elf.SHT_NOBITS {
			size += s.Size
		}
	}
	return size
}

// What is pulled in beyond package zreq: nothing of a network or of other codecs.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/zreq-go/zreq/zreq/gzip").Output()
	if err != nil {
		t.Fatal(err)
	}
	for imported := range strings.FieldsSeq(string(out)) {
		for _, barred := range []string{"compress/gzip", "compress/zlib", "crypto", "encoding/json", "mime", "net", "regexp", "time/tzdata"} {
			if imported == barred || strings.HasPrefix(imported, barred+"/") {
				t.Errorf("it pulls in %s", imported)
			}
		}
	}
}
