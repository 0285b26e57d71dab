package failover_test

import (
	"context"
	"fmt"

	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

// The cable does not reach the server, so the dial goes on over the modem.
func Example() {
	cable, modem := memnet.New(), memnet.New()
	server, err := modem.Listen("device.test:80")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	d, err := failover.New(
		failover.Link{Name: "cable", Driver: cable},
		failover.Link{Name: "modem", Driver: modem},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	c, path, err := d.DialPath(context.Background(), "tcp", "device.test:80", false)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	fmt.Println(path.Link)

	_, err = d.Dial(context.Background(), "tcp", "unknown.test:80")
	fmt.Println(err)
	// Output:
	// modem
	// no link can connect: cable: connection refused; modem: connection refused
}
