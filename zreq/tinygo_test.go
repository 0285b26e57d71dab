//go:build !wasip1

package zreq_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// There is no TinyGo where these tests run. What a program costs there was measured by hand,
// and rests on what the source does not use. These tests keep that.

// notUsed are functions that link much of package time, or net/netip, or start a goroutine.
var notUsed = []string{
	"time.Parse", "time.ParseInLocation", "time.ParseDuration", "time.Tick", "time.After", "time.AfterFunc",
	"time.NewTimer", "time.NewTicker", "(time.Duration).String", "(time.Time).String", "(time.Time).Format",
	"(time.Time).AppendFormat", "net/netip.ParseAddr", "net/netip.MustParseAddr", "net/netip.ParseAddrPort",
	"context.AfterFunc", "context.WithCancel", "context.WithDeadline", "context.WithTimeout",
}

// TestSourceForTinyGo: a program that makes a GET over a Netdever links neither net nor fmt,
// starts no goroutine and no timer, and formats no time.
func TestSourceForTinyGo(t *testing.T) {
	if zreqtest.RaceDetector {
		return // it looks at the source alone
	}
	all := listed(t, "tinygo", "./", "../netdriver/netdev")
	set := token.NewFileSet()
	exported := exports(set, all)
	for name, p := range all {
		if name == "net" || name == "fmt" || below(name, "crypto", "reflect", "encoding") {
			t.Errorf("%s is linked", name)
		}
		if !below(name, module) {
			continue
		}
		s := checked(t, set, exported, name, p)
		for _, found := range s.faults() {
			t.Error(found)
		}
	}
}

// TestCallsUnderTinyGo: with what is built for TinyGo, calls over a Netdever end as they do
// elsewhere, and no goroutine is there beside the caller's.
func TestCallsUnderTinyGo(t *testing.T) {
	if zreqtest.RaceDetector {
		return // it is another program
	}
	is := is.New(t)
	out, err := exec.Command("go", "run", "-tags=tinygo", "./testdata/tinygo").CombinedOutput()
	is.NoErr(err)
	calls, costs, _ := strings.Cut(string(out), "costs\n")
	is.Equal(strings.Split(strings.TrimSpace(calls), "\n"), []string{
		"get: 200 <nil>, open 0",
		"kept: 200 <nil>, open 0",
		"upload: 200 <nil>, open 0",
		"truncated: 200 zreq: body: GET http://192.0.2.1/x: response cut short (RFC 9112, 8): after 5 of 9 bytes: unexpected EOF, open 0",
		"silent: 0 zreq: head: GET http://192.0.2.1/x: timeout: Timeouts.Head of 70ms is over: i/o timeout, open 0",
		"cancelled: 0 zreq: head: GET http://192.0.2.1/x: context canceled, open 0",
		"slow dial: 0 zreq: dial: GET http://192.0.2.1/x: connection failed: timeout: Timeouts.Dial of 1ms is over: context deadline exceeded, open 0",
		"cancelled dial: 0 zreq: dial: GET http://192.0.2.1/x: context canceled, open 0",
		"retried: 200 <nil>, open 0",
		"cancelled wait: 503 zreq: wait: GET http://192.0.2.1/x: out of retries: the context ended before the next after 1 attempt: head: status 503, open 0",
		"goroutines: 1",
		"none is left, and has a retry again in 90s, after 0 attempt",
	})
	most := map[string][2]int{"get": {1792, 16}, "into": {0, 0}, "session": {512, 4}} // bytes and objects
	for line := range strings.Lines(costs) {
		name, _, _ := strings.Cut(line, ":")
		var size, objects int
		_, err := fmt.Sscanf(line, name+": %d bytes in %d objects", &size, &objects)
		is.NoErr(err)
		if size > most[name][0] || objects > most[name][1] {
			t.Errorf("%s allocates %d bytes in %d objects, more than %v", name, size, objects, most[name])
		}
		delete(most, name)
	}
	is.Equal(len(most), 0) // all were measured
}

