package zreq_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// site is where every scripted peer of these tests is.
const site = "http://device.test/x"

// asks asks for the connection to be kept.
func asks() zreq.Headers { return zreq.Headers{{"Connection", "Keep-Alive"}} }

// answering is a script that answers request after request and stays open.
func answering(responses ...string) (steps []zreqtest.Step) {
	for _, r := range responses {
		steps = append(steps, zreqtest.Request(), zreqtest.Send(r))
	}
	return steps
}

// answers is a peer with one connection that plays answering.
func answers(t *testing.T, responses ...string) *zreqtest.Peer {
	t.Helper()
	return zreqtest.NewPeer(t, answering(responses...))
}

// ends is a peer that gives one answer and ends the connection.
func ends(t *testing.T, response string) *zreqtest.Peer {
	t.Helper()
	return zreqtest.NewPeer(t, append(answering(response), zreqtest.Close()))
}

// byLength, byChunks and byClose are a 200 in each of the three framings. The
// chunks have odd sizes, extensions and padding, and a trailer follows them.
func byLength(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func byChunks(body string) string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(body) + "0\r\nDigest: x\r\n\r\n"
}

func byClose(body string) string { return "HTTP/1.1 200 OK\r\n\r\n" + body }

// chunks is body in chunks, without the last one.
func chunks(body string) string {
	var b strings.Builder
	sizes := []int{1, 333, 7, 1500, 4096, 2}
	for i := 0; body != ""; i++ {
		n := min(sizes[i%len(sizes)], len(body))
		ext := []string{"", ";a=b", "  ", `;q="x;y"`}[i%4]
		fmt.Fprintf(&b, "%x%s\r\n%s\r\n", n, ext, body[:n])
		body = body[n:]
	}
	return b.String()
}

// numbered returns n bytes that repeat nowhere within reach of a mistake.
func numbered(n int) string {
	b := make([]byte, 0, n+20)
	for i := 0; len(b) < n; i++ {
		b = append(strconv.AppendInt(b, int64(i), 10), ',')
	}
	return string(b[:n])
}

// failure is err as the facts that it holds.
func failure(is *is.I, err error) *zreq.Error {
	is.Helper()
	var e *zreq.Error
	is.True(errors.As(err, &e)) // every failure of a call is an *Error
	return e
}

// content is what Content returns beside its error.
func content(is *is.I, r *zreq.Response) string {
	is.Helper()
	is.True(r != nil) // there is a response
	p, _ := r.Content()
	return string(p)
}

// closed checks that the connection of a call was closed, and that it says why.
func closed(is *is.I, peer *zreqtest.Peer, r *zreq.Response, why zreq.CloseReason) {
	is.Helper()
	is.True(r != nil)
	is.True(r.Connection == nil)   // there is nothing to use again
	is.Equal(r.CloseReason(), why) // and the reason is told
	is.Equal(peer.Open(), 0)       // the socket is closed
}
