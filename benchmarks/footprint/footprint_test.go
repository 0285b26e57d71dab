package footprint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/footprint"
)

const arm = "linux/arm"

func TestWeigh(t *testing.T) {
	is := is.New(t)
	dial, zreq := footprint.Programs[0], footprint.Programs[1]
	sizes, err := footprint.Weigh(arm, dial, zreq)
	is.NoErr(err)
	is.Equal(len(sizes), 2)
	is.Equal(sizes[0].Program, dial) // in their order
	is.Equal(sizes[1].Program, zreq)
	for _, size := range sizes {
		is.Equal(size.System, arm)
		is.True(size.Loaded > 1<<20)           // a program of Go has as much
		is.True(size.Loaded < size.File)       // and what is not loaded is in the file, too
		is.True(size.File-size.Loaded < 1<<17) // but nothing for debuggers
	}
	is.True(sizes[0].Loaded < sizes[1].Loaded)     // zreq dials, and more
	is.True(sizes[0].Packages < sizes[1].Packages) // and has packages of its own
}

func TestPackages(t *testing.T) {
	is := is.New(t)
	packages, err := footprint.Packages(arm, footprint.Programs...)
	is.NoErr(err)
	is.Equal(len(packages), len(footprint.Programs)) // all are there
	links := func(folder, path string) bool { return slices.Contains(packages[folder], path) }
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
	_, err := footprint.Measure("linux")
	is.True(err != nil && strings.Contains(err.Error(), `"linux" is not a system`)) // it has two parts
	_, err = footprint.Measure("linux/abacus")
	is.True(err != nil && strings.Contains(err.Error(), "linux/abacus")) // it says which
	_, err = footprint.Weigh(arm, footprint.Program{Folder: "missing"})
	is.True(err != nil && strings.Contains(err.Error(), "programs/missing")) // and what
}
