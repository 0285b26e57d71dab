package recording

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// NumberField has the number of a segment in its request.
const NumberField = "X-Segment"

// fleet is a server that takes segments. It knows one that comes twice by its key.
type fleet struct {
	address string
	done    chan struct{} // closed when the server has ended
	leaving atomic.Bool   // the next segment gets no answer

	mu     sync.Mutex
	server *http.Server
	keys   map[string]string // digests
	order  []string          // numbers of the segments that came for the first time
	digest map[string]string // by number
	again  int               // segments that came once more, with their key
	other  int               // a key with another content, or a content with another key: a broken promise
}

func startFleet() (*fleet, error) {
	f := &fleet{address: "127.0.0.1:0", keys: map[string]string{}, digest: map[string]string{}}
	return f, f.come()
}

func (f *fleet) url() string { return "http://" + f.address + "/recordings" }

// come listens, at the same address as before.
func (f *fleet) come() error {
	l, err := net.Listen("tcp", f.address)
	if err != nil {
		return err
	}
	f.leaving.Store(false)
	f.address, f.done = l.Addr().String(), make(chan struct{})
	f.server = &http.Server{Handler: http.HandlerFunc(f.take), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(f.done)
		_ = f.server.Serve(l) // ends with ErrServerClosed
	}()
	return nil
}

// leave takes one more segment, does not say so, and is away.
func (f *fleet) leave() {
	f.leaving.Store(true)
	for end := time.Now().Add(patience); f.leaving.Load() && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	f.close()
}

func (f *fleet) close() {
	_ = f.server.Close()
	<-f.done
}

func (f *fleet) take(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return // half a segment is none
	}
	f.store(r.Header.Get("Idempotency-Key"), r.Header.Get(NumberField), fmt.Sprintf("%x", sha256.Sum256(content)))
	if f.leaving.CompareAndSwap(true, false) {
		panic(http.ErrAbortHandler) // net/http closes the connection
	}
	w.WriteHeader(http.StatusCreated)
}

func (f *fleet) store(key, number, sum string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch known, again := f.keys[key]; {
	case !again:
		f.keys[key], f.digest[number] = sum, sum
		f.order = append(f.order, number)
	case known == sum && f.digest[number] == sum:
		f.again++
	default:
		f.other++
	}
}

// counts returns how many segments have come, and how many of these once more.
func (f *fleet) counts() (arrived, again int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.order), f.again
}
