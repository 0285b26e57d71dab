//go:build !tinygo

package tlsnet_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/zreq-go/zreq/netdriver/tlsnet"
	"github.com/zreq-go/zreq/zreq"
)

// A gateway whose certificate an authority of the factory signed, and whose key
// is known.
func Example() {
	driver, factoryPEM, pinned, stop := gateway()
	defer stop()

	roots, err := tlsnet.Roots(factoryPEM)
	if err != nil {
		fmt.Println(err)
		return
	}
	pin, err := tlsnet.ParsePin(pinned)
	if err != nil {
		fmt.Println(err)
		return
	}
	secure := tlsnet.New(&tlsnet.Config{RootCAs: roots, Pins: []tlsnet.Pin{pin}})
	resp, err := zreq.Get(context.Background(), "https://gateway.local/", &zreq.Args{TLS: secure, Driver: driver})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.Status)

	// Another key, though the same authority signed it.
	other := tlsnet.New(&tlsnet.Config{RootCAs: roots, Pins: []tlsnet.Pin{{}}})
	_, err = zreq.Get(context.Background(), "https://gateway.local/", &zreq.Args{TLS: other, Driver: driver})
	var wrong *tlsnet.PinError
	fmt.Println(errors.Is(err, tlsnet.ErrPin), errors.As(err, &wrong) && wrong.Seen == pin)
	// Output:
	// 200
	// true true
}
