package machine_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/machine"
)

func TestMachine(t *testing.T) {
	is := is.New(t)
	is.True(strings.Contains(machine.This(), " cores, ")) // says what it runs on
	versions := strings.Join(machine.Versions("grab"), " ")
	is.True(strings.Contains(versions, "net/http go")) // and with which library
	is.True(!strings.Contains(versions, "grab"))       // which is not linked here
}
