package tus_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// testLostAnswers: a server that has done what it was asked for, and could not say so.
func testLostAnswers(t *testing.T) {
	for _, size := range []int{0, 10_000, 100_000} {
		content := numbered(size)
		for _, method := range []string{"OPTIONS", "POST", "HEAD", "PATCH"} {
			is := is.New(t)
			m := newModel(t)
			args := &tus.Args{Call: with(m), Retry: atOnce, Store: &memStore{}}
			if method == "HEAD" && size > 64<<10 {
				stopAt(is, t, m, args, content, 40_000)
			}
			m.fault = func(a *ask) fault { return fault{lost: a.Method == method && a.of < 3} }
			_, err := tus.Upload(t.Context(), site, source(content), args)
			is.NoErr(err)
			found := 0
			for _, s := range m.uploads {
				if string(s.content) == content {
					found++
				}
			}
			is.True(found > 0)
			if method != "POST" {
				is.Equal(m.created, 1)
			}
		}
	}
}

// confirm makes an upload, and returns whether its record says that the server has all.
func confirm(is *is.I, t *testing.T, m *model, args *tus.Args, content string, lost bool) {
	is.Helper()
	m.fault = func(a *ask) fault {
		return fault{lost: lost && a.Method == "PATCH", drop: a.Method == "HEAD"}
	}
	_, err := tus.Upload(t.Context(), site, source(content), args)
	is.Equal(err == nil, !lost)
	m.fault = nil
}

// testGone: a server that has taken the file away, after it has confirmed all of it in an
// earlier call, has the file. If that answer was lost, nobody knows.
func testGone(t *testing.T) {
	content := numbered(100_000)
	for _, status := range []int{403, 404, 410} {
		for _, known := range []bool{true, false} {
			is := is.New(t)
			m := newModel(t)
			args := &tus.Args{Retry: atOnce, Store: &memStore{}}
			args.Call = with(m)
			confirm(is, t, m, args, content, !known)
			m.fault = func(a *ask) fault {
				if a.Method == "HEAD" && a.URL.Path == "/files/1" {
					return fault{status: status}
				}
				return fault{}
			}
			call := with(m)
			call.Resume = args
			before := len(m.asks)
			resp, err := upload.Upload(t.Context(), site, source(content), &call)
			is.NoErr(err)
			is.Equal(resp.Status, 204)
			is.Equal(m.created, map[bool]int{true: 1, false: 2}[known])
			if known {
				is.Equal(len(m.asks)-before, 1)
			}
		}
	}
}

// testGoneAfterLoss: a server that has confirmed all, has lost some of that since, and then all
// of it, does not have the file, in the same call or in a later one.
func testGoneAfterLoss(t *testing.T) {
	content := numbered(100_000)
	for _, calls := range []int{1, 2} {
		is := is.New(t)
		m := newModel(t)
		args := &tus.Args{Call: with(m), Retry: tus.Retry{Attempts: []int{4, -1}[calls-1], Wait: -1}, Store: &memStore{}}
		confirm(is, t, m, args, content, false)
		gone := false
		m.fault = func(a *ask) fault {
			switch {
			case a.URL.Path != "/files/1":
			case gone:
				return fault{status: 404}
			case a.Method == "HEAD":
				a.store.content = a.store.content[:90_000]
			case a.Method == "PATCH":
				gone = true
				return fault{drop: true}
			}
			return fault{}
		}
		for call := range calls {
			_, err := tus.Upload(t.Context(), site, source(content), args)
			is.Equal(err == nil, call == calls-1)
		}
		is.Equal(m.created, 2)
	}
}

// testDoubt: a proxy that does not know the upload is asked again before 40 % are given up.
func testDoubt(t *testing.T) {
	content := numbered(100_000)
	for times, created := range map[int]int{1: 1, 2: 2} {
		is := is.New(t)
		m := newModel(t)
		args := &tus.Args{Call: with(m), Retry: atOnce, Store: &memStore{}}
		stopAt(is, t, m, args, content, 40_000)
		heads := 0
		m.fault = func(a *ask) fault {
			if a.Method == "HEAD" {
				heads++
				if heads <= times {
					return fault{status: 404, raw: true}
				}
			}
			return fault{}
		}
		_, err := tus.Upload(t.Context(), site, source(content), args)
		is.NoErr(err)
		is.Equal(m.created, created)
	}
}

// testRestarts: a server that loses every upload ends that.
func testRestarts(t *testing.T) {
	for most, created := range map[int]int{0: 4, -1: 1, 1: 2} {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(a *ask) fault {
			if a.Method == "PATCH" || a.Method == "HEAD" {
				return fault{status: 404}
			}
			return fault{}
		}
		retry := tus.Retry{Attempts: 20, Wait: -1}
		result, err := tus.Upload(t.Context(), site, source(numbered(100_000)), &tus.Args{Call: with(m), Retry: retry, MaxRestarts: most})
		is.True(errors.Is(err, tus.ErrRestarts))
		is.Equal(kind(is, err).Status, 404)
		is.Equal(m.created, created)
		is.Equal(result.Restarts, created-1)
		call := with(m)
		call.Resume = &tus.Args{Retry: retry, MaxRestarts: most}
		resp, err := upload.Upload(t.Context(), site, source(numbered(100_000)), &call)
		is.True(errors.Is(err, tus.ErrRestarts)) // it has not refused the upload
		is.Equal(resp.Status, 404)
	}
}

