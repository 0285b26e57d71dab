package memory

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/zreq-go/zreq/benchmarks/memory/byhand"
	"github.com/zreq-go/zreq/benchmarks/origin"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/zreqtest"
)

const (
	lookEvery = 64 << 20
	chunkSize = 512
)

// A streamer gets what is at path in chunks, over a connection that it dials and closes.
type streamer struct {
	peer   string
	stream func(t *task, path string, f func([]byte) error) error
}

var streamers = []streamer{{"raw", streamRaw}, {"zreq", streamZreq}, {"net/http", streamHTTP}}

// Growths measures how the heap grows while 1 GiB is streamed in chunks of 512 bytes. If
// short, 256 MiB.
func Growths(o *origin.Origin, short bool) ([]Growth, error) {
	length := int64(1 << 30)
	if short {
		length = 256 << 20
	}
	var all []Growth
	for _, s := range streamers {
		var one Growth
		if err := (task{Peer: s.peer, Length: length}).run(o, &one); err != nil {
			return nil, fmt.Errorf("heap while streaming: %w", err)
		}
		all = append(all, one)
	}
	return all, nil
}

var errLength = errors.New("not all of the body came, or it was not looked at")

// growth measures, in the child process.
func (t *task) growth() (*Growth, error) {
	i := slices.IndexFunc(streamers, func(s streamer) bool { return s.peer == t.Peer })
	if i < 0 {
		return nil, errPeer
	}
	return t.growthOf(streamers[i])
}

// growthOf makes a first call, whose connection is closed, so that what is made once for
// all is there. The second is measured.
func (t *task) growthOf(s streamer) (*Growth, error) {
	zreqtest.SpareThreads()
	if _, _, err := watch(t, s, 2*lookEvery); err != nil {
		return nil, err
	}
	settle()
	before := zreqtest.LiveHeap()
	highest, looks, err := watch(t, s, t.Length)
	if err == nil && looks == 0 {
		err = errLength
	}
	return &Growth{s.peer, highest - before}, err
}

// watch streams a body and looks at the heap as it comes.
func watch(t *task, s streamer, length int64) (highest int64, looks int, err error) {
	var got int64
	err = s.stream(t, fmt.Sprintf("/bytes/%d", length), func(p []byte) error {
		if got += int64(len(p)); got%lookEvery == 0 {
			highest = max(highest, zreqtest.LiveHeap())
			looks++
		}
		return nil
	})
	if err == nil && got != length {
		err = errLength
	}
	return highest, looks, err
}

func streamRaw(t *task, path string, f func([]byte) error) error {
	conn, err := t.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	return byhand.New(conn, t.Address).Stream(path, chunkSize, f)
}

func streamZreq(t *task, path string, f func([]byte) error) error {
	_, err := zreq.Get(context.Background(), t.url(path), &zreq.Args{Driver: new(stdnet.Driver), StreamCallback: f})
	return err
}

// streamHTTP reads full chunks, as the others give them.
func streamHTTP(t *task, path string, f func([]byte) error) error {
	transport := t.transport(1)
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(t.url(path))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errAnswer
	}
	chunk := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(resp.Body, chunk)
		if n > 0 {
			if err := f(chunk[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF && resp.ContentLength%chunkSize == int64(n) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
