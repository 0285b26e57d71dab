package tus_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

// sealed is a TLS that changes nothing, and notes for whom it showed a certificate.
type sealed struct {
	shown *[]string
	bare  bool
}

func (s sealed) Client(_ context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	if !s.bare {
		*s.shown = append(*s.shown, name)
	}
	return sealedConn{c}, nil
}

type sealedConn struct{ netdriver.Conn }

func (s sealed) Anonymous() netdriver.TLS { return sealed{bare: true} }

// testLocations: where the server says that the upload is, and who is told who is asking.
func testLocations(t *testing.T) {
	content := numbered(70_000)
	long := strings.Repeat("x", 2000)
	for _, tt := range []struct {
		name, endpoint, fields string
		url                    string // of the upload
		host                   string // that is told nothing; "" if it is the endpoint's, which is told all
		want                   error
		says                   string
	}{
		{name: "relative", endpoint: "http://fleet.test/files/", fields: "Location: 1", url: "http://fleet.test/files/1"},
		{name: "a path", endpoint: "http://fleet.test/files/", fields: "Location: /files/1", url: "http://fleet.test/files/1"},
		{name: "a query", endpoint: "http://fleet.test/files/?a=b", fields: "Location: 1?c=d", url: "http://fleet.test/files/1?c=d"},
		{name: "a stray percent", endpoint: "http://fleet.test/files/", fields: "Location: 1?a=%z&b=%20%", url: "http://fleet.test/files/1?a=%25z&b=%20%25"},
		{name: "a space", endpoint: "http://fleet.test/files/", fields: "Location: 1?a b", url: "http://fleet.test/files/1?a%20b"},
		{name: "beyond ASCII", endpoint: "http://fleet.test/files/", fields: "Location: http://tür.test/1", want: tus.ErrLocation, says: "no host name has"},
		{name: "a port that is none", endpoint: "http://fleet.test/files/", fields: "Location: http://fleet.test:99999/1", want: tus.ErrLocation, says: "the port of the URL"},
		{name: "a host that is none", endpoint: "http://fleet.test/files/", fields: "Location: http://a,b/1", want: tus.ErrLocation, says: "no host name has"},
		{name: "a long host", endpoint: "http://fleet.test/files/", fields: "Location: http://" + long[:256] + "/1", want: tus.ErrLocation, says: "255"},
		{name: "the same link", endpoint: "http://[fe80::1%25eth0]:81/files/", fields: "Location: http://[FE80::1]:81/files/1", url: "http://[fe80::1%25eth0]:81/files/1"},
		{name: "a zone of the server", endpoint: "http://[fe80::1%25eth0]/files/", fields: "Location: http://[fe80::1%25eth1]/files/1", want: tus.ErrLocation, says: "zone"},
		{name: "a zone for a name", endpoint: "http://fleet.test/files/", fields: "Location: http://[fe80::1%25eth0]/files/1", want: tus.ErrLocation, says: "zone"},
		{name: "a fragment", endpoint: "http://fleet.test/files/", fields: "Location: 1#a", url: "http://fleet.test/files/1"},
		{name: "absolute", endpoint: "http://fleet.test/files/", fields: "Location: http://FLEET.test:80/files/1", url: "http://FLEET.test:80/files/1"},
		{name: "https", endpoint: "https://fleet.test/files/", fields: "Location: https://fleet.test/files/1", url: "https://fleet.test/files/1"},
		{name: "another host", endpoint: "http://fleet.test/files/", fields: "Location: http://store.test/files/1", url: "http://store.test/files/1", host: "store.test"},
		{name: "another port", endpoint: "http://fleet.test/files/", fields: "Location: http://fleet.test:81/files/1", url: "http://fleet.test:81/files/1", host: "fleet.test:81"},
		{name: "no scheme", endpoint: "https://fleet.test/files/", fields: "Location: //store.test/files/1", url: "https://store.test/files/1", host: "store.test"},
		{name: "from http to https", endpoint: "http://fleet.test/files/", fields: "Location: https://fleet.test/files/1", url: "https://fleet.test/files/1", host: "fleet.test"},
		{name: "from https to http", endpoint: "https://fleet.test/files/", fields: "Location: http://fleet.test/files/1", want: tus.ErrLocation, says: "-behind-proxy"},
		{name: "missing", endpoint: "http://fleet.test/files/", fields: "X-Other: 1", want: tus.ErrLocation, says: "no Location"},
		{name: "empty", endpoint: "http://fleet.test/files/", fields: "Location:", want: tus.ErrLocation, says: "no Location"},
		{name: "twice", endpoint: "http://fleet.test/files/", fields: "Location: 1\r\nLocation: 1", want: tus.ErrLocation, says: "two"},
		{name: "long", endpoint: "http://fleet.test/files/", fields: "Location: " + long + "1", want: tus.ErrLocation, says: "2000"},
		{name: "long with the host", endpoint: "http://fleet.test/files/", fields: "Location: " + long[:1990], want: tus.ErrLocation, says: "2000"},
		{name: "userinfo", endpoint: "http://fleet.test/files/", fields: "Location: http://a:b@fleet.test/files/1", want: tus.ErrLocation, says: "userinfo"},
		{name: "another scheme", endpoint: "http://fleet.test/files/", fields: "Location: ftp://fleet.test/1", want: tus.ErrLocation, says: "http"},
		{name: "no host", endpoint: "http://fleet.test/files/", fields: "Location: http:///1", want: tus.ErrLocation, says: "http"},
		{name: "not a URL", endpoint: "http://fleet.test/files/", fields: "Location: http://[", want: tus.ErrLocation, says: "no URL"},
	} {
		for _, session := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				is := is.New(t)
				m := newModel(t)
				m.fault = func(a *ask) fault {
					return fault{fields: map[bool]string{true: tt.fields + "\r\n"}[a.Method == "POST"]}
				}
				var shown []string
				headers, only := zreq.Headers{{"X-Api-Key", "hush"}, {"Cookie", "hush"}}, []string{"X-Api-Key"}
				call := upload.Args{Driver: m, TLS: sealed{shown: &shown}, Headers: headers, OriginOnly: only, Auth: zreq.Bearer("hush")}
				if session {
					s := &zreq.Session{Driver: m, TLS: sealed{shown: &shown}, Headers: headers, OriginOnly: only, Auth: zreq.Bearer("hush")}
					defer s.Close()
					call = upload.Args{Session: s}
				}
				store := &memStore{}
				result, err := tus.Upload(t.Context(), tt.endpoint, source(content), &tus.Args{Call: call, Retry: atOnce, Store: store})
				is.True(errors.Is(err, tt.want))
				is.Equal(result.URL, tt.url)
				if tt.want != nil {
					is.True(strings.Contains(err.Error(), tt.says))
					is.Equal(kind(is, err).Status, 201)
					is.Equal(len(m.asks), 2)
					is.True(store.record == nil) // a later call creates another
					return
				}
				is.True(m.only(t) == content)
				for _, a := range m.asks {
					secrets := 0
					for _, values := range a.Header {
						secrets += strings.Count(strings.Join(values, " "), "hush")
					}
					is.Equal(secrets, map[bool]int{true: 0, false: 3}[a.Method == "PATCH" && tt.host != ""])
				}
				for _, name := range shown {
					is.True(name == "fleet.test" && strings.HasPrefix(tt.endpoint, "https")) // no certificate for another origin
				}
				is.Equal(m.asks[2].URL.RawQuery != "", strings.Contains(tt.url, "?")) // what belongs to the endpoint stays there
			})
		}
	}
}

