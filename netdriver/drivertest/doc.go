// Package drivertest is the suite that every driver passes: the contract of
// netdriver.Driver and netdriver.Conn, as tests.
//
//	func TestDriver(t *testing.T) {
//		drivertest.Run(t, mydriver.New(chip), drivertest.Capabilities{
//			Listen: drivertest.TCP,
//			Check:  true,
//		})
//	}
//
// What every driver owes is always asked for; [Capabilities] adds what this one
// has promised on top, and tells how to make a peer that it can reach. A driver
// that wraps another, TLS or a proxy, gives a Listen whose peers speak the same:
// see [Over].
//
// The contract is partly about time. A deadline must not fire early and must
// wake who waits within 100 ms; because test machines are busy the suite allows
// [Slack] on top, and no other test depends on how long something takes.
package drivertest