// testBufferingProxy: a proxy that stores a request before it passes it on, and is cut. Parts
// become small enough to arrive.
func testBufferingProxy(t *testing.T) {
	const passes = 2 << 20 // of each connection
	is := is.New(t)
	m := newModel(t)
	m.net.BufferBytes = 64 << 10
	m.fault = func(a *ask) fault {
		if a.ContentLength > passes {
			return fault{cut: passes, unread: true}
		}
		return fault{}
	}
	content := numbered(10 << 20)
	call := with(m)
	call.ExpectFrom = -1
	store := &memStore{}
	_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: call, Retry: atOnce, Store: store})
	is.NoErr(err)
	is.True(m.only(t) == content)
	var sizes []int64
	for _, a := range m.asks {
		if a.Method == "PATCH" {
			sizes = append(sizes, a.ContentLength)
		}
	}
	is.Equal(sizes[:4], []int64{10 << 20, 8 << 20, 1 << 20, 1 << 20})
	is.Equal(len(sizes), 12)

	before := len(m.asks)
	_, err = tus.Upload(t.Context(), site, source(content), &tus.Args{Call: call, Retry: atOnce, Store: store})
	is.NoErr(err)
	is.Equal(len(m.asks), before+1) // HEAD says that all is there
}

// testBufferingProxyAndKills: the same if the process ends in each PATCH that is too large.
func testBufferingProxyAndKills(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	m.net.BufferBytes = 64 << 10
	m.fault = func(a *ask) fault {
		if a.ContentLength > 2<<20 {
			return fault{cut: 2 << 20, unread: true}
		}
		return fault{}
	}
	content := numbered(10 << 20)
	call := with(m)
	call.ExpectFrom = -1
	args := &tus.Args{Call: call, Store: &memStore{}, Retry: tus.Retry{Attempts: -1}}
	var err error
	for range 4 {
		if _, err = tus.Upload(t.Context(), site, source(content), args); err == nil {
			break
		}
		is.True(kind(is, err).Resumable)
	}
	is.NoErr(err) // after 10 MiB, 8 MiB, and parts of 1 MiB
	is.True(m.only(t) == content)
}

// testChecksum: what arrives otherwise is sent again, but not for ever.
func testChecksum(t *testing.T) {
	for times, want := range map[int]error{2: nil, 100: zreq.ErrOutOfRetries} {
		is := is.New(t)
		m := newModel(t)
		m.fault = func(a *ask) fault {
			if a.Method == "PATCH" && a.of <= times {
				a.Header.Set("Upload-Checksum", "crc32 AAAAAA==") // as if the body had changed on its way
			}
			return fault{}
		}
		content := numbered(100_000)
		_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Call: with(m), Retry: atOnce, PartSize: 50_000, Checksum: sum32})
		is.True(errors.Is(err, want))
		if want == nil {
			is.True(m.only(t) == content)
		} else {
			is.Equal(len(m.asks), 2+4+3) // each attempt, and a HEAD between two
		}
	}
}

// testRecords: a record that is torn, of another version, source or endpoint is none. One that
// is right is gone on with.
func testRecords(t *testing.T) {
	content := numbered(100_000)
	for name, tt := range map[string]struct {
		harm   func(p []byte) []byte
		url    string
		source upload.Source
		goes   bool
	}{
		"as it is":           {goes: true},
		"another query":      {url: site + "?token=2", goes: true},
		"other userinfo":     {url: "http://a:b@fleet.test/files/", goes: true},
		"none":               {harm: func([]byte) []byte { return nil }},
		"torn":               {harm: func(p []byte) []byte { return p[:len(p)/2] }},
		"a bit":              {harm: func(p []byte) []byte { p[50] ^= 1; return p }},
		"a bit of the URL":   {harm: func(p []byte) []byte { p[len(p)-20] ^= 1; return p }},
		"another version":    {harm: func(p []byte) []byte { p[3]++; return p }},
		"longer":             {harm: func(p []byte) []byte { return append(p, 0) }},
		"noise":              {harm: func([]byte) []byte { return []byte(strings.Repeat("ztu\x01", 1000)) }},
		"another source":     {source: named{strings.NewReader(content), "another"}},
		"another size":       {source: named{strings.NewReader(content[:99_999]), "a name"}},
		"another endpoint":   {url: "http://fleet.test/files/?a=b", goes: true},
		"another host":       {url: "http://other.test/files/"},
		"of another program": {harm: func([]byte) []byte { return []byte("hello") }},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			m := newModel(t)
			store := &memStore{}
			args := &tus.Args{Call: with(m), Retry: atOnce, Store: store}
			stopAt(is, t, m, args, content, 40_000)
			if tt.harm != nil {
				store.record = tt.harm(store.record)
			}
			url, fd := site, upload.Source(source(content))
			if tt.url != "" {
				url = tt.url
			}
			if tt.source != nil {
				fd = tt.source
			}
			result, err := tus.Upload(t.Context(), url, fd, args)
			is.NoErr(err)
			is.Equal(result.Resumed, map[bool]int64{true: 40_000}[tt.goes])
			is.Equal(m.created, map[bool]int{true: 1, false: 2}[tt.goes])
		})
	}
}

