package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// authorization returns what each request to a peer says of itself: "" if it has
// no such field, and all values if it has more than one.
func authorization(requests []string) (list []string) {
	for _, r := range requests {
		var values []string
		for line := range strings.SplitSeq(r, "\r\n") {
			name, value, _ := strings.Cut(line, ": ")
			if strings.EqualFold(name, "Authorization") {
				values = append(values, value)
			}
		}
		list = append(list, strings.Join(values, " and "))
	}
	return list
}

// testAuthBasic: the examples of RFC 7617, and what else a pair can be.
func testAuthBasic(t *testing.T) {
	for want, pair := range map[string][2]string{
		"QWxhZGRpbjpvcGVuIHNlc2FtZQ==": {"Aladdin", "open sesame"}, // RFC 7617, 2
		"dGVzdDoxMjPCow==":             {"test", "123\u00a3"},      // RFC 7617, 2.1
		"Og==":                         {"", ""},
		"YTo=":                         {"a", ""},
		"OmI=":                         {"", "b"},
		"YTpiOmM6":                     {"a", "b:c:"}, // the first colon parts them
		"YTo/Pj8+":                     {"a", "?>?>"}, // of the alphabet with plus and slash
		"w6k6/w==":                     {"\u00e9", "\xff"},
		"YSBiOiU0MA==":                 {"a b", "%40"}, // nothing is decoded
	} {
		t.Run(want, func(t *testing.T) {
			is := is.New(t)
			request, _, _ := sent(t, "GET", "http://h.test/", zreq.Args{Auth: zreq.Basic(pair[0], pair[1])})
			is.Equal(request, "GET / HTTP/1.1\r\nHost: h.test\r\n"+agent+"Authorization: Basic "+want+"\r\nConnection: close\r\n\r\n")
		})
	}
}

// TestAuthBearer: a token goes out as it is.
func TestAuthBearer(t *testing.T) {
	is := is.New(t)
	request, _, _ := sent(t, "POST", "http://h.test/", zreq.Args{Auth: zreq.Bearer("mF_9.B5f-4.1JqM")}) // RFC 6750, 2.1
	is.Equal(request, "POST / HTTP/1.1\r\nHost: h.test\r\n"+agent+"Authorization: Bearer mF_9.B5f-4.1JqM\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

var errNoSecret = errors.New("the secure element does not answer")

// testAuthRefused: credentials that cannot be sent are an error before a dial,
// which does not tell them.
func testAuthRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		auth zreq.Auth
		want error
	}{
		"a colon in the user":     {zreq.Basic("hush:", "p"), nil},
		"a line end in the user":  {zreq.Basic("hush\r\nX: y", "p"), nil},
		"a line end":              {zreq.Basic("u", "hush\n"), nil},
		"NUL":                     {zreq.Basic("u", "hush\x00"), nil},
		"a tab":                   {zreq.Basic("u", "hush\t"), nil},
		"DEL":                     {zreq.Basic("hush\x7f", ""), nil},
		"an error":                {zreq.BasicFunc(func() (string, string, error) { return "hush", "hush", errNoSecret }), errNoSecret},
		"a token with a line end": {zreq.Bearer("hush\r\nX: y"), nil},
		"a token with NUL":        {zreq.Bearer("hush\x00"), nil},
		"a token with a blank":    {zreq.Bearer("hush "), nil},
		"an own one that fails":   {&asker{give: func(zreq.AuthRequest) (string, error) { return "hush", errNoSecret }}, errNoSecret},
		"an own one, a line end":  {&asker{give: func(zreq.AuthRequest) (string, error) { return "hush\r\nX: y", nil }}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t)
			resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Auth: tt.auth})
			is.True(resp == nil)
			is.True(errors.Is(err, zreq.ErrRequest))
			is.True(tt.want == nil || errors.Is(err, tt.want)) // the cause is wrapped
			is.Equal(failure(is, err).Phase, zreq.PhaseRequest)
			is.Equal(failure(is, err).Sent, int64(0))
			is.True(!zreq.SafeToRetry(err))
			is.True(!strings.Contains(fmt.Sprintf("%v %+v", err, failure(is, err)), "hush"))
			is.Equal(peer.Dials(), 0)
		})
	}
}

// asker is an Auth that notes what it is asked.
type asker struct {
	asked      []zreq.AuthRequest // without Refused, which is valid only then,
	challenges []string           // but with what that says
	give       func(zreq.AuthRequest) (string, error)
}

