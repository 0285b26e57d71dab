package line

import "time"

// keepAlive is what the peer has promised of a connection that is kept. It is small,
// because an idle connection has it.
type keepAlive struct {
	seconds  int32   // that it may be idle; negative: the peer does not say
	requests int32   // that it may still carry; negative: the peer does not say
	heardAt  Instant // when bytes came last, if seconds says so
}

// update notes what a response says. The number of requests never grows: some servers
// count down, and others always say the same.
func (k *keepAlive) update(seconds, requests int32) {
	if k.requests > 0 {
		k.requests--
	}
	if requests >= 0 && (k.requests < 0 || requests < k.requests) {
		k.requests = requests
	}
	if seconds >= 0 && seconds != k.seconds {
		k.seconds = seconds
		k.heard()
	}
}

// heard notes that bytes have come. The time runs from the last of them, and not from when
// the caller has taken them out of the buffer: the peer does not wait for that. Nor does
// it wait while this machine is suspended.
func (k *keepAlive) heard() {
	if k.seconds >= 0 {
		k.heardAt = Clock()
	}
}

// exhausted reports whether the peer allows no further request.
func (k *keepAlive) exhausted() bool { return k.requests == 0 || k.seconds == 0 }

// expired reports whether the time is over. A tenth of it is for the request to get there.
func (k *keepAlive) expired() bool {
	return k.seconds >= 0 && Clock().Sub(k.heardAt) >= time.Duration(k.seconds)*(900*time.Millisecond)
}
