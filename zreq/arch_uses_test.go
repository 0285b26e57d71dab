//go:build !wasip1

package zreq_test

import (
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// floors are the files of package zreq, from the top: a file uses those on its own floor
// and below it.
var floors = []string{
	"verbs session lease stats pool shortage budget retry",
	"call again connect",
	"stream coding delivery failure request redirect auth attempts claim tracer fit encoding route body",
	"connection response read content charset mediatype receiver",
	"args headers method trace retryafter byterange httpdate transient",
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
	check := types.Config{Importer: importer.ForCompiler(set, "source", nil)}
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
