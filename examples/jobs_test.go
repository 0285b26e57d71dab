package examples_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/examples/internal/server"
	_ "github.com/zreq-go/zreq/netdriver/std"
	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// The functions of this file are the code of the README; TestReadmeCode compares.

func stream(ctx context.Context, url string, flash io.Writer) error {
	_, err := zreq.Get(ctx, url, &zreq.Args{
		StreamChunk: 4096,
		StreamCallback: func(chunk []byte) error {
			_, err := flash.Write(chunk) // the chunk is ours until we return
			return err
		},
	})
	return err // nil means that every byte arrived
}

func update(ctx context.Context, url, path string, sum []byte) error {
	_, err := download.ToFile(ctx, url, path, &download.Args{
		Want: download.Want{SHA256: sum},
	})
	return err // if nil, the image is at path and on the disk; otherwise path is unchanged, and another call goes on
}

func checkIn(ctx context.Context, origin string, show func(status int)) error {
	conn, err := zreq.Connect(ctx, origin, nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	for range 3 {
		resp, err := zreq.Post(ctx, origin+"/checkin", &zreq.Args{Connection: conn})
		if err != nil {
			return err
		}
		show(resp.Status)
	}
	return nil
}

func sendRecording(ctx context.Context, url, path string, show func(sent, total int64)) (status int, err error) {
	file, err := upload.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	resp, err := upload.Upload(ctx, url, file, &upload.Args{Method: "PUT", Progress: show})
	if err != nil {
		return 0, err
	}
	return resp.Status, nil // the whole file was sent before the server answered
}

func pollAll(ctx context.Context, session *zreq.Session, urls []string) error {
	var polls sync.WaitGroup
	failures := make([]error, len(urls))
	for i, url := range urls {
		polls.Go(func() {
			resp, err := session.Get(ctx, url, nil)
			if err == nil && resp.Status != 200 {
				err = fmt.Errorf("%s: status %d", url, resp.Status)
			}
			failures[i] = err
		})
	}
	polls.Wait()
	return errors.Join(failures...) // session.Stats() counts the connections that were used
}

func TestStream(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	var flash bytes.Buffer
	is.NoErr(stream(t.Context(), srv.URL()+"/image", &flash)) // every byte came
	is.Equal(flash.Len(), 16<<20)                             // and was written
}

// The first connection breaks in the middle, and the image of a wrong digest is not taken.
func TestUpdate(t *testing.T) {
	is := is.New(t)
	image := bytes.Repeat([]byte("firmware"), 8<<10)
	requests := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		if requests++; requests == 1 {
			w.Header().Set("Content-Length", strconv.Itoa(len(image)))
			_, _ = w.Write(image[:len(image)/2])
			return // net/http closes the connection
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), "firmware.bin")
	sum := sha256.Sum256(image)
	is.NoErr(update(t.Context(), srv.URL, path, sum[:])) // it goes on where it was cut
	got, err := os.ReadFile(path)
	is.NoErr(err)                    // the image is there
	is.True(bytes.Equal(got, image)) // whole
	is.Equal(requests, 2)            // from two requests

	sum[0] ^= 1
	err = update(t.Context(), srv.URL, path, sum[:])
	is.True(errors.Is(err, download.ErrDigest)) // another image is refused
	got, err = os.ReadFile(path)
	is.NoErr(err)                    // the old one is there
	is.True(bytes.Equal(got, image)) // untouched
}

func TestCheckIn(t *testing.T) {
	is := is.New(t)
	srv, err := server.Start()
	is.NoErr(err) // the loopback is there
	defer srv.Close()
	is.NoErr(checkIn(t.Context(), srv.URL(), func(status int) { is.Equal(status, 204) })) // three calls succeed
	is.Equal(srv.Connections(), 1)                                                        // on one connection
	is.Equal(len(srv.Seen()), 3)                                                          // the server saw each
}

func TestPollAll(t *testing.T) {
	is := is.New(t)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
	}))
	defer srv.Close()
	var session zreq.Session
	defer session.Close()
	urls := make([]string, 50)
	for i := range urls {
		urls[i] = srv.URL + "/state"
	}
	is.NoErr(pollAll(t.Context(), &session, urls)) // each is answered
	is.True(session.Stats().Dialled <= 8)          // over few connections
	urls[7] = srv.URL + "/gone"
	err := pollAll(t.Context(), &session, urls)
	is.True(err != nil && strings.HasSuffix(err.Error(), "/gone: status 410")) // and the one that is not shows
}

func TestSendRecording(t *testing.T) {
	is := is.New(t)
	const recorded = "what the camera saw"
	type arrival struct {
		method string
		length int64
		body   string
	}
	arrived := make(chan arrival, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		arrived <- arrival{r.Method, r.ContentLength, string(body)}
	}))
	defer srv.Close()
	path := filepath.Join(t.TempDir(), "recording")
	is.NoErr(os.WriteFile(path, []byte(recorded), 0o600)) // the card holds a file
	var shown int64
	status, err := sendRecording(t.Context(), srv.URL, path, func(sent, _ int64) { shown = sent })
	is.NoErr(err)                                                       // it is sent
	is.Equal(status, 200)                                               // and taken
	is.Equal(<-arrived, arrival{"PUT", int64(len(recorded)), recorded}) // whole, its length told before
	is.Equal(shown, int64(len(recorded)))                               // and it was shown how far it is
}
