package realtest

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	_ "github.com/zreq-go/zreq/netdriver/std"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && programs[os.Args[1]] != nil {
		os.Exit(tell(programs[os.Args[1]](os.Args[2:])))
	}
	if os.Getenv(inside) == "" {
		os.Exit(enter())
	}
	if err := settle(); err != nil {
		fmt.Fprintln(os.Stderr, "realtest:", err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
