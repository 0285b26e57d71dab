//go:build !wasip1

package zreq_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const module = "github.com/zreq-go/zreq"

// core is what must run where there is no operating system.
var core = []string{"zreq", "zreq/wire", "netdriver", "form"}

// folders are those at the top of the tree.
var folders = []string{"benchmarks", "examples", "form", "fuzz", "internal", "netdriver", "upload", "zreq"}

// What the core may neither import nor pull in, with everything below it.
var (
	notImported = []string{
		"crypto", "encoding", "fmt", "log", "math/big", "mime", "net", "os", "reflect", "regexp", "syscall", "unsafe",
		"github.com/rs/zerolog",
	}
	notPulledIn = []string{
		"bytes", "crypto", "encoding", "fmt", "log", "math/big", "mime", "net", "os", "regexp", "sort", "strings",
		"github.com/rs/zerolog",
	}
)

func TestImportsOfTheCore(t *testing.T) {
	all := packages(t)
	for _, dir := range coreAndRooms(t) {
		for _, f := range sources(t, dir) {
			for _, imported := range f.imports() {
				if below(imported, notImported...) {
					t.Errorf("%s imports %s", f.name, imported)
				}
				for _, pulled := range closure(all, imported) {
					if below(pulled, notPulledIn...) {
						t.Errorf("%s imports %s, which pulls in %s", f.name, imported, pulled)
					}
				}
			}
		}
	}
}

func TestLeaves(t *testing.T) {
	for dir, allowed := range map[string][]string{
		"zreq/wire": {"errors", "strconv"},
		"netdriver": {"context", "errors", "io", "slices", "sync", "time"},
	} {
		for _, f := range sources(t, dir) {
			for _, imported := range f.imports() {
				if !slices.Contains(allowed, imported) {
					t.Errorf("%s imports %s", f.name, imported)
				}
			}
		}
	}
	all := packages(t)
	for _, imported := range all[module+"/form"].Imports {
		if !all[imported].Standard {
			t.Errorf("form imports %s, and is for the standard library only", imported)
		}
	}
}

