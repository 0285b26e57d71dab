package comments

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
	"github.com/zreq-go/zreq/zreq/download/flash"
	"github.com/zreq-go/zreq/zreq/download/flash/flashtest"
)

func TestDownload(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	var got bytes.Buffer
	sink := download.WriterSink(&got)
	is.NoErr(func() error {
		_, err := download.Get(ctx, "https://updates.example/firmware.bin", sink, &download.Args{
			Want: download.Want{SHA256: sum},
		})
		if err != nil {
			return err // the same call goes on later where this one has stopped
		}
		return nil
	}()) // it is fetched
	is.True(bytes.Equal(got.Bytes(), image)) // every byte
}

// The first job gives up at once, because its connection is cut and it has one attempt.
func TestDownloadThatIsCalledAgain(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	onCard(t)
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls++; calls == 1 {
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(image))
	}))
	defer server.Close()
	url, path, pause := server.URL, "data/firmware.bin", time.Millisecond
	args := &download.Args{Retry: download.Retry{Attempts: -1}, Call: zreq.Args{Driver: new(stdnet.Driver)}}
	is.NoErr(func() error {
		for {
			_, err := download.ToFile(ctx, url, path, args)
			var failed *download.Error
			if !errors.As(err, &failed) || !failed.Resumable || ctx.Err() != nil {
				return err
			}
			select {
			case <-time.After(max(failed.RetryAfter, pause)): // a pause of some minutes
			case <-ctx.Done():
			}
		}
	}()) // it is fetched
	is.Equal(calls, 2) // by the second call
	got, err := os.ReadFile(path)
	is.NoErr(err)
	is.True(bytes.Equal(got, image)) // every byte
}

func TestSaveFile(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	onCard(t)
	is.NoErr(func() error {
		resp, err := zreq.Get(ctx, "https://updates.example/firmware.bin", &zreq.Args{Stream: true})
		if err != nil {
			return err
		}
		if _, err := download.SaveFile(resp, "data/firmware.bin"); err != nil {
			return err // data/firmware.bin is as it was
		}
		// Every byte is on the disk under this name, even if the power fails now.
		return nil
	}()) // it is saved
	got, err := os.ReadFile("data/firmware.bin")
	is.NoErr(err)
	is.True(bytes.Equal(got, image)) // every byte
}

// bootloader notes that the next boot is from the other slot.
type bootloader struct{ next bool }

func (b *bootloader) TryNext() error {
	b.next = true
	return nil
}

func TestFlash(t *testing.T) {
	is := is.New(t)
	ctx := t.Context()
	var boot bootloader
	url := "https://updates.example/firmware.bin"
	inactive, records := flashtest.New(4, 4096, 256), flashtest.New(2, 4096, 256)
	slot := flash.Sink(inactive)                           // a Device: the slot that is not running
	slot.Activate = func() error { return boot.TryNext() } // yours: idempotent
	_, err := download.Get(ctx, url, slot, &download.Args{
		Want:  download.Want{SHA256: sum},
		State: flash.State(records), // a Device of two erase blocks
	})
	is.NoErr(err)                                     // it is written
	is.True(bytes.HasPrefix(inactive.Bytes(), image)) // every byte
	is.True(boot.next)                                // and activated
}

func TestFlashtest(t *testing.T) {
	is := is.New(t)
	var first error
	update := func(dev *flashtest.NOR) error {
		_, err := download.Get(t.Context(), "https://updates.example/firmware.bin", flash.Sink(dev), &download.Args{
			Want: download.Want{SHA256: sum},
		})
		if first == nil {
			first = err
		}
		return err
	}
	dev := flashtest.New(64, 4096, 256) // blocks, bytes of a block, bytes of a page
	dev.Cut(17, flashtest.SomeBits)     // the power fails in the 18th operation
	err := update(dev)                  // an ErrPower
	dev.PowerOn()
	err = update(dev)                // must cope with what is left
	defer func() { is.NoErr(err) }() // and does
	is.True(errors.Is(first, flashtest.ErrPower))
}
