package digest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testTargets: what is hashed, and said in uri, is the request-target to the byte
// (RFC 7616, 3.4): the server makes a test of that.
func testTargets(t *testing.T) {
	params := form.Values{{"a b", "c&d=\"e\""}, {"\u00e9", ""}}
	for name, tt := range map[string]struct {
		method, path string
		params       form.Values
		want         string
	}{
		"HEAD":              {"HEAD", "/a", nil, "/a"},
		"OPTIONS":           {"OPTIONS", "", nil, "/"},
		"DELETE":            {"DELETE", "/a/", nil, "/a/"},
		"another method":    {"brew", "/pot", nil, "/pot"},
		"an empty query":    {"GET", "/a?", nil, "/a?"},
		"no path":           {"GET", "?b", nil, "/?b"},
		"Params":            {"GET", "/a", params, "/a?a%20b=c%26d%3D%22e%22&%C3%A9="},
		"and a query":       {"GET", "/a?b=%2f&&c", params, "/a?b=%2f&&c&a%20b=c%26d%3D%22e%22&%C3%A9="},
		"nothing is tidied": {"GET", "//a/../%7e/./b;c,d='(e)'", nil, "//a/../%7e/./b;c,d='(e)'"},
		"a fragment":        {"GET", "/a#b", nil, "/a"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := serve(t, &server{qop: "auth", algorithm: "SHA-256"})
			args := args(digest.New(s.user, s.password))
			args.Params = tt.params
			is.Equal(call(t, tt.method, s.url+tt.path, args), 200) // challenged
			is.Equal(call(t, tt.method, s.url+tt.path, args), 200) // and at once
			want := tt.method + " " + tt.want
			is.Equal(strings.Join(s.requests(), ", "), want+" none, "+want+" good, "+want+" good") // it is what went out
		})
	}
}

// After a redirect it is the target of that (and Params are not added again).
func TestTargetOfRedirect(t *testing.T) {
	is := is.New(t)
	s := serve(t, &server{qop: "auth", uses: 1})
	args := args(digest.New(s.user, s.password))
	args.Params = form.Values{{"a", "b"}}
	args.Body = strings.NewReader("body")
	is.Equal(call(t, "POST", s.url+"/to/%2Fx%3Fc=d", args), 200)                                                   // both of them are answered
	is.Equal(strings.Join(s.requests(), ", "), "POST /to/%2Fx%3Fc=d?a=b none, POST /x?c=d none, POST /x?c=d good") // each with its own
	is.Equal(call(t, "POST", s.url+"/to/%2Fx", args), 200)                                                         // from the start
	is.Equal(strings.Join(s.requests()[3:], ", "), "POST /to/%2Fx?a=b stale, POST /x stale, POST /x good")         // one 401 for each hop
}

// TestPageOfThe401: nothing of it is taken for the answer, and it costs a
// connection only if it is long.
func TestPageOfThe401(t *testing.T) {
	for _, size := range []int{0, 1, 4096, 4097, 100000} {
		for _, framing := range []string{"length", "chunked", "close"} {
			for _, mode := range []string{"buffered", "callback", "stream", "head", "drop"} {
				t.Run(fmt.Sprint(size, framing, mode), func(t *testing.T) {
					is := is.New(t)
					remotes := make(map[string]bool)
					h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						remotes[r.RemoteAddr] = true
						if r.Header.Get("Authorization") != "" {
							_, _ = io.WriteString(w, "the answer")
							return
						}
						w.Header().Set("WWW-Authenticate", byMD5)
						switch framing {
						case "length":
							w.Header().Set("Content-Length", fmt.Sprint(size))
						case "close":
							w.Header().Set("Connection", "close")
						}
						w.WriteHeader(http.StatusUnauthorized)
						if framing == "chunked" {
							w.(http.Flusher).Flush()
						}
						_, _ = io.WriteString(w, long(size))
					}))
					defer h.Close()
					args, method, want, got := args(digest.New("u", "p")), "GET", "the answer", ""
					switch mode {
					case "callback":
						args.StreamCallback = func(chunk []byte) error {
							got += string(chunk)
							return nil
						}
					case "stream":
						args.Stream = true
					case "head":
						method, want = "HEAD", ""
					case "drop":
						args.DropHead = true
					}
					resp, err := zreq.Do(t.Context(), method, h.URL, args)
					is.NoErr(err)
					is.Equal(resp.Status, 200) // let in
					if mode != "callback" {
						got, err = resp.Text()
						is.NoErr(err)
					}
					is.Equal(got, want) // nothing of the page of the 401
					if resp.Connection != nil {
						_ = resp.Connection.Close()
					}
					if framing == "length" && size <= 4096 || framing != "close" && mode == "head" {
						is.Equal(len(remotes), 1) // a short one does not cost a connection
					}
				})
			}
		}
	}
}

