package zreq_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// testSessionDefaults: each field of a Session is for the calls that leave it out, and
// the call's own goes before.
func testSessionDefaults(t *testing.T) {
	t.Run("Driver", func(t *testing.T) {
		is := is.New(t)
		one, two := each(t, noContent), each(t, noContent)
		s := &zreq.Session{Driver: one}
		defer s.Close()
		_, err := s.Get(context.Background(), site, nil)
		is.NoErr(err)
		_, err = s.Get(context.Background(), site, &zreq.Args{Driver: two})
		is.NoErr(err)
		is.Equal(one.Dials(), 1)
		is.Equal(two.Dials(), 1) // it is not served by the other's connection
	})
	t.Run("TLS", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			n := memnet.New()
			setting, over := newTLS(t, "device.test")
			serveEach(t, n, over, func(string) string { return noContent })
			s := &zreq.Session{Driver: n, TLS: setting}
			defer s.Close()
			_, err := s.Get(context.Background(), "https://device.test/", nil)
			is.NoErr(err)
			_, err = s.Get(context.Background(), "https://device.test/", &zreq.Args{TLS: &nothing{}, Retry: zreq.Retry{Attempts: -1}})
			is.True(errors.Is(err, zreq.ErrConnect)) // its own
		})
	})
	t.Run("MaxRedirects and OnRedirect", func(t *testing.T) {
		is := is.New(t)
		asked := []string{}
		note := func(who string) func(*zreq.Response, string) error {
			return func(*zreq.Response, string) error { asked = append(asked, who); return nil }
		}
		peer := answers(t, moved(302, "/a"), moved(302, "/b"), noContent, moved(302, "/c"), noContent)
		s := &zreq.Session{Driver: peer, MaxRedirects: -1, OnRedirect: note("Session")}
		defer s.Close()
		for _, want := range []struct {
			args   zreq.Args
			status int
		}{{zreq.Args{}, 302}, {zreq.Args{MaxRedirects: 1}, 204}, {zreq.Args{MaxRedirects: 1, OnRedirect: note("call")}, 204}} {
			resp, err := s.Get(context.Background(), site, &want.args)
			is.NoErr(err)
			is.Equal(resp.Status, want.status)
		}
		is.Equal(asked, []string{"Session", "call"})
	})
	t.Run("Trace", func(t *testing.T) {
		is := is.New(t)
		one, two := &tracer{}, &tracer{}
		s := &zreq.Session{Driver: answers(t, noContent, noContent), Trace: one}
		defer s.Close()
		_, _ = s.Get(context.Background(), site, nil)
		is.Equal(one.count(zreq.EventDone), 1)
		_, _ = s.Get(context.Background(), site, &zreq.Args{Trace: two})
		is.Equal(one.count(zreq.EventDone), 1)
		is.Equal(two.count(zreq.EventDone), 1)
	})
}

// testSessionTimeouts: of Timeouts, each field.
func testSessionTimeouts(t *testing.T) {
	const theirs, own = 41 * time.Second, 70 * time.Second
	stall := func(after int64) zreqtest.Step { return zreqtest.Fault(memnet.Faults{StallWriteAfter: after}) }
	for name, tt := range map[string]struct {
		field  func(t *zreq.Timeouts) *time.Duration
		script []zreqtest.Step
	}{
		"Dial":  {func(t *zreq.Timeouts) *time.Duration { return &t.Dial }, []zreqtest.Step{zreqtest.NoAnswer()}},
		"Write": {func(t *zreq.Timeouts) *time.Duration { return &t.Write }, []zreqtest.Step{stall(10)}},
		"Head":  {func(t *zreq.Timeouts) *time.Duration { return &t.Head }, []zreqtest.Step{zreqtest.Request(), zreqtest.Hold()}},
		"Body":  {func(t *zreq.Timeouts) *time.Duration { return &t.Body }, []zreqtest.Step{zreqtest.Request(), zreqtest.Send(goodHead), zreqtest.Hold()}},
		"LowSpeed": {func(t *zreq.Timeouts) *time.Duration { t.LowSpeed.Bytes = 100; return &t.LowSpeed.In }, []zreqtest.Step{
			zreqtest.Request(), zreqtest.Send(goodHead), zreqtest.Drip("ffff\r\n"+numbered(1000), time.Second), zreqtest.Hold(),
		}},
	} {
		for _, mine := range []bool{false, true} {
			t.Run(fmt.Sprint(name, mine), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					is := is.New(t)
					none := zreq.Timeouts{Dial: -1, TLS: -1, Write: -1, Expect: -1, Head: -1, Body: -1}
					s := &zreq.Session{Driver: zreqtest.NewPeer(t, tt.script), Retry: zreq.Retry{Attempts: -1}, Timeouts: none}
					defer s.Close()
					*tt.field(&s.Timeouts) = theirs
					args, want := zreq.Args{}, theirs
					if mine {
						*tt.field(&args.Timeouts), want = own, own
						args.Timeouts.LowSpeed.Bytes = 0 // is the Session's
					}
					began := time.Now()
					_, err := s.Get(context.Background(), site, &args)
					is.True(failure(is, err).Timeout())
					took := time.Since(began)
					is.True(took >= want && took <= want+want/8)
				})
			})
		}
	}
}

