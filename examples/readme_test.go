package examples_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A Go block of the README stands under a line that says where its code is from:
// a file, or a function of one.
var (
	block  = regexp.MustCompile("(?s)([^\n]*)\n```go\n(.*?)\n```\n")
	origin = regexp.MustCompile(`^<!-- (\S+\.go)(?: (\w+))? -->$`)
)

func TestReadmeCode(t *testing.T) {
	is := is.New(t)
	readme, err := os.ReadFile("../README.md")
	is.NoErr(err) // there is a README
	blocks := block.FindAllStringSubmatch(string(readme), -1)
	is.True(len(blocks) > 0) // with code in it
	for _, b := range blocks {
		mark, code := b[1], b[2]
		t.Run(mark, func(t *testing.T) {
			is := is.New(t)
			from := origin.FindStringSubmatch(mark)
			is.True(from != nil)                        // the block says where it is from
			is.Equal(code, source(t, from[1], from[2])) // and is what stands there
		})
	}
}

// source returns the text of a file in the tree, or of one function of it.
func source(t *testing.T, path, function string) string {
	t.Helper()
	is := is.New(t)
	text, err := os.ReadFile(filepath.Join("..", path))
	is.NoErr(err) // the file is there
	if function == "" {
		return string(text[:len(text)-1]) // without the last end of line
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, 0)
	is.NoErr(err) // it is Go
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Name.Name == function {
			return string(text[files.Position(f.Pos()).Offset:files.Position(f.End()).Offset])
		}
	}
	t.Fatalf("%s has no function %s", path, function)
	return ""
}
