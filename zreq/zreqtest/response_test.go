package zreqtest_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"
	_ "github.com/zreq-go/zreq/form/stdjson"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestResponseIsOne: what is made for a fake is what a call returns.
func TestResponseIsOne(t *testing.T) {
	is := is.New(t)
	headers := zreq.Headers{{"Content-Type", "application/json; charset=latin1"}, {"Set-Cookie", "a=b"}, {"set-cookie", "c=d"}}
	resp := zreqtest.Response(200, headers, "{\"city\":\"K\xf6ln\"}")
	is.Equal(resp.Status, 200)
	is.Equal(resp.Proto, "HTTP/1.1")
	is.Equal(resp.Header("content-type"), "application/json; charset=latin1")
	is.Equal(resp.Values("Set-Cookie"), []string{"a=b", "c=d"}) // as they were given
	is.Equal(resp.Len(), int64(15))                             // bytes of the body
	is.True(resp.Complete() && resp.Connection == nil)
	is.Equal(resp.URL(), "http://device.test/")
	var v struct{ City string }
	is.NoErr(resp.JSON(&v))
	is.Equal(v.City, "Köln") // decoded as ever
	text, err := resp.Text()
	is.NoErr(err)
	is.Equal(text, `{"city":"Köln"}`)
}

// TestResponseIsRead: by each of the ways to take a body.
func TestResponseIsRead(t *testing.T) {
	large := strings.Repeat("0123456789", 300_000)
	for name, take := range map[string]func(*zreq.Response) (string, error){
		"Content": func(r *zreq.Response) (string, error) { p, err := r.Content(); return string(p), err },
		"Read":    func(r *zreq.Response) (string, error) { p, err := io.ReadAll(r); return string(p), err },
		"WriteTo": func(r *zreq.Response) (string, error) {
			var b bytes.Buffer
			_, err := r.WriteTo(&b)
			return b.String(), err
		},
	} {
		for _, body := range []string{"", "hello", large} {
			t.Run(fmt.Sprint(name, len(body)), func(t *testing.T) {
				is := is.New(t)
				got, err := take(zreqtest.Response(404, nil, body))
				is.NoErr(err)
				is.True(got == body) // whatever its size
			})
		}
	}
}

// TestResponseOfEachStatus: none leads to another call, and none is an error.
func TestResponseOfEachStatus(t *testing.T) {
	for _, status := range []int{200, 204, 206, 301, 304, 307, 401, 404, 408, 417, 500, 503, 999} {
		is := is.New(t)
		body := "x"
		if status == 204 || status == 304 {
			body = "" // they have none
		}
		resp := zreqtest.Response(status, zreq.Headers{{"Location", "/y"}, {"Content-Encoding", "br"}, {"WWW-Authenticate", "Basic"}}, body)
		is.Equal(resp.Status, status)
		content, err := resp.Content()
		is.NoErr(err)
		is.Equal(string(content), body) // as it was given, though nobody can decode it
		is.Equal(len(resp.History()), 0)
	}
}

// TestResponseNamesTheField: the panic names the field that cannot be sent.
func TestResponseNamesTheField(t *testing.T) {
	for _, c := range []string{"\r", "\n", "\x00"} {
		t.Run(fmt.Sprintf("%q", c), func(t *testing.T) {
			is := is.New(t)
			defer func() { is.Equal(recover(), "zreqtest: a line break or NUL in the field A") }()
			zreqtest.Response(200, zreq.Headers{{"A", "b" + c + "c"}}, "")
		})
	}
}

func TestResponsePanics(t *testing.T) {
	for name, make := range map[string]func(){
		"a status of 1xx":          func() { zreqtest.Response(101, nil, "") },
		"no status":                func() { zreqtest.Response(0, nil, "") },
		"four digits":              func() { zreqtest.Response(1000, nil, "") },
		"a line break":             func() { zreqtest.Response(200, zreq.Headers{{"A", "b\r\nC: d"}}, "") },
		"no field name":            func() { zreqtest.Response(200, zreq.Headers{{"", "b"}}, "") },
		"a length that is not its": func() { zreqtest.Response(200, zreq.Headers{{"Content-Length", "9"}}, "x") },
		"a length that is too low": func() { zreqtest.Response(200, zreq.Headers{{"Content-Length", "1"}}, "xyz") },
		"a transfer coding":        func() { zreqtest.Response(200, zreq.Headers{{"Transfer-Encoding", "chunked"}}, "x") },
		"a body of a 204":          func() { zreqtest.Response(204, nil, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "zreqtest: ") {
					t.Errorf("no panic that says why, but %q", text)
				}
			}()
			make()
		})
	}
}
