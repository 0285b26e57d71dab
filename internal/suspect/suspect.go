// Package suspect tells a driver with several links which one does not work.
package suspect

import "github.com/zreq-go/zreq/netdriver"

// Link reports that a connection over a link has stalled or broken, to the driver of a call:
// d, or that of session if d is nil, or the default one if both are. session may be of any
// type, so that a program without a zreq.Session links none. link is "" if the driver has no
// names for its links.
func Link(link string, session any, d netdriver.Driver) {
	var driver any = d
	switch {
	case link == "":
		return
	case d == nil && session != nil:
		driver = session
	case d == nil:
		driver, _ = netdriver.Default()
	}
	if told, ok := driver.(netdriver.Suspecter); ok {
		told.Suspect(link)
	}
}
