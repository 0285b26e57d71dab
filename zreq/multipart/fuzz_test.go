package multipart_test

import (
	"bytes"
	"errors"
	"io"
	standard "mime/multipart"
	"regexp"
	"testing"
	"testing/iotest"

	"github.com/zreq-go/zreq/zreq/multipart"
)

// FuzzParts: what mime/multipart reads as a whole, zreq reads as well, and sees the same
// parts. However a body is cut, the same is seen, by a Reader and by a Splitter.
func FuzzParts(f *testing.F) {
	f.Add([]byte("preamble\r\n--b\r\nContent-Type: a\r\n\r\none\r\n--b \r\n\r\n\r\n--b--\r\nepilogue"), []byte{1, 3})
	f.Add([]byte("--b\r\nContent-Length: 3\r\n\r\none\r\n--b--"), []byte{9})
	f.Add([]byte("--b\n\none\n--b\n\n--b--"), []byte{})
	f.Add([]byte("x\r\n--b\r\n"), []byte{4})
	f.Add([]byte("--b\r\n--b--e:"), []byte{4})
	f.Add([]byte("\r\n--b--\rb\r\n\r\none\r\n--b \r\n\r\n\r\n--b--"), []byte{4})
	f.Add([]byte("Content-Type: a\r\n\r\none\r\n--bb\r\n--b-\r\n--b\r\n--b--"), []byte{200})
	f.Fuzz(func(t *testing.T, body, sizes []byte) {
		args := &multipart.Args{IgnoreLength: true}
		const contentType = "multipart/mixed; boundary=b"
		whole, end := partsOf(t, bytes.NewReader(body), contentType, args)
		bytewise, endBytewise := partsOf(t, iotest.OneByteReader(bytes.NewReader(body)), contentType, args)
		pushed, endPushed := pushedParts(t, body, sizes, contentType, args)
		for _, other := range []struct {
			parts [][]byte
			end   error
		}{{bytewise, endBytewise}, {pushed, endPushed}} {
			if (other.end == nil) != (end == nil) || !equalParts(other.parts, whole) {
				t.Fatalf("%q: %q %v, and cut otherwise %q %v", body, whole, end, other.parts, other.end)
			}
		}
		wanted, err := standardParts(body)
		if err != nil || bytes.Count(body, []byte("\n")) != bytes.Count(body, []byte("\r\n")) {
			return // mime/multipart keeps to the line end that it saw first
		}
		if errors.Is(end, multipart.ErrMalformed) || errors.Is(end, multipart.ErrTooLarge) {
			return // it takes heads that are larger, and some with control characters
		}
		last := len(lastDelimiter.FindAll(body, -1))
		if last != len(lastLine.FindAll(body, -1)) {
			return // it wants the whole line; RFC 2046, 5.1.1 wants that it begins so
		}
		if errors.Is(end, multipart.ErrTruncated) && last == 0 {
			return // it takes a body that ends behind another delimiter for whole
		}
		if end != nil || !equalParts(whole, wanted) {
			t.Fatalf("%q: %q %v, and by mime/multipart %q", body, whole, end, wanted)
		}
	})
}

// lastDelimiter is that of FuzzParts, at the start of a line, and lastLine a line with nothing
// but that and blanks.
var (
	lastDelimiter = regexp.MustCompile(`(?m)^--b--`)
	lastLine      = regexp.MustCompile(`(?m)^--b--[ \t]*\r?$`)
)

func partsOf(t *testing.T, body io.Reader, contentType string, args *multipart.Args) (parts [][]byte, end error) {
	r, err := multipart.NewReader(body, contentType, args)
	if err != nil {
		t.Fatal(err)
	}
	for part, err := range r.Parts() {
		if err != nil {
			return parts, err
		}
		content, err := io.ReadAll(part)
		parts = append(parts, content)
		if err != nil {
			return parts, err
		}
	}
	return parts, nil
}

func pushedParts(t *testing.T, body, sizes []byte, contentType string, args *multipart.Args) (parts [][]byte, end error) {
	s := multipart.Splitter{
		OnPart: func(*multipart.Head) error { parts = append(parts, nil); return nil },
		OnData: func(p []byte) error { parts[len(parts)-1] = append(parts[len(parts)-1], p...); return nil },
	}
	if err := s.Begin(contentType, args); err != nil {
		t.Fatal(err)
	}
	for _, size := range sizes {
		n := min(len(body), int(size))
		if err := s.Write(body[:n]); err != nil {
			return parts, err
		}
		body = body[n:]
	}
	if err := s.Write(body); err != nil {
		return parts, err
	}
	return parts, s.Close()
}

// standardParts reads body with mime/multipart. A part that it cannot read to the end is
// an error.
func standardParts(body []byte) (parts [][]byte, err error) {
	r := standard.NewReader(bytes.NewReader(body), "b")
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			return parts, nil
		}
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		parts = append(parts, content)
	}
}

func equalParts(a, b [][]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}
