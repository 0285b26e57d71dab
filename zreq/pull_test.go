package zreq_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// opened makes a GET of site that returns with the head read.
func opened(t testing.TB, args zreq.Args) *zreq.Response {
	t.Helper()
	args.Stream = true
	if args.Connection == nil && args.Headers == nil {
		args.Headers = asks()
	}
	resp, err := zreq.Get(context.Background(), site, &args)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// letGo closes what a test leaves open: the body, and the connection.
func letGo(is *is.I, resp *zreq.Response, peer *zreqtest.Peer) {
	is.Helper()
	is.NoErr(resp.Close())
	is.NoErr(resp.Connection.Close())
	is.Equal(peer.Open(), 0) // no socket is left
}

// ways are the ways to take what is left of a body. Each returns what it got and
// the error, nil at an end that is good.
var ways = map[string]func(*zreq.Response) (string, error){
	"Read by 1":    func(r *zreq.Response) (string, error) { return readBy(r, 1) },
	"Read by 7":    func(r *zreq.Response) (string, error) { return readBy(r, 7) },
	"Read by 5000": func(r *zreq.Response) (string, error) { return readBy(r, 5000) },
	"ReadN(0)":     func(r *zreq.Response) (string, error) { p, err := r.ReadN(0); return string(p), err },
	"ReadN(13)":    func(r *zreq.Response) (string, error) { return readByN(r, 13) },
	"WriteTo": func(r *zreq.Response) (string, error) {
		return written(func(w io.Writer) error { _, err := r.WriteTo(w); return err })
	},
	"io.Copy": func(r *zreq.Response) (string, error) {
		return written(func(w io.Writer) error { _, err := io.Copy(w, r); return err })
	},
	"SaveTo by 5":     func(r *zreq.Response) (string, error) { return saved(r, make([]byte, 5)) },
	"SaveTo by 4096":  func(r *zreq.Response) (string, error) { return saved(r, make([]byte, 4096)) },
	"SaveTo, nil":     func(r *zreq.Response) (string, error) { return saved(r, nil) },
	"Chunks of 3":     func(r *zreq.Response) (string, error) { return chunked(r, 3) },
	"Chunks of 10000": func(r *zreq.Response) (string, error) { return chunked(r, 10_000) },
	"Content":         func(r *zreq.Response) (string, error) { p, err := r.Content(); return string(p), err },
	"Text":            func(r *zreq.Response) (string, error) { return r.Text() },
}

func isContent(way string) bool { return way == "Content" || way == "Text" }
func isChunks(way string) bool  { return strings.HasPrefix(way, "Chunks") }

// readBy reads to the end with a buffer of n bytes, and says of an io.EOF nothing.
func readBy(r io.Reader, n int) (string, error) {
	var got []byte
	p := make([]byte, n)
	for {
		n, err := r.Read(p)
		got = append(got, p[:n]...)
		switch {
		case err == io.EOF:
			return string(got), nil
		case err != nil:
			return string(got), err
		case n == 0:
			return string(got), io.ErrNoProgress
		}
	}
}

func readByN(r *zreq.Response, n int) (string, error) {
	var got []byte
	for {
		p, err := r.ReadN(n)
		got = append(got, p...)
		switch {
		case err == io.EOF && len(p) == 0:
			return string(got), nil
		case err != nil:
			return string(got), err
		}
	}
}

func written(write func(io.Writer) error) (string, error) {
	var b strings.Builder
	err := write(&b)
	return b.String(), err
}

func saved(r *zreq.Response, buf []byte) (string, error) {
	return written(func(w io.Writer) error { _, err := r.SaveTo(w, buf); return err })
}

func chunked(r *zreq.Response, n int) (string, error) {
	var got []byte
	for chunk, err := range r.Chunks(n) {
		if err != nil {
			return string(got), err
		}
		got = append(got, chunk...)
	}
	return string(got), nil
}

// testPull: Args.Stream returns with the head read, and Read gives the body in any
// framing, however the bytes arrive and however much is asked for.
func testPull(t *testing.T) {
	for _, f := range framings {
		for name, faults := range weather {
			for _, size := range []int{1, 7, 512, 4096, 5000, 20000} {
				t.Run(fmt.Sprint(f.name, "/", name, "/", size), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { pulled(t, f, faults, numbered(9001), size, 0) })
				})
			}
		}
	}
}