// std is no driver but what most programs want: two drivers and a codec. A proxy is asked
// for a tunnel in HTTP, so that proxy has the codec, which is a leaf.
func TestDriversKnowNothingOfTheClient(t *testing.T) {
	for name, p := range packages(t) {
		for _, imported := range p.Imports {
			if name == module+"/netdriver/std" && imported == module+"/form/stdjson" {
				continue
			}
			if name == module+"/netdriver/proxy" && imported == module+"/zreq/wire" {
				continue
			}
			if below(name, module+"/netdriver") && below(imported, module+"/zreq", module+"/form") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// An upload, and what else builds on the client, goes over whatever driver the
// program has, and imports none: that would register it.
func TestClientPackagesChooseNoDriver(t *testing.T) {
	for _, dir := range []string{"upload", "upload/tus", "zreq/download", "zreq/digest", "zreq/gzip", "zreq/multipart", "zreq/zlog"} {
		for _, f := range sources(t, dir) {
			for _, imported := range f.imports() {
				digest := dir == "zreq/digest" || below(dir, "zreq/download", "upload/tus") && imported == "crypto/sha256"
				secret := below(imported, "crypto") && !digest
				network := below(imported, "net") && dir != "zreq/zlog"                                // which asks connections for their net.Addr
				network = network && !(dir == "upload/tus" && below(imported, "net/netip", "net/url")) // which resolves what a server names
				if secret || network || below(imported, module+"/netdriver") && imported != module+"/netdriver" {
					t.Errorf("%s imports %s", f.name, imported)
				}
			}
		}
	}
}

// The servers of the examples and the benchmarks are no part of the client.
func TestOnlyRoundtripImportsNetHTTP(t *testing.T) {
	client := []string{module + "/zreq", module + "/netdriver", module + "/form", module + "/upload"}
	for name, p := range packages(t) {
		if below(name, client...) && name != module+"/zreq/roundtrip" && slices.Contains(p.Imports, "net/http") {
			t.Errorf("%s imports net/http", name)
		}
	}
}

// roundtrip is between the standard library and the client, and nothing else: it is over
// whatever driver the program has.
func TestRoundtripImportsTheStandardLibraryAndTheClient(t *testing.T) {
	client := []string{module + "/zreq", module + "/zreq/wire", module + "/netdriver", module + "/internal/suspect"}
	all := packages(t)
	for _, imported := range all[module+"/zreq/roundtrip"].Imports {
		if !all[imported].Standard && !slices.Contains(client, imported) {
			t.Errorf("roundtrip imports %s", imported)
		}
	}
}

// A logger costs half a megabyte.
func TestOnlyZlogImportsZerolog(t *testing.T) {
	const zerolog = "github.com/rs/zerolog"
	for name, p := range packages(t) {
		if name == module+"/zreq/zlog" || below(name, zerolog, module+"/examples") {
			continue
		}
		for _, imported := range p.Imports {
			if below(imported, zerolog, module+"/zreq/zlog") {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// TestFilesAreOpenedInOnePlace: a file that an os.Root opens can have no more than 2 GiB on a
// processor of 32 bits, so that osfs alone has one. Only packages with files or devices import
// that, and never the core, not even by way of another package.
func TestFilesAreOpenedInOnePlace(t *testing.T) {
	const osfs = module + "/internal/osfs"
	all := packages(t)
	for name, p := range all {
		if slices.Contains(p.Imports, osfs) && !below(name, module+"/zreq/download", module+"/upload") {
			t.Errorf("%s imports %s", name, osfs)
		}
	}
	for _, dir := range core {
		if slices.Contains(closure(all, module+"/"+dir), osfs) {
			t.Errorf("%s pulls in %s", dir, osfs)
		}
	}
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || below(name, "../internal/osfs") {
			return err
		}
		text, err := os.ReadFile(name)
		if bytes.Contains(text, []byte("os.OpenRoot(")) || bytes.Contains(text, []byte("os.OpenInRoot(")) {
			t.Errorf("%s opens an os.Root: use osfs.Open", name)
		}
		return err
	})
	is.New(t).NoErr(err) // the tree can be read
}

func TestOneFileJoinsDriverAndCodec(t *testing.T) {
	is := is.New(t)
	var joints []string
	for _, dir := range append(roomFolders(t, ".."), "zreq") {
		for _, f := range sources(t, dir) {
			calls := f.calls()
			if calls["Read"] && (calls["Next"] || calls["EOF"]) {
				joints = append(joints, f.name)
			}
		}
	}
	is.Equal(joints, []string{"zreq/internal/exchange/exchange.go"}) // the only place where the bytes of a driver meet the codec
}

// Those of the rooms are looked at by TestRooms.
func TestNoGoroutineIsStarted(t *testing.T) {
	for _, dir := range []string{"zreq", "zreq/wire", "zreq/download", "zreq/digest", "zreq/gzip", "zreq/multipart", "zreq/zlog", "form", "upload", "upload/tus", "internal/backoff", "internal/deadline", "internal/osfs", "internal/pacer", "internal/suspect", "internal/urlcheck"} {
		for _, f := range sources(t, dir) {
			for _, found := range f.goStatements() {
				t.Error(found)
			}
		}
	}
}

func TestTheClockIsReadInOneFile(t *testing.T) {
	for _, dir := range core {
		for _, f := range sources(t, dir) {
			if f.name == "zreq/deadline.go" || f.name == "zreq/spy.go" { // the tracer
				continue
			}
			for _, found := range f.clock() {
				t.Error(found)
			}
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	const most = 400
	err := filepath.WalkDir("..", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") {
			return err
		}
		text, err := os.ReadFile(name)
		if n := bytes.Count(text, []byte("\n")); n > most {
			t.Errorf("%s has %d lines, more than %d: split it", name, n, most)
		}
		return err
	})
	is.New(t).NoErr(err) // the tree can be read
}

func TestTopLevel(t *testing.T) {
	is := is.New(t)
	entries, err := os.ReadDir("..")
	is.NoErr(err) // the tree can be read
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(folders, e.Name()) {
			t.Errorf("%s is no folder of the layout", e.Name())
		}
	}
}

// TestTheRootNamesEveryPackage: a reader of the module's own documentation finds
// every package that can be imported.
func TestTheRootNamesEveryPackage(t *testing.T) {
	is := is.New(t)
	text, err := os.ReadFile("../doc.go")
	is.NoErr(err)
	for name := range packages(t) {
		below, ours := strings.CutPrefix(name, module+"/")
		if !ours || strings.HasPrefix(below, "examples") || strings.Contains(below, "internal/") || below == "fuzz" {
			continue
		}
		if !strings.Contains(string(text), "\n//   - "+below+": ") {
			t.Errorf("doc.go has no line for %s", below)
		}
	}
}

// TinyGo follows the language some releases behind.
func TestLanguageVersion(t *testing.T) {
	is := is.New(t)
	text, err := os.ReadFile("../go.mod")
	is.NoErr(err) // there is a go.mod
	for line := range strings.Lines(string(text)) {
		version, ok := strings.CutPrefix(strings.TrimSpace(line), "go 1.")
		if !ok {
			continue
		}
		minor, _, _ := strings.Cut(version, ".")
		n, err := strconv.Atoi(minor)
		is.NoErr(err)    // the go line is a version
		is.True(n <= 25) // TinyGo can build the module
		return
	}
	t.Error("go.mod has no go line")
}

// pkg is what go list says of a package, its tests aside.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string
}

// packages lists the module and all that it pulls in.
func packages(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Standard,Imports", module+"/...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string]pkg)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all[p.ImportPath] = p
	}
}

// closure returns name and all that it pulls in.
func closure(all map[string]pkg, name string) []string {
	seen := []string{name}
	for i := 0; i < len(seen); i++ {
		if seen[i] == bufferPool {
			continue // it sorts its figures
		}
		for _, imported := range all[seen[i]].Imports {
			if !slices.Contains(seen, imported) {
				seen = append(seen, imported)
			}
		}
	}
	return seen
}

// below reports whether name is one of roots or lies below one.
func below(name string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return name == root || strings.HasPrefix(name, root+"/")
	})
}
