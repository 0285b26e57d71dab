package zreq_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	goOn     = "HTTP/1.1 100 Continue\r\n\r\n"
	hint     = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
	expected = "Expect: 100-continue\r\n"
)

// asking sends "hello" with an expectation to a peer that plays the scripts.
func asking(peer *zreqtest.Peer, args zreq.Args) (*zreq.Response, error) {
	args.Driver, args.Expect100 = peer, true
	if args.Body == nil {
		args.Body = strings.NewReader("hello")
	}
	return zreq.Put(context.Background(), site, &args)
}

// heads are the heads of the requests that a peer recorded.
func heads(peer *zreqtest.Peer) (list []string) {
	for _, r := range peer.Requests() {
		head, _, _ := strings.Cut(r, "\r\n\r\n")
		list = append(list, head+"\r\n")
	}
	return list
}

// testExpect: the body waits for the peer's word, and not for ever (RFC 9110,
// 10.1.1).
func testExpect(t *testing.T) {
	for name, tt := range map[string]struct {
		say    []zreqtest.Step // after the head
		waited time.Duration
	}{
		"100":                   {[]zreqtest.Step{zreqtest.Send(goOn)}, 0},
		"100, late":             {[]zreqtest.Step{zreqtest.Pause(900 * time.Millisecond), zreqtest.Send(goOn)}, 900 * time.Millisecond},
		"another 1xx, then 100": {[]zreqtest.Step{zreqtest.Send(hint), zreqtest.Pause(time.Second / 2), zreqtest.Send(goOn)}, time.Second / 2},
		"100 byte by byte":      {[]zreqtest.Step{zreqtest.Drip(goOn, 10*time.Millisecond)}, 10 * time.Millisecond * time.Duration(len(goOn)-1)},
		"nothing":               {nil, time.Second},
		"another 1xx only":      {[]zreqtest.Step{zreqtest.Send(hint)}, time.Second},
		"too late":              {[]zreqtest.Step{zreqtest.Pause(2 * time.Second), zreqtest.Send(goOn)}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				var arrived time.Duration
				began := time.Now()
				script := append([]zreqtest.Step{zreqtest.Head()}, tt.say...)
				script = append(script, zreqtest.Read(5), zreqtest.Send(byLength("thanks")))
				peer := zreqtest.NewPeer(t, script)
				body := &watched{Reader: strings.NewReader("hello"), read: func() { arrived = time.Since(began) }}
				resp, err := asking(peer, zreq.Args{Body: body, Headers: asks()})
				is.NoErr(err)
				is.True(strings.Contains(heads(peer)[0], expected)) // it asks
				is.Equal(content(is, resp), "thanks")
				is.True(resp.Connection != nil)           // all was sent, so it is kept
				is.True(arrived >= tt.waited)             // the body waited for the word
				is.True(arrived <= tt.waited+tt.waited/8) // or for a second
			})
		})
	}
}

// watched is a sized body that tells when it is read first.
type watched struct {
	*strings.Reader
	read func()
}

func (w *watched) Read(p []byte) (int, error) {
	if w.read != nil {
		w.read()
		w.read = nil
	}
	return w.Reader.Read(p)
}

func testExpectNot(t *testing.T) {
	const http10 = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
	for name, tt := range map[string]struct {
		args  zreq.Args
		first string
	}{
		"an empty body":         {zreq.Args{Body: strings.NewReader("")}, ""},
		"a known HTTP/1.0 peer": {zreq.Args{}, http10},
		"left out":              {zreq.Args{Headers: zreq.Headers{{"Connection", "Keep-Alive"}}, Omit: []string{"expect"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			script := answering(noContent)
			if tt.first != "" {
				script = append(answering(tt.first), script...)
			}
			peer := zreqtest.NewPeer(t, script)
			if tt.first != "" {
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks()})
				is.NoErr(err)
				tt.args.Connection = resp.Connection
			}
			_, err := asking(peer, tt.args)
			is.NoErr(err)
			for _, head := range heads(peer) {
				is.True(!strings.Contains(head, "Expect")) // nothing is asked
				is.True(strings.HasSuffix(head, "\r\n"))
			}
		})
	}
	t.Run("no body", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, noContent)
		_, err := zreq.Post(context.Background(), site, &zreq.Args{Driver: peer, Expect100: true})
		is.NoErr(err)
		is.True(!strings.Contains(peer.Requests()[0], "Expect")) // a request without content must not (RFC 9110, 10.1.1)
	})
	t.Run("the caller's own field", func(t *testing.T) {
		is := is.New(t)
		peer := answers(t, noContent)
		_, err := asking(peer, zreq.Args{Headers: zreq.Headers{{"Expect", "100-continue"}}})
		is.NoErr(err)
		is.Equal(strings.Count(peer.Requests()[0], "100-continue"), 1) // takes the place of ours
	})
}

