package zreq_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// refused checks that a request is an error before a dial, and that the error
// says nothing that begins with "secret" and no control character.
func refused(t *testing.T, method, url string, args zreq.Args, want error) {
	t.Helper()
	is := is.New(t)
	peer := zreqtest.NewPeer(t)
	args.Driver = peer
	resp, err := zreq.Do(context.Background(), method, url, &args)
	is.True(resp == nil)
	e := failure(is, err)
	is.True(errors.Is(err, want)) // the kind of error
	is.Equal(e.Phase, zreq.PhaseRequest)
	is.Equal(e.Sent, int64(0))
	is.Equal(peer.Dials(), 0)                              // nothing was dialled
	is.True(!strings.Contains(err.Error(), "secret"))      // nothing that may be secret is repeated
	is.True(!strings.ContainsAny(err.Error(), "\r\n\x00")) // nothing that forges a line of a log
	is.True(!zreq.SafeToRetry(err))                        // it would fare no better
}

// badRequests are refused before anything is dialled.
var badRequests = map[string]struct {
	method string
	args   zreq.Args
}{
	"method, empty":            {"", zreq.Args{}},
	"method with a space":      {"GE secret", zreq.Args{}},
	"method with CR LF":        {"GET / HTTP/1.1\r\nsecret: x", zreq.Args{}},
	"method with NUL":          {"GET\x00", zreq.Args{}},
	"method with a slash":      {"GET/", zreq.Args{}},
	"method beyond ASCII":      {"GÉT", zreq.Args{}},
	"CONNECT":                  {"CONNECT", zreq.Args{}},
	"name, empty":              {"GET", zreq.Args{Headers: zreq.Headers{{"", "secret"}}}},
	"name with a space":        {"GET", zreq.Args{Headers: zreq.Headers{{"X ", "secret"}}}},
	"name with a colon":        {"GET", zreq.Args{Headers: zreq.Headers{{"X:", "secret"}}}},
	"name with CR LF":          {"GET", zreq.Args{Headers: zreq.Headers{{"X\r\nY", "secret"}}}},
	"name with NUL":            {"GET", zreq.Args{Headers: zreq.Headers{{"X\x00", "secret"}}}},
	"name beyond ASCII":        {"GET", zreq.Args{Headers: zreq.Headers{{"Contentſ", "secret"}}}},
	"value with CR LF":         {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\r\nY: z"}}}},
	"value with CR":            {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\rz"}}}},
	"value with LF":            {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\nz"}}}},
	"value with NUL":           {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\x00"}}}},
	"value with DEL":           {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\x7f"}}}},
	"value that begins blank":  {"GET", zreq.Args{Headers: zreq.Headers{{"X", " secret"}}}},
	"value that ends blank":    {"GET", zreq.Args{Headers: zreq.Headers{{"X", "secret\t"}}}},
	"Host with CR LF":          {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "secret\r\nX: y"}}}},
	"Host twice":               {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a"}, {"hOST", "secret"}}}},
	"Host, empty":              {"GET", zreq.Args{Headers: zreq.Headers{{"Host", ""}}}},
	"Host with a space":        {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a secret"}}}},
	"Host with a comma":        {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "a,secret"}}}},
	"Host with a user":         {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "secret@h"}}}},
	"Host with a path":         {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "h/secret"}}}},
	"Host with no port number": {"GET", zreq.Args{Headers: zreq.Headers{{"Host", "h:secret"}}}},
	"Host left out":            {"GET", zreq.Args{Omit: []string{"host"}}},
	"Authorization with CR LF": {"GET", zreq.Args{Headers: zreq.Headers{{"Authorization", "secret\r\n"}}}},
	"Content-Length":           {"POST", zreq.Args{Headers: zreq.Headers{{"content-length", "3"}}}},
	"Content-Length, the same": {"POST", zreq.Args{Headers: zreq.Headers{{"Content-Length", "0"}}}},
	"Transfer-Encoding":        {"POST", zreq.Args{Headers: zreq.Headers{{"Transfer-Encoding", "chunked"}}}},
	"TRACE with a body":        {"TRACE", zreq.Args{Body: strings.NewReader("secret")}},
	"huge StreamChunk":         {"GET", zreq.Args{StreamChunk: math.MaxInt}},
	"StreamChunk over 64 MiB":  {"GET", zreq.Args{StreamChunk: 64<<20 + 1}},
	"huge ReadBuffer":          {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: math.MaxInt}}},
	"ReadBuffer over 64 MiB":   {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: 64<<20 + 1}}},
	"negative StreamChunk":     {"GET", zreq.Args{StreamChunk: -1}},
	"negative HeadBytes":       {"GET", zreq.Args{Limits: zreq.Limits{HeadBytes: -1}}},
	"negative Fields":          {"GET", zreq.Args{Limits: zreq.Limits{Fields: -1}}},
	"negative Informational":   {"GET", zreq.Args{Limits: zreq.Limits{Informational: -1}}},
	"negative ChunkLine":       {"GET", zreq.Args{Limits: zreq.Limits{ChunkLine: -1}}},
	"negative TrailerBytes":    {"GET", zreq.Args{Limits: zreq.Limits{TrailerBytes: -1}}},
	"negative Content":         {"GET", zreq.Args{Limits: zreq.Limits{Content: -1}}},
	"negative ReadBuffer":      {"GET", zreq.Args{Limits: zreq.Limits{ReadBuffer: -1}}},
	"negative RequestBytes":    {"GET", zreq.Args{Limits: zreq.Limits{RequestBytes: -1}}},
}

func testRefusal(t *testing.T) {
	for name, tt := range badRequests {
		t.Run(name, func(t *testing.T) { refused(t, tt.method, site, tt.args, zreq.ErrRequest) })
	}
	t.Run("method and URL", func(t *testing.T) {
		refused(t, "GET\r\nsecret", "http://", zreq.Args{}, zreq.ErrRequest)
	})
	t.Run("no context", func(t *testing.T) {
		is := is.New(t)
		var none context.Context
		resp, err := zreq.Get(none, site, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrRequest)) // a nil context is no panic
		_, err = zreq.Connect(none, site, &zreq.Args{Driver: zreqtest.NewPeer(t)})
		is.True(errors.Is(err, zreq.ErrRequest))
	})
}

// testRefusalOfSize: a request head over its limit is too large before a dial,
// and never cut.
func testRefusalOfSize(t *testing.T) {
	long := "secret" + strings.Repeat("x", 100)
	for name, args := range map[string]zreq.Args{
		"headers": {Headers: zreq.Headers{{"X", long}}},
		"params":  {Params: form.Values{{"x", long}}},
	} {
		t.Run(name, func(t *testing.T) {
			args.Limits.RequestBytes = 100
			refused(t, "GET", site, args, zreq.ErrTooLarge)
			refused(t, "GET", site, args, zreq.ErrRequest)
		})
	}
	t.Run("by default 16 KiB", func(t *testing.T) {
		refused(t, "GET", site, zreq.Args{Headers: zreq.Headers{{"X", strings.Repeat("x", 16<<10)}}}, zreq.ErrTooLarge)
	})
}
