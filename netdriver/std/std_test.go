package std_test

import (
	"context"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

// other is a driver that is there as well.
type other struct{ _ int }

func (*other) Dial(context.Context, string, string) (netdriver.Conn, error) { return nil, nil }

func TestImportIsEnough(t *testing.T) {
	is := is.New(t)
	netdriver.Register("other", new(other))
	d, err := netdriver.Default()
	is.NoErr(err) // std is the default also beside others
	system, err := netdriver.Lookup(stdnet.Name)
	is.NoErr(err)
	is.True(d == system)                   // it is stdnet
	is.True(netdriver.DefaultTLS() != nil) // and there is TLS
}
