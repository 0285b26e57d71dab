// Package std gives a program the network of its operating system. Most
// programs blank-import it and think of drivers no more:
//
//	import _ "github.com/zreq-go/zreq/netdriver/std"
//
// It registers stdnet, makes it the default also beside other drivers, sets
// tlsnet with the roots of the system for https, and encoding/json for JSON. A
// program that speaks plain HTTP only imports stdnet instead, and links neither
// TLS nor JSON.
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
