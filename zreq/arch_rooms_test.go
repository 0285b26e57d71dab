//go:build !wasip1

package zreq_test

import (
	"bytes"
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// internal is where the rooms of the client are: packages that it alone imports.
const internal = "zreq/internal"

// bufferPool is what zreq/internal/buffer alone may import. It pulls in sort.
const bufferPool = "github.com/valyala/bytebufferpool"

// A room is what a package below zreq/internal may import, beside basics; and whether it may
// read the clock.
type room struct {
	imports []string
	clock   bool
}

// basics may be imported by every room. errors and strconv are all that the codec has.
var basics = []string{"errors", "strconv"}

// rooms are all that there may be, from the lowest. An arrow points down: who needs another
// one moves the code, and does not add the arrow. Of a room that has no context, time or sync
// nothing waits, and of one that has no netdriver and no wire it knows neither network nor HTTP.
var rooms = map[string]room{
	"ascii":  {},
	"buffer": {imports: []string{"sync", bufferPool}},
	"target": {imports: []string{"unicode/utf8", module + "/zreq/wire", module + "/zreq/internal/ascii"}},
	"chunk":  {imports: []string{"context", module + "/zreq/internal/buffer"}},
	"line": {clock: true, imports: []string{
		"context", "io", "math", "sync", "sync/atomic", "time", module + "/netdriver",
		module + "/zreq/internal/ascii", module + "/zreq/internal/buffer", module + "/zreq/internal/target",
	}},
	"exchange": {imports: []string{
		"context", "io", "math", "time", module + "/netdriver", module + "/zreq/wire",
		module + "/zreq/internal/ascii", module + "/zreq/internal/buffer", module + "/zreq/internal/line",
	}},
	"pool": {imports: []string{
		"context", "slices", "sync", "time", module + "/netdriver", module + "/zreq/wire",
		module + "/zreq/internal/line", module + "/zreq/internal/target",
	}},
}

// roomLines bounds a file of a room.
const roomLines = 300

func TestRooms(t *testing.T) {
	for _, fault := range roomFaults(t, "..") {
		t.Error(fault)
	}
}

// TestOnlyTheClientEntersItsRooms: what is next to the client, as digest and download, uses
// it as everybody does.
func TestOnlyTheClientEntersItsRooms(t *testing.T) {
	for name, p := range packages(t) {
		if name == module+"/zreq" || below(name, module+"/"+internal) {
			continue
		}
		for _, imported := range p.Imports {
			if below(imported, module+"/"+internal) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// TestOnlyBufferImportsItsPool: it is excused from what the core may not pull in, which
// holds for what it imports today.
func TestOnlyBufferImportsItsPool(t *testing.T) {
	for name, p := range packages(t) {
		if name != module+"/"+internal+"/buffer" && slices.Contains(p.Imports, bufferPool) {
			t.Errorf("%s imports %s", name, bufferPool)
		}
		for _, imported := range p.Imports {
			if name == bufferPool && !slices.Contains([]string{"io", "sort", "sync", "sync/atomic"}, imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// roomFaults walks the rooms of the module at root, and says what is wrong with them.
func roomFaults(t *testing.T, root string) (faults []string) {
	t.Helper()
	for _, dir := range roomFolders(t, root) {
		name := strings.TrimPrefix(dir, internal+"/")
		r, known := rooms[name]
		if !known {
			faults = append(faults, dir+" is no room that is known: see rooms")
			continue
		}
		for _, f := range sourcesBelow(t, root, dir) {
			for _, imported := range f.imports() {
				if !slices.Contains(basics, imported) && !slices.Contains(r.imports, imported) {
					faults = append(faults, fmt.Sprintf("%s imports %s", f.name, imported))
				}
			}
			faults = append(faults, f.goStatements()...)
			if !r.clock {
				faults = append(faults, f.clock()...)
			}
			text, err := os.ReadFile(filepath.Join(root, f.name))
			if n := bytes.Count(text, []byte("\n")); err != nil || n > roomLines {
				faults = append(faults, fmt.Sprintf("%s has %d lines, more than %d: split it", f.name, n, roomLines))
			}
		}
	}
	return faults
}

// roomFolders returns the folders below zreq/internal in which there is a file of Go, by their
// names below root. There may be none.
func roomFolders(t *testing.T, root string) (dirs []string) {
	t.Helper()
	top := filepath.Join(root, internal)
	if _, err := os.Stat(top); os.IsNotExist(err) {
		return nil
	}
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if dir = filepath.ToSlash(dir); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
		return err
	})
	is.New(t).NoErr(err) // the rooms can be read
	return dirs
}

// coreAndRooms are the folders of core, and the rooms.
func coreAndRooms(t *testing.T) []string {
	t.Helper()
	return append(slices.Clone(core), roomFolders(t, "..")...)
}

// The test of the rooms is there before them: it finds what it is for.
func TestRoomFaults(t *testing.T) {
	const zreq = module + "/zreq"
	for name, tt := range map[string]struct{ file, text, want string }{
		"a room":              {"line/socket.go", `package line; import (_ "time"; _ "` + module + `/netdriver")`, ""},
		"its test":            {"line/socket_test.go", `package line_test; import _ "net/http"`, ""},
		"an unknown room":     {"util/util.go", "package util", internal + "/util is no room that is known: see rooms"},
		"a room in a room":    {"line/deep/deep.go", "package deep", internal + "/line/deep is no room that is known: see rooms"},
		"only a test":         {"util/util_test.go", "package util", internal + "/util is no room that is known: see rooms"},
		"none":                {"room.go", "package internal", internal + " is no room that is known: see rooms"},
		"an arrow up":         {"exchange/x.go", `package exchange; import _ "` + zreq + `"`, internal + "/exchange/x.go imports " + zreq},
		"an arrow aside":      {"exchange/x.go", `package exchange; import _ "` + zreq + `/internal/pool"`, internal + "/exchange/x.go imports " + zreq + "/internal/pool"},
		"HTTP in a line":      {"line/x.go", `package line; import _ "` + zreq + `/wire"`, internal + "/line/x.go imports " + zreq + "/wire"},
		"the network":         {"line/x.go", `package line; import _ "net"`, internal + "/line/x.go imports net"},
		"what only TLS needs": {"target/x.go", `package target; import _ "crypto/sha256"`, internal + "/target/x.go imports crypto/sha256"},
		"another's pool":      {"chunk/x.go", `package chunk; import _ "` + bufferPool + `"`, internal + "/chunk/x.go imports " + bufferPool},
		"other systems too":   {"line/x_windows.go", `package line; import _ "syscall"`, internal + "/line/x_windows.go imports syscall"},
		"a goroutine":         {"pool/x.go", "package pool\nfunc f() { go f() }", internal + "/pool/x.go:2: go statement"},
		"the clock":           {"pool/x.go", "package pool\nimport \"time\"\nvar x = time.Now()", internal + "/pool/x.go:3: time.Now"},
		"the clock of a line": {"line/x.go", "package line\nimport \"time\"\nvar x = time.Now()", ""},
		"the clock, renamed":  {"pool/x.go", "package pool\nimport t \"time\"\nvar x = t.Now", internal + "/pool/x.go:3: time.Now"},
		"a long file":         {"wide/../chunk/x.go", "package chunk\n" + strings.Repeat("\n", roomLines), internal + "/chunk/x.go has 301 lines, more than 300: split it"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			root := t.TempDir()
			file := filepath.Join(root, internal, tt.file)
			is.NoErr(os.MkdirAll(filepath.Dir(file), 0o755))
			is.NoErr(os.WriteFile(file, []byte(tt.text), 0o600))
			is.Equal(strings.Join(roomFaults(t, root), "\n"), tt.want) // and nothing else
		})
	}
	is.New(t).Equal(roomFaults(t, t.TempDir()), nil) // before there are any
}

// source is a file that is not a test.
type source struct {
	*ast.File
	name string // below the module
	set  *token.FileSet
}

// sources parses the files of a folder, whatever system they are for.
func sources(t *testing.T, dir string) []source {
	t.Helper()
	files := sourcesBelow(t, "..", dir)
	if len(files) == 0 {
		t.Fatalf("no files in %s", dir)
	}
	return files
}

// sourcesBelow is sources of another module than this one.
func sourcesBelow(t *testing.T, root, dir string) (files []source) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, source{f, path.Join(dir, filepath.Base(name)), set})
	}
	return files
}

func (s source) imports() []string {
	var names []string
	for _, spec := range s.Imports {
		name, _ := strconv.Unquote(spec.Path.Value) // it has been parsed
		names = append(names, name)
	}
	return names
}

// goStatements says where s starts a goroutine.
func (s source) goStatements() (found []string) {
	ast.Inspect(s.File, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			found = append(found, s.at(g)+": go statement")
		}
		return true
	})
	return found
}

