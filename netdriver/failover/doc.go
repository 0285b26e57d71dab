// Package failover is a driver over several links, such as a cable and a modem. Each dial
// takes the first link that works.
//
//	d, err := failover.New(
//		failover.Link{Name: "cable", Driver: &bind.Driver{Interface: "eth0"}},
//		failover.Link{Name: "modem", Driver: &bind.Driver{Interface: "wwan0"}},
//	)
//	session := &zreq.Session{Driver: d}
//
// The links are drivers of any kind, in order of preference: a proxy over a bound
// interface, a network chip, another failover. A connection is the one that the driver of
// its link returned, so a call over it costs the same as without failover. It keeps its
// link until it is closed. A connection that breaks does not move to another link, but the
// next dial may use another one.
//
// # Which link a dial takes
//
// A link whose driver is a [netdriver.Linker] is left out while that says that the link is
// down. The others are tried in order. If one fails, the dial continues with the next, for
// every kind of error: a firewall may refuse over one link what another one reaches.
//
// Each link has its own share of the time until the deadline of the dial: the time that is
// left, divided by the number of links left to try, and at most 30 seconds. The last link
// has all that is left. So a link that hangs takes half of the time of a dial over two
// links.
//
// If a link fails and a later one succeeds, the dials that follow prefer the others for a
// while: for 5 to 10 seconds after the first failure, and up to 5 minutes if it fails again
// and again. Then one dial tries it first again. If its Linker says that it is up after it
// was down, the next dial tries it at once. [Driver.Suspect] has the same effect as a
// failure: a Session calls it when a connection has stalled or broken, and so do the jobs of
// packages download, tus and spool. A connection that the peer has closed is none of these,
// because the close came over the link. The end of a context says nothing either: where
// calls have a deadline, shorter Timeouts.TLS, Head and Body let a stall be noticed. A server
// that does not answer in time looks like a link that stalls: where one is slow and another
// link costs money, give its calls a longer Timeouts.Head. A link that is not preferred is
// still tried after the others.
//
// Some errors do not count against a link: a connection that was refused, a name that does
// not exist, an address that is not valid, a driver that is not started or has no socket
// left, and every error with a method Answered() bool that returns true. If no link
// succeeds, or if the context ends, no link is preferred less than before, because the
// origin may be at fault.
//
// # A link that goes down
//
// A call notices that its link is down when its connection breaks, or when one of its
// Timeouts has passed. To move a download at once, end it when the link changes:
//
//	using := d.Link().Interface
//	job, stop := context.WithCancelCause(ctx)
//	defer stop(nil)
//	go func() {
//		for link, err := range d.Watch(job) {
//			if err == nil && link.Interface != using {
//				stop(errLink)
//			}
//		}
//	}()
//	_, err := download.ToFile(job, url, path, args)
//	return err // after errLink, the same goes on over the other link
//
// The links must be of drivers that can be watched, such as those of package bind.
//
// # Back to a better link
//
// When the cable is back, new connections use it, but a Session still has those over the
// modem. Where that costs money, close them when the link changes:
//
//	for _, err := range d.Watch(ctx) {
//		if err != nil {
//			return err
//		}
//		session.CloseIdle()
//	}
//
// # Limits
//
// A dial that moves to another link is one dial for its caller, and no new attempt of a
// Session.
//
// A [netdriver.TLSDialer], a chip that speaks TLS itself, is used as a plain driver. TLS
// over failover is done in software, because the links could not promise the same.
//
// Links are not watched in the background. The package starts no goroutines, except for
// [Driver.Watch] while it runs. Dials to loopback also fail while all links are down.
package failover
