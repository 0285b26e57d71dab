package zreq_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// fieldsOf are the lines of the first request of a call by a Session, but for the
// request line and Host.
func fieldsOf(t *testing.T, s *zreq.Session, url string, args *zreq.Args) (fields []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, noContent)
		own := &zreq.Session{Driver: peer, Headers: s.Headers, Omit: s.Omit, Auth: s.Auth}
		defer own.Close()
		_, err := own.Put(context.Background(), url, args)
		is.NoErr(err)
		head, _, _ := strings.Cut(peer.Requests()[0], "\r\n\r\n")
		fields = strings.Split(head, "\r\n")[2:]
	})
	return fields
}

// TestSessionHeaders: fields of a Session come before the call's, but for those that
// the call has, too, or omits.
func TestSessionHeaders(t *testing.T) {
	const length, alive, agent = "Content-Length: 0", "Connection: keep-alive", "User-Agent: zreq/" + zreq.Version
	h := func(pairs ...string) (list zreq.Headers) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, [2]string{pairs[i], pairs[i+1]})
		}
		return list
	}
	for name, tt := range map[string]struct {
		s    *zreq.Session
		url  string
		args *zreq.Args
		want []string
	}{
		"nothing":              {args: nil, want: []string{agent, alive, length}},
		"the Session's":        {s: &zreq.Session{Headers: h("A", "1", "B", "2")}, want: []string{agent, "A: 1", "B: 2", alive, length}},
		"the call's":           {args: &zreq.Args{Headers: h("A", "1")}, want: []string{agent, "A: 1", alive, length}},
		"both":                 {s: &zreq.Session{Headers: h("A", "1")}, args: &zreq.Args{Headers: h("B", "2")}, want: []string{agent, "A: 1", "B: 2", alive, length}},
		"one of a name":        {s: &zreq.Session{Headers: h("A", "1", "B", "2", "C", "3")}, args: &zreq.Args{Headers: h("b", "4")}, want: []string{agent, "A: 1", "C: 3", "b: 4", alive, length}},
		"several of a name":    {s: &zreq.Session{Headers: h("A", "1", "a", "2", "B", "3")}, args: &zreq.Args{Headers: h("A", "4", "A", "5")}, want: []string{agent, "B: 3", "A: 4", "A: 5", alive, length}},
		"the Session's twice":  {s: &zreq.Session{Headers: h("A", "1", "a", "2")}, want: []string{agent, "A: 1", "a: 2", alive, length}},
		"omitted":              {s: &zreq.Session{Headers: h("A", "1", "B", "2", "A", "3")}, args: &zreq.Args{Omit: []string{"a"}}, want: []string{agent, "B: 2", alive, length}},
		"omitted and given":    {s: &zreq.Session{Headers: h("A", "1")}, args: &zreq.Args{Headers: h("A", "2"), Omit: []string{"A"}}, want: []string{agent, "A: 2", alive, length}},
		"zreq's, replaced":     {s: &zreq.Session{Headers: h("user-agent", "x")}, want: []string{"user-agent: x", alive, length}},
		"zreq's, omitted":      {s: &zreq.Session{Omit: []string{"user-agent"}}, want: []string{alive, length}},
		"both omit":            {s: &zreq.Session{Omit: []string{"User-Agent"}, Headers: h("A", "1")}, args: &zreq.Args{Omit: []string{"A", "Connection"}}, want: []string{length}},
		"omitted, but given":   {s: &zreq.Session{Omit: []string{"User-Agent"}}, args: &zreq.Args{Headers: h("User-Agent", "y")}, want: []string{"User-Agent: y", alive, length}},
		"close":                {s: &zreq.Session{Headers: h("Connection", "close")}, want: []string{agent, "Connection: close", length}},
		"close by the call":    {s: &zreq.Session{Headers: h("Connection", "keep-alive")}, args: &zreq.Args{Headers: h("connection", "close")}, want: []string{agent, "connection: close", length}},
		"Auth":                 {s: &zreq.Session{Auth: zreq.Bearer("s")}, want: []string{agent, "Authorization: Bearer s", alive, length}},
		"Auth of the call":     {s: &zreq.Session{Auth: zreq.Bearer("s")}, args: &zreq.Args{Auth: zreq.Bearer("c")}, want: []string{agent, "Authorization: Bearer c", alive, length}},
		"Auth and a field":     {s: &zreq.Session{Auth: zreq.Bearer("s")}, args: &zreq.Args{Headers: h("authorization", "Own")}, want: []string{agent, "authorization: Own", alive, length}},
		"Auth, omitted":        {s: &zreq.Session{Auth: zreq.Bearer("s")}, args: &zreq.Args{Omit: []string{"AUTHORIZATION"}}, want: []string{agent, alive, length}},
		"Auth and its own":     {s: &zreq.Session{Auth: zreq.Bearer("s"), Headers: h("Authorization", "Own")}, want: []string{agent, "Authorization: Bearer s", alive, length}},
		"a field, Auth called": {s: &zreq.Session{Headers: h("Authorization", "Own")}, args: &zreq.Args{Auth: zreq.Bearer("c")}, want: []string{agent, "Authorization: Bearer c", alive, length}},
		"a field, omitted":     {s: &zreq.Session{Headers: h("Authorization", "Own")}, args: &zreq.Args{Omit: []string{"Authorization"}}, want: []string{agent, alive, length}},
		"both fields omitted":  {s: &zreq.Session{Headers: h("Authorization", "Own"), Auth: zreq.Bearer("s")}, args: &zreq.Args{Omit: []string{"Authorization"}}, want: []string{agent, alive, length}},
		"the URL and Auth":     {s: &zreq.Session{Auth: zreq.Bearer("s")}, url: "http://u:p@device.test/", want: []string{agent, "Authorization: Bearer s", alive, length}},
		"the URL and a field":  {s: &zreq.Session{Headers: h("Authorization", "Own")}, url: "http://u:p@device.test/", want: []string{agent, "Authorization: Own", alive, length}},
		"Content-Type":         {s: &zreq.Session{Headers: h("content-type", "a/b")}, args: &zreq.Args{Body: partly("x", "")}, want: []string{agent, "content-type: a/b", alive, length}},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.url == "" {
				tt.url = site
			}
			if tt.s == nil {
				tt.s = &zreq.Session{}
			}
			is := is.New(t)
			is.Equal(fieldsOf(t, tt.s, tt.url, tt.args), tt.want)
		})
	}
}

// TestSessionStreamsAsTold: what is of the call alone is the call's.
func TestSessionStreamsAsTold(t *testing.T) {
	is := is.New(t)
	s := &zreq.Session{Driver: answers(t, byLength("hello"), byLength("again"))}
	defer s.Close()
	args := &zreq.Args{Stream: true}
	for _, want := range []string{"hello", "again"} {
		resp, err := s.Get(context.Background(), site, args)
		is.NoErr(err)
		p, err := io.ReadAll(resp)
		is.NoErr(err)
		is.Equal(string(p), want)
		is.True(args.Stream) // the caller's
		is.True(resp.Connection == nil)
	}
}
