package tus_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/matryer/is"
	"go.uber.org/goleak"

	"github.com/zreq-go/zreq/upload"
	"github.com/zreq-go/zreq/upload/tus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const site = "http://fleet.test/files/"

// atOnce makes attempts without waits.
var atOnce = tus.Retry{Attempts: 4, Wait: -1}

// numbered is size bytes of which no two parts are the same.
func numbered(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		b.WriteString(strconv.FormatInt(int64(i), 36) + " ")
	}
	return b.String()[:size]
}

func encoded(sum uint32) string {
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
}

// memStore is a Store in memory.
type memStore struct {
	record []byte
	saves  int
	err    error // of the next Save
}

func (s *memStore) Load() ([]byte, error) { return bytes.Clone(s.record), nil }

func (s *memStore) Save(record []byte) error {
	if err := s.err; err != nil {
		return err
	}
	s.saves++
	s.record = bytes.Clone(record)
	return nil
}

func (s *memStore) Remove() error {
	s.record = nil
	return nil
}

// named is a source with an identity.
type named struct {
	*strings.Reader
	name string
}

func (n named) Identity() (string, error) { return n.name, nil }

func (n named) Rewind() error {
	_, err := n.Seek(0, 0)
	return err
}

func source(content string) named { return named{strings.NewReader(content), "a name"} }

// kind returns the error as one of this package.
func kind(is *is.I, err error) *tus.Error {
	is.Helper()
	var e *tus.Error
	is.True(errors.As(err, &e))
	return e
}

func with(m *model) upload.Args { return upload.Args{Driver: m} }

// testUpload: a creation, a PATCH that is cut, and the rest of it over another connection.
func testUpload(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(100_000)
	m.fault = func(a *ask) fault {
		if a.Method == "PATCH" && a.of == 1 {
			return fault{cut: 40_000, least: 1}
		}
		return fault{}
	}
	var last, total int64
	call := with(m)
	call.Progress = func(sent, of int64) {
		is.True(sent >= last) // it never decreases
		last, total = sent, of
	}
	result, err := tus.Upload(t.Context(), site, strings.NewReader(content), &tus.Args{Call: call, Retry: atOnce})
	is.NoErr(err)
	is.Equal(m.log(), []string{
		"OPTIONS /files/", "POST /files/", "PATCH /files/1 0", "HEAD /files/1", "PATCH /files/1 1",
	})
	is.True(m.only(t) == content)
	is.Equal(last, int64(100_000))
	is.Equal(total, int64(100_000))
	is.Equal(result.URL, "http://fleet.test/files/1")
	is.Equal(result.Offset, int64(100_000))
	is.Equal(result.Size, int64(100_000))
	is.Equal(result.Attempts, 5)
	is.Equal(result.Expires.Year(), 2031)
	is.True(result.Sent >= 100_000 && result.Sent < 200_000)
}

// testSmall: what has up to 64 KiB goes with the creation, and what is empty needs no more.
func testSmall(t *testing.T) {
	for size, want := range map[int]string{0: "", 1: "", 64 << 10: "", 64<<10 + 1: "PATCH /files/1 0"} {
		for _, extensions := range []string{"creation,creation-with-upload", "creation"} {
			is := is.New(t)
			m := newModel(t)
			m.extensions = extensions
			content := numbered(size)
			result, err := tus.Upload(t.Context(), site, strings.NewReader(content), &tus.Args{Call: with(m)})
			is.NoErr(err)
			is.True(m.only(t) == content)
			is.Equal(result.Offset, int64(size))
			log := []string{"OPTIONS /files/", "POST /files/"}
			if want != "" || size > 0 && extensions == "creation" {
				log = append(log, "PATCH /files/1 0")
			}
			is.Equal(m.log(), log)
			for _, a := range m.asks {
				is.Equal(a.Header.Get("Tus-Resumable") == "1.0.0", a.Method != "OPTIONS") // "every request" but that
			}
		}
	}
}

// testParts: a PartSize is kept to, with a checksum for each part.
func testParts(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(100_000)
	call := with(m)
	var reports []int64
	call.Progress = func(sent, _ int64) { reports = append(reports, sent) }
	result, err := tus.Upload(t.Context(), site, source(content), &tus.Args{
		Call: call, PartSize: 30_000, Checksum: sum32,
	})
	is.NoErr(err)
	is.Equal(reports[len(reports)-2:], []int64{99_999, 100_000}) // all is sent, and confirmed
	is.True(slices.IsSorted(reports) && reports[0] < 30_000)
	is.True(m.only(t) == content)
	is.Equal(m.log()[2:], []string{"PATCH /files/1 0", "PATCH /files/1 30000", "PATCH /files/1 60000", "PATCH /files/1 90000"})
	is.Equal(result.Sent, int64(100_000))
	for _, a := range m.asks[2:] {
		is.True(strings.HasPrefix(a.Header.Get("Upload-Checksum"), "crc32 "))
	}
}

// testResume: upload.Upload and tus are joined by one line.
func testResume(t *testing.T) {
	is := is.New(t)
	m := newModel(t)
	content := numbered(80_000)
	resp, err := upload.Upload(t.Context(), site, strings.NewReader(content), &upload.Args{
		Driver: m, ContentType: "video/mp2t", Resume: &tus.Args{Metadata: [][2]string{{"filename", "a b"}}},
	})
	is.NoErr(err)
	is.Equal(resp.Status, 204)
	is.True(m.only(t) == content)
	is.Equal(m.uploads["/files/1"].metadata, "filename YSBi,filetype dmlkZW8vbXAydA==")

	m.fault = func(*ask) fault { return fault{status: 403} }
	resp, err = upload.Upload(t.Context(), site, strings.NewReader(content), &upload.Args{Driver: m, Resume: &tus.Args{}})
	is.NoErr(err)
	is.Equal(resp.Status, 403) // a refusal is a response

	m.fault = nil
	m.maxSize = "79999"
	resp, err = upload.Upload(t.Context(), site, strings.NewReader(content), &upload.Args{Driver: m, Resume: &tus.Args{}})
	is.NoErr(err)
	is.Equal(resp.Status, 413) // and so is what the server has said of itself
}
