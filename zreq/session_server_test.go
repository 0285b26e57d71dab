package zreq_test

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zreq-go/zreq/netdriver/memnet"
)

// seenRequest is a request as a server of these tests reads it.
type seenRequest struct {
	method, path string
	body         int // bytes
}

// readRequest reads one, with its body.
func readRequest(in *bufio.Reader) (r seenRequest, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return r, err
	}
	parts := strings.Fields(line)
	r.method, r.path = parts[0], parts[1]
	for {
		if line, err = in.ReadString('\n'); err != nil {
			return r, err
		}
		line = strings.ToLower(strings.TrimSpace(line))
		if line == "" {
			r.body, err = in.Discard(r.body)
			return r, err
		}
		if size, ok := strings.CutPrefix(line, "content-length: "); ok {
			r.body, _ = strconv.Atoi(size)
		}
	}
}

// requestsSeen counts requests that came whole by method and path.
type requestsSeen struct {
	mu    sync.Mutex
	times map[string]int
}

func (s *requestsSeen) note(r *seenRequest) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.times == nil {
		s.times = make(map[string]int)
	}
	s.times[r.method+" "+r.path]++
}

func (s *requestsSeen) count(request string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.times[request]
}

// serveRequests answers every request of n when it came whole, and counts them.
func serveRequests(t testing.TB, n *memnet.Net, answer func(r *seenRequest) string) *requestsSeen {
	t.Helper()
	l, err := n.Listen("")
	if err != nil {
		t.Fatal(err)
	}
	seen := new(requestsSeen)
	var serving sync.WaitGroup
	serving.Go(func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			serving.Go(func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					r, err := readRequest(in)
					if err != nil {
						return
					}
					seen.note(&r)
					if _, err := io.WriteString(c, answer(&r)); err != nil {
						return
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return seen
}

// most is how often one was seen at most.
func (s *requestsSeen) most() (most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, times := range s.times {
		most = max(most, times)
	}
	return most
}
