package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/zreq-go/zreq/zreq"
)

// attempts shows why an attempt has failed, so that nobody waits without knowing what for.
// It is the Trace of the calls.
type attempts struct {
	bar *bar
	n   int
}

// busy are the statuses after which the download tries again.
var busy = []int{408, 425, 429, 500, 502, 503, 504}

func (a *attempts) Trace(e zreq.Event) {
	if e.Kind != zreq.EventDone {
		return
	}
	a.n++
	why := e.Err
	var call *zreq.Error
	switch {
	case errors.Is(why, context.Canceled): // whoever has stopped the program knows
	case errors.As(why, &call):
		a.bar.note(fmt.Sprintf("attempt %d: %v", a.n, call.Err))
	case slices.Contains(busy, e.Status):
		a.bar.note(fmt.Sprintf("attempt %d: the server is busy, status %d", a.n, e.Status))
	}
}
