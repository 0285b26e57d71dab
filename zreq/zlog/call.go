package zlog

import (
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
)

// call writes the line of a call that is over.
func (l *log) call(e *zreq.Event) {
	level, message := outcome(e)
	line := l.logger.WithLevel(level)
	if line == nil {
		return
	}
	begin(line, e)
	status(line, e)
	line.Int64("sent", e.Sent).Int64("received", e.Received)
	line.Dur("elapsed", e.Elapsed).Bool("reused", e.Reused).Int("attempts", e.Attempt)
	if e.Conn != nil { // otherwise there was none to close
		closed(line, e)
	}
	link(line, e)
	fault(line, e.Err)
	line.Msg(message)
}

// outcome returns the level and the message of the line of a call.
func outcome(e *zreq.Event) (level zerolog.Level, message string) {
	switch {
	case e.Err == nil && e.Reason == zreq.CloseFailed:
		return zerolog.WarnLevel, "request"
	case e.Err == nil:
		return zerolog.InfoLevel, "request"
	case e.Reason == zreq.CloseCancelled && !late(e.Err):
		return zerolog.InfoLevel, "request cancelled"
	}
	return zerolog.ErrorLevel, "request failed"
}

// late reports whether a time limit ended the call.
func late(err error) bool {
	of, ok := err.(*zreq.Error)
	return ok && of.Timeout()
}
