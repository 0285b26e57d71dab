package zreq_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

// thrifty are the ways to take a body through memory that is there already.
func thrifty() map[string]func(*zreq.Response) (int64, error) {
	small, large := make([]byte, 512), make([]byte, 8192)
	w := new(pieces)
	var count int64
	read := func(r *zreq.Response, p []byte) (n int64, err error) {
		for err == nil {
			var m int
			m, err = r.Read(p)
			n += int64(m)
		}
		if err == io.EOF {
			err = nil
		}
		return n, err
	}
	return map[string]func(*zreq.Response) (int64, error){
		"Read by 512":    func(r *zreq.Response) (int64, error) { return read(r, small) },
		"Read by 8192":   func(r *zreq.Response) (int64, error) { return read(r, large) },
		"WriteTo":        func(r *zreq.Response) (int64, error) { return r.WriteTo(w) },
		"io.Copy":        func(r *zreq.Response) (int64, error) { return io.Copy(w, r) },
		"SaveTo by 512":  func(r *zreq.Response) (int64, error) { return r.SaveTo(w, small) },
		"SaveTo by 8192": func(r *zreq.Response) (int64, error) { return r.SaveTo(w, large) },
		"Chunks of 512": func(r *zreq.Response) (int64, error) {
			count = 0
			for chunk, err := range r.Chunks(512) {
				if err != nil {
					return count, err
				}
				count += int64(len(chunk))
			}
			return count, nil
		},
	}
}

// pullAllocs is what one warm call and the reading of its body allocate.
func pullAllocs(t *testing.T, driver netdriver.Driver, url string, args zreq.Args, take func(*zreq.Response) (int64, error), size int) float64 {
	t.Helper()
	is := is.New(t)
	args.Driver, args.Stream, args.Into = driver, true, new(zreq.Response)
	conn, err := zreq.Connect(context.Background(), url, &args)
	is.NoErr(err)
	defer conn.Close()
	args.Connection = conn
	call := func() {
		resp, err := zreq.Get(context.Background(), url, &args)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := take(resp); n != int64(size) || err != nil {
			t.Fatal(n, err)
		}
	}
	for range 5 {
		call()
	}
	allocs := testing.AllocsPerRun(20, call)
	for range 2 { // the collector may run in one of them, and empty the pools
		allocs = min(allocs, testing.AllocsPerRun(20, call))
	}
	is.Equal(conn.Dials(), 1)
	return allocs
}

// maxPullAllocs is what a body that is read after the call costs, however long it
// is: it lives on the heap, and so does what it needs of the call.
const maxPullAllocs = 2

// testPullAllocates: nothing for a Read, a chunk or a piece.
func testPullAllocates(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	for framing, answer := range map[string]func(string) string{"length": withLength, "chunked": func(body string) string { return inChunks(body, 900) }} {
		for network, dial := range networks() {
			for way, take := range thrifty() {
				t.Run(framing+"/"+network+"/"+way, func(t *testing.T) {
					onNetwork(t, network, func(t *testing.T) {
						is := is.New(t)
						var costs []float64
						for _, size := range []int{10_000, 500_000} {
							driver, url := dial(t, answer(strings.Repeat("x", size)))
							costs = append(costs, pullAllocs(t, driver, url, zreq.Args{}, take, size))
						}
						is.Equal(costs[0], costs[1]) // whatever the length
						t.Log(costs[0], "for each response")
						is.True(costs[0] <= maxPullAllocs)
					})
				})
			}
		}
	}
}

