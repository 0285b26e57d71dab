package multipart_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/zreq/multipart"
)

// split is a body as it is read: the type and the content of each part, and how it ended.
// Every way to read it, and to cut it, must see the same.
func split(t *testing.T, contentType, body string, args *multipart.Args) (parts []string, end error) {
	t.Helper()
	is := is.New(t)
	parts, end = pull(strings.NewReader(body), contentType, args)
	again, err := pull(iotest.OneByteReader(strings.NewReader(body)), contentType, args)
	is.Equal(again, parts)                     // byte by byte
	is.Equal(fmt.Sprint(err), fmt.Sprint(end)) // byte by byte
	for _, n := range []int{1, 7, 1 << 20} {
		pushed, err := push(body, contentType, args, n)
		is.Equal(pushed, parts)                    // by a Splitter
		is.Equal(fmt.Sprint(err), fmt.Sprint(end)) // by a Splitter
	}
	return parts, end
}

func pull(body io.Reader, contentType string, args *multipart.Args) (parts []string, end error) {
	r, err := multipart.NewReader(body, contentType, args)
	if err != nil {
		return nil, err
	}
	for part, err := range r.Parts() {
		if err != nil {
			return parts, err
		}
		content, err := io.ReadAll(part)
		parts = append(parts, part.Header("Content-Type")+": "+string(content))
		if err != nil {
			_, again := r.Next()
			if again != err {
				err = errors.Join(err, again)
			}
			return parts, err
		}
	}
	return parts, nil
}

func push(body, contentType string, args *multipart.Args, n int) (parts []string, end error) {
	s := multipart.Splitter{
		OnPart: func(h *multipart.Head) error {
			parts = append(parts, h.Header("Content-Type")+": ")
			return nil
		},
		OnData: func(p []byte) error {
			parts[len(parts)-1] += string(p)
			return nil
		},
	}
	if err := s.Begin(contentType, args); err != nil {
		return nil, err
	}
	for len(body) > 0 {
		n = min(n, len(body))
		if err := s.Write([]byte(body[:n])); err != nil {
			return parts, err
		}
		body = body[n:]
	}
	return parts, s.Close()
}

const mixed = "multipart/x-mixed-replace; boundary=frame"

func testBodies(t *testing.T) {
	long := strings.Repeat("\r\n--fram\r", 3000)
	for name, test := range map[string]struct {
		contentType, body string
		want              []string
	}{
		"as RFC 2046 has it": {
			mixed, "This is the preamble.\r\n--frame\r\nContent-Type: text/plain\r\n\r\none\r\n--frame\r\n\r\ntwo\r\n\r\n--frame--\r\nand the epilogue\r\n--frame\r\n",
			[]string{"text/plain: one", ": two\r\n"},
		},
		"lengths":                          {mixed, "--frame\r\nContent-Length: 14\r\n\r\n\r\n--frame\r\n\r\nx\r\n--frame--", []string{": \r\n--frame\r\n\r\nx"}},
		"length that counts its line end":  {mixed, "--frame\r\nContent-Length: 5\r\n\r\none\r\n--frame--", []string{": one\r\n"}},
		"blank lines behind a length":      {mixed, "--frame\r\nContent-Length: 3\r\n\r\none\r\n\r\n--frame\r\nContent-Length: 3\r\n\r\ntwo\n\n\n\n--frame--", []string{": one", ": two"}},
		"no line end behind a length":      {mixed, "--frame\r\nContent-Length: 3\r\n\r\none--frame--", []string{": one"}},
		"no first delimiter":               {mixed, "Content-Type: image/jpeg\r\n\r\none\r\n--frame--", []string{"image/jpeg: one"}},
		"preamble like a field, elsewhere": {"multipart/mixed; boundary=frame", "Content-Type: x\r\n\r\n--frame\r\n\r\none\r\n--frame--", []string{": one"}},
		"boundary with its dashes":         {"multipart/x-mixed-replace; boundary=--frame", "--frame\r\n\r\none\r\n----frame\r\n--frame--", []string{": one\r\n----frame"}},
		"dashes of its own":                {"multipart/x-mixed-replace; boundary=--frame", "----frame\r\n\r\none\r\n--frame\r\n----frame--", []string{": one\r\n--frame"}},
		"line feeds alone":                 {mixed, "--frame\nContent-Type: a\n\none\n--frame\n\ntwo\n--frame--", []string{"a: one", ": two"}},
		"padding":                          {mixed, "--frame \t\r\n\r\none\r\n--frame  \r\n\r\ntwo\r\n--frame--  ", []string{": one", ": two"}},
		"empty parts":                      {mixed, "--frame\r\n\r\n\r\n--frame\r\n\r\n--frame\r\nContent-Length: 0\r\n\r\n\r\n--frame--", []string{": ", ": ", ": "}},
		"no parts":                         {mixed, "--frame--", nil},
		"nearly delimiters":                {mixed, "--frame\r\n\r\n--fram\r\n--framed\r\n--frame-\r\n--frame x\r\n--\r\r\n\n\r\n--frame--", []string{": --fram\r\n--framed\r\n--frame-\r\n--frame x\r\n--\r\r\n\n"}},
		"longer than the buffer":           {mixed, long + "\r\n--frame\r\n\r\n" + long + "\r\n--frame--", []string{": " + long}},
		"a folded field":                   {mixed, "--frame\r\nContent-Type: a;\r\n b\r\nX: y\r\n\r\none\r\n--frame--", []string{"a;   b: one"}},
		"a delimiter with much padding":    {mixed, "--frame\r\n\r\none\r\n--frame" + strings.Repeat(" ", 5000) + "\r\n--frame--", []string{": one\r\n--frame" + strings.Repeat(" ", 5000)}},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			parts, err := split(t, test.contentType, test.body, nil)
			is.NoErr(err)
			is.Equal(parts, test.want)
		})
	}
}

