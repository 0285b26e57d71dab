package spool_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/memnet"
)

const site = "http://fleet.test"

// server is a server in memory, and the driver that reaches it.
type server struct {
	net     *memnet.Net
	at      *memnet.Listener
	serving sync.WaitGroup

	// answer returns the response to a request. "" closes the connection instead. It is
	// called for one request at a time.
	answer func(a arrival) string

	mu       sync.Mutex
	refuse   int // dials that fail
	arrivals []arrival
}

// arrival is a request that came whole.
type arrival struct{ path, key, body string }

// closing is the end of a response after which the server closes the connection.
const closing = "\x00"

func status(code int) string {
	return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Length: 0\r\n\r\n", code, http.StatusText(code))
}

// serve returns a server, which the caller closes.
func serve(answer func(a arrival) string) *server {
	s := &server{net: memnet.New(), answer: answer}
	l, err := s.net.Listen("fleet.test:80")
	if err != nil {
		panic(err)
	}
	s.at = l
	s.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.serving.Go(func() {
				defer c.Close()
				for in := bufio.NewReader(c); s.take(c, in); {
				}
			})
		}
	})
	return s
}

func (s *server) take(c io.Writer, in *bufio.Reader) bool {
	r, err := http.ReadRequest(in)
	if err != nil {
		return false
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := arrival{r.URL.EscapedPath(), r.Header.Get("Idempotency-Key"), string(body)}
	s.arrivals = append(s.arrivals, a)
	text := s.answer(a)
	if text == "" {
		return false
	}
	text, closes := strings.CutSuffix(text, closing)
	_, err = io.WriteString(c, text)
	return err == nil && !closes
}

func (s *server) close() {
	_ = s.at.Close()
	s.serving.Wait()
}

func (s *server) Dial(ctx context.Context, network, address string) (netdriver.Conn, error) {
	s.mu.Lock()
	refused := s.refuse != 0
	if s.refuse > 0 {
		s.refuse--
	}
	s.mu.Unlock()
	if refused {
		return nil, memnet.ErrRefused
	}
	return s.net.Dial(ctx, network, address)
}
