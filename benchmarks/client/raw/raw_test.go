package raw_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/dsnet/try"
	"github.com/matryer/is"

	"github.com/zreq-go/zreq/benchmarks/client/raw"
)

// TestRawPassesWhatCame holds the one client that was written here, and that nobody else
// tests, to the bytes.
func TestRawPassesWhatCame(t *testing.T) {
	const length = 10_000
	var body []byte
	for i := range length {
		body = append(body, byte(i*i>>8)|1)
	}
	for _, server := range []int{0, 7, 1024, 3000} {
		response := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", length, body)
		if server > 0 {
			response = []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
			for at := 0; at < length; at += server {
				piece := body[at:min(at+server, length)]
				response = fmt.Appendf(response, "%X\r\n%s\r\n", len(piece), piece)
			}
			response = append(response, "0\r\n\r\n"...)
		}
		for _, chunk := range []int{1, 512, 999, 4 << 10, 16 << 10} {
			for _, buffer := range []int{128, 0, 64 << 10} {
				for _, cut := range []int{1, 100, 1 << 20} {
					t.Run(fmt.Sprint(server, chunk, buffer, cut), func(t *testing.T) {
						is := is.New(t)
						var got []byte
						c := raw.NewConn(buffer, chunk, func(p []byte) error {
							is.True(len(p) == chunk || len(got)+len(p) == length) // chunks of one size
							got = append(got, p...)
							return nil
						})
						get := func(response []byte) (err error) {
							defer try.Handle(&err)
							c.Conn = &script{in: bytes.NewReader(response), cut: cut}
							_, n := c.Ask(nil)
							c.Body(n)
							return nil
						}
						is.NoErr(get(response))
						is.True(bytes.Equal(got, body))                 // all of it, in order, and nothing else
						is.True(get(response[:len(response)-1]) != nil) // it ends a byte early
					})
				}
			}
		}
	}
}

// script is a connection on which a response comes, whatever was sent, at most cut bytes
// at once.
type script struct {
	net.Conn
	in  io.Reader
	cut int
}

func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }

func (s *script) Write(p []byte) (int, error) { return len(p), nil }

func (s *script) Read(p []byte) (int, error) { return s.in.Read(p[:min(len(p), s.cut)]) }
