package tus_test

import (
	"errors"
	"hash"
	"hash/crc32"
	"strconv"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload/tus"
	"github.com/zreq-go/zreq/zreq"
)

var sum32 = tus.Checksum{Name: "crc32", New: func() hash.Hash { return crc32.NewIEEE() }}

// statuses is what follows each status in answer to OPTIONS, POST, HEAD and PATCH. What is
// not here follows the last row.
//
//	ok       it does not matter
//	again    the request is made again, but not for ever
//	anew     the upload is created again, but not for ever
//	ask      HEAD decides
//	smaller  the next part is smaller
//	refused, large, not tus: the end
var statuses = map[int][4]string{
	200: {"ok", "not tus", "refused offset", "ask"},
	202: {"ok", "not tus", "refused offset", "ask"},
	204: {"ok", "not tus", "refused offset", "ask"},
	403: {"ok", "refused", "anew", "ask"},
	404: {"ok", "refused", "anew", "ask"},
	408: {"ok", "again", "again", "again"},
	409: {"ok", "refused", "again", "ask"},
	410: {"ok", "refused", "anew", "ask"},
	412: {"not tus", "not tus", "not tus", "not tus"},
	413: {"ok", "large", "large", "smaller"},
	423: {"ok", "again", "again", "again"},
	425: {"ok", "again", "again", "again"},
	429: {"ok", "again", "again", "again"},
	460: {"ok", "refused", "refused", "again"},
	500: {"ok", "again", "again", "again"},
	502: {"ok", "again", "again", "again"},
	503: {"ok", "again", "again", "again"},
	504: {"ok", "again", "again", "again"},
	507: {"ok", "again", "again", "again"},
	599: {"ok", "again", "again", "again"},
	0:   {"ok", "refused", "refused", "refused"},
}

var others = []int{
	205, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 405, 406, 407, 411, 414, 415, 416, 417, 418, 421, 422, 424, 426, 428, 431, 451, 499,
	501, 505, 511, 600, 999,
}

// testStatuses: every status in every state, once and for ever, with an answer after the
// body and before.
func testStatuses(t *testing.T) {
	list := others
	for status := range statuses {
		if status != 0 {
			list = append(list, status)
		}
	}
	for _, status := range list {
		for i, method := range []string{"OPTIONS", "POST", "HEAD", "PATCH"} {
			row, ok := statuses[status]
			if !ok {
				row = statuses[0]
			}
			if status == 205 && row[i] == "refused" { // a 2xx
				row = statuses[204]
			}
			for name, tt := range map[string]struct{ once, early bool }{
				"once": {once: true}, "always": {}, "early": {early: true, once: true},
			} {
				t.Run(method+" "+strconv.Itoa(status)+" "+name, func(t *testing.T) {
					testStatus(t, method, fault{status: status, early: tt.early}, tt.once, row[i])
				})
			}
		}
	}
}

func testStatus(t *testing.T, method string, wrong fault, once bool, want string) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(100_000)
	args := &tus.Args{Call: with(m), Retry: atOnce, Store: &memStore{}}
	if method == "HEAD" { // there is something to go on with
		stopAt(is, t, m, args, content, 40_000)
	}
	before := len(m.asks)
	times := 0
	m.fault = func(a *ask) fault {
		if a.Method == method {
			if times++; times == 1 || !once {
				return wrong
			}
		}
		return fault{}
	}
	result, err := tus.Upload(t.Context(), site, source(content), args)
	is.True(len(m.asks)-before < 40) // whatever the server does, there is an end
	if want == "ok" || once && (want == "again" || want == "ask" || want == "smaller") || want == "anew" {
		is.NoErr(err)
		is.True(m.only(t) == content)
		is.Equal(result.Restarts, map[bool]int{true: 1}[want == "anew"])
		return
	}
	e := kind(is, err)
	is.Equal(e.Resumable, want == "again" || want == "ask")
	is.Equal(errors.Is(err, zreq.ErrOutOfRetries), e.Resumable)
	is.Equal(errors.Is(err, tus.ErrRefused), want == "refused" || want == "large" || want == "smaller")
	is.Equal(errors.Is(err, tus.ErrTooLarge), want == "large" || want == "smaller")
	is.Equal(errors.Is(err, tus.ErrNotTus), want == "not tus")
	is.Equal(errors.Is(err, tus.ErrProtocol), want == "refused offset" || want == "ask" && wrong.status/100 == 2)
	if !e.Resumable {
		is.Equal(e.Status, wrong.status)
		is.Equal(times, map[bool]int{true: 8, false: 1}[want == "smaller"]) // 100,000 bytes are halved 7 times
	}
}

// stopAt makes an upload that ends when the server has so much.
func stopAt(is *is.I, t *testing.T, m *model, args *tus.Args, content string, at int64) {
	is.Helper()
	m.fault = func(a *ask) fault {
		switch a.Method {
		case "PATCH":
			return fault{cut: at}
		case "HEAD":
			return fault{drop: true}
		}
		return fault{}
	}
	_, err := tus.Upload(t.Context(), site, source(content), args)
	is.True(errors.Is(err, zreq.ErrOutOfRetries))
	m.fault = nil
}