func testBrokenBodies(t *testing.T) {
	ignore := &multipart.Args{IgnoreLength: true}
	for name, test := range map[string]struct {
		body  string
		args  *multipart.Args
		parts []string
		part  int
		want  error
	}{
		"empty":                    {"", nil, nil, -1, multipart.ErrTruncated},
		"another boundary":         {"--other\r\n\r\none\r\n--other--", nil, nil, -1, multipart.ErrTruncated},
		"cut in a head":            {"--frame\r\nContent-Type: a\r\n", nil, nil, 0, multipart.ErrTruncated},
		"cut in a content":         {"--frame\r\n\r\none", nil, []string{": one"}, 0, multipart.ErrTruncated},
		"cut in the last line":     {"--frame\r\n\r\none\r\n--frame-", nil, []string{": one"}, 0, multipart.ErrTruncated},
		"cut behind a length":      {"--frame\r\nContent-Length: 3\r\n\r\none", nil, []string{": one"}, 0, multipart.ErrTruncated},
		"cut between parts":        {"--frame\r\n\r\none\r\n--frame\r\n", nil, []string{": one"}, 1, multipart.ErrTruncated},
		"length too short":         {"--frame\r\nContent-Length: 2\r\n\r\none\r\n--frame--", nil, []string{": on"}, 0, multipart.ErrLength},
		"length too long":          {"--frame\r\nContent-Length: 9\r\n\r\none\r\n--frame--", nil, []string{": one\r\n--fr"}, 0, multipart.ErrLength},
		"more blank lines":         {"--frame\r\nContent-Length: 3\r\n\r\none\n\n\n\n\n--frame--", nil, []string{": one"}, 0, multipart.ErrLength},
		"lengths that differ":      {"--frame\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"length without a digit":   {"--frame\r\nContent-Length: \r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"length with a sign":       {"--frame\r\nContent-Length: +3\r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"length over an int64":     {"--frame\r\nContent-Length: 9223372036854775808\r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"no field":                 {"--frame\r\nGET / HTTP/1.1\r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"control character":        {"--frame\r\nX: a\x00b\r\n\r\none\r\n--frame--", nil, nil, 0, multipart.ErrMalformed},
		"second head over a limit": {"--frame\r\n\r\none\r\n--frame\r\nX: " + strings.Repeat("y", 4096), nil, []string{": one"}, 1, multipart.ErrTooLarge},
		"preamble without end":     {strings.Repeat("y\n", 40<<10), nil, nil, -1, multipart.ErrTooLarge},
		"length ignored":           {"--frame\r\nContent-Length: 2\r\n\r\none\r\n--frame--", ignore, []string{": one"}, 0, nil},
		"no length, and ignored":   {"--frame\r\nContent-Length: -1\r\n\r\none\r\n--frame--", ignore, []string{": one"}, 0, nil},
		"buffer too small":         {"", &multipart.Args{Buffer: 511}, nil, 0, multipart.ErrArgs},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			parts, err := split(t, mixed, test.body, test.args)
			is.Equal(strings.Join(parts, "|"), strings.TrimSuffix(strings.Join(test.parts, "|"), "|"))
			is.True(errors.Is(err, test.want)) // the kind
			var named *multipart.Error
			if errors.As(err, &named) {
				is.Equal(named.Part, test.part)
			}
		})
	}
}

func testContentTypes(t *testing.T) {
	body := func(boundary string) string { return "--" + boundary + "\r\n\r\none\r\n--" + boundary + "--" }
	for contentType, boundary := range map[string]string{
		`multipart/x-mixed-replace;boundary=a`:                   "a",
		`Multipart/X-Mixed-Replace ; Boundary = "a b:c"; x=y`:    "a b:c",
		`multipart/mixed; charset=utf-8; boundary="a\"b\\"`:      `a"b\`,
		`multipart/mixed; x="; boundary=no"; boundary=gc0p4Jq:0`: "gc0p4Jq:0",
		`multipart/mixed; boundary==_x `:                         "=_x",
		`multipart/mixed; boundary=a; boundary=b`:                "a",
		`multipart/mixed; boundary`:                              "",
		`multipart/mixed; boundary=`:                             "",
		`multipart/mixed; boundary="a`:                           "",
		`multipart/mixed; boundary="a` + "\n" + `"`:              "",
		`multipart/; boundary=a`:                                 "",
		`multipartx/mixed; boundary=a`:                           "",
		`multipart; boundary=a`:                                  "",
		`text/html`:                                              "",
		``:                                                       "",
		`multipart/mixed; boundary=` + strings.Repeat("a", 200):  strings.Repeat("a", 200),
		`multipart/mixed; boundary=` + strings.Repeat("a", 201):  "",
	} {
		t.Run(contentType, func(t *testing.T) {
			is := is.New(t)
			parts, err := split(t, contentType, body(boundary), nil)
			is.Equal(errors.Is(err, multipart.ErrContentType), boundary == "")
			is.Equal(len(parts) == 1, boundary != "")
		})
	}
}

func testRanges(t *testing.T) {
	part := func(fields, content string) string { return "--frame\r\n" + fields + "\r\n" + content + "\r\n" }
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"right":              {part("Content-Range: bytes 0-2/10\r\n", "one") + part("Content-Length: 3\r\nContent-Range: bytes 7-9/10\r\n", "two"), nil},
		"the whole unknown":  {part("Content-Range: bytes 0-2/*\r\n", "one") + part("Content-Range: bytes 7-9/10\r\n", "two"), nil},
		"missing":            {part("Content-Length: 3\r\n", "one"), multipart.ErrRange},
		"twice":              {part("Content-Range: bytes 0-2/10\r\nContent-Range: bytes 0-2/10\r\n", "one"), multipart.ErrRange},
		"another length":     {part("Content-Range: bytes 0-2/10\r\nContent-Length: 4\r\n", "one "), multipart.ErrRange},
		"another whole":      {part("Content-Range: bytes 0-2/10\r\n", "one") + part("Content-Range: bytes 3-5/11\r\n", "two"), multipart.ErrRange},
		"unsatisfied":        {part("Content-Range: bytes */10\r\n", ""), multipart.ErrRange},
		"beyond the whole":   {part("Content-Range: bytes 8-10/10\r\n", "one"), multipart.ErrRange},
		"shorter than it is": {part("Content-Range: bytes 0-1/10\r\n", "one"), multipart.ErrLength},
		"a blank line":       {part("Content-Range: bytes 0-2/10\r\n", "one\r\n"), multipart.ErrLength},
		"no length":          {part("Content-Range: bytes 0-2/10\r\nContent-Length: -1\r\n", "one"), multipart.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			_, err := split(t, "multipart/byteranges; boundary=frame", test.body+"--frame--", &multipart.Args{IgnoreLength: true})
			is.True(errors.Is(err, test.want)) // the kind
		})
	}
	is := is.New(t)
	r, err := multipart.NewReader(strings.NewReader(part("Content-Range: bytes 3-5/10\r\n", "one")+"--frame--"), "multipart/byteranges; boundary=frame", nil)
	is.NoErr(err)
	p, err := r.Next()
	is.NoErr(err)
	first, last, size, ok := p.ContentRange()
	is.Equal([]int64{first, last, size, p.Size()}, []int64{3, 5, 10, 3})
	is.True(ok)
}

func TestFieldsOfAPart(t *testing.T) {
	is := is.New(t)
	r, err := multipart.NewReader(strings.NewReader("--frame\r\nX: 1\r\ny:2 \r\nx: 3\r\n\r\none\r\n--frame--"), mixed, nil)
	is.NoErr(err)
	part, err := r.Next()
	is.NoErr(err)
	var fields []string
	for name, value := range part.All() {
		fields = append(fields, name+"="+value)
	}
	is.Equal(fields, []string{"X=1", "y=2", "x=3"})
	is.Equal(part.Header("x"), "1")
	is.Equal(part.Header("z"), "")
}