func (a *asker) Authorize(r zreq.AuthRequest) (string, error) {
	note := r
	note.Refused = nil
	a.asked = append(a.asked, note)
	if r.Refused != nil {
		a.challenges = append(a.challenges, r.Refused.Values("WWW-Authenticate")...)
	}
	if a.give == nil {
		return fmt.Sprintf("Own %d", len(a.asked)), nil
	}
	return a.give(r)
}

// testAuthReplaces: Auth takes the place of what else would be sent, also if it
// makes nothing.
func testAuthReplaces(t *testing.T) {
	const token, header = "Bearer t", "Mine x"
	nothing := &asker{give: func(zreq.AuthRequest) (string, error) { return "", nil }}
	for name, tt := range map[string]struct {
		url  string
		args zreq.Args
		want string
	}{
		"Headers":              {"http://h.test/", zreq.Args{Auth: zreq.Bearer("t"), Headers: zreq.Headers{{"authorization", header}}}, token},
		"Headers, twice":       {"http://h.test/", zreq.Args{Auth: zreq.Bearer("t"), Headers: zreq.Headers{{"Authorization", header}, {"AUTHORIZATION", "x"}}}, token},
		"the URL":              {"http://u:p@h.test/", zreq.Args{Auth: zreq.Bearer("t")}, token},
		"both":                 {"http://u:p@h.test/", zreq.Args{Auth: zreq.Bearer("t"), Headers: zreq.Headers{{"Authorization", header}}}, token},
		"both, by nothing":     {"http://u:p@h.test/", zreq.Args{Auth: nothing, Headers: zreq.Headers{{"Authorization", header}}}, ""},
		"Omit does not":        {"http://h.test/", zreq.Args{Auth: zreq.Bearer("t"), Omit: []string{"Authorization"}}, token},
		"the URL alone":        {"http://u:p@h.test/", zreq.Args{}, "Basic dTpw"},
		"the URL, encoded":     {"http://%C3%A9:%40%3a@h.test/", zreq.Args{}, "Basic w6k6QDo="},
		"the URL, a user only": {"http://u@h.test/", zreq.Args{}, "Basic dTo="},
		"the URL, omitted":     {"http://u:p@h.test/", zreq.Args{Omit: []string{"authorization"}}, ""},
		"Headers and the URL":  {"http://u:p@h.test/", zreq.Args{Headers: zreq.Headers{{"Authorization", header}}}, header},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			before := len(tt.args.Headers)
			request, _, _ := sent(t, "GET", tt.url, tt.args)
			is.Equal(authorization([]string{request}), []string{tt.want})
			is.Equal(len(tt.args.Headers), before) // the caller's list stays
		})
	}
}

// TestAuthAsks: an Auth is asked once for each request, knowing it, and not again
// for one that is only dialled again.
func TestAuthAsks(t *testing.T) {
	is := is.New(t)
	auth := &asker{}
	body := form.Bytes([]byte("hello"), "")
	first := answering(noContent, moved(307, "/y?z"), moved(303, "/w"), moved(302, "//other.test/"))
	peer := zreqtest.NewPeer(t, append(first, zreqtest.Close()), answering(moved(302, "http://device.test/again")), answering(noContent))
	args := &zreq.Args{Driver: peer, Auth: auth, Params: form.Values{{"p", "\u00e9"}}}
	conn, err := zreq.Connect(context.Background(), site, args)
	is.NoErr(err)
	args.Connection = conn
	_, err = zreq.Get(context.Background(), "http://u:p@Device.test:80?q", args)
	is.NoErr(err)
	args.Body = body
	args.OnRedirect = func(_ *zreq.Response, next string) error {
		if next == "http://other.test/" {
			peer.Wait() // until the connection is closed that is left here
		}
		return nil
	}
	resp, err := zreq.Put(context.Background(), "http://Device.test/x", args)
	is.NoErr(err)
	is.Equal(len(resp.History()), 4)
	is.NoErr(conn.Close())

	want := []zreq.AuthRequest{
		{Method: "GET", Origin: "http://device.test", Target: "/?q&p=%C3%A9"},
		{Method: "PUT", Origin: "http://device.test", Target: "/x?p=%C3%A9", Body: body},
		{Method: "PUT", Origin: "http://device.test", Target: "/y?z", Body: body},
		{Method: "GET", Origin: "http://device.test", Target: "/w"},
	}
	is.Equal(auth.asked, want) // not for the other origin, nor when it has come back
	is.Equal(authorization(peer.Requests()), []string{"Own 1", "Own 2", "Own 3", "Own 4", "", ""})
}

