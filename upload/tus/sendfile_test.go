package tus_test

import (
	"context"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// fast is a driver whose connections send files themselves, and counts what they do.
type fast struct {
	*model
	sent int64
}

type fastConn struct {
	*memnet.Conn
	to *fast
}

func (f *fast) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	c, err := f.model.Dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &fastConn{c.(*memnet.Conn), f}, nil
}

func (c *fastConn) SendFile(f *os.File, offset, n int64) (int64, error) {
	n, err := io.Copy(c.Conn, io.NewSectionReader(f, offset, n))
	c.to.sent += n
	return n, err
}

// testSendfile: the system sends the file, in parts and from where it goes on.
func testSendfile(t *testing.T) {
	content := numbered(300_000)
	for _, partSize := range []int64{0, 70_000} {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(a *ask) fault { return fault{cut: map[bool]int64{true: 50_000}[a.Method == "PATCH" && a.of == 2]} }
		driver := &fast{model: m}
		_, err := tus.Upload(t.Context(), site, file(t, content), &tus.Args{
			Call: upload.Args{Driver: driver}, PartSize: partSize, Retry: atOnce,
		})
		is.NoErr(err)
		is.True(m.only(t) == content)
		is.True(driver.sent > 200_000) // all but what goes with the heads
	}
}

// testRedirects: a creation that is redirected with its body, one that is not, and parts that
// are. A Location is relative to where the creation was.
func testRedirects(t *testing.T) {
	content := numbered(100_000)
	is := is.New(t)
	m := newModel(t)
	m.fault = func(a *ask) fault {
		switch {
		case a.URL.Path == "/old/":
			return fault{status: 308, fields: "Location: /files/\r\n"}
		case a.Method == "POST":
			return fault{fields: "Location: 1\r\n"}
		case a.Method == "PATCH" && a.URL.RawQuery == "":
			return fault{status: 307, fields: "Location: ?moved\r\n"}
		}
		return fault{}
	}
	result, err := tus.Upload(t.Context(), "http://fleet.test/old/", source(content), &tus.Args{Call: with(m), PartSize: 60_000})
	is.NoErr(err)
	is.Equal(result.URL, "http://fleet.test/files/1")
	is.True(m.only(t) == content)

	for status, fields := range map[int]string{301: "Location: /other/\r\n", 303: "Location: /other/\r\n", 307: "Location: http://[\r\n"} {
		m = newModel(t)
		m.fault = func(a *ask) fault {
			return fault{status: map[bool]int{true: status}[a.Method == "POST"], fields: map[bool]string{true: fields}[a.Method == "POST"]}
		}
		_, err = tus.Upload(t.Context(), site, source(content), &tus.Args{Call: with(m)})
		e := kind(is, err)
		is.True(!e.Resumable)
		is.Equal(m.log(), []string{"OPTIONS /files/", "POST /files/"}) // it does not become a GET
	}
}

// challenged is an Auth that waits to be asked.
type challenged struct{}

func (challenged) Authorize(r zreq.AuthRequest) (string, error) {
	if r.Refused == nil {
		return "", nil
	}
	return "Known " + r.Method, nil
}

// testChallenge: a part is sent again from its first byte if the server asks who it is.
func testChallenge(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	m.fault = func(a *ask) fault {
		if a.Header.Get("Authorization") == "" {
			return fault{status: 401, fields: "WWW-Authenticate: Known\r\n"}
		}
		return fault{}
	}
	call := with(m)
	call.Auth = challenged{}
	content := numbered(100_000)
	_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: call, PartSize: 60_000})
	is.NoErr(err)
	is.True(m.only(t) == content)

	call.Auth = nil
	_, err = tus.Upload(t.Context(), site, source(content), &tus.Args{Call: call})
	e := kind(is, err)
	is.Equal(e.Status, 401)
	is.True(strings.Contains(e.Error(), "the server has refused the upload"))
}
