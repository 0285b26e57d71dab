package tus_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/upload/tus"
)

// testAdversary: a server, a network and a process that fail at random, by seeds. However
// often the upload is called, it ends, it never says that the server has all if that is not
// so, and little is sent twice.
func testAdversary(t *testing.T) {
	const seeds = 150
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			is := is.New(t)
			r := rand.New(rand.NewPCG(seed, 17))
			m := newModel(t)
			content := numbered(r.IntN(400_000))
			lost := int64(0) // bytes that did not arrive, or not for good
			m.fault = func(a *ask) fault { return random(r, a, &lost) }
			args := &tus.Args{Call: with(m), Retry: tus.Retry{Attempts: 6, Wait: -1}, Store: &memStore{}, MaxRestarts: 2}
			args.Call.ExpectFrom = 1 + r.Int64N(200_000)
			if r.IntN(2) == 0 {
				args.PartSize = 1 + r.Int64N(100_000)
				if r.IntN(2) == 0 {
					args.Checksum = sum32
				}
			}
			sent, calls := int64(0), 0
			for {
				fd := []sourceOf{
					func(s string) reader { return source(s) },
					func(s string) reader { return &again{once: once{named: source(s)}} },
				}[r.IntN(2)]
				result, err := tus.Upload(t.Context(), site, fd(content), args)
				sent += result.Sent
				if err == nil {
					is.Equal(result.Offset, int64(len(content)))
					break
				}
				is.True(kind(is, err).Resumable)
				if calls++; calls == 100 {
					t.Fatal("it does not end: ", err)
				}
			}
			path := strings.TrimPrefix(resultURL(t, args, content), "http://fleet.test")
			is.True(string(m.uploads[path].content) == content)
			inFlight := int64(len(m.asks)) * (64 << 10) // a buffer of the client and of the network, each time
			is.True(sent <= int64(len(content))+lost+inFlight)
		})
	}
}

// resultURL is the URL of an upload that is complete.
func resultURL(t *testing.T, args *tus.Args, content string) string {
	t.Helper()
	own := *args
	own.Call.Driver.(*model).fault = nil
	result, err := tus.Upload(t.Context(), site, source(content), &own)
	if err != nil || result.Sent != 0 {
		t.Fatal(err, result.Sent)
	}
	return result.URL
}

// random is what goes wrong with a request, if anything does.
func random(r *rand.Rand, a *ask, lost *int64) fault {
	size := max(a.ContentLength, 0)
	switch r.IntN(16) {
	case 0:
		*lost += size
		return fault{drop: true}
	case 1, 2:
		return fault{cut: 1 + r.Int64N(size+1)}
	case 3:
		*lost += size
		return fault{cut: 1 + r.Int64N(size+1), unread: true}
	case 4:
		return fault{lost: true}
	case 5:
		*lost += size
		return fault{status: []int{408, 423, 425, 429, 500, 503}[r.IntN(6)], early: r.IntN(2) == 0}
	case 6:
		*lost += size
		return fault{least: 1 + r.Int64N(size+1)}
	case 7: // the server loses what it wrote last
		if a.store != nil && a.Method == "HEAD" {
			n := r.IntN(len(a.store.content)/4 + 1)
			*lost += int64(n)
			a.store.content = a.store.content[:len(a.store.content)-n]
		}
	case 8:
		if r.IntN(4) == 0 && a.store != nil && a.Method == "PATCH" {
			return fault{fields: "X-Other: 1\r\n"} // does not say how much it has
		}
	}
	return fault{}
}