// testAuthFunc: the pair is asked for each time that it goes out, and an error of
// it behind a redirect ends the call.
func testAuthFunc(t *testing.T) {
	is := is.New(t)
	n := 0
	auth := zreq.BasicFunc(func() (string, string, error) {
		if n++; n > 3 {
			return "", "", errNoSecret
		}
		return "u", fmt.Sprint(n), nil
	})
	peer := each(t, noContent, moved(302, "/y"), moved(302, "/z"))
	args := &zreq.Args{Driver: peer, Auth: auth}
	_, err := zreq.Get(context.Background(), site, args)
	is.NoErr(err)
	_, err = zreq.Get(context.Background(), site, args)
	is.True(errors.Is(err, errNoSecret))
	is.True(!zreq.SafeToRetry(err))
	is.Equal(n, 4)
	is.Equal(authorization(peer.Requests()), []string{"Basic dTox", "Basic dToy", "Basic dToz"})
	is.Equal(failure(is, err).Sent, int64(len(peer.Requests()[1])+len(peer.Requests()[2])))
	is.Equal(peer.Open(), 0)
}

// testAuthTellsNothing: no credentials in what can be printed.
func testAuthTellsNothing(t *testing.T) {
	for name, args := range map[string]zreq.Args{
		"Basic":   {Auth: zreq.Basic("user", "passw0rd")},
		"Bearer":  {Auth: zreq.Bearer("dXNlcjpwYXNzdzByZA==")},
		"the URL": {},
		"own":     {Auth: &asker{give: func(zreq.AuthRequest) (string, error) { return "Own passw0rd", nil }}},
	} {
		for how, answer := range map[string]string{"broken": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "bad redirect": moved(302, "ftp:/x"), "refused": challenged("Basic"), "fine": byLength("")} {
			t.Run(name+"/"+how, func(t *testing.T) {
				is := is.New(t)
				url := site
				if args.Auth == nil {
					url = "http://user:passw0rd@device.test/x"
				}
				args.Driver, args.StreamCallback = ends(t, answer), new(sink).take
				resp, err := zreq.Get(context.Background(), url, &args)
				is.Equal(err != nil, how != "fine")
				told := fmt.Sprintf("%v|%+v", err, err)
				if resp != nil {
					told += fmt.Sprintf("|%s|%s|%v", resp.URL(), resp.Fit(), resp.History())
				}
				for _, secret := range []string{"user", "passw0rd", "dXNlcjpwYXNzdzByZA"} {
					is.True(!strings.Contains(told, secret))
				}
			})
		}
	}
}

// testAuthOfAConnection: a Connection keeps no credentials.
func testAuthOfAConnection(t *testing.T) {
	is := is.New(t)
	peer := answers(t, noContent, noContent)
	resp, err := zreq.Get(context.Background(), "http://user:passw0rd@device.test/x?hush", &zreq.Args{Driver: peer, Headers: asks()})
	is.NoErr(err)
	told := fmt.Sprintf("%+v %s", resp.Connection, resp.Connection.Origin())
	for _, secret := range []string{"user:", "passw0rd", "hush"} {
		is.True(!strings.Contains(told, secret))
	}
	_, err = zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection})
	is.NoErr(err)
	is.Equal(authorization(peer.Requests()), []string{"Basic dXNlcjpwYXNzdzByZA==", ""}) // they are those of one call
	is.NoErr(resp.Connection.Close())
}

// settings are what a program may have, with what it holds in plain sight and not.
type settings struct {
	Auth    zreq.Auth
	Headers zreq.Headers
	Args    zreq.Args
	hidden  zreq.Auth
	call    *zreq.Args
}

