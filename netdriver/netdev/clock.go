package netdev

import "time"

// An instant is a number of nanoseconds since the program began, by a clock that nobody
// sets. Zero is no instant.
//
// It is no time.Time and no time.Duration, because it is a field of types that become
// interfaces. Under TinyGo, the methods of all fields of such a type are linked, and those
// of time.Time that format it are 14 KB.
type instant int64

var began = time.Now()

func now() instant { return instantOf(time.Now()) }

// instantOf converts the time of a deadline.
func instantOf(t time.Time) instant {
	if t.IsZero() {
		return 0
	}
	if at := instant(t.Sub(began)); at != 0 {
		return at
	}
	return 1
}

// deadline converts an instant back, for the device.
func (at instant) deadline() time.Time {
	if at == 0 {
		return time.Time{}
	}
	return began.Add(time.Duration(at))
}

// isPast reports whether at has come by the time now.
func (at instant) isPast(now instant) bool { return at != 0 && now >= at }

// sleep pauses the caller for d nanoseconds.
func sleep(d instant) { time.Sleep(time.Duration(d)) }
