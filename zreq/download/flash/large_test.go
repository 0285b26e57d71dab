package flash_test

import (
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/download/flash"
)

// vast is a flash of 6 GiB that keeps only what was programmed.
type vast struct{ pages map[int64][]byte }

const (
	vastBytes = 6 << 30
	vastBlock = 1 << 20
	vastPage  = 4096
)

func (v *vast) Size() int64           { return vastBytes }
func (v *vast) WriteBlockSize() int64 { return vastPage }
func (v *vast) EraseBlockSize() int64 { return vastBlock }

func (v *vast) ReadAt(p []byte, off int64) (int, error) {
	for n := range p {
		at := off + int64(n)
		if at >= vastBytes {
			return n, io.EOF
		}
		p[n] = 0xFF
		if page, ok := v.pages[at/vastPage]; ok {
			p[n] = page[at%vastPage]
		}
	}
	return len(p), nil
}

func (v *vast) WriteAt(p []byte, off int64) (int, error) {
	for n := 0; n < len(p); n += vastPage {
		v.pages[(off+int64(n))/vastPage] = append([]byte{}, p[n:n+vastPage]...)
	}
	return len(p), nil
}

func (v *vast) EraseBlocks(start, n int64) error {
	for page := range v.pages {
		if block := page / (vastBlock / vastPage); block >= start && block < start+n {
			delete(v.pages, page)
		}
	}
	return nil
}

// testOverFourGiB: offsets and sizes are 64 bits wide, whatever an int is. An image of more than
// 5 GiB goes on at an offset over 4 GiB, and so does one in a Region that begins there.
func testOverFourGiB(t *testing.T) {
	is := is.New(t)
	const offset, rest = 5 << 30, 10_000
	dev := &vast{map[int64][]byte{}}
	want := image(1, rest)
	slot := flash.Sink(dev)
	at, err := slot.Open(offset+rest, offset)
	is.NoErr(err)
	is.Equal(at, int64(offset))
	_, err = slot.Write(want)
	is.NoErr(err)
	is.NoErr(slot.Sync())
	is.NoErr(slot.Commit())
	is.Equal(len(dev.pages), 3) // of 4 KiB
	got := make([]byte, rest)
	_, err = slot.ReadAt(got, offset)
	is.NoErr(err)
	is.Equal(got, want)
	is.NoErr(slot.Close())

	dev.pages = map[int64][]byte{}
	region := must(flash.Region(dev, offset/vastBlock, 100))
	is.NoErr(store(flash.Sink(region), want, rest))
	_, err = dev.ReadAt(got, offset)
	is.NoErr(err)
	is.Equal(got, want)
	_, err = flash.Sink(dev).Open(vastBytes+1, 0)
	is.True(err != nil) // and what is larger than the flash is refused
}