// testPullWindows does it with other read buffers, which are read around.
func testPullWindows(t *testing.T) {
	for _, f := range framings {
		for _, buffer := range []int{1, 64, 1000, 64 << 10} {
			for _, size := range []int{63, 64, 1000, 65536, 100_000} {
				t.Run(fmt.Sprint(f.name, "/", buffer, "/", size), func(t *testing.T) {
					pulled(t, f, memnet.Faults{}, numbered(70_001), size, buffer)
				})
			}
		}
	}
}

func pulled(t *testing.T, f framing, faults memnet.Faults, body string, size, buffer int) {
	is := is.New(t)
	script := append(steps(zreqtest.Fault(faults)), answering("HTTP/1.1 103 Early\r\nA: b\r\n\r\n"+f.wire(body))...)
	if f.ends || faults.EOFWithData {
		script = append(script, zreqtest.Close())
	}
	peer := zreqtest.NewPeer(t, script)
	resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true, Limits: zreq.Limits{ReadBuffer: buffer}})
	is.Equal(resp.Status, 200)
	is.True(!resp.Complete())       // nothing was read yet
	is.True(resp.Connection == nil) // and the connection is in use
	is.Equal(resp.Trailer("Digest"), "")
	if f.name == "length" {
		is.Equal(resp.Len(), int64(len(body)))
	} else {
		is.Equal(resp.Len(), int64(-1)) // nothing says it
	}
	var got []byte
	p := make([]byte, size)
	for {
		n, err := resp.Read(nil)
		is.True(n == 0 && err == nil) // asks for nothing, gets nothing
		n, err = resp.Read(p)
		got = append(got, p[:n]...)
		if err != nil {
			is.True(err == io.EOF) // and nothing else, nor wrapped
			is.Equal(n, 0)
			break
		}
		is.True(n > 0) // bytes or an error
		is.True(len(got) <= len(body))
		is.True(resp.Connection == nil || len(got) == len(body)) // it is in use until the end
	}
	is.True(string(got) == body) // every byte, once and in order
	_, err := resp.Read(p)
	is.True(err == io.EOF) // again and again
	is.Equal(resp.Complete(), !f.ends)
	if f.name == "chunked" {
		is.Equal(resp.Trailer("Digest"), "x")
	}
	switch {
	case f.ends:
		is.Equal(resp.CloseReason(), zreq.CloseUnframed)
	case !faults.EOFWithData:
		is.Equal(resp.CloseReason(), zreq.CloseNone)
		is.True(resp.Connection != nil) // it was handed back at the end, before any Close
	}
	letGo(is, resp, peer)
}

// TestPullWays: each way of taking the body gives all of it, in each framing.
func TestPullWays(t *testing.T) {
	for _, f := range framings {
		for _, length := range []int{0, 1, 3, 4096, 9001, 70_001} {
			for way, take := range ways {
				t.Run(fmt.Sprint(f.name, "/", length, "/", way), func(t *testing.T) {
					is := is.New(t)
					body := numbered(length)
					peer := ends(t, f.wire(body))
					resp := opened(t, zreq.Args{Driver: peer, AllowUnframed: true})
					got, err := take(resp)
					is.NoErr(err)
					is.True(got == body)               // every byte, once and in order
					is.Equal(resp.Complete(), !f.ends) // and says whether that is sure
					letGo(is, resp, peer)
				})
			}
		}
	}
}

// TestPullMixed: what is left of a body may be taken in another way, but for
// Content and its like.
func TestPullMixed(t *testing.T) {
	body := numbered(20_001)
	for _, f := range framings {
		for way, take := range ways {
			if isContent(way) {
				continue
			}
			t.Run(f.name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				resp := opened(t, zreq.Args{Driver: ends(t, f.wire(body)), AllowUnframed: true})
				head := make([]byte, 100)
				_, err := io.ReadFull(resp, head)
				is.NoErr(err)
				more, err := resp.ReadN(5000)
				is.NoErr(err)
				is.Equal(len(more), 5000)
				rest, err := take(resp)
				is.NoErr(err)
				is.True(string(head)+string(more)+rest == body) // goes on where it was
			})
		}
	}
}

