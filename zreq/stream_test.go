package zreq_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
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
