package examples_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"
)

var rewrite = flag.Bool("update", false, "copy the code into the documents")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A Go block of a document stands under a line that says where its code is from: a file,
// a function of one, or a list of calls.
var (
	block  = regexp.MustCompile("(?s)([^\n]*)\n```go\n(.*?)\n```\n")
	origin = regexp.MustCompile(`^<!-- (\S+\.go)(?: (\w+))? -->$`)
)

func TestReadmeCode(t *testing.T) {
	for _, path := range documents(t) {
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
			is := is.New(t)
			text, err := os.ReadFile(path)
			is.NoErr(err)                                                                // the document can be read
			is.Equal(bytes.Count(text, []byte("```go\n")), len(block.FindAll(text, -1))) // every block has its end
			updated := block.ReplaceAllFunc(text, func(b []byte) []byte {
				found := block.FindSubmatch(b)
				mark, code := string(found[1]), string(found[2])
				from := origin.FindStringSubmatch(mark)
				is.True(from != nil) // the block says where it is from
				now := source(t, from[1], from[2])
				if !*rewrite {
					is.Equal(code, now) // and is what stands there
				}
				return []byte(mark + "\n```go\n" + now + "\n```\n")
			})
			if *rewrite {
				is.NoErr(os.WriteFile(path, updated, 0o644)) // the document can be written
			}
		})
	}
}

// documents returns all Markdown in the repository.
func documents(t *testing.T) []string {
	t.Helper()
	is := is.New(t)
	var paths []string
	is.NoErr(filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" {
			paths = append(paths, path)
		}
		return err
	})) // the tree can be walked
	is.True(len(paths) > 3) // and there are documents
	return paths
}

// source returns the text of a file in the tree, or of one function or list of calls in it.
func source(t *testing.T, path, name string) string {
	t.Helper()
	is := is.New(t)
	text, err := os.ReadFile(filepath.Join("..", path))
	is.NoErr(err) // the file is there
	if name == "" {
		return string(text[:len(text)-1]) // without the last end of line
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, 0)
	is.NoErr(err) // it is Go
	for _, decl := range file.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Name.Name == name {
				return string(text[files.Position(d.Pos()).Offset:files.Position(d.End()).Offset])
			}
		case *ast.GenDecl:
			if v, ok := d.Specs[0].(*ast.ValueSpec); ok && v.Names[0].Name == name {
				return calls(t, files, string(text), v)
			}
		}
	}
	t.Fatalf("%s has no %s", path, name)
	return ""
}

// calls returns a list of calls as a document shows it: the first field of each as a
// comment, and under it the body of the function that is its last.
func calls(t *testing.T, files *token.FileSet, text string, list ast.Node) string {
	t.Helper()
	is := is.New(t)
	var shown []string
	ast.Inspect(list, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok || len(c.Elts) == 0 {
			return true
		}
		ours, ok := c.Elts[len(c.Elts)-1].(*ast.FuncLit)
		if !ok {
			return true
		}
		theirs, err := strconv.Unquote(c.Elts[0].(*ast.BasicLit).Value)
		is.NoErr(err) // the first field of a call is a string
		body := text[files.Position(ours.Body.Lbrace).Offset+1 : files.Position(ours.Body.Rbrace).Offset]
		shown = append(shown, "// "+theirs+"\n"+strings.TrimSpace(strings.ReplaceAll(body, "\n\t\t\t", "\n")))
		return false
	})
	return strings.Join(shown, "\n\n")
}