// TestFaultsForTinyGo: the test above finds what it is for.
func TestFaultsForTinyGo(t *testing.T) {
	const head = "package x\nimport \"time\"\nvar _ = time.Now\ntype has struct{ p *struct{ at []time.Time } }\n"
	set := token.NewFileSet()
	exported := exports(set, listed(t, "tinygo", "time"))
	for name, tt := range map[string]struct{ text, want string }{
		"a goroutine":   {"func f() { go f() }", "go statement"},
		"a timer":       {"func f() { time.NewTimer(1) }", "uses time.NewTimer"},
		"a text":        {"func f(d time.Duration) string { return d.String() }", "uses (time.Duration).String"},
		"an argument":   {"func f(...any) { f(1, has{}) }", "has becomes an interface"},
		"one in a list": {"func f(list []any) { _ = append(list, has{}) }", "has becomes an interface"},
		"an assignment": {"func f(v any) { v = &has{} }", "*has becomes an interface"},
		"a variable":    {"var v any = time.Now()", "Time becomes an interface"},
		"a result":      {"func f() (int, any) { return func() (int, any) { return 1, time.Now() }() }", "Time becomes an interface"},
		"several":       {"func f() (int, has)\nfunc g() (int, any) { return f() }", "has becomes an interface"},
		"a field":       {"var v = struct{ v any }{has{}}", "has becomes an interface"},
		"a named field": {"var v = []struct{ v any }{{v: has{}}}", "has becomes an interface"},
		"a message":     {"func f(c chan any) { c <- has{} }", "has becomes an interface"},
		"a conversion":  {"var v = any(has{})", "has becomes an interface"},
		"a comparison":  {"func f(v any) bool { return v == time.Now() }", "Time becomes an interface"},
		"what may be":   {"var v, w any = 1, struct{ f func(time.Time); i interface{ M(time.Time) } }{}\nvar h = has{}\nfunc g[T any](T) {}\nfunc f() { g(h) }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			file := filepath.Join(t.TempDir(), "x.go")
			is.NoErr(os.WriteFile(file, []byte(head+tt.text), 0o600))
			s := checked(t, set, exported, "x", listing{Dir: filepath.Dir(file), GoFiles: []string{"x.go"}})
			var got []string
			for _, found := range s.faults() {
				_, what, _ := strings.Cut(found, ": ")
				got = append(got, what)
			}
			is.Equal(strings.Join(got, "\n"), tt.want)
		})
	}
}

// listing is what go list says of a package that it has built.
type listing struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
}

// listed builds packages, and all that they import, with a build tag or without.
func listed(t *testing.T, tag string, names ...string) map[string]listing {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-export", "-tags=" + tag, "-json=ImportPath,Dir,Export,GoFiles"}, names...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := make(map[string]listing)
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listing
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all[p.ImportPath] = p
	}
}

// exports returns the packages that a listing has built.
func exports(set *token.FileSet, all map[string]listing) types.Importer {
	return importer.ForCompiler(set, "gc", func(name string) (io.ReadCloser, error) { return os.Open(all[name].Export) })
}

// checkedPackage is a package with its types.
type checkedPackage struct {
	set   *token.FileSet
	files []*ast.File
	info  *types.Info
	found []string
}

func checked(t *testing.T, set *token.FileSet, imports types.Importer, name string, p listing) *checkedPackage {
	t.Helper()
	s := &checkedPackage{set: set, info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Uses: make(map[*ast.Ident]types.Object), Defs: make(map[*ast.Ident]types.Object),
	}}
	for _, file := range p.GoFiles {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		s.files = append(s.files, f)
	}
	check := types.Config{Importer: imports, IgnoreFuncBodies: false}
	if _, err := check.Check(name, set, s.files, s.info); err != nil {
		t.Fatal(err)
	}
	return s
}

// faults says what of s would be large under TinyGo.
func (s *checkedPackage) faults() []string {
	for id, of := range s.info.Uses {
		if f, ok := of.(*types.Func); ok && slices.Contains(notUsed, f.FullName()) {
			s.find(id, "uses "+f.FullName())
		}
	}
	for _, f := range s.files {
		ast.Walk(function{s, nil}, f)
	}
	slices.Sort(s.found)
	return s.found
}

func (s *checkedPackage) find(n ast.Node, what string) {
	at := s.set.Position(n.Pos())
	s.found = append(s.found, fmt.Sprintf("%s:%d: %s", filepath.Base(at.Filename), at.Line, what))
}

// function visits the body of one.
type function struct {
	*checkedPackage
	sig *types.Signature // nil outside of functions
}