// clock says where s reads the clock, or has a timer.
func (s source) clock() (found []string) {
	clock := []string{"After", "AfterFunc", "NewTicker", "NewTimer", "Now", "Since", "Sleep", "Tick", "Until"}
	ast.Inspect(s.File, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == s.localName("time") && slices.Contains(clock, sel.Sel.Name) {
			found = append(found, s.at(sel)+": time."+sel.Sel.Name)
		}
		return true
	})
	return found
}

// localName is how s calls a package of the standard library.
func (s source) localName(imported string) string {
	for _, spec := range s.Imports {
		if name, _ := strconv.Unquote(spec.Path.Value); name == imported && spec.Name != nil {
			return spec.Name.Name
		}
	}
	return path.Base(imported)
}

// at is where n is.
func (s source) at(n ast.Node) string {
	return s.name + ":" + strconv.Itoa(s.set.Position(n.Pos()).Line)
}

// calls returns the names of the methods and functions of packages that s calls.
func (s source) calls() map[string]bool {
	names := make(map[string]bool)
	ast.Inspect(s.File, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.SelectorExpr); ok {
				names[f.Sel.Name] = true
			}
		}
		return true
	})
	return names
}

// floors are the files of package zreq, from the top: a file uses those on its own floor
// and below it.
var floors = []string{
	"verbs session lease stats pool shortage budget retry",
	"call again connect",
	"stream coding delivery failure request redirect auth attempts claim tracer fit encoding route blame body",
	"connection response read content charset mediatype receiver",
	"args sessionargs headers method trace retryafter byterange httpdate transient",
	"errors limits timeouts reuse base64 readbuffer doc",
}