// TestPullAllocatesWithLimits: neither limits, nor a redirect, nor credentials make
// a chunk cost anything, with a callback nor without.
func TestPullAllocatesWithLimits(t *testing.T) {
	if zreqtest.RaceDetector {
		t.Skip("the race detector makes pools forget")
	}
	limits := zreq.Timeouts{LowSpeed: zreq.LowSpeed{Bytes: 1, In: 1 << 30}}
	for name, args := range map[string]zreq.Args{
		"limits":      {Timeouts: limits},
		"credentials": {Timeouts: limits, Auth: zreq.Basic("u", "p")},
		"redirect":    {Timeouts: limits, Auth: zreq.Basic("u", "p")},
	} {
		all := thrifty()
		all["callback"] = nil
		for way, take := range all {
			t.Run(name+"/"+way, func(t *testing.T) {
				is := is.New(t)
				var costs []float64
				for _, size := range []int{10_000, 500_000} {
					driver, url := inMemory(t, withLength(strings.Repeat("x", size)))
					if name == "redirect" {
						driver, url = movingOnce(t, withLength(strings.Repeat("x", size)))
					}
					if take != nil {
						costs = append(costs, pullAllocs(t, driver, url, args, take, size))
						continue
					}
					c := newKeptCall(t, "GET", driver, url, 512)
					c.args.Timeouts, c.args.Auth, c.args.Into = args.Timeouts, args.Auth, new(zreq.Response)
					costs = append(costs, c.allocs(context.Background(), 20))
					is.NoErr(c.err)
					is.Equal(c.bytes, size)
				}
				is.True(costs[1] <= costs[0]+2) // the length adds nothing; the server of a redirect is not as thrifty
				t.Log(costs[0], "for each response")
			})
		}
	}
}

// movingOnce is a server that redirects once, and answers.
func movingOnce(t *testing.T, answer string) (netdriver.Driver, string) {
	t.Helper()
	n := memnet.New()
	moved := "HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"
	serveEach(t, n, nil, func(path string) string {
		if path == "/x" {
			return moved
		}
		return answer
	})
	return n, site
}

// testLongPullLeavesTheHeapFlat: memory does not depend on the length of a body
// that is read after the call.
func testLongPullLeavesTheHeapFlat(t *testing.T) {
	zreqtest.SpareThreads()
	const lookEvery = 32 << 20
	size := int64(128 << 20)
	if zreqtest.RaceDetector {
		size /= 2
	}
	for _, framing := range []string{"length", "chunked"} {
		for _, way := range []string{"Read", "WriteTo", "Chunks"} {
			t.Run(framing+"/"+way, func(t *testing.T) {
				is := is.New(t)
				n := memnet.New()
				l, err := n.Listen("device.test:80")
				is.NoErr(err) // nobody listens there yet
				defer l.Close()
				spout := newSpout(size)
				go func() {
					for c, err := l.Accept(); err == nil; c, err = l.Accept() {
						spout.pour(c)
					}
				}()
				var got, looked, highest int64
				look := func(n int) {
					if got += int64(n); got-looked >= lookEvery {
						looked = got
						highest = max(highest, zreqtest.LiveHeap())
					}
				}
				pull := func(most int64) {
					got, looked, highest = 0, 0, 0
					resp, err := zreq.Get(context.Background(), "http://device.test/"+framing, &zreq.Args{Driver: n, Headers: asks(), Stream: true})
					is.NoErr(err)
					switch way {
					case "Read":
						p := make([]byte, 512)
						for err == nil && got < most {
							var m int
							m, err = resp.Read(p)
							look(m)
						}
					case "WriteTo":
						_, err = resp.WriteTo(writer(func(p []byte) (int, error) {
							if look(len(p)); got >= most {
								return len(p), zreq.ErrStop
							}
							return len(p), nil
						}))
					case "Chunks":
						for chunk, failure := range resp.Chunks(0) {
							err = failure
							if look(len(chunk)); got >= most {
								break
							}
						}
					}
					is.True(err == nil || err == io.EOF)
					is.NoErr(resp.Close())
					_ = resp.Connection.Close()
				}
				pull(lookEvery) // once before, so that the network and the collector have what they need

				before := zreqtest.LiveHeap()
				pull(size + 1)
				is.Equal(got, int64(size))
				is.True(highest > before-lookEvery) // it was looked at
				t.Logf("%d MiB, heap at most %d bytes above its level before the call", got>>20, highest-before)
				is.True(highest-before <= maxGrowth) // memory does not depend on the length
			})
		}
	}
}
