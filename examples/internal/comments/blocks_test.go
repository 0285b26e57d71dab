package comments

import (
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const (
	root = "../../.."
	here = "examples/internal/comments"
)

// elsewhere names the folder of the test that has the code, if it is neither here nor the
// package's own.
var elsewhere = map[string]string{"netdriver/drivertest": "netdriver/stdnet"}

// listings is how many blocks of a package comment are tables and the like.
var listings = map[string]int{
	"benchmarks/origin":        1, // paths
	"examples/internal/server": 1, // paths
	"examples/pico/board":      1, // wires
	"netdriver/gnutls":         2, // measurements
	"zreq/wire":                1, // a drawing, which a test of the package compares
	"zreq/zlog":                3, // a line of a log, and fields
}

// TestPackageComments finds each block of a package comment in a test that runs it, or as
// commands whose packages there are.
func TestPackageComments(t *testing.T) {
	is := is.New(t)
	blocks, other := 0, make(map[string]int)
	is.NoErr(filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil || file.Doc == nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		folder = filepath.ToSlash(folder)
		for _, content := range new(comment.Parser).Parse(file.Doc.Text()).Content {
			code, ok := content.(*comment.Code)
			if !ok {
				continue
			}
			blocks++
			switch {
			case isCommands(code.Text):
				checkCommands(t, folder, code.Text)
			case !isRun(t, folder, code.Text):
				if other[folder]++; other[folder] > listings[folder] {
					t.Errorf("%s: no test runs\n%s", folder, code.Text)
				}
			}
		}
		return nil
	})) // the tree can be read
	is.True(blocks > 60)                                   // it has comments
	is.Equal(other, listings)                              // and no other listings
	is.True(!isRun(t, here, "zreq.Get(ctx, url, none)\n")) // what nobody runs is noticed
}

// checkCommands looks for the folders that commands name, from the root of the module.
func checkCommands(t *testing.T, folder, text string) {
	t.Helper()
	module := folder
	for module != "." {
		if _, err := os.Stat(filepath.Join(root, module, "go.mod")); err == nil {
			break
		}
		module = filepath.ToSlash(filepath.Dir(module))
	}
	at := module
	for line := range strings.Lines(text) {
		if to := changing.FindStringSubmatch(strings.TrimSpace(line)); to != nil {
			at = strings.TrimSpace(to[1]) // commands that change the folder begin at the root
		}
		for _, named := range target.FindAllString(line, -1) {
			if _, err := os.Stat(filepath.Join(root, at, named)); err != nil {
				t.Errorf("%s: %s: %v", folder, strings.TrimSpace(line), err)
			}
		}
	}
}

// The commands that documents show name folders that there are.
func TestDocumentedCommands(t *testing.T) {
	is := is.New(t)
	for _, name := range []string{"README.md", "CONTRIBUTING.md"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		is.NoErr(err) // the document is there
		commands := 0
		for line := range strings.Lines(string(text)) {
			if shown, ok := strings.CutPrefix(line, "    "); ok && isCommands(shown) {
				commands++
				checkCommands(t, ".", shown)
			}
		}
		is.True(commands > 0) // and shows some
	}
}

// isRun reports whether a test has the code, token by token. Its imports are those of the
// test's file.
func isRun(t *testing.T, folder, code string) bool {
	t.Helper()
	imports, want := tokens(code)
	folders := []string{here, folder}
	if of, ok := elsewhere[folder]; ok {
		folders = append(folders, of)
	}
	for _, dir := range folders {
		for _, f := range testFiles(t, dir) {
			if f.runs(imports, want) {
				return true
			}
		}
	}
	return false
}

var read = make(map[string][]testFile) // by folder

func testFiles(t *testing.T, folder string) []testFile {
	t.Helper()
	is := is.New(t)
	if files, ok := read[folder]; ok {
		return files
	}
	paths, err := filepath.Glob(filepath.Join(root, folder, "*_test.go"))
	is.NoErr(err) // the pattern is one
	var files []testFile
	for _, path := range paths {
		text, err := os.ReadFile(path)
		is.NoErr(err) // the file can be read
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.SkipObjectResolution)
		is.NoErr(err) // it is Go
		var f testFile
		for _, spec := range file.Imports {
			f.imports = append(f.imports, spec.Path.Value)
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && (strings.HasPrefix(fn.Name.Name, "Test") || strings.HasPrefix(fn.Name.Name, "Example")) {
				_, all := tokens(string(text[set.Position(fn.Pos()).Offset:set.Position(fn.End()).Offset]))
				f.tests = append(f.tests, all)
			}
		}
		files = append(files, f)
	}
	read[folder] = files
	return files
}
