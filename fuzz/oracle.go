package fuzz

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/zreq-go/zreq/zreq/wire"
)

// differs says in what net/http reads in otherwise than ours, or "" if in nothing.
func differs(in []byte, method string, ours *reading) string {
	r := bufio.NewReaderSize(bytes.NewReader(in), len(in)+16)
	for i, want := range ours.heads {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return err.Error()
		}
		if resp.StatusCode != want.status || resp.ProtoMajor != 1 || min(resp.ProtoMinor, 1) != want.minor {
			return fmt.Sprintf("status %d of %s, want %d of 1.%d", resp.StatusCode, resp.Proto, want.status, want.minor)
		}
		if d := differ(resp.Header, want.fields); d != "" {
			return d
		}
		if i < len(ours.heads)-1 {
			continue // informational
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil || !bytes.Equal(body, ours.body) {
			return fmt.Sprintf("body %q, %v", body, err)
		}
		if d := differ(resp.Trailer, ours.trailers); d != "" {
			return "trailers: " + d
		}
	}
	if left, _ := io.ReadAll(r); !bytes.Equal(left, in[ours.used:]) {
		return fmt.Sprintf("left over: %q, want %q", left, in[ours.used:])
	}
	return ""
}

// differ compares fields by name and order of values, but for those that
// ReadResponse takes out of the header, makes one, or adds for Pragma.
func differ(theirs http.Header, ours []field) string {
	want := http.Header{}
	for _, f := range ours {
		want.Add(f.name, f.value)
	}
	for _, h := range []http.Header{theirs, want} {
		for _, name := range []string{"Transfer-Encoding", "Content-Length", "Trailer", "Connection", "Cache-Control"} {
			delete(h, name)
		}
	}
	for name, values := range theirs {
		if got := want[name]; values != nil && squeeze(got) != squeeze(values) {
			return fmt.Sprintf("field %q: %q, want %q", name, values, got)
		}
	}
	for name := range want {
		if theirs[name] == nil {
			return fmt.Sprintf("field %q is missing", name)
		}
	}
	return ""
}

// squeeze makes one space of every run of whitespace: net/http writes one space
// for a fold, we write spaces over all of it, and the RFC allows both (9112, 5.2).
func squeeze(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, strings.Join(strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == '\t' }), " "))
	}
	return fmt.Sprintf("%q", out)
}

var (
	control        = regexp.MustCompile(`[\x00-\x08\x0a-\x1f\x7f]`)
	lengthList     = regexp.MustCompile(`[^0-9]`)
	longSize       = regexp.MustCompile(`(^|\n)[0-9A-Fa-f]{17,}`)
	padBeforeExt   = regexp.MustCompile(`(^|\n)[0-9A-Fa-f]+[ \t]+;`)
	framingTrailer = regexp.MustCompile(`(?i)transfer-encoding|content-length|trailer`)
)

// knownDifference gives the reason why net/http may read otherwise what we have
// accepted, or "". Each is a choice that the RFC leaves or makes for us.
func knownDifference(in []byte, ours *reading) string {
	final := ours.heads[len(ours.heads)-1]
	for _, h := range ours.heads {
		if reason := knownFieldDifference(h, true); h.status < 200 && reason != "" {
			return reason
		}
	}
	if ours.reuse == wire.CloseDoubt {
		if final.minor == 0 && ours.framing == wire.Chunked {
			return "1.0: net/http does not look at Transfer-Encoding; RFC 9112, 6.1: treat as faulty, and close"
		}
		return "no body: net/http refuses bad framing fields all the same; we take no notice, and close"
	}
	if reason := knownFieldDifference(final, false); reason != "" {
		return reason
	}
	if knownFieldDifference(head{fields: ours.trailers}, false) == controlReason {
		return controlReason
	}
	if ours.framing != wire.Chunked {
		return ""
	}
	switch {
	case longSize.Match(in):
		return "chunk size of more than 16 digits: net/http counts leading zeros; RFC 9112, 7.1: 1*HEXDIG"
	case padBeforeExt.Match(in):
		return "whitespace between a chunk size and its extension: net/http refuses; RFC 9112, 7.1.1: BWS"
	case len(in) > 8<<10:
		return "net/http bounds the sum of all chunk lines, too, but by other figures"
	}
	return ""
}

const controlReason = "control character in a value: net/http refuses; RFC 9110, 5.5: may be retained"

func knownFieldDifference(h head, informational bool) string {
	length := ""
	for _, f := range h.fields {
		switch {
		case control.MatchString(f.value):
			return controlReason
		case f.name == "Content-Length" && informational, f.name == "Transfer-Encoding" && informational:
			return "framing field of a 1xx: net/http judges it; RFC 9112, 6.3: no body whatever it says"
		case f.name == "Content-Length" && (lengthList.MatchString(f.value) || length != "" && length != f.value):
			return "one length as a list or in two spellings: net/http refuses; RFC 9110, 8.6: may be taken for one"
		case f.name == "Content-Length":
			length = f.value
		case f.name == "Transfer-Encoding" && strings.Contains(f.value, ","):
			return "empty members in Transfer-Encoding: net/http refuses; RFC 9110, 5.6.1.2: MUST be ignored"
		case f.name == "Trailer" && framingTrailer.MatchString(f.value):
			return "Trailer that names a framing field: net/http refuses; we never interpret trailers"
		}
	}
	return ""
}