// testStateFile: an upload survives its process. Two uploads of one state do not meet.
func testStateFile(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(100_000)
	path := filepath.Join(t.TempDir(), "state")
	args := &tus.Args{Call: with(m), Retry: atOnce, Store: tus.StateFile(path)}
	stopAt(is, t, m, args, content, 40_000)
	m.fault = func(a *ask) fault {
		if a.Method == "PATCH" {
			_, err := tus.Upload(t.Context(), site, source(content), &tus.Args{Store: tus.StateFile(path)})
			is.True(errors.Is(err, tus.ErrBusy))
			is.True(kind(is, err).Resumable)
		}
		return fault{}
	}
	result, err := tus.Upload(t.Context(), site, source(content), args)
	is.NoErr(err)
	is.Equal(result.Resumed, int64(40_000))
	entries, err := os.ReadDir(filepath.Dir(path))
	is.NoErr(err)
	is.Equal(len(entries), 1) // nothing but the record is left
	info, err := entries[0].Info()
	is.NoErr(err)
	is.Equal(info.Mode().Perm()&0o077, os.FileMode(0)) // which is a secret

	m.fault = nil
	is.NoErr(tus.Terminate(t.Context(), site, args))
	is.Equal(len(m.uploads), 0)
	is.NoErr(tus.Terminate(t.Context(), site, args)) // there is none any more
	_, err = os.Stat(path)
	is.True(errors.Is(err, os.ErrNotExist))
	is.True(errors.Is(tus.Terminate(t.Context(), site, nil), upload.ErrArgs))
}

// testStoreThatFails: without its record, an upload does not begin to send.
func testStoreThatFails(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	full := errors.New("the disk is full")
	_, err := tus.Upload(t.Context(), site, source(numbered(100_000)), &tus.Args{Call: with(m), Store: &memStore{err: full}})
	is.True(errors.Is(err, full) && errors.Is(err, tus.ErrState))
	is.Equal(kind(is, err).Step, tus.StepState)
	is.Equal(m.log(), []string{"OPTIONS /files/", "POST /files/"})
	_, err = tus.Upload(t.Context(), site, source("x"), &tus.Args{Store: tus.StateFile(filepath.Join(t.TempDir(), "none", "state"))})
	is.True(errors.Is(err, os.ErrNotExist) && errors.Is(err, tus.ErrState))
}

// testFullDisk: an upload goes on without room for its record. Only a record that says that
// the server has all must not stay as it is, when that is not so any more.
func testFullDisk(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(100_000)
	store := &memStore{err: download.ErrNoRoom}
	args := &tus.Args{Call: with(m), Retry: atOnce, Store: store}
	stopAt(is, t, m, args, content, 40_000)
	_, err := tus.Upload(t.Context(), site, source(content), args)
	is.NoErr(err)
	is.Equal(m.created, 2) // nobody knows of the first
	store.err = nil
	stopAt(is, t, m, args, content, 40_000)
	store.err = download.ErrNoRoom
	result, err := tus.Upload(t.Context(), site, source(content), args)
	is.NoErr(err)
	is.Equal(result.Resumed, int64(40_000)) // with what was saved before

	store.err = nil
	_, err = tus.Upload(t.Context(), site, source(content), args)
	is.NoErr(err)
	for _, s := range m.uploads {
		s.content = s.content[:0] // the server has lost them
	}
	store.err = download.ErrNoRoom
	_, err = tus.Upload(t.Context(), site, source(content), args)
	is.True(errors.Is(err, tus.ErrState) && kind(is, err).Resumable)
}

// testTerminate: what the server does not have any more is removed, and what it does not
// remove is an error. Neither a portal nor a proxy knows.
func testTerminate(t *testing.T) {
	for wrong, removed := range map[fault]bool{
		{status: 204}: true, {status: 404}: true, {status: 410}: true,
		{status: 403}: false, {status: 405}: false, {status: 423}: false, {status: 500}: false,
		{status: 200, raw: true}: false, {status: 404, raw: true}: false,
	} {
		is := is.New(t)
		m := newModel(t)
		store := &memStore{}
		args := &tus.Args{Call: with(m), Retry: atOnce, Store: store}
		stopAt(is, t, m, args, numbered(100_000), 40_000)
		m.fault = func(*ask) fault { return wrong }
		err := tus.Terminate(t.Context(), site, args)
		is.Equal(err == nil, removed)
		is.Equal(store.record == nil, removed)
		if !removed {
			is.Equal(kind(is, err).Step, tus.StepTerminate)
		}
	}
}
