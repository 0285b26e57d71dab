package footprint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/bench"
	"github.com/zreq-go/zreq/benchmarks/footprint"
)

const arm = "linux/arm"

func TestCases(t *testing.T) {
	is := is.New(t)
	c := footprint.Cases(bench.Short)[0].Only(func(name string) bool { return name == "net alone" || name == "zreq" })
	r, err := bench.Plan{Rounds: 9}.Run(c)
	is.NoErr(err)
	is.Equal(r.Names(), []string{"net alone", "zreq"})
	of := func(f bench.Figure) (dial, zreq float64) { return r.Typical("net alone", f), r.Typical("zreq", f) }
	for _, name := range r.Names() {
		is.Equal(len(r.Samples[name]), 1) // once, as it is the same each time
		loaded, file := r.Typical(name, bench.Loaded), r.Typical(name, bench.File)
		is.True(loaded > 1<<20)      // a program of Go has as much
		is.True(loaded < file)       // and what is not loaded is in the file, too
		is.True(file-loaded < 1<<17) // but nothing for debuggers
	}
	dial, zreq := of(bench.Loaded)
	is.True(dial < zreq) // zreq dials, and more
	dial, zreq = of(bench.Packages)
	is.True(dial < zreq) // and has packages of its own
}

func TestPackages(t *testing.T) {
	is := is.New(t)
	links := func(folder, path string) bool {
		return slices.Contains(footprint.Packages(arm, folder), path)
	}
	is.True(links("dial", "net"))                          // what it says
	is.True(links("zreq", "github.com/zreq-go/zreq/zreq")) // what it is named for
	is.True(links("zreqzlog", "github.com/rs/zerolog"))    // and what comes with it
	is.True(links("fasthttp", "github.com/valyala/fasthttp"))
	for _, folder := range []string{"zreq", "zreqsession", "zreqzlog", "zreqgzip", "zreqsave", "zrequpload", "zreqtls", "zreqstd"} {
		is.True(!links(folder, "net/http"))                                               // zreq is not built on it
		is.Equal(links(folder, "crypto/tls"), folder == "zreqtls" || folder == "zreqstd") // who is plain pays for no TLS
	}
}

func TestWhatCannotBeBuilt(t *testing.T) {
	is := is.New(t)
	weigh := func(system, folder string) (err error) {
		defer try.Handle(&err)
		footprint.Weigh(system, folder)
		return nil
	}
	is.True(strings.Contains(weigh("linux/abacus", "dial").Error(), "linux/abacus")) // it says which
	is.True(strings.Contains(weigh(arm, "missing").Error(), "programs/missing"))     // and what
}
