package memnet_test

import (
	"testing"

	"github.com/zreq-go/zreq/netdriver/drivertest"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

func TestDriver(t *testing.T) {
	n := memnet.New()
	silent, err := n.Listen("silent.test:80")
	if err != nil {
		t.Fatal(err)
	}
	silent.SetSilent(true)
	drivertest.Run(t, n, drivertest.Capabilities{
		Listen:        drivertest.Memory(n),
		Silent:        func(testing.TB) string { return silent.Address() },
		RefusesAtOnce: true,
		Check:         true,
		HalfClose:     true,
	})
}
