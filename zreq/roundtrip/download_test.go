package roundtrip_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq"
)

// endless is a server that sends n bytes of a body and no more until the client goes.
func endless(t *testing.T, n int) *httptest.Server {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, n))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
}

func TestCloseEndsARead(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	resp, err := client.Get(endless(t, 5).URL)
	is.NoErr(err)
	_, err = io.ReadFull(resp.Body, make([]byte, 5))
	is.NoErr(err)
	read := make(chan error)
	go func() {
		_, err := resp.Body.Read(make([]byte, 5))
		read <- err
	}()
	time.Sleep(20 * time.Millisecond) // it waits, most likely; if not, it has to fail as well
	began := time.Now()
	is.NoErr(resp.Body.Close())
	ended := <-read // the Read ends, as it does with net/http
	is.True(errors.Is(ended, net.ErrClosed) && errors.Is(ended, http.ErrBodyReadAfterClose))
	_, ok := ended.(net.Error)
	is.True(ok)
	is.True(strings.Contains(ended.Error(), "use of closed network connection"))
	is.True(!zreq.Transient(ended))
	is.True(time.Since(began) < 10*time.Second) // at once, and not by Timeouts.Body
	is.NoErr(resp.Body.Close())                 // closing twice is harmless
	_, err = resp.Body.Read(make([]byte, 5))
	is.Equal(err.Error(), "http: read on closed response body")
	is.True(errors.Is(err, http.ErrBodyReadAfterClose))
	is.True(!errors.Is(err, net.ErrClosed))
	is.Equal(session.Stats().Open, 0) // the connection is closed, for the rest would come on it
}

// Close and Read at once, at every moment of a body.
func TestCloseAndReadAtOnce(t *testing.T) {
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range 20 {
			_, _ = w.Write(make([]byte, 100))
			w.(http.Flusher).Flush()
		}
	})
	client, session := zreqClient(t)
	for i := range 200 {
		resp, err := client.Get(srv.URL)
		is.NoErr(err)
		var both sync.WaitGroup
		both.Go(func() {
			_, err := io.Copy(io.Discard, resp.Body)
			is.True(err == nil || errors.Is(err, http.ErrBodyReadAfterClose)) // whole, or closed
		})
		for range i {
			runtime.Gosched()
		}
		is.NoErr(resp.Body.Close())
		both.Wait()
	}
	is.Equal(session.Stats().Open, session.Stats().Idle) // nothing is held
}

func TestUnreadBody(t *testing.T) {
	for name, tt := range map[string]struct {
		size int
		kept int
	}{
		"little of it is left": {4 << 10, 1},
		"much":                 {1 << 20, 0},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			srv := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", strconv.Itoa(tt.size))
				_, _ = w.Write(make([]byte, tt.size))
			})
			client, session := zreqClient(t)
			resp, err := client.Get(srv.URL)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			is.Equal(session.Stats().Open, tt.kept) // given back, or closed
			is.Equal(session.Stats().Idle, tt.kept)
		})
	}
}

func TestReadToTheEndKeepsTheConnection(t *testing.T) {
	is := is.New(t)
	p := startPeer(t, responses["trailers"], responses["gzip, trailers"], responses["length"])
	client, session := zreqClient(t)
	for range 3 {
		resp, err := client.Get(p.url)
		is.NoErr(err)
		_, err = io.ReadAll(resp.Body)
		is.NoErr(err)
		is.Equal(session.Stats().Idle, 1) // without Close
		_, err = resp.Body.Read(make([]byte, 1))
		is.Equal(err, io.EOF) // which comes again,
		is.NoErr(resp.Body.Close())
		_, err = resp.Body.Read(make([]byte, 1))
		is.True(errors.Is(err, http.ErrBodyReadAfterClose)) // until it is closed
	}
	is.Equal(p.connections(), 1)
}

// TestReadsOfABodyThatHasArrived: a Read of nothing changes nothing, and one byte that was read
// ahead, to see the end, does not make the next Read a short one.
func TestReadsOfABodyThatHasArrived(t *testing.T) {
	is := is.New(t)
	client, _ := retrying(t, zreq.Retry{Attempts: 2, Wait: -1}) // so that the last answer is held in memory
	resp, err := client.Get(startPeer(t, responses["503"], responses["503"]).url)
	is.NoErr(err)
	var text [10]byte
	n, err := resp.Body.Read(text[:1])
	is.NoErr(err)
	is.Equal(n, 1)
	for range 2 {
		n, err = resp.Body.Read(nil)
		is.Equal(n, 0)
		is.NoErr(err)
	}
	n, err = resp.Body.Read(text[1:])
	is.Equal(string(text[:1+n]), "hello")
	is.Equal(err, io.EOF)
	is.NoErr(resp.Body.Close())
}

func TestShortBodies(t *testing.T) {
	for name, answer := range map[string]string{
		"length": responses["cut"], "chunk": responses["cut chunk"], "last chunk": responses["no last chunk"], "gzip": responses["cut gzip"],
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			client, session := zreqClient(t)
			var facts *zreq.Error
			session.Trace = traceFunc(func(e zreq.Event) {
				if e.Kind == zreq.EventDone {
					_ = errors.As(e.Err, &facts)
				}
			})
			resp, err := client.Get(startPeer(t, answer).url)
			is.NoErr(err)
			_, err = io.ReadAll(resp.Body)
			is.Equal(err, io.ErrUnexpectedEOF)           // itself; never io.EOF
			is.True(errors.Is(facts, zreq.ErrTruncated)) // the Trace has the facts
			_, again := resp.Body.Read(make([]byte, 1))
			is.Equal(again, err) // it comes again
			is.NoErr(resp.Body.Close())
			is.Equal(session.Stats().Open, 0)
		})
	}
}

func TestLargeBody(t *testing.T) {
	is := is.New(t)
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	srv := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(want) })
	client, _ := zreqClient(t)
	resp, err := client.Get(srv.URL)
	is.NoErr(err)
	got, err := io.ReadAll(resp.Body)
	is.NoErr(err)
	is.True(bytes.Equal(got, want)) // no limit on what is held applies to what is streamed
	resp.Body.Close()
}

func TestManyAtOnce(t *testing.T) {
	is := is.New(t)
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		_, _ = w.Write(text)
	})
	client, session := zreqClient(t)
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			for j := range 20 {
				want := strconv.Itoa(i*1000 + j)
				resp, err := client.Post(srv.URL, "text/plain", bytes.NewReader([]byte(want)))
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil || string(got) != want {
					t.Errorf("got %q, %v, want %q", got, err, want) // each its own answer
				}
			}
		})
	}
	all.Wait()
	is.True(session.Stats().Dialled <= 8) // over as many connections as may be open
	is.Equal(session.Stats().Open, session.Stats().Idle)
}

func TestContextEndsARead(t *testing.T) {
	is := is.New(t)
	client, session := zreqClient(t)
	reason := errors.New("the user left")
	ctx, cancel := context.WithCancelCause(t.Context())
	resp, err := client.Do(make1("GET", endless(t, 5).URL, nil).WithContext(ctx))
	is.NoErr(err)
	time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
	_, err = io.ReadAll(resp.Body)
	is.True(errors.Is(err, reason)) // by its cause
	is.NoErr(resp.Body.Close())
	is.Equal(session.Stats().Open, 0)
}
