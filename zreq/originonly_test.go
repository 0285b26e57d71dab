package zreq_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// testOriginOnly: fields that OriginOnly of the call or of its Session names do not leave
// the first origin, and do not come back to it, in whatever case they are written.
func testOriginOnly(t *testing.T) {
	secret := zreq.Headers{{"X-Api-Key", "hush"}, {"Accept", "a/b"}, {"x-token", "hush"}}
	for name, tt := range map[string]struct {
		session *zreq.Session // nil: none
		args    zreq.Args
	}{
		"the call's":          {nil, zreq.Args{Headers: secret, OriginOnly: []string{"x-api-KEY", "X-Token"}}},
		"the Session's":       {&zreq.Session{Headers: secret, OriginOnly: []string{"x-api-key", "x-token"}}, zreq.Args{}},
		"both":                {&zreq.Session{Headers: secret, OriginOnly: []string{"x-api-key"}}, zreq.Args{OriginOnly: []string{"X-Token"}}},
		"the Session's names": {&zreq.Session{OriginOnly: []string{"x-token", "X-API-KEY"}}, zreq.Args{Headers: secret}},
	} {
		for way, with := range map[string][]bool{"aa": {true, true, true}, "b": {true, false}, "bb": {true, false, false}, "aba": {true, true, false, false}, "A": {true, false}} {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				args, do := tt.args, zreq.Get
				if tt.session != nil {
					do = tt.session.Get
					defer tt.session.CloseIdle()
				}
				args.TLS = &seal{}
				var responses []string
				for _, host := range way {
					scheme := map[bool]string{true: "https", false: "http"}[host < 'a']
					responses = append(responses, strings.Replace(moved(302, scheme+"://"+string(host|' ')+".test/"), "Content", "Connection: close\r\nContent", 1))
				}
				peer := each(t, append(responses, byLength("hi"))...)
				args.Driver = peer
				_, err := do(context.Background(), "http://a.test/", &args)
				is.NoErr(err)
				is.Equal(len(peer.Requests()), len(with))
				for i, r := range peer.Requests() {
					is.Equal(strings.Count(r, "hush") == 2, with[i])
					is.Equal(strings.Contains(r, "hush"), with[i]) // both, or none
					is.True(strings.Contains(r, "Accept: a/b"))    // it was not named
				}
			})
		}
	}
	t.Run("no name", func(t *testing.T) {
		for _, name := range []string{"", "X-Api-Key:", "X-Api-Key ", "X Key", "X\r\nY"} {
			refused(t, "GET", site, zreq.Args{OriginOnly: []string{"A", name}}, zreq.ErrRequest) // it would keep nothing back
		}
	})
}

// mute is a TLS of which nobody knows what it shows.
type mute struct{ inner seal }

func (m *mute) Client(ctx context.Context, c netdriver.Conn, name string) (netdriver.Conn, error) {
	return m.inner.Client(ctx, c, name)
}

// masked is a TLS with another one for strangers.
type masked struct {
	mute
	other netdriver.TLS
}

func (m *masked) Anonymous() netdriver.TLS { return m.other }

// testRedirectAnonymousTLS: at another origin a TLS is used only in the form that shows nothing
// of us. If it has none, or does not say, the redirect is not followed, which is said at
// once, with the response.
func testRedirectAnonymousTLS(t *testing.T) {
	away, home := "https://b.test/", "https://a.test/2"
	stranger := &seal{}
	for name, tt := range map[string]struct {
		tls      netdriver.TLS
		start    string
		location string
		follows  bool
		asked    []string // of stranger
	}{
		"unknown":                  {&mute{}, "https://a.test/", away, false, nil},
		"unknown, from http":       {&mute{}, "http://a.test/", home, false, nil},
		"unknown, the same origin": {&mute{}, "https://a.test/", home, true, nil},
		"unknown, no https":        {&mute{}, "http://a.test/", "http://b.test/", true, nil},
		"none":                     {&masked{}, "https://a.test/", away, false, nil},
		"another":                  {&masked{other: stranger}, "https://a.test/", away, true, []string{"b.test"}},
		"another, the same origin": {&masked{other: stranger}, "https://a.test/", home, true, nil},
	} {
		for _, session := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				is := is.New(t)
				stranger.names = nil
				do := zreq.Get
				if session {
					s := new(zreq.Session)
					defer s.Close()
					do = s.Get
				}
				peer := each(t, moved(302, tt.location), byLength("hi"))
				resp, err := do(context.Background(), tt.start, &zreq.Args{Driver: peer, TLS: tt.tls, Headers: zreq.Headers{{"Connection", "close"}}})
				is.Equal(stranger.names, tt.asked)
				if tt.follows {
					is.NoErr(err)
					is.Equal(content(is, resp), "hi")
					return
				}
				is.True(errors.Is(err, zreq.ErrRedirect))
				is.True(strings.Contains(err.Error(), "netdriver.Anonymizer")) // the cure
				is.Equal(resp.Status, 302)
				is.Equal(peer.Dials(), 1)
			})
		}
	}
}