// TestExpectIsRemembered: who once left us waiting is not asked again on the
// connection, also after it was dialled anew.
func TestExpectIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t,
			append(answering(noContent, noContent), zreqtest.Close()),
			answering(noContent))
		args := zreq.Args{Headers: asks()}
		for i := range 3 {
			began := time.Now()
			resp, err := asking(peer, args)
			is.NoErr(err)
			is.Equal(strings.Contains(heads(peer)[i], expected), i == 0)           // asked once
			is.Equal(time.Since(began) > time.Second, i == 0)                      // waited once
			is.Equal(strings.HasSuffix(peer.Requests()[i], "\r\n\r\nhello"), true) // and sent each time
			args.Connection = resp.Connection
			synctest.Wait()
		}
		is.Equal(peer.Dials(), 2)
	})
}

func testExpectRefused(t *testing.T) {
	for name, answer := range map[string]string{
		"413":                page(413, "too large"),
		"a hint and a 401":   hint + page(401, "who"),
		"a 200 all the same": byLength("seen it"),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(answer), zreqtest.Hold()})
			body := &watched{Reader: strings.NewReader("hello"), read: func() { t.Error("the body was read") }}
			resp, err := asking(peer, zreq.Args{Body: body, Headers: asks()})
			is.NoErr(err)
			is.True(resp.Status != 100) // a final answer is the response
			is.True(resp.Complete())
			closed(is, peer, resp, zreq.CloseUnsent) // its body is owed, so nothing can follow
		})
	}
	t.Run("by the end of the connection", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Close()})
		resp, err := asking(peer, zreq.Args{})
		is.True(resp == nil)
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(errors.Is(err, io.EOF))                  // without a word
		is.Equal(failure(is, err).Phase, zreq.PhaseHead) // it waited for a head
		is.True(!zreq.SafeToRetry(err))                  // it may have been acted on
	})
	t.Run("by garbage", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send("220 smtp ready\r\n"), zreqtest.Hold()})
		_, err := asking(peer, zreq.Args{})
		is.True(errors.Is(err, zreq.ErrResponse))
	})
}

// TestExpectAndAnswerTogether: the 100 and the final answer in one packet. The
// answer lies in the window, where no look at the socket finds it.
func TestExpectAndAnswerTogether(t *testing.T) {
	for name, bare := range map[string]bool{"a driver that can look": false, "one that cannot": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn + page(507, "full")), zreqtest.Hold()})
				args := zreq.Args{Driver: peer, Headers: asks(), Expect100: true, Limits: zreq.Limits{ReadBuffer: 4 << 10}}
				if bare {
					args.Driver = memnet.Bare(peer)
				}
				body := &watched{Reader: strings.NewReader(numbered(1 << 20))}
				args.Body = body
				began := time.Now()
				resp, err := zreq.Put(context.Background(), site, &args)
				is.NoErr(err)
				is.Equal(resp.Status, 507)
				is.True(body.Len() > 1<<20-10_000) // the upload stopped at once
				is.Equal(time.Since(began), time.Duration(0))
				closed(is, peer, resp, zreq.CloseUnsent) // and the rest is owed
			})
		})
	}
}