// TestPullReaders: it is a reader as package io and its users know them.
func TestPullReaders(t *testing.T) {
	body := numbered(9001)
	for _, f := range framings {
		for name, use := range map[string]func(r *zreq.Response) error{
			"iotest.TestReader": func(r *zreq.Response) error { return iotest.TestReader(reader{r}, []byte(body)) },
			"io.ReadAll":        func(r *zreq.Response) error { return same(io.ReadAll(r))(body) },
			"one byte":          func(r *zreq.Response) error { return same(io.ReadAll(iotest.OneByteReader(r)))(body) },
			"bufio":             func(r *zreq.Response) error { return same(io.ReadAll(reader{bufio.NewReaderSize(r, 100)}))(body) },
			"bufio, to a writer": func(r *zreq.Response) error {
				var b bytes.Buffer
				_, err := bufio.NewReader(r).WriteTo(&b)
				return same(b.Bytes(), err)(body)
			},
			"bufio.Scanner": func(r *zreq.Response) error {
				s := bufio.NewScanner(r)
				s.Split(bufio.ScanBytes)
				var b []byte
				for s.Scan() {
					b = append(b, s.Bytes()...)
				}
				return same(b, s.Err())(body)
			},
			"io.ReadFull, too much": func(r *zreq.Response) error {
				n, err := io.ReadFull(r, make([]byte, 9002))
				if n != 9001 || err != io.ErrUnexpectedEOF {
					return fmt.Errorf("%d, %v", n, err)
				}
				return nil
			},
		} {
			t.Run(f.name+"/"+name, func(t *testing.T) {
				is := is.New(t)
				resp := opened(t, zreq.Args{Driver: ends(t, f.wire(body)), AllowUnframed: true})
				is.NoErr(use(resp))
			})
		}
	}
	t.Run("io.Copy", func(t *testing.T) {
		is := is.New(t)
		resp := opened(t, zreq.Args{Driver: ends(t, byLength(numbered(70_001)))})
		w := new(pieces)
		n, err := io.Copy(w, resp)
		is.NoErr(err)
		is.Equal(n, int64(70_001))
		is.True(w.most <= 16<<10) // by WriteTo, from the read buffer, and not through 32 KiB of its own
	})
}

// reader hides all but Read.
type reader struct{ io.Reader }

// pieces is a writer that notes how large a piece it was given.
type pieces struct{ most int }

func (w *pieces) Write(p []byte) (int, error) {
	w.most = max(w.most, len(p))
	return len(p), nil
}

func same(p []byte, err error) func(body string) error {
	return func(body string) error {
		if err == nil && string(p) != body {
			err = errors.New("other bytes than were sent")
		}
		return err
	}
}

// TestPullPipelined: several bodies, one behind the other on one connection, and
// each response is that of its request.
func TestPullPipelined(t *testing.T) {
	is := is.New(t)
	peer := answers(t, byLength("first"), byChunks("second"), noContent, byLength(""), byChunks(""), byLength("last"))
	conn, err := zreq.Connect(context.Background(), site, &zreq.Args{Driver: peer})
	is.NoErr(err)
	var into zreq.Response
	for _, want := range []string{"first", "second", "", "", "", "last"} {
		resp := opened(t, zreq.Args{Connection: conn, Into: &into})
		is.True(resp == &into)
		got, err := readBy(resp, 2)
		is.NoErr(err)
		is.Equal(got, want)
		is.True(resp.Complete())
		is.True(resp.Connection == conn) // without a Close
	}
	is.Equal(peer.Dials(), 1)
	is.NoErr(conn.Close())
}

// TestPullStraight: what is asked for in large pieces is read in large pieces, and
// never more than is the body's.
func TestPullStraight(t *testing.T) {
	for _, f := range framings[:2] {
		t.Run(f.name, func(t *testing.T) {
			is := is.New(t)
			first, second := numbered(60_000), numbered(5000)
			wire := f.wire(first)
			if f.name == "chunked" {
				wire = inChunks(first, 20_000)
			}
			peer := answers(t, wire, byLength(second))
			resp := opened(t, zreq.Args{Driver: peer})
			var got []byte
			p, most := make([]byte, 16<<10), 0
			for {
				n, err := resp.Read(p)
				got, most = append(got, p[:n]...), max(most, n)
				if err == io.EOF {
					break
				}
				is.NoErr(err)
			}
			is.True(string(got) == first)
			is.True(most > 8192) // not by way of the read buffer
			next := opened(t, zreq.Args{Connection: resp.Connection})
			is.Equal(content(is, next), second) // of which nothing was taken
			is.Equal(peer.Dials(), 1)
			letGo(is, next, peer)
		})
	}
}

// TestPullReadsAhead: small Reads do not make a read of the driver each.
func TestPullReadsAhead(t *testing.T) {
	is := is.New(t)
	peer := answers(t, byLength(numbered(60_000)))
	wire, reads := newTripwire(peer), 0
	wire.before = func(op string) error {
		if op == "read" {
			reads++
		}
		return nil
	}
	resp := opened(t, zreq.Args{Driver: wire})
	got, err := readBy(resp, 512)
	is.NoErr(err)
	is.Equal(len(got), 60_000)
	is.True(reads <= 60_000/4096+2)
	letGo(is, resp, peer)
}