// TestUsesGoDown: of the names that a file of the client uses of another file, at most one
// in twenty is of a file above it. Args, for one, names the types of its fields.
func TestUsesGoDown(t *testing.T) {
	if zreqtest.RaceDetector {
		return // it is slow, and looks at the source alone
	}
	is := is.New(t)
	folder, err := gobuild.Default.ImportDir(".", 0)
	is.NoErr(err)
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range folder.GoFiles {
		f, err := parser.ParseFile(set, name, nil, 0)
		is.NoErr(err)
		files = append(files, f)
	}
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	check := types.Config{Importer: exports(set, listed(t, "", "./"))}
	client, err := check.Check(module+"/zreq", set, files, info)
	is.NoErr(err)
	floor := make(map[string]int)
	for i, names := range floors {
		for _, name := range strings.Fields(names) {
			floor[name+".go"] = i
		}
	}
	fileOf := func(at token.Pos) string {
		name := filepath.Base(set.Position(at).Filename)
		if _, known := floor[name]; !known {
			t.Errorf("%s stands on no floor", name)
		}
		return name
	}
	up := make(map[string]bool)
	all := make(map[string]bool)
	for use, of := range info.Uses {
		if of.Pkg() != client || !isNamed(of, client) {
			continue
		}
		from, to := fileOf(use.Pos()), fileOf(of.Pos())
		if from == to {
			continue
		}
		key := fmt.Sprintf("%s uses %s of %s", from, of.Name(), to)
		all[key] = true
		if floor[to] < floor[from] {
			up[key] = true
		}
	}
	is.True(len(all) > 500) // the files use one another
	if len(up)*20 > len(all) {
		t.Errorf("%d of %d uses go up: %v", len(up), len(all), up)
	}
}

// isNamed reports whether an object is one of the package, or a field or method of its
// types, and no local variable.
func isNamed(of types.Object, in *types.Package) bool {
	switch of := of.(type) {
	case *types.Var:
		return of.IsField() || of.Parent() == in.Scope()
	case *types.Func:
		return true
	}
	return of.Parent() == in.Scope()
}