// testUserinfo: the userinfo of the endpoint goes along to the upload, if that is there.
func testUserinfo(t *testing.T) {
	for location, want := range map[string]bool{"/files/1": true, "http://store.test/files/1": false} {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(a *ask) fault {
			return fault{fields: map[bool]string{true: "Location: " + location + "\r\n"}[a.Method == "POST"]}
		}
		store := &memStore{}
		_, err := tus.Upload(t.Context(), "http://device:hush@fleet.test/files/?key=hush", source(numbered(70_000)), &tus.Args{Call: with(m), Store: store})
		is.NoErr(err)
		for _, a := range m.asks {
			_, password, _ := a.BasicAuth()
			is.Equal(password == "hush", want || a.Method != "PATCH")
		}
		is.True(!strings.Contains(string(store.record), "hush")) // and is not stored
		m.fault = func(*ask) fault { return fault{status: 400} }
		_, err = tus.Upload(t.Context(), "http://device:hush@fleet.test/files/?key=hush", source(numbered(70_001)), &tus.Args{Call: with(m)})
		is.True(err != nil && !strings.Contains(err.Error(), "hush")) // nor told
	}
}

// inside is a driver that reaches a model only under the name that it has outside.
type inside struct{ *model }

func (i inside) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	if strings.HasPrefix(address, "localhost") {
		return nil, errors.New("refused")
	}
	return i.model.Dial(ctx, network, address)
}

