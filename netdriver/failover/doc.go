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
// was down, the next dial tries it at once. A link that is not preferred is still tried after
// the others.
//
// Some errors do not count against a link: a connection that was refused, a name that does
// not exist, an address that is not valid, a driver that is not started or has no socket
// left, and every error with a method Answered() bool that returns true. If no link
// succeeds, or if the context ends, no link is preferred less than before, because the
// origin may be at fault.
//
// # The fault of a link, or of a host
//
// A connection that stalls or is reset may be the fault of its link, or of the host that it
// leads to. It counts against the link for the dials to all hosts, as a failed dial does. So a
// link over which connections are made, but nothing passes, is left after one timeout. The
// next dial to the same host takes another link in any case. Then it turns out that it was the
// host
//
//   - if it fails over every link that is up, and not only over one, or
//   - if another host answers over the link, and proves by TLS who it is. A plain answer does
//     not count, because it may come from a captive portal. If several hosts have failed over
//     the link, and over no other, an answer does not count either: a link may let through the
//     head of a response and not its body.
//
// The link is as good as before then, unless something else has failed over it as well. What
// fails at that host counts for dials to it only, until nothing has failed for 10 minutes. So
// a host that is silent moves the calls to others once, for some seconds.
//
// [Driver.SuspectHost] and [Driver.Answered] report these events. A Session calls both, and the
// jobs of packages download, tus and spool the former. What the peer has sent never counts
// against the link: a connection that it has closed, a TLS alert, a certificate that does not
// verify. That of a captive portal cannot be told from that of a server, so the call fails, and
// the link stays. The end of a context says nothing about a link: where calls have a deadline,
// shorter Timeouts.TLS, Head and Body let a stall be noticed.
//
// A dial that fails over one link and succeeds over another one always counts against the
// first. So does a connection through a proxy that dials with failover, because the hosts
// behind it are not known here. Make the proxies the links instead.
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
// At most 16 hosts at which connections have failed are remembered, for 10 minutes.
//
// Links are not watched in the background. The package starts no goroutines, except for
// [Driver.Watch] while it runs. Dials to loopback also fail while all links are down.
package failover
