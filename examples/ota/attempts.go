package main

import (
	"fmt"
	"slices"

	"github.com/zreq-go/zreq/zreq"
)

// attempts shows why an attempt has failed, so that nobody waits without knowing what for.
// It is the Trace of the calls.
type attempts struct {
	bar *bar
}

// busy are the statuses after which the download tries again.
var busy = []int{408, 425, 429, 500, 502, 503, 504}

func (a *attempts) Trace(e zreq.Event) {
	switch {
	case e.Kind != zreq.EventDone:
	case e.Err != nil:
		a.bar.note(e.Err.Error())
	case slices.Contains(busy, e.Status):
		a.bar.note(fmt.Sprintf("the server is busy: status %d", e.Status))
	}
}
