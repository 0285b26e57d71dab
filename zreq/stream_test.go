package zreq_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// A sink is a StreamCallback that notes what it is given.
type sink struct {
	modify bool // turn the bits of each chunk over

	sizes []int
	body  []byte
	last  []byte // as the callback left it
	roomy bool   // a chunk had room behind its end
}

func (s *sink) take(chunk []byte) error {
	s.sizes = append(s.sizes, len(chunk))
	s.body = append(s.body, chunk...)
	s.roomy = s.roomy || cap(chunk) != len(chunk)
	if s.modify {
		for i := range chunk {
			chunk[i] ^= 0xff
		}
	}
	s.last = append(s.last[:0], chunk...)
	return nil
}

// got checks that s was given body in chunks of size bytes.
func (s *sink) got(is *is.I, body string, size int) {
	is.Helper()
	is.True(string(s.body) == body) // every byte, once and in order
	for i, n := range s.sizes {
		if i < len(s.sizes)-1 {
			is.Equal(n, size) // every chunk but the last is exact
		}
		is.True(n > 0 && n <= size) // none is empty or larger
	}
	is.Equal(len(s.sizes), (len(body)+size-1)/size) // no call but for bytes
	is.True(!s.roomy)                               // cap is len
}

// A framing is one way to send a body.
type framing struct {
	name string
	wire func(body string) string
	ends bool // with the connection
}

var framings = []framing{
	{"length", byLength, false},
	{"chunked", byChunks, false},
	{"until close", byClose, true},
}

// weather is how the bytes arrive.
var weather = map[string]memnet.Faults{
	"whole":          {},
	"byte by byte":   {ReadBytes: 1},
	"odd reads":      {ReadBytes: 997},
	"data with EOF":  {EOFWithData: true, ReadDelay: time.Millisecond},
	"empty reads":    {EmptyReads: 3, ReadBytes: 1001},
	"in small steps": {ReadBytes: 13, ReadDelay: time.Millisecond},
}

// testStreamChunks is design 4: every chunk but the last has exactly StreamChunk
// bytes, whatever the framing and however the bytes arrive, may be modified in
// place, and the last one is the content afterwards.
func testStreamChunks(t *testing.T) {
	body := numbered(9001)
	for _, f := range framings {
		for name, faults := range weather {
			for _, size := range []int{0, 1, 7, 512, 4096, 5000, 9001, 20000} {
				for _, modify := range []bool{false, true} {
					t.Run(fmt.Sprint(f.name, "/", name, "/", size, "/", modify), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { streamChunks(t, f, faults, body, size, modify) })
					})
				}
			}
		}
	}
}

func streamChunks(t *testing.T, f framing, faults memnet.Faults, body string, size int, modify bool) {
	is := is.New(t)
	steps := append([]zreqtest.Step{zreqtest.Fault(faults)}, answering(f.wire(body))...)
	if f.ends || faults.EOFWithData {
		steps = append(steps, zreqtest.Close())
	}
	peer := zreqtest.NewPeer(t, steps)
	s := &sink{modify: modify}
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{
		Driver: peer, Headers: asks(), StreamCallback: s.take, StreamChunk: size, AllowUnframed: true,
	})
	is.NoErr(err)
	if size == 0 {
		size = 512 // the default
	}
	s.got(is, body, size)
	p, err := resp.Content()
	is.NoErr(err)
	is.True(bytes.Equal(p, s.last))    // the last chunk, as the callback left it
	is.Equal(resp.Complete(), !f.ends) // nothing proves an end by close
	if resp.Connection != nil {
		is.NoErr(resp.Connection.Close())
	}
	is.Equal(peer.Open(), 0)
}

// testStreamWindows does it with other read buffers, through which chunks are
// passed in place or read around.
func testStreamWindows(t *testing.T) {
	body := numbered(70001)
	for _, f := range framings {
		for _, buffer := range []int{1, 64, 1000, 64 << 10} {
			for _, size := range []int{63, 64, 1000, 1001, 65536, 100000} {
				t.Run(fmt.Sprint(f.name, "/", buffer, "/", size), func(t *testing.T) {
					is := is.New(t)
					peer := ends(t, f.wire(body))
					s := &sink{modify: true}
					resp, err := zreq.Get(context.Background(), site, &zreq.Args{
						Driver: peer, StreamCallback: s.take, StreamChunk: size, AllowUnframed: true,
						Limits: zreq.Limits{ReadBuffer: buffer},
					})
					is.NoErr(err)
					s.got(is, body, size)
					is.Equal(content(is, resp), string(s.last)) // the last chunk
				})
			}
		}
	}
}

// testStreamLengths streams bodies of every length around that of a chunk.
func testStreamLengths(t *testing.T) {
	for _, f := range framings {
		for _, length := range []int{0, 1, 15, 16, 17, 31, 32, 33} {
			t.Run(fmt.Sprint(f.name, "/", length), func(t *testing.T) {
				is := is.New(t)
				body := numbered(length)
				peer := ends(t, f.wire(body))
				s := new(sink)
				resp, err := zreq.Get(context.Background(), site, &zreq.Args{
					Driver: peer, StreamCallback: s.take, StreamChunk: 16, AllowUnframed: true,
				})
				is.NoErr(err)
				s.got(is, body, 16) // an empty body makes no call
				is.Equal(content(is, resp), string(s.last))
			})
		}
	}
}

// testStreamContentOutlives keeps the content of one call through the next,
// which uses the same buffers.
func testStreamContentOutlives(t *testing.T) {
	is := is.New(t)
	first, second := numbered(1300), numbered(5000)[3000:]
	peer := answers(t, byLength(first), byChunks(second))
	s := new(sink)
	resp, err := zreq.Get(context.Background(), site, &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: s.take})
	is.NoErr(err)
	defer resp.Connection.Close()
	next, err := zreq.Get(context.Background(), site, &zreq.Args{Connection: resp.Connection, StreamCallback: s.take})
	is.NoErr(err)
	is.Equal(content(is, resp), first[1024:])  // the Response owns its content
	is.Equal(content(is, next), second[1536:]) // and so does the next

	// Into: the memory is used again, and what it held is gone.
	peer = answers(t, byLength(first), byLength("x"), byLength(""))
	var into zreq.Response
	args := &zreq.Args{Driver: peer, Headers: asks(), StreamCallback: s.take, Into: &into}
	for _, want := range []string{first[1024:], "x", ""} {
		got, err := zreq.Get(context.Background(), site, args)
		is.NoErr(err)
		is.True(got == &into)            // Into is what is returned
		is.Equal(content(is, got), want) // the last chunk of this call
		args.Connection = into.Connection
	}
	is.Equal(peer.Dials(), 1)
	is.NoErr(into.Connection.Close())
}

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

// splitsOf returns how many splits of a body a test tries: ZREQ_SPLITS, as the step fuzz says,
// or a sample, half of it under the race detector, and a tenth on slow processors.
func splitsOf(sample int) int {
	if n, err := strconv.Atoi(os.Getenv("ZREQ_SPLITS")); err == nil {
		return n
	}
	switch {
	case testing.Short():
		return sample / 10
	case zreqtest.RaceDetector:
		return sample / 2
	}
	return sample
}

func TestAnySplitGivesTheSameChunks(t *testing.T) {
	splits := splitsOf(25_000)
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