// inherited are the fields of which each is for the calls that leave it out.
func inherited(s *zreq.Session, a *zreq.Args) map[string][2]reflect.Value {
	list := map[string][2]reflect.Value{}
	add := func(of string, s, a reflect.Value) {
		for i := range s.NumField() {
			if f := s.Type().Field(i); f.IsExported() {
				list[of+"."+f.Name] = [2]reflect.Value{s.Field(i), a.Field(i)}
			}
		}
	}
	add("Timeouts", reflect.ValueOf(&s.Timeouts).Elem(), reflect.ValueOf(&a.Timeouts).Elem())
	add("Limits", reflect.ValueOf(&s.Limits).Elem(), reflect.ValueOf(&a.Limits).Elem())
	add("Retry", reflect.ValueOf(&s.Retry).Elem(), reflect.ValueOf(&a.Retry).Elem())
	add("LowSpeed", reflect.ValueOf(&s.Timeouts.LowSpeed).Elem(), reflect.ValueOf(&a.Timeouts.LowSpeed).Elem())
	return list
}

// TestSessionFieldByField: a negative Limits is an error of the call, whose own value
// goes before: so it shows for each that there is.
func TestSessionFieldByField(t *testing.T) {
	names := inherited(new(zreq.Session), new(zreq.Args))
	is := is.New(t)
	is.True(len(names) > 20)
	for name := range names {
		if !strings.HasPrefix(name, "Limits.") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			var args zreq.Args
			s := &zreq.Session{Driver: answers(t, noContent)}
			defer s.Close()
			pair := inherited(s, &args)[name]
			pair[0].SetInt(-1)
			_, err := s.Get(context.Background(), site, &args)
			is.True(errors.Is(err, zreq.ErrRequest)) // it is the Session's
			is.Equal(pair[1].Int(), int64(0))        // and the caller's Args are as they were
			pair[1].SetInt(4096)
			_, err = s.Get(context.Background(), site, &args)
			is.NoErr(err) // it is the call's
		})
	}
}

// testSessionChangesNothing: what callers gave is as it was, and no call writes where
// another reads, also where slices have room behind them.
func testSessionChangesNothing(t *testing.T) {
	is := is.New(t)
	n := memnet.New()
	serveEach(t, n, nil, func(string) string { return noContent })
	roomy := append(make(zreq.Headers, 0, 8), [2]string{"A", "1"}, [2]string{"B", "2"})
	omit := append(make([]string, 0, 8), "C")
	callers := append(make(zreq.Headers, 0, 8), [2]string{"b", "3"}, [2]string{"D", "4"})
	theirs := append(make([]string, 0, 8), "User-Agent")
	s := &zreq.Session{
		Driver: n, Headers: roomy, Omit: omit, Auth: zreq.Bearer("t"), Timeouts: zreq.Timeouts{Head: time.Minute},
		Retry: zreq.Retry{Attempts: 3}, Limits: zreq.Limits{Content: 99}, MaxRedirects: 2, Trace: &tracer{},
	}
	defer s.Close()
	args := zreq.Args{Headers: callers, Omit: theirs}
	before := args
	var calls sync.WaitGroup
	for i := range 8 {
		calls.Go(func() {
			own := &args
			switch i % 3 {
			case 0:
				own = nil
			case 1:
				own = &zreq.Args{Headers: zreq.Headers{{"E", "5"}}} // of which the Session has none
			}
			for range 20 {
				_, err := s.Get(context.Background(), site, own)
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	is.True(reflect.DeepEqual(args, before))
	is.Equal(len(s.Headers), 2)
	for _, rest := range [][]([2]string){roomy[2:8], callers[2:8]} {
		for _, field := range rest {
			is.Equal(field, [2]string{}) // nothing was put behind them
		}
	}
	for _, rest := range [][]string{omit[1:8], theirs[1:8]} {
		for _, name := range rest {
			is.Equal(name, "")
		}
	}
	is.Equal(args.Retry, zreq.Retry{})
	is.Equal(s.Retry, zreq.Retry{Attempts: 3})
}

// TestSessionRetryFields: of Retry, each field.
func TestSessionRetryFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		u := newUnanswered(t, page(503, "busy"))
		u.Retry = zreq.Retry{Attempts: 6, Wait: time.Hour, MaxWait: time.Hour, Time: -1}
		var longest time.Duration
		for range 50 {
			waits := u.waited(is, zreq.Retry{})
			is.Equal(len(waits), 5)
			longest = max(longest, slices.Max(waits))
		}
		is.True(longest > time.Minute) // MaxWait, and Wait
		is.Equal(len(u.waited(is, zreq.Retry{Attempts: 2})), 1)
		for range 50 {
			for _, w := range u.waited(is, zreq.Retry{MaxWait: time.Second}) {
				is.True(w <= time.Second)
			}
			is.True(u.waited(is, zreq.Retry{Wait: -1})[4] == 0)
		}
		is.Equal(len(u.waited(is, zreq.Retry{Wait: time.Minute, MaxWait: time.Minute, Time: 1})), 0)
	})
}

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