// testExpectationFailed: a 417 is answered by the same request without the
// expectation (RFC 9110, 10.1.1), on another connection.
func testExpectationFailed(t *testing.T) {
	refusal := []zreqtest.Step{zreqtest.Head(), zreqtest.Send(page(417, "what?")), zreqtest.Hold()}
	ended := []zreqtest.Step{
		zreqtest.Fault(memnet.Faults{EOFWithData: true, ReadDelay: time.Second / 2}),
		zreqtest.Head(), zreqtest.Send(page(417, "what?")), zreqtest.Close(),
	}
	late := []zreqtest.Step{zreqtest.Request(), zreqtest.Send(page(417, "what?")), zreqtest.Hold()}
	for name, tt := range map[string]struct {
		script []zreqtest.Step
		body   io.Reader
	}{
		"at once":                          {refusal, nil},
		"at once, a body with no way back": {refusal, stream{strings.NewReader("hello")}},
		"at once, and the end":             {ended, nil},
		"after the body":                   {late, nil},
		"after the body, with Rewind":      {late, &again{text: "hello"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				peer := zreqtest.NewPeer(t, tt.script, answering(byLength("stored"), byLength("more")))
				seen := 0
				args := zreq.Args{Body: tt.body, Headers: asks(), OnHead: func(*zreq.Response) error { seen++; return nil }}
				resp, err := asking(peer, args)
				is.NoErr(err)
				is.Equal(resp.Status, 200)
				is.Equal(content(is, resp), "stored")
				is.Equal(seen, 1) // the refusal is nobody's business
				list := heads(peer)
				is.Equal(len(list), 2)
				is.True(strings.Contains(list[0], expected))
				is.Equal(list[1], strings.Replace(list[0], expected, "", 1)) // the same, without it
				last := peer.Requests()[1]
				is.True(strings.HasSuffix(last, "\r\n\r\nhello") || strings.HasSuffix(last, "\r\n\r\n5\r\nhello\r\n0\r\n\r\n")) // with its body
				args.Connection, args.Body = resp.Connection, nil
				_, err = asking(peer, args)
				is.NoErr(err)
				is.True(!strings.Contains(heads(peer)[2], expected)) // it is not asked again
			})
		})
	}
	t.Run("a body with no way back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			peer := zreqtest.NewPeer(t, late)
			resp, err := asking(peer, zreq.Args{Body: stream{strings.NewReader("hello")}})
			is.True(errors.Is(err, zreq.ErrBody))
			is.True(strings.Contains(err.Error(), "neither Rewind nor Seek")) // says what is missing
			is.Equal(resp.Status, 417)                                        // and what made it necessary
			is.Equal(peer.Open(), 0)
		})
	})
	t.Run("by HTTP/1.0, and the body is of unknown size", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send("HTTP/1.0 417 What\r\nContent-Length: 0\r\n\r\n"), zreqtest.Hold()})
		resp, err := asking(peer, zreq.Args{Body: stream{strings.NewReader("hello")}})
		is.NoErr(err)
		is.Equal(resp.Status, 417) // it cannot be sent chunks (RFC 9112, 6.1)
		is.Equal(peer.Dials(), 1)
	})
	t.Run("and the dial fails", func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, refusal, []zreqtest.Step{zreqtest.Refuse()})
		resp, err := asking(peer, zreq.Args{})
		is.True(resp == nil) // not the one that was overtaken
		is.True(errors.Is(err, zreq.ErrConnect))
		is.True(zreq.SafeToRetry(err)) // the first was refused, the second never sent
	})
	t.Run("of a request that asked for nothing", func(t *testing.T) {
		is := is.New(t)
		resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: answers(t, page(417, "what?")), Body: strings.NewReader("hello")})
		is.NoErr(err)
		is.Equal(resp.Status, 417) // is the answer
	})
	t.Run("twice", func(t *testing.T) {
		is := is.New(t)
		resp, err := asking(zreqtest.NewPeer(t, refusal, answering(page(417, "still"))), zreq.Args{})
		is.NoErr(err)
		is.Equal(content(is, resp), "still") // the second is the answer
	})
}

// again is a body with Rewind.
type again struct {
	text string
	at   int
}

func (a *again) Size() int64   { return int64(len(a.text)) }
func (a *again) Rewind() error { a.at = 0; return nil }

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.text[a.at:])
	if a.at += n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// TestExpectLimit: the wait is Timeouts.Expect; none waits for the answer only.
func TestExpectLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		script := []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(time.Hour), zreqtest.Send(goOn), zreqtest.Read(5), zreqtest.Send(noContent)}
		began := time.Now()
		_, err := asking(zreqtest.NewPeer(t, script), zreq.Args{Timeouts: zreq.Timeouts{Expect: -1}})
		is.NoErr(err)
		is.Equal(time.Since(began), time.Hour)

		ctx, cancel := context.WithTimeout(context.Background(), time.Second/2)
		defer cancel()
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Hold()})
		_, err = zreq.Put(ctx, site, &zreq.Args{Driver: peer, Expect100: true, Body: strings.NewReader("hello")})
		is.True(errors.Is(err, context.DeadlineExceeded)) // the context ends the wait
		is.Equal(peer.Open(), 0)
	})
}

// TestExpectOfABareDriver: a driver that cannot look can still wait.
func TestExpectOfABareDriver(t *testing.T) {
	is := is.New(t)
	peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Send(goOn), zreqtest.Read(5), zreqtest.Send(noContent)})
	resp, err := zreq.Put(context.Background(), site, &zreq.Args{Driver: memnet.Bare(peer), Expect100: true, Body: strings.NewReader("hello")})
	is.NoErr(err)
	is.Equal(resp.Status, 204)
}

// TestSentOfARefusedExpectation: a body that went out, and cannot be sent again, is told in
// Error.Sent.
func TestSentOfARefusedExpectation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		peer := zreqtest.NewPeer(t, []zreqtest.Step{zreqtest.Head(), zreqtest.Pause(2 * time.Second), zreqtest.Send("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"), zreqtest.Hold()})
		_, err := zreq.Put(context.Background(), site, &zreq.Args{
			Driver: peer, Expect100: true, Body: io.MultiReader(strings.NewReader("once")),
		})
		is.True(errors.Is(err, zreq.ErrBody))
		is.True(failure(is, err).Sent > 100) // nobody may think that nothing left
	})
}
