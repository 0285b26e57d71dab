package main

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	imageSize = 100 << 10
	// hangsUpAt is at the end of an erase block. Elsewhere, what came since the last
	// checkpoint, of at most 10 s, is downloaded again.
	hangsUpAt = 10 * blockSize
)

// origin is a server with an image. It hangs up in the middle of its first response, and
// answers no request until it comes back.
type origin struct {
	*httptest.Server
	image []byte
	sum   [sha256.Size]byte
	away  atomic.Bool
	cuts  atomic.Bool // the next response
}

func startOrigin() (*origin, error) {
	o := &origin{image: make([]byte, imageSize)}
	if _, err := rand.NewChaCha8([32]byte{}).Read(o.image); err != nil {
		return nil, err
	}
	o.cuts.Store(true)
	o.sum = sha256.Sum256(o.image)
	o.Server = httptest.NewServer(o)
	return o, nil
}

func (o *origin) URL() string { return o.Server.URL + "/firmware.bin" }
func (o *origin) ComeBack()   { o.away.Store(false) }

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if o.away.Load() {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("ETag", `"7"`)
	if !o.cuts.Swap(false) {
		http.ServeContent(w, r, "firmware.bin", time.Time{}, bytes.NewReader(o.image))
		return
	}
	o.away.Store(true)
	w.Header().Set("Content-Length", strconv.Itoa(imageSize))
	w.Header().Set("Accept-Ranges", "bytes")
	_, _ = w.Write(o.image[:hangsUpAt])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
