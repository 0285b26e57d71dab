package comments

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver"
	"github.com/zreq-go/zreq/netdriver/failover"
	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

// An uplink is a link whose cable can be pulled.
type uplink struct {
	netdriver.Driver
	name   string
	pulled chan struct{} // closed when it is
}

func newUplink(name string) *uplink {
	return &uplink{Driver: new(stdnet.Driver), name: name, pulled: make(chan struct{})}
}

func (u *uplink) Link() netdriver.Link {
	select {
	case <-u.pulled:
		return netdriver.Link{}
	default:
		return netdriver.Link{Up: true, Interface: u.name}
	}
}

func (u *uplink) Watch(ctx context.Context) func(yield func(netdriver.Link, error) bool) {
	return func(yield func(netdriver.Link, error) bool) {
		link := u.Link()
		if !yield(link, nil) {
			return
		}
		if link.Up {
			select {
			case <-u.pulled:
				if !yield(netdriver.Link{}, nil) {
					return
				}
			case <-ctx.Done():
			}
		}
		<-ctx.Done()
		yield(netdriver.Link{}, context.Cause(ctx))
	}
}

// The cable is pulled while the image arrives, and nothing comes over it any more.
func TestFailoverOfADownload(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	onCard(t)
	cable, modem := newUplink("eth0"), newUplink("wwan0")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"7"`)
		if !cable.Link().Up {
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
			return
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(image)))
		_, _ = w.Write(image[:len(image)/2])
		_ = http.NewResponseController(w).Flush()
		close(cable.pulled)
		<-r.Context().Done()
	}))
	defer server.Close()
	d, err := failover.New(failover.Link{Name: "cable", Driver: cable}, failover.Link{Name: "modem", Driver: modem})
	is.NoErr(err) // these are links

	errLink := errors.New("the link has changed")
	url, path, args := server.URL, "data/firmware.bin", &download.Args{Call: zreq.Args{Driver: d}}
	fetch := func() error {
		using := d.Link().Interface
		job, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		go func() {
			for link, err := range d.Watch(job) {
				if err == nil && link.Interface != using {
					stop(errLink)
				}
			}
		}()
		_, err := download.ToFile(job, url, path, args)
		return err // after errLink, the same goes on over the other link
	}
	is.True(errors.Is(fetch(), errLink)) // it does not wait for a timeout
	is.NoErr(fetch())                    // and goes on over the modem
	got, err := os.ReadFile(path)
	is.NoErr(err)                    // it is there
	is.True(bytes.Equal(got, image)) // every byte
}
