package download

import (
	"context"

	"github.com/zreq-go/zreq/internal/suspect"
	"github.com/zreq-go/zreq/zreq"
)

// server is the other side of a job: how requests are sent there, and the connection that
// is kept for the next one.
type server struct {
	url  string
	args *Args
	conn *zreq.Connection   // nil if there is none
	drop context.CancelFunc // ends the request that is under way; nil without a Budget
}

// ask sends a request with fields beside those of the caller, and returns when the head of
// the response has come.
func (s *server) ask(ctx context.Context, fields [][2]string) (*zreq.Response, error) {
	call := s.args.Call
	call.Headers = append(call.Headers[:len(call.Headers):len(call.Headers)], [2]string{"Accept-Encoding", "identity"})
	call.Headers = append(call.Headers, fields...)
	call.Stream, call.StreamAnyStatus, call.AllowUnframed = true, true, true // answer.go decides
	if s.args.Session == nil && s.args.Want.SHA256 != nil && call.Limits.ReadBuffer == 0 {
		call.Limits.ReadBuffer = pieceSize / 4 // of a body it has what does not go into pieces by itself
	}
	if s.args.Budget > 0 {
		s.end()
		ctx, s.drop = context.WithCancel(ctx)
	}
	if s.args.Session != nil {
		call.Retry.Attempts = 1 // the job has its own
		return s.args.Session.Do(ctx, "GET", s.url, &call)
	}
	if _, ok := call.Headers.Get("Connection"); !ok && s.args.PartSize > 0 {
		call.Headers = append(call.Headers, [2]string{"Connection", "Keep-Alive"})
	}
	call.Connection = s.conn
	return zreq.Get(ctx, s.url, &call)
}

// release closes a response, and keeps its connection for the next part if that goes to
// the same origin. A connection that was kept stays: it is dialled again if it is dead.
//
// To keep a connection, Response.Close may read 4 KiB that nobody takes. A job with a Budget
// does not pay for them.
func (s *server) release(resp *zreq.Response) {
	if !resp.Complete() {
		s.end()
	}
	_ = resp.Close()
	c := resp.Connection
	switch {
	case c == nil || c == s.conn:
	case s.conn == nil && s.args.PartSize > 0 && len(resp.History()) == 0:
		s.conn = c
	default:
		_ = c.Close()
	}
}

// suspect tells the driver which link has stalled or broken, if err says that.
func (s *server) suspect(ctx context.Context, err error) {
	suspect.Tell(ctx, err, s.args.Session, s.args.Call.Driver)
}

// end ends the request that is under way, if there is a Budget.
func (s *server) end() {
	if s.drop != nil {
		s.drop()
		s.drop = nil
	}
}

// close closes the connection that was kept.
func (s *server) close() {
	s.end()
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
}
