// Package std gives a program the network of its operating system. Most programs need no
// other driver:
//
//	import _ "github.com/zreq-go/zreq/netdriver/std"
//
// It registers stdnet and makes it the default, even if other drivers are registered. It
// sets tlsnet with the roots of the system as the TLS for https, and encoding/json as the
// codec for JSON. A program that uses only plain HTTP can import stdnet instead, and then
// links neither TLS nor JSON.
package std

import (
	_ "github.com/zreq-go/zreq/form/stdjson"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/stdnet"
)

func init() {
	if err := netdriver.SetDefault(stdnet.Name); err != nil {
		panic(err) // stdnet has registered itself by now
	}
}
