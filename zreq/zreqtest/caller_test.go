package zreqtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/form"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/digest"
	_ "github.com/zreq-go/zreq/zreq/gzip"
)

// A caller makes calls, one after the other.
type caller struct {
	*origin
	attempts int
	session  *zreq.Session // nil: it has none
	conn     *zreq.Connection
	into     *zreq.Response
}

// A call is what the caller chose, what happened, and what came of it.
type call struct {
	choice
	happened
	resp *zreq.Response
	id   string // of the answer, in OnHead
	got  []byte // of the body
	page []byte // the content beside an error
	tail []byte // the content after a callback
	last int    // bytes of the last chunk
	odd  bool   // a chunk had a size that it must not have
	err  error  // of the verb, or of reading the body
}

type choice struct {
	method string
	way    string // in which the body is read
	args   zreq.Args
	body   []byte // of the request
	once   bool   // body cannot be sent again
	size   int    // of what is read at once
	stopAt int    // byte of the body at which the caller stops; 0: at the head; negative: never
	stop   error  // by which it stops
	endAt  int    // step at which the context or the connection ends; negative: never
	cancel func()
}

type happened struct {
	did        map[string]bool
	answers    []*answer
	steps      int   // of the client on its connections
	sent, read int64 // bytes
}

// lying is a body that has another size than it says.
type lying struct {
	io.Reader
	size int64
}

func (l lying) Size() int64 { return l.size }

var errOwn = errors.New("the caller has stopped")

// choose makes a call.
func choose(random *rand.Rand) *call {
	c := &call{happened: happened{did: map[string]bool{}}}
	c.method = oneOf(random, "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE")
	c.way = oneOf(random, "plain", "callback", "callback", "Read", "ReadN", "Chunks", "WriteTo", "SaveTo", "Content")
	c.size, c.stop = oneOf(random, 1, 7, 512, 4096, 20_000), oneOf(random, zreq.ErrStop, errOwn)
	c.stopAt = oneOf(random, -1, -1, -1, -1, -1, oneOf(random, 0, random.IntN(10), random.IntN(10_000)))
	c.endAt = oneOf(random, -1, -1, -1, -1, -1, -1, -1, -1, -1, random.IntN(40))
	a := &c.args
	a.Headers, a.OriginOnly = zreq.Headers{{"Cookie", "a=b"}, {"X-Key", "k"}, {"Connection", oneOf(random, "keep-alive", "keep-alive", "close")}}, []string{"X-Key"}
	a.Timeouts = zreq.Timeouts{Head: time.Second, Body: time.Second, Write: time.Second}
	a.StreamAnyStatus, a.AllowFull, a.AllowUnframed, a.AllowEncoded = chance(random, 15), chance(random, 50), chance(random, 50), chance(random, 50)
	a.Auth = oneOf[zreq.Auth](random, nil, zreq.Basic("u", "p"), digest.New("u", "p"))
	a.Idempotent, a.DropHead, a.MaxRedirects = chance(random, 10), chance(random, 10), oneOf(random, 0, 0, -1, 1, 2)
	if chance(random, 20) {
		a.Limits = zreq.Limits{
			Body: oneOf(random, int64(0), 1, 300, 5001), Content: oneOf(random, int64(0), 299, 6000),
			ReadBuffer: oneOf(random, 0, 64, 1000), HeadBytes: oneOf(random, 0, 300), Fields: oneOf(random, 0, 15),
		}
	}
	if c.method == "GET" && chance(random, 15) {
		a.Headers = append(a.Headers, [2]string{"Range", "bytes=0-"})
	}
	if c.method[0] == 'P' {
		c.body = text[random.IntN(1000):][:oneOf(random, 0, 1, 10, 5000, oneOf(random, 20_000, 200_000))]
		a.Body = oneOf[io.Reader](random, bytes.NewReader(c.body), form.Bytes(c.body, "text/plain"), io.MultiReader(bytes.NewReader(c.body)))
		_, sized := a.Body.(interface{ Size() int64 })
		if chance(random, 5) {
			a.Body, sized = lying{a.Body, int64(max(0, len(c.body)+oneOf(random, -1, 1)))}, false
		}
		c.once, a.Expect100 = !sized, chance(random, 40)
		a.Headers = append(a.Headers, [2]string{"Content-Language", "en"})
	}
	if a.Stream = c.way != "plain" && c.way != "callback"; c.way == "callback" {
		a.StreamChunk, a.StreamCallback = c.size, c.chunk
	}
	if chance(random, 70) || c.stopAt == 0 {
		a.OnHead = c.onHead
	}
	return c
}

// make makes a call.
func (u *caller) make(c *call) {
	if u.conn.Origin() != "http://device.test" {
		_ = u.conn.Close() // a redirect has led elsewhere
		u.conn = nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c.cancel, u.call = cancel, c
	c.args.Driver, c.args.Into = u.origin, u.into
	u.logf("%s by %s, body %d, stop at %d, %+v", c.method, c.way, len(c.body), c.stopAt, c.args.Limits)
	do := zreq.Do
	if u.session != nil {
		do = u.session.Do
	}
	c.args.Connection = u.conn
	c.resp, c.err = do(ctx, c.method, "http://device.test/p", &c.args)
	synctest.Wait()
	switch {
	case c.resp == nil, c.did["stop"]:
	case c.err == nil && c.way != "callback":
		c.err = c.receive()
	case len(c.got) == 0:
		c.page, _ = c.resp.Content()
	case c.err == nil:
		c.tail, _ = c.resp.Content()
	}
	if c.resp != nil && c.resp.Connection != nil && c.resp.Connection != u.conn {
		_ = u.conn.Close()
		u.conn = c.resp.Connection
	}
	synctest.Wait()
	u.logf("  = %v, %v, %d bytes, %v", c.resp, c.err, len(c.got), c.did)
}

func (c *call) onHead(r *zreq.Response) error {
	c.id += r.Header("X-Id")
	if c.stopAt == 0 {
		c.did["stop"] = true
		return c.stop
	}
	return nil
}

// take receives a part of the body.
func (c *call) take(p []byte) error {
	if c.stopAt > 0 && len(c.got)+len(p) >= c.stopAt {
		c.did["stop"] = true
		return c.stop
	}
	c.got = append(c.got, p...)
	return nil
}

// chunk receives a chunk, and spoils it.
func (c *call) chunk(p []byte) error {
	c.odd = c.odd || len(p) == 0 || len(p) > c.size || len(c.got) > 0 && c.last < c.size
	c.last = len(p)
	defer clear(p)
	return c.take(p)
}

// Write receives what WriteTo and SaveTo write.
func (c *call) Write(p []byte) (int, error) {
	if err := c.take(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// receive reads the body of the response.
func (c *call) receive() (err error) {
	p, r := make([]byte, c.size), c.resp
	switch c.way {
	case "plain", "Content":
		c.got, err = r.Content()
	case "WriteTo":
		_, err = r.WriteTo(c)
	case "SaveTo":
		_, err = r.SaveTo(c, p)
	case "Chunks":
		for p, failed := range r.Chunks(c.size) {
			if err = failed; err != nil || c.chunk(p) != nil {
				break
			}
		}
	default:
		for n := 1; err == nil && n > 0; {
			if c.way == "Read" {
				n, err = r.Read(p)
			} else {
				p, err = r.ReadN(c.size)
				n = len(p)
			}
			if n > 0 && c.take(p[:n]) != nil {
				return r.Close()
			}
		}
	}
	if err == io.EOF {
		err = nil
	}
	return err
}
