package zlog_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/rs/zerolog"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// TestConcurrency: calls that are made at once do not mix in their lines.
func TestConcurrency(t *testing.T) {
	const goroutines, each = 16, 50
	is := is.New(t)
	var scripts [][]zreqtest.Step
	for range goroutines {
		var responses []string
		for range goroutines * each { // one may serve them all
			responses = append(responses, page(200, "", "hello"))
		}
		scripts = append(scripts, answering(responses...))
	}
	b := new(book)
	s := &zreq.Session{Driver: zreqtest.NewPeer(t, scripts...), Trace: b.trace(zerolog.DebugLevel)}
	s.Pool.OpenPerOrigin, s.Pool.Open = goroutines, goroutines
	var calls sync.WaitGroup
	for g := range goroutines {
		calls.Go(func() {
			for i := range each {
				body := strings.NewReader(strings.Repeat("x", i))
				if _, err := s.Put(context.Background(), fmt.Sprintf("http://device.test/%d-%d", g, i), &zreq.Args{Body: body}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	is.NoErr(s.Close())
	urls := map[any]any{} // by call
	done := map[any]bool{}
	for _, l := range b.lines(t) {
		if l["call"] == nil {
			continue // an idle connection was closed
		}
		if url, ok := urls[l["call"]]; ok {
			is.Equal(url, l["url"]) // the number names the call
		}
		urls[l["call"]] = l["url"]
		if l["level"] == "info" {
			is.True(!done[l["url"]])
			done[l["url"]] = true
		}
	}
	is.Equal(len(urls), goroutines*each)
	is.Equal(len(done), goroutines*each) // each call has one line
}
