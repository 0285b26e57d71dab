package memnet

import (
	"context"

	"github.com/zreq-go/zreq/netdriver"
)

// Bare returns a driver that dials with d, and whose connections have only the methods of
// netdriver.Conn: no Check and no CloseWrite. Two drivers made from the same d are equal.
func Bare(d netdriver.Driver) netdriver.Driver { return bare{d} }

type bare struct{ driver netdriver.Driver }

type bareConn struct{ netdriver.Conn }

func (b bare) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := b.driver.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return bareConn{c}, nil
}