// testInnerLocation: an upload under a name that only the server knows is not asked for by
// the next call, unless something was sent there.
func testInnerLocation(t *testing.T) {
	for _, sent := range []bool{false, true} {
		is := is.New(t)
		m := newModel(t)
		content := numbered(70_000)
		m.fault = func(a *ask) fault {
			switch a.Method {
			case "POST":
				return fault{fields: "Location: http://localhost:1080/files/1\r\n"}
			case "PATCH":
				return fault{cut: 40_000}
			}
			return fault{drop: a.Method == "HEAD"}
		}
		args := &tus.Args{Call: upload.Args{Driver: inside{m}}, Store: &memStore{}, Retry: atOnce}
		if sent { // over a link that knows the name
			args.Call.Driver = m
			_, err := tus.Upload(t.Context(), site, source(content), args)
			is.True(errors.Is(err, zreq.ErrOutOfRetries))
			args.Call.Driver = inside{m}
		}
		_, err := tus.Upload(t.Context(), site, source(content), args)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(kind(is, err).Resumable)
		is.Equal(strings.Contains(err.Error(), "behind a proxy"), !sent)
		m.fault = nil // somebody tells the server
		_, err = tus.Upload(t.Context(), site, source(content), args)
		is.Equal(err == nil, !sent)
		is.Equal(m.created, map[bool]int{true: 1, false: 2}[sent])
	}
}

// testParams go to the endpoint only, and an Idempotency-Key to the creation.
func testParams(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	call := with(m)
	call.Params = [][2]string{{"token", "1"}}
	call.Headers = zreq.Headers{{"Idempotency-Key", "2"}, {"X-Device", "3"}}
	_, err := tus.Upload(t.Context(), site, source(numbered(70_000)), &tus.Args{Call: call})
	is.NoErr(err)
	for _, a := range m.asks {
		is.Equal(a.URL.RawQuery, map[bool]string{true: "token=1"}[a.Method != "PATCH"])
		is.Equal(a.Header.Get("Idempotency-Key"), map[bool]string{true: "2"}[a.Method == "POST"])
		is.Equal(a.Header.Get("X-Device"), "3")
	}
	is.Equal(len(call.Headers), 2) // the caller's Args are left alone

	m = newModel(t)
	session := &zreq.Session{Driver: m, Headers: zreq.Headers{{"Content-Type", "application/json"}}}
	defer session.Close()
	for _, size := range []int{10, 70_000} {
		_, err = tus.Upload(t.Context(), site, source(numbered(size)), &tus.Args{Call: upload.Args{Session: session}})
		is.NoErr(err)
		last := m.asks[len(m.asks)-1]
		is.Equal(last.Header.Get("Content-Type"), "application/offset+octet-stream") // "All PATCH requests MUST use" that
	}
}