// testNothingSecretIsPrinted: not by %v, %+v and %#v, of what holds it and of what
// holds that.
func testNothingSecretIsPrinted(t *testing.T) {
	const secret = "sesame"
	pair := func() (string, string, error) { return secret, secret, nil }
	headers := zreq.Headers{{"Authorization", "Bearer " + secret}, {"X-Api-Key", secret}, {"cookie", "a=" + secret}, {"Accept", "text/plain"}}
	values := form.Values{{"password", secret}}
	full := zreq.Args{
		Auth: zreq.Bearer(secret), Headers: headers, Params: values, Data: values,
		JSON: form.JSON(secret), Files: form.Files().With(values).(form.Parts), Body: form.Bytes([]byte(secret), ""),
	}
	resp := fetch(t, "HTTP/1.1 200 "+secret+"\r\nSet-Cookie: "+secret+"\r\nContent-Length: 6\r\n\r\n"+secret)
	for name, v := range map[string]any{
		"Basic":       zreq.Basic(secret, secret),
		"BasicFunc":   zreq.BasicFunc(pair),
		"Bearer":      zreq.Bearer(secret),
		"Headers":     headers,
		"Args":        full,
		"*Args":       &full,
		"Session":     &zreq.Session{Auth: zreq.Bearer(secret), Headers: headers},
		"settings":    settings{zreq.Bearer(secret), headers, full, zreq.Bearer(secret), &full},
		"*settings":   &settings{Auth: zreq.Basic(secret, secret), hidden: zreq.Bearer(secret), call: &full},
		"a list":      []zreq.Auth{zreq.Bearer(secret), zreq.Basic(secret, secret)},
		"a map":       map[string]any{"a": zreq.Bearer(secret), "h": headers},
		"AuthRequest": zreq.AuthRequest{Method: "GET", Origin: "http://h.test", Target: "/?" + secret, Sent: secret},
		"Response":    resp,
		"History":     []zreq.Redirect{{Method: "GET", URL: "http://h.test/a?sig=" + secret, Status: 302}},
	} {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf("%v\n%+v\n%#v", v, v, v)
			if _, ok := v.(zreq.Auth); ok {
				text += fmt.Sprintf("%s %q %x %d %t", v, v, v, v, struct{ v any }{v})
			}
			for _, form := range []string{secret, fmt.Sprintf("%x", secret), strings.Trim(fmt.Sprint([]byte(secret)), "[]")} {
				if strings.Contains(text, form) {
					t.Errorf("%q is in %s", form, text)
				}
			}
		})
	}
}

// TestPrinted: what is printed instead is of use.
func TestPrinted(t *testing.T) {
	is := is.New(t)
	headers := zreq.Headers{{"Authorization", "x"}, {"range", "bytes=0-"}, {"X-Api-Key", "y"}}
	is.Equal(fmt.Sprint(headers), "[Authorization: …, range: bytes=0-, X-Api-Key: …]") // names, and what is harmless
	is.Equal(fmt.Sprintf("%#v", headers), `zreq.Headers{{"Authorization", "…"}, {"range", "bytes=0-"}, {"X-Api-Key", "…"}}`)
	is.Equal(fmt.Sprint(zreq.Headers{}), "[]")
	is.Equal(fmt.Sprintf("%v %#v", zreq.Bearer("x"), zreq.Basic("u", "p")), "zreq.Bearer(…) zreq.Basic(…)")
	is.Equal(fmt.Sprintf("%v", zreq.AuthRequest{Method: "GET", Origin: "http://h.test"}), "zreq.AuthRequest(GET http://h.test)")
	is.Equal(fmt.Sprintf("%v %#v", fetch(t, noContent), fetch(t, noContent)), "HTTP/1.1 204 zreq.Response(HTTP/1.1 204)")
	is.Equal(fmt.Sprint((*zreq.Response)(nil)), "<nil>") // which a failed call returns
	is.Equal(fmt.Sprint(zreq.Auth(nil)), "<nil>")
	hops := []zreq.Redirect{{Method: "GET", URL: "http://h.test/a?b=c", Status: 302}, {Method: "GET", URL: "http://h.test/d", Status: 307}}
	is.Equal(fmt.Sprint(hops), "[GET http://h.test/a?… 302 GET http://h.test/d 307]")
	is.Equal(fmt.Sprintf("%#v", hops[1]), "zreq.Redirect(GET http://h.test/d 307)")
}

// TestErrRequestOnlyBeforeTheRequest: credentials that fail for the second attempt are no
// bad request: one has been sent.
func TestErrRequestOnlyBeforeTheRequest(t *testing.T) {
	is := is.New(t)
	asked, errSealed := 0, errors.New("the vault is sealed")
	auth := &asker{give: func(zreq.AuthRequest) (string, error) {
		if asked++; asked > 1 {
			return "", errSealed
		}
		return "Bearer x", nil
	}}
	s := &zreq.Session{Driver: answers(t, page(503, "busy")), Retry: atOnce}
	defer s.Close()
	_, err := s.Get(context.Background(), site, &zreq.Args{Auth: auth})
	is.True(errors.Is(err, errSealed))
	is.True(!errors.Is(err, zreq.ErrRequest))
	is.True(failure(is, err).Sent > 0)
}
