package zreq_test

import (
	"io"
	"runtime"
	"strings"

	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// endings are calls that end in another way than well.
var endings = map[string]struct {
	script []zreqtest.Step
	url    string
	args   zreq.Args
	want   error // nil: the call ends well, or does not return
	keeps  bool  // the connection is as good as before
}{
	"bad URL":             {url: "http://[::1", want: zreq.ErrRequest},
	"bad header":          {args: zreq.Args{Headers: zreq.Headers{{"A", "b\r\n"}}}, want: zreq.ErrRequest},
	"no TLS":              {url: "https://device.test/", want: zreq.ErrNoTLS},
	"refused":             {script: []zreqtest.Step{zreqtest.Refuse()}, want: zreq.ErrConnect},
	"no answer":           {script: []zreqtest.Step{zreqtest.NoAnswer()}, want: zreq.ErrConnect},
	"no handshake":        {script: []zreqtest.Step{zreqtest.Hold()}, url: "https://device.test/", args: zreq.Args{TLS: &seal{fail: errCable}}, want: zreq.ErrConnect},
	"nobody reads":        {script: []zreqtest.Step{zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader(numbered(200_000))}},
	"body fails":          {script: []zreqtest.Step{zreqtest.Request()}, args: zreq.Args{Body: io.MultiReader(strings.NewReader("abc"), &errReader{})}, want: zreq.ErrBody},
	"reset":               {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Reset()}, want: zreq.ErrConnect},
	"closed":              {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Close()}, want: zreq.ErrConnect},
	"silence":             {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}},
	"no HTTP":             {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("hello\r\n")}, want: zreq.ErrResponse},
	"large head":          {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nA: " + strings.Repeat("x", 20_000))}, want: zreq.ErrTooLarge},
	"cut head":            {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nA:"), zreqtest.Close()}, want: zreq.ErrTruncated},
	"cut body":            {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Close()}, want: zreq.ErrTruncated},
	"silent body":         {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Hold()}},
	"bad chunk":           {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\n")}, want: zreq.ErrResponse},
	"large content":       {script: answering(byLength(numbered(9000))), args: zreq.Args{Limits: zreq.Limits{Content: 10}}, want: zreq.ErrTooLarge},
	"large page":          {script: answering(page(404, numbered(40_000))), args: zreq.Args{Limits: zreq.Limits{Content: 10}}},
	"status":              {script: answering(page(404, "no")), args: zreq.Args{StreamCallback: func([]byte) error { return nil }}, want: zreq.ErrStatus, keeps: true},
	"callback error":      {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return errCable }}, want: errCable},
	"callback ErrStop":    {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { return zreq.ErrStop }}},
	"callback panic":      {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { panic("!") }}},
	"callback Goexit":     {script: answering(byLength("hello")), args: zreq.Args{StreamCallback: func([]byte) error { runtime.Goexit(); return nil }}},
	"OnHead error":        {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { return errCable }}, want: errCable},
	"OnHead ErrStop":      {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { return zreq.ErrStop }}},
	"OnHead panic":        {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { panic("!") }}},
	"OnHead Goexit":       {script: answering(byLength("hello")), args: zreq.Args{OnHead: func(*zreq.Response) error { runtime.Goexit(); return nil }}},
	"OnRedirect error":    {script: answering(moved(302, "/y")), args: zreq.Args{OnRedirect: func(*zreq.Response, string) error { return errCable }}, want: errCable},
	"OnRedirect panic":    {script: answering(moved(302, "/y")), args: zreq.Args{OnRedirect: func(*zreq.Response, string) error { panic("!") }}},
	"bad redirect":        {script: answering(moved(307, "ftp:/x")), want: zreq.ErrRedirect, keeps: true},
	"Auth panic":          {script: answering(page(401, "who")), args: zreq.Args{Auth: &asker{give: func(r zreq.AuthRequest) (string, error) { panicAtChallenge(r); return "", nil }}}},
	"Auth error":          {script: answering(page(401, "who")), args: zreq.Args{Auth: &asker{give: func(r zreq.AuthRequest) (string, error) { return "", errAtChallenge(r) }}}, want: errCable},
	"asked to close":      {script: answering("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
	"HTTP/1.0":            {script: answering("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")},
	"until close":         {script: append(answering("HTTP/1.1 200 OK\r\n\r\nhello"), zreqtest.Close())},
	"unframed":            {script: append(answering("HTTP/1.1 200 OK\r\n\r\nhello"), zreqtest.Close()), args: zreq.Args{StreamCallback: func([]byte) error { return nil }}, want: zreq.ErrUnframed},
	"upgraded":            {script: answering("HTTP/1.1 101 Switching Protocols\r\n\r\n"), want: zreq.ErrResponse},
	"early answer":        {script: []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(413, "no")), zreqtest.Hold()}, args: zreq.Args{Body: strings.NewReader(numbered(200_000))}},
	"Stream, closed":      {script: answering(byLength(numbered(100_000))), args: zreq.Args{Stream: true}},
	"Stream, soon closed": {script: answering(byLength("hello")), args: zreq.Args{Stream: true}, keeps: true},
	"Stream, reset":       {script: []zreqtest.Step{zreqtest.Request(), zreqtest.Send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody"), zreqtest.Reset()}, args: zreq.Args{Stream: true}},
	"no such connection":  {args: zreq.Args{Connection: new(zreq.Connection)}, want: zreq.ErrRequest},
}

// errReader fails.
type errReader struct{}

func (*errReader) Read([]byte) (int, error) { return 0, errCable }

func panicAtChallenge(r zreq.AuthRequest) {
	if r.Refused != nil {
		panic("!")
	}
}

func errAtChallenge(r zreq.AuthRequest) error {
	if r.Refused != nil {
		return errCable
	}
	return nil
}
