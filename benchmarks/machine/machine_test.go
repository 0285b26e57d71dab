package machine_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/machine"
)

func TestThisIsKnown(t *testing.T) {
	is := is.New(t)
	m := machine.This()
	is.True(m.CPU != "")                                // at least the architecture
	is.Equal(m.Cores, runtime.NumCPU())                 // as many as a program may use
	is.True(strings.HasPrefix(m.Kernel, runtime.GOOS))  // at least which
	is.True(strings.HasPrefix(m.Go, runtime.Version())) // what it was built by
	is.True(strings.Contains(m.String(), m.CPU))        // the line has it
	if runtime.GOOS == "linux" {
		is.True(m.Memory > 1<<20)                    // a machine with Go has more than 1 MiB
		is.True(strings.Contains(m.String(), "GiB")) // which the line tells
	}
}

func TestVersionsLeavesOutWhatIsNotThere(t *testing.T) {
	is := is.New(t)
	for _, v := range machine.Versions("example.org/nothing") {
		is.True(v.Name == "zreq" || v.Name == "curl") // which may be there; the module is not
		is.True(v.Version != "")                      // and what is there says which it is
	}
}
