//go:build !tinygo

package netdev

import "github.com/zreq-go/zreq/netdriver"

// Alarm is what happens when the alarm of the read deadline fires.
func Alarm(c netdriver.Conn) { c.(*conn).giveUp(false) }
