package zlog

import (
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
)

// tries are the attempts of a call, as a list in its line.
type tries []zreq.Attempt

var _ zerolog.LogArrayMarshaler = tries(nil)

// MarshalZerologArray implements zerolog.LogArrayMarshaler.
func (t tries) MarshalZerologArray(list *zerolog.Array) {
	for i := range t {
		list.Object((*try)(&t[i]))
	}
}

// try is one attempt.
type try zreq.Attempt

var _ zerolog.LogObjectMarshaler = (*try)(nil)

// MarshalZerologObject implements zerolog.LogObjectMarshaler.
func (t *try) MarshalZerologObject(line *zerolog.Event) {
	if t.Err == nil {
		line.Str("phase", t.Phase.String()).Int("status", t.Status)
	}
	fault(line, t.Err)
	line.Dur("wait", t.Wait)
}
