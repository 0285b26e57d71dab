//go:build !tinygo

package download_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/stdnet"
	"github.com/zreq-go/zreq/zreq"
	"github.com/zreq-go/zreq/zreq/download"
)

func init() { onLinux = append(onLinux, testFileOverFourGiB, testBytesOverFourGiB) }

// testFileOverFourGiB: a job goes on at an offset over 4 GiB of a part, which is a sparse file.
func testFileOverFourGiB(t *testing.T) {
	const offset, rest = 5 << 30, 1_000
	v := version(rest, `"7"`)
	served(t, func(a *ask) reply {
		switch a.k {
		case 1: // without a size, so that no room is reserved for 5 GiB
			return reply{text: "HTTP/1.1 200 OK\r\nETag: \"7\"\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + v.body, cut: 1 << 20}
		case 2:
			return status("503 Later\r\nRetry-After: 86400")
		}
		return reply{text: "HTTP/1.1 206 Partial\r\nETag: \"7\"\r\nContent-Length: 1000\r\nContent-Range: bytes " +
			strconv.FormatInt(a.from, 10) + "-" + strconv.FormatInt(a.from+rest-1, 10) + "/" + strconv.FormatInt(offset+rest, 10) + "\r\n\r\n" + v.body, cut: -1}
	}, func(is *is.I, o *origin, args *download.Args) {
		dir, path := stale(t)
		_, err := toFile(o, path, args)
		is.True(problem(is, err).Resumable)
		is.NoErr(os.Truncate(filepath.Join(dir, partName), offset))
		state := content(t, filepath.Join(dir, stateName))
		put(t, filepath.Join(dir, stateName), download.MovedState(state, offset))
		result, err := toFile(o, path, args)
		is.NoErr(err)
		is.Equal(o.asks[2].from, int64(offset))
		is.Equal(result.Resumed, int64(offset))
		is.Equal(result.Size, int64(offset+rest))
		f, err := os.Open(path)
		is.NoErr(err)
		defer f.Close()
		info, err := f.Stat()
		is.NoErr(err)
		is.Equal(info.Size(), int64(offset+rest))
		last := make([]byte, rest)
		_, err = f.ReadAt(last, offset)
		is.NoErr(err)
		is.True(string(last) == v.body)
	})
}

// testBytesOverFourGiB counts the bytes of content that comes over several connections.
// ZREQ_LARGE_MIB is how large it is.
func testBytesOverFourGiB(t *testing.T) {
	is := is.New(t)
	mib, err := strconv.ParseInt(os.Getenv("ZREQ_LARGE_MIB"), 10, 64)
	if err != nil {
		mib = 16
	}
	b := &breaker{size: mib<<20 + 7, span: mib << 20 / 5}
	breaks(t, b)
	var all zeros
	result, err := download.Get(t.Context(), b.url, download.WriterSink(&all), &download.Args{Call: zreq.Args{Driver: new(stdnet.Driver)}})
	is.NoErr(err)
	is.Equal(result.Size, b.size)
	is.Equal(int64(all), b.size)
	is.True(result.Spent > b.size)
	is.Equal(b.requests, 6)
	t.Logf("%d bytes in %d requests", all, b.requests)
}

// zeros counts bytes, and looks at some of them.
type zeros int64

func (z *zeros) Write(p []byte) (int, error) {
	if strings.Trim(string(p[:min(len(p), 64)]), "\x00") != "" {
		return 0, errDisk
	}
	*z += zeros(len(p))
	return len(p), nil
}