const (
	refused  = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: " + integer + "\r\nContent-Length: 0\r\n\r\n"
	unasked  = "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n"
	goOn     = "HTTP/1.1 100 Continue\r\n\r\n"
	accepted = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
)

// A server that is asked whether it wants the body says first that it wants to
// know who sends it: the body goes out once.
func testExpectation(t *testing.T) {
	for name, tt := range map[string]struct {
		scripts [][]zreqtest.Step
		counts  []string
	}{
		"401": {
			[][]zreqtest.Step{
				{zreqtest.Head(), zreqtest.Send(refused)},
				{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(4), zreqtest.Send(accepted)},
			},
			[]string{"", "00000001"},
		},
		"417 after a 401": {
			[][]zreqtest.Step{
				{zreqtest.Head(), zreqtest.Send(refused)},
				{zreqtest.Head(), zreqtest.Send(unasked)},
				{zreqtest.Request(), zreqtest.Send(accepted)},
			},
			[]string{"", "00000001", "00000002"},
		},
		"and another 401": {
			[][]zreqtest.Step{
				{zreqtest.Head(), zreqtest.Send(refused)},
				{zreqtest.Head(), zreqtest.Send(unasked)},
				{zreqtest.Request(), zreqtest.Send(strings.Replace(refused, `"n"`, `"n", stale=true`, 1)), zreqtest.Request(), zreqtest.Send(accepted)},
			},
			[]string{"", "00000001", "00000002", "00000003"},
		},
		"401 after a 417": {
			[][]zreqtest.Step{
				{zreqtest.Head(), zreqtest.Send(unasked)},
				{zreqtest.Request(), zreqtest.Send(refused), zreqtest.Request(), zreqtest.Send(accepted)},
			},
			[]string{"", "", "00000001"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, tt.scripts...)
			args := args(digest.New("u", "p"))
			args.Driver, args.Expect100, args.Body = peer, true, strings.NewReader("body")
			resp, err := zreq.Put(context.Background(), "http://device.test/x", args)
			is.NoErr(err)
			is.Equal(resp.Status, 200) // the body was taken
			_ = resp.Connection.Close()
			var counts []string
			for _, request := range peer.Requests() {
				_, auth, _ := strings.Cut(request, "Authorization: ")
				auth, _, _ = strings.Cut(auth, "\r\n")
				counts = append(counts, paramsOf(auth)["nc"].value)
			}
			is.Equal(strings.Join(counts, ","), strings.Join(tt.counts, ",")) // no credentials go out twice
		})
	}
}

// A body that is read once goes out once: with credentials if nothing of it went
// before.
func TestExpectationForBodyReadOnce(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t,
		[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(strings.Replace(refused, "auth-int", "auth", 1))},
		[]zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(len("4\r\nbody\r\n0\r\n\r\n")), zreqtest.Send(accepted)},
	)
	args := args(digest.New("u", "p"))
	args.Driver, args.Expect100, args.Body = peer, true, once("body")
	is.Equal(call(t, "PUT", "http://device.test/x", args), 200) // the body was taken
}
