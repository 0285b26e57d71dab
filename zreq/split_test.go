package zreq_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/zreq"
)

// splitter is a driver whose one connection gives a response in pieces that a
// seed chooses: their sizes, what lies between them, and how it ends. What is
// written to it is dropped.
type splitter struct {
	random   *rand.Rand
	response []byte // what is left of it
	most     int    // bytes in a piece
	delays   bool
	empty    int // reads in a row that gave nothing
}

func (s *splitter) Dial(context.Context, string, string) (netdriver.Conn, error) { return s, nil }

func (s *splitter) Read(p []byte) (int, error) {
	switch s.random.IntN(8) {
	case 0:
		if s.empty < 50 {
			s.empty++
			return 0, nil
		}
	case 1:
		if s.delays {
			time.Sleep(time.Duration(s.random.Int64N(int64(30 * time.Second)))) // virtual
		}
	}
	s.empty = 0
	if len(s.response) == 0 {
		return 0, io.EOF
	}
	n := 1 + s.random.IntN(min(s.most, len(p), len(s.response)))
	copy(p, s.response[:n])
	s.response = s.response[n:]
	if len(s.response) == 0 && s.random.IntN(2) == 0 {
		return n, io.EOF
	}
	return n, nil
}

func (s *splitter) Write(p []byte) (int, error)      { return len(p), nil }
func (s *splitter) Close() error                     { return nil }
func (s *splitter) SetDeadline(time.Time) error      { return nil }
func (s *splitter) SetReadDeadline(time.Time) error  { return nil }
func (s *splitter) SetWriteDeadline(time.Time) error { return nil }

// splitCase is one response, how it is cut and how it is taken.
type splitCase struct {
	body     []byte
	splitter splitter
	args     zreq.Args
	got      []byte
	sizes    bool // every chunk but the last had the size that was asked for
	ended    bool // a short one has come
}

// newSplitCase makes everything of seed. The body is part of text.
func newSplitCase(seed uint64, text []byte) *splitCase {
	random := rand.New(rand.NewPCG(seed, 1))
	c := &splitCase{body: text[:random.IntN(len(text))], sizes: true}
	c.splitter = splitter{random: random, response: appendChunked(nil, c.body, random), most: 1 << random.IntN(11), delays: random.IntN(8) == 0}
	size := 1 << random.IntN(10)
	if random.IntN(2) == 0 {
		size += random.IntN(size)
	}
	c.args = zreq.Args{
		Driver:      &c.splitter,
		Limits:      zreq.Limits{ReadBuffer: 64 << random.IntN(7)},
		Timeouts:    zreq.Timeouts{Head: -1},
		StreamChunk: size,
		StreamCallback: func(p []byte) error {
			if c.ended || len(p) == 0 || len(p) > size || cap(p) != len(p) {
				c.sizes = false
			}
			c.ended = len(p) < size
			c.got = append(c.got, p...)
			clear(p) // a chunk is the callback's to write to
			return nil
		},
	}
	return c
}

// appendChunked appends a response whose chunks have random sizes, extensions
// and trailers.
func appendChunked(dst, body []byte, random *rand.Rand) []byte {
	dst = append(dst, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"...)
	most := 1 << random.IntN(10)
	for len(body) > 0 {
		n := 1 + random.IntN(min(most, len(body)))
		dst = strconv.AppendInt(dst, int64(n), 16)
		dst = append(dst, []string{"", ";a", `;a="b;c"`, " ;a=b", ";a;b=c"}[random.IntN(5)]...)
		dst = append(append(append(dst, "\r\n"...), body[:n]...), "\r\n"...)
		body = body[n:]
	}
	dst = append(dst, "0\r\n"...)
	for range random.IntN(3) {
		dst = append(dst, "Sum: 1\r\n"...)
	}
	return append(dst, "\r\n"...)
}

// run returns what is wrong, "" if nothing is.
func (c *splitCase) run() string {
	resp, err := zreq.Get(context.Background(), "http://device.test/x", &c.args)
	switch {
	case err != nil:
		return err.Error()
	case !bytes.Equal(c.got, c.body):
		return "other bytes than were sent"
	case !c.sizes:
		return "a chunk that is empty, too long, or short and not the last"
	case !resp.Complete():
		return "it was whole, and Complete says no"
	}
	return ""
}

func TestAnySplitGivesTheSameChunks(t *testing.T) {
	splits := 100_000
	if underRace || testing.Short() {
		splits = 10_000
	}
	text := make([]byte, 400)
	for i := range text {
		text[i] = byte(i*7 + i>>8)
	}
	for quarter := range 4 { // each on a processor of its own, where there are so many
		t.Run(strconv.Itoa(quarter), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for seed := uint64(quarter); seed < uint64(splits); seed += 4 {
					if wrong := newSplitCase(seed, text).run(); wrong != "" {
						t.Errorf("seed %d: %s", seed, wrong) // any cut of the same bytes is the same body
					}
				}
			})
		})
	}
}
