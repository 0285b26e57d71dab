package bind_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/bind"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
)

// A gateway makes its calls over one link, and one of them over another. Loopback
// stands for both: its names are those of the machine that runs this.
func Example() {
	url, stop := whoAmI()
	defer stop()
	ctx := context.Background()

	netdriver.Register("lte", &bind.Driver{Interface: "lo", Source: netip.MustParseAddr("127.0.0.5")})
	if err := netdriver.SetDefault("lte"); err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = netdriver.SetDefault(stdnet.Name) }()
	resp, err := zreq.Get(ctx, url, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Text())

	wired := &bind.Driver{Source: netip.MustParseAddr("127.0.0.6")}
	resp, err = zreq.Get(ctx, url, &zreq.Args{Driver: wired})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Text())

	// An interface that is not there is not replaced by another.
	_, err = zreq.Get(ctx, "http://192.0.2.1/", &zreq.Args{Driver: &bind.Driver{Interface: "wwan9"}})
	fmt.Println(errors.Is(err, bind.ErrNoInterface))
	// Output:
	// here 127.0.0.5 <nil>
	// here 127.0.0.6 <nil>
	// true
}
