// Package drivertest is the test suite that every driver passes. It tests the contracts
// of netdriver.Driver and netdriver.Conn. This is the test of package stdnet:
//
//	func TestDriver(t *testing.T) {
//		drivertest.Run(t, new(stdnet.Driver), drivertest.Capabilities{
//			Listen:        drivertest.TCP,
//			Silent:        drivertest.SilentTCP,
//			RefusesAtOnce: true,
//			Check:         checks,
//			HalfClose:     true,
//		})
//	}
//
// The suite always tests what every driver must do. [Capabilities] says what a driver
// promises beyond that, and how to start a peer that it can reach. A driver that wraps
// another one, such as TLS, needs a Listen whose peers speak the same protocol: see
// [Over].
//
// Part of the contract is about time: a deadline must not fire early, and must wake a
// blocked call within 100 ms. Test machines are busy, so the suite adds [Slack] to that.
// No other test depends on how long something takes.
package drivertest
