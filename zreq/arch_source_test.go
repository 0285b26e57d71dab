//go:build !wasip1

package zreq_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

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
