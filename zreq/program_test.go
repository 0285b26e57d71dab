//go:build !wasip1

package zreq_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func init() {
	programs = map[string]proofs{
		"Z29": {testDriverRegistry, testSessionDriverOfTheProgram},
		"Z30": {testDriverRegistry},
		"B17": {testFootprint, testWhatIsNotUsedIsNotLinked},
	}
}

// testDriverRegistry: the driver of a call is its own, or its connection's, or
// the program's, and where there is none, or no choice between two, the error
// names the cure. It says: no driver, ambiguous, bad request, safe to retry.
func testDriverRegistry(t *testing.T) {
	is := is.New(t)
	out, err := exec.Command("go", "run", "./testdata/registry").CombinedOutput()
	is.NoErr(err)
	want := []string{
		`none: true false false false zreq: request: GET http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		`none, connect: true false false false zreq: request: connect http://device.test/: no net driver: import _ "github.com/zreq-go/zreq/netdriver/std", or register one`,
		"one: done",
		"two: false true false false zreq: request: GET http://device.test/: more than one net driver: call netdriver.SetDefault, or give one to the call",
		"set default: <nil>",
		"chosen by the program: done",
		"dials: 1 1",
		"look-up: <nil>",
		"chosen by the call: done",
		"dials: 2 1",
		"chosen by the connection: done",
		"dials: 2 1",
		"open: 0 0",
	}
	is.Equal(strings.Split(strings.TrimSpace(string(out)), "\n"), want)
}

// The driver that the program chooses is the one of each call from then on.
func testSessionDriverOfTheProgram(t *testing.T) {
	is := is.New(t)
	out, err := exec.Command("go", "run", "./testdata/session").CombinedOutput()
	is.NoErr(err)
	is.Equal(strings.Split(strings.TrimSpace(string(out)), "\n"), []string{
		"none: true",
		"one: a",
		"two: true",
		"chosen: b",
		"the Session's: a",
		"the call's: b",
		"chosen again: a",
		"dials: 2 2 reused: 1",
		"open: 0 0",
	})
}
