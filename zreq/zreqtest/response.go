package zreqtest

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// Response returns a response as a call would return it, for a fake of something that
// makes calls. zreq itself has read it from bytes, so all its methods do what they do
// after a GET of http://device.test/ that was answered with the given status, fields and
// body. Its Connection is nil.
//
// headers are written into the head as they are. A Content-Length is added if they have
// none. status is 200 to 999.
//
// Response panics if there can be no such response: if a field contains a line break, the
// Content-Length is not that of body, there is a Transfer-Encoding, or a 204 or 304 has a
// body.
func Response(status int, headers zreq.Headers, body string) *zreq.Response {
	bodiless := status == 204 || status == 304
	length, sized := headers.Get("Content-Length")
	_, coded := headers.Get("Transfer-Encoding")
	switch {
	case status < 200 || status > 999:
		panic(fmt.Sprintf("zreqtest: %d is not the status of a response that a call returns", status))
	case bodiless && body != "":
		panic(fmt.Sprintf("zreqtest: a %d has no body (RFC 9112, 6.3)", status))
	case sized && !bodiless && length != strconv.Itoa(len(body)):
		panic(fmt.Sprintf("zreqtest: Content-Length is %q, and the body has %d bytes", length, len(body)))
	case coded:
		panic("zreqtest: the body is not in a transfer coding")
	}
	var answer strings.Builder
	fmt.Fprintf(&answer, "HTTP/1.1 %d \r\n", status)
	for _, field := range headers {
		if strings.ContainsAny(field[0]+field[1], "\r\n\x00") {
			panic("zreqtest: a line break or NUL in the field " + field[0])
		}
		answer.WriteString(field[0] + ": " + field[1] + "\r\n")
	}
	if !sized && !bodiless {
		fmt.Fprintf(&answer, "Content-Length: %d\r\n", len(body))
	}
	answer.WriteString("\r\n" + body)
	resp, err := zreq.Get(context.Background(), "http://device.test/", &zreq.Args{
		Driver:       said{strings.NewReader(answer.String())},
		MaxRedirects: -1, AllowEncoded: true,
		Limits: zreq.Limits{HeadBytes: answer.Len(), Fields: len(headers) + 1, Content: int64(len(body)) + 1},
	})
	if err != nil {
		panic("zreqtest: " + err.Error())
	}
	return resp
}

// said is a driver and its only connection. The peer has sent everything already.
type said struct{ io.Reader }

func (s said) Dial(context.Context, string, string) (netdriver.Conn, error) { return s, nil }
func (said) Write(p []byte) (int, error)                                    { return len(p), nil }
func (said) Close() error                                                   { return nil }
func (said) SetDeadline(time.Time) error                                    { return nil }
func (said) SetReadDeadline(time.Time) error                                { return nil }
func (said) SetWriteDeadline(time.Time) error                               { return nil }
