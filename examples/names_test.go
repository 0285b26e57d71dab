package examples_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"
)

var (
	fenced = regexp.MustCompile("(?s)```.*?```")
	inline = regexp.MustCompile("`([^`\n]+)`")
	name   = regexp.MustCompile(`\b([a-z]+)\.([A-Z]\w*(?:\.[A-Z]\w*)?)`)
)

// What the READMEs name in their text and their tables is there.
func TestReadmeNames(t *testing.T) {
	is := is.New(t)
	declared := declarations(t)
	for _, path := range []string{"../README.md", "README.md"} {
		text, err := os.ReadFile(path)
		is.NoErr(err) // there is a README
		names := 0
		for _, span := range inline.FindAllStringSubmatch(fenced.ReplaceAllString(string(text), ""), -1) {
			for _, found := range name.FindAllStringSubmatch(span[1], -1) {
				names++
				if in := declared[found[1]]; in != nil && !in[found[2]] {
					t.Errorf("%s: there is no %s.%s", path, found[1], found[2])
				}
			}
		}
		is.True(names > 20) // and it names some
	}
}

// The documentation of each package has the names that those who come from another client
// look for, and so has the page of the examples.
func TestReadmeNamesForPorters(t *testing.T) {
	is := is.New(t)
	page, err := os.ReadFile("README.md")
	is.NoErr(err) // there is a page
	for path, names := range map[string][]string{
		"../zreq/doc.go":      {"Params", "ErrStop", "Len", "ReadN", "DropHead", "BasicFunc", "TextAs", "SetDefault", "Starter"},
		"../form/doc.go":      {"FromMap"},
		"../netdriver/doc.go": {"SetDefault", "Starter"},
	} {
		text, err := os.ReadFile(path)
		is.NoErr(err) // the package has a comment
		for _, name := range names {
			if !strings.Contains(string(text), name) || !strings.Contains(string(page), "."+name+"`") {
				t.Errorf("%s and README.md: %s is not in both", path, name)
			}
		}
	}
}

// declarations returns what each package of the repository declares: names, and the fields
// and methods of types, as in Args.Body.
func declarations(t *testing.T) map[string]map[string]bool {
	t.Helper()
	is := is.New(t)
	packages := make(map[string]map[string]bool)
	is.NoErr(filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil || file.Name.Name == "main" {
			return err
		}
		in := packages[file.Name.Name]
		if in == nil {
			in = make(map[string]bool)
			packages[file.Name.Name] = in
		}
		for _, decl := range file.Decls {
			declare(in, decl)
		}
		return nil
	})) // all files can be read
	return packages
}

func declare(in map[string]bool, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		receiver := ""
		if d.Recv != nil {
			of := d.Recv.List[0].Type
			if pointer, ok := of.(*ast.StarExpr); ok {
				of = pointer.X
			}
			if named, ok := of.(*ast.Ident); ok {
				receiver = named.Name + "."
			}
		}
		in[receiver+d.Name.Name] = true
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				for _, name := range s.Names {
					in[name.Name] = true
				}
			case *ast.TypeSpec:
				in[s.Name.Name] = true
				members(in, s)
			}
		}
	}
}

// members adds the fields of a struct, or the methods of an interface.
func members(in map[string]bool, s *ast.TypeSpec) {
	var list *ast.FieldList
	switch of := s.Type.(type) {
	case *ast.StructType:
		list = of.Fields
	case *ast.InterfaceType:
		list = of.Methods
	default:
		return
	}
	for _, member := range list.List {
		for _, name := range member.Names {
			in[s.Name.Name+"."+name.Name] = true
		}
	}
}
