//go:build !tinygo

package std

import (
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

func init() { netdriver.SetTLS(tlsnet.Default()) }