func (f function) Visit(n ast.Node) ast.Visitor {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return function{f.checkedPackage, f.info.Defs[n.Name].Type().(*types.Signature)}
	case *ast.FuncLit:
		return function{f.checkedPackage, f.info.TypeOf(n).(*types.Signature)}
	case *ast.GoStmt:
		f.find(n, "go statement")
	case *ast.CallExpr:
		f.call(n)
	case *ast.ReturnStmt:
		f.values(n.Results, func(i int) types.Type { return f.sig.Results().At(i).Type() })
	case *ast.AssignStmt:
		f.values(n.Rhs, func(i int) types.Type { return f.info.TypeOf(n.Lhs[i]) })
	case *ast.ValueSpec:
		f.values(n.Values, func(i int) types.Type { return f.info.TypeOf(n.Names[i]) })
	case *ast.SendStmt:
		f.value(n.Value, f.info.TypeOf(n.Value), f.info.TypeOf(n.Chan).Underlying().(*types.Chan).Elem())
	case *ast.BinaryExpr:
		f.value(n.X, f.info.TypeOf(n.X), f.info.TypeOf(n.Y))
		f.value(n.Y, f.info.TypeOf(n.Y), f.info.TypeOf(n.X))
	case *ast.CompositeLit:
		f.literal(n)
	}
	return f
}

func (f function) call(n *ast.CallExpr) {
	fun := f.info.Types[n.Fun]
	if fun.IsType() {
		f.values(n.Args, func(int) types.Type { return fun.Type })
		return
	}
	sig, ok := fun.Type.(*types.Signature)
	if !ok {
		return // a builtin that takes no interface
	}
	f.values(n.Args, func(i int) types.Type {
		last := sig.Params().Len() - 1
		if !sig.Variadic() || i < last || n.Ellipsis.IsValid() {
			return sig.Params().At(i).Type()
		}
		if slice, ok := sig.Params().At(last).Type().(*types.Slice); ok {
			return slice.Elem()
		}
		return nil // append(bytes, "text"...)
	})
}

func (f function) literal(n *ast.CompositeLit) {
	for i, e := range n.Elts {
		pair, keyed := e.(*ast.KeyValueExpr)
		value := e
		if keyed {
			value = pair.Value
		}
		var to types.Type
		switch of := f.info.TypeOf(n).Underlying().(type) {
		case *types.Struct:
			if to = of.Field(min(i, of.NumFields()-1)).Type(); keyed {
				to = f.info.Uses[pair.Key.(*ast.Ident)].Type()
			}
		case interface{ Elem() types.Type }: // an array, a slice or a map
			to = of.Elem()
		}
		f.value(value, f.info.TypeOf(value), to)
	}
}

// values takes expressions, or one that has several values.
func (f function) values(list []ast.Expr, to func(i int) types.Type) {
	for i, e := range list {
		tuple, several := f.info.TypeOf(e).(*types.Tuple)
		for j := 0; several && j < tuple.Len(); j++ {
			f.value(e, tuple.At(j).Type(), to(j))
		}
		if !several {
			f.value(e, f.info.TypeOf(e), to(i))
		}
	}
}

// value finds a value that becomes an interface.
func (f function) value(at ast.Node, from, to types.Type) {
	if from == nil || to == nil || !isInterface(to) || isInterface(from) || !holdsTime(from, nil) {
		return
	}
	f.find(at, types.TypeString(from, func(*types.Package) string { return "" })+" becomes an interface")
}

func isInterface(t types.Type) bool {
	_, parameter := types.Unalias(t).(*types.TypeParam)
	return !parameter && types.IsInterface(t)
}

// holdsTime reports whether the description of t that a program has describes a time.Time.
// TinyGo links all methods of what is described.
func holdsTime(t types.Type, seen []types.Type) bool {
	t = types.Unalias(t)
	if slices.Contains(seen, t) {
		return false
	}
	seen = append(seen, t)
	if named, ok := t.(*types.Named); ok && named.String() == "time.Time" {
		return true
	}
	switch of := t.Underlying().(type) {
	case *types.Struct:
		for field := range of.Fields() {
			if holdsTime(field.Type(), seen) {
				return true
			}
		}
	case *types.Map:
		return holdsTime(of.Key(), seen) || holdsTime(of.Elem(), seen)
	case interface{ Elem() types.Type }:
		return holdsTime(of.Elem(), seen)
	}
	return false
}
